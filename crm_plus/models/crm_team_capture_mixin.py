from odoo import api, fields, models


class CrmTeamCaptureMixin(models.AbstractModel):
    """How a sales team takes leads in: its public form, and what its leads come from."""

    _name = 'crm.team.capture.mixin'
    _description = "Sales Team: Capture"

    use_web_form = fields.Boolean(
        string="Public Form", default=False,
        help="Anybody can write to the team by a page of its own, without an account. Their "
             "request becomes a lead when they have confirmed their e-mail address.",
    )
    web_form_url = fields.Char(
        string="Address of the Form", compute='_compute_web_form_url',
        help="Put it on your website, in mails, on paper. Add ?utm_source=…&utm_campaign=… to see "
             "what brought people.",
    )
    web_form_purpose_ids = fields.Many2many(
        'crm.consent.purpose', string="Asked in the Form", check_company=True,
        help="What people may agree to in the form. No box is ticked beforehand.",
    )
    form_source_id = fields.Many2one(
        'utm.source', string="Source of the Form",
        help="The source of leads by the form, where the link says nothing else.",
    )
    email_source_id = fields.Many2one(
        'utm.source', string="Source of E-mails",
        help="The source of leads by e-mail to the team. Where it is set, each e-mail is noted as "
             "a touch of the lead.",
    )

    @api.depends('use_web_form', 'name')
    def _compute_web_form_url(self):
        for team in self:
            if team.use_web_form and team._origin:
                slug = self.env['ir.http']._slug((team._origin.id, team.name or ''))
                team.web_form_url = f'{team.get_base_url()}/contact/{slug}'
            else:
                team.web_form_url = False
