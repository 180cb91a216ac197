from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: what each kind of action needs
NEEDED = {'plan': 'plan_id', 'mail': 'mail_template_id', 'server': 'server_action_id'}


class CrmStageAction(models.Model):
    """What happens once when an opportunity enters a stage, with Odoo's own means."""

    _name = 'crm.stage.action'
    _description = "Entry Action"
    _order = 'sequence, id'

    name = fields.Char("Action", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    stage_id = fields.Many2one(
        'crm.stage', required=True, index=True, ondelete='cascade',
        help="The stage that the opportunity enters, forwards or backwards.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Only for opportunities of this company. Empty: for those of all companies.",
    )
    team_ids = fields.Many2many(
        'crm.team', 'crm_stage_action_team_rel', string="Sales Teams",
        help="Only for opportunities of these teams. Empty: for those of all teams.",
    )
    kind = fields.Selection(
        [
            ('plan', "Start an activity plan"),
            ('mail', "Send an e-mail"),
            ('server', "Run a server action"),
        ],
        "What Happens", required=True, default='plan',
        help="An activity plan gives the salesperson a list of things to do. A server action "
        "can set a field, add a tag and whatever else Odoo's server actions can.",
    )
    plan_id = fields.Many2one(
        'mail.activity.plan', "Activity Plan", ondelete='restrict',
        domain="[('res_model', '=', 'crm.lead')]",
        help="Activities without a default user are given to the salesperson.",
    )
    mail_template_id = fields.Many2one(
        'mail.template', "E-mail Template", ondelete='restrict',
        domain="[('model', '=', 'crm.lead')]",
        help="Sent to the recipients of the template. Addresses on the blacklist get nothing, nor "
        "does who has not agreed to the purpose of the template, where it has one.",
    )
    server_action_id = fields.Many2one(
        'ir.actions.server', ondelete='restrict', domain="[('model_name', '=', 'crm.lead')]",
        help="Runs with the rights of whoever moves the opportunity.",
    )
    on_import = fields.Boolean(
        "Also When Imported",
        help="Also for opportunities that come from an imported file. Think of old ones, whose "
        "customers expect no e-mail.",
    )

    @api.constrains('kind', 'plan_id', 'mail_template_id', 'server_action_id')
    def _check_complete(self):
        for action in self:
            target = action[NEEDED[action.kind]]
            if not target:
                raise ValidationError(self.env._(
                    "Choose what the entry action \"%s\" does.", action.name))
            model = {
                'plan': 'res_model', 'mail': 'model', 'server': 'model_name',
            }[action.kind]
            # sudo: compares the model of what the administrator may choose
            if target.sudo()[model] != 'crm.lead':
                raise ValidationError(self.env._(
                    "\"%s\" is not made for opportunities.", target.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------
    # RUNNING
    # ------------------------------------------------------------

    @api.model
    def _run_for(self, leads):
        """Run the actions of the stages that the leads have entered."""
        importing = bool(self.env.context.get('import_file'))
        done = self.env.context.get('crm_entered_stages', ())
        leads = leads.filtered(
            lambda lead: lead.type == 'opportunity' and lead.stage_id.id not in done)
        # sudo: what the consultant set up; it runs with the rights of the user
        actions = self.sudo().search([('stage_id', 'in', leads.stage_id.ids)])
        for action in actions:
            if importing and not action.on_import:
                continue
            concerned = leads.filtered(action._concerns)
            if concerned:
                # an action that moves the opportunity on does not start what runs already
                action._run(concerned.with_context(
                    crm_entered_stages=(*done, action.stage_id.id)))

    def _concerns(self, lead):
        return (
            lead.stage_id == self.stage_id
            and (not self.team_ids or lead.team_id in self.team_ids)
            and (not self.company_id or lead.company_id == self.company_id))

    def _run(self, leads):
        """Do it for the leads, as their user."""
        if self.kind == 'plan':
            self._start_plan(leads)
        elif self.kind == 'mail':
            template = self.mail_template_id
            leads.message_mail_with_source(
                template.with_env(leads.env),
                # the template's own: nobody is there to say that the mail belongs to an order
                consent_purpose_id=template.consent_purpose_id.id)
        else:
            self.server_action_id.with_env(leads.env).with_context(
                active_model=leads._name, active_ids=leads.ids, active_id=leads[:1].id,
            ).run()

    def _start_plan(self, leads):
        for responsible, given in leads.grouped('user_id').items():
            given.env['mail.activity.schedule'].create({
                'res_model': given._name,
                'res_ids': str(given.ids),
                'plan_id': self.plan_id.id,
                'plan_on_demand_user_id': (responsible or given.env.user).id,
            }).action_schedule_plan()
