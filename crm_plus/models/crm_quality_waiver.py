from odoo import api, fields, models
from odoo.exceptions import AccessError

#: what can be found on a lead or a contact, in the order in which it is told
FINDING_KINDS = [
    ('incomplete', "Incomplete"),
    ('stale', "Nothing happens"),
    ('email_website', "E-mail and website are of different domains"),
    ('phone_country', "The phone number is of another country"),
    ('state_country', "The state is not in the country"),
    ('vat_country', "The VAT number is of another country"),
    ('contact_email', "The e-mail is not that of the contact"),
    ('contact_country', "The country is not that of the contact"),
    ('contact_company', "The company is not that of the contact"),
    ('archived_contact', "The contact is archived"),
    ('archived_company', "The company of this person is archived"),
    ('seller_left', "The salesperson no longer works here"),
    ('closing_past', "Expected to close in the past, but still open"),
    ('zero_probability', "Open without any chance"),
    ('sure_but_open', "Certain, but not won"),
    ('won_without_order', "Won, but no order was confirmed"),
]


class CrmQualityWaiver(models.Model):
    """Something in a work list that somebody has looked at: it is not an issue, and why.

    It keeps the finding out of the work lists as long as the values stay as they were. Who said
    so and when stands in it; brought back, it is archived and tells what was said.
    """

    _name = 'crm.quality.waiver'
    _description = "Not an Issue"
    _order = 'create_date desc, id desc'
    _rec_name = 'reason'

    lead_id = fields.Many2one('crm.lead', index='btree_not_null', ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', "Contact", index='btree_not_null', ondelete='cascade')
    kind = fields.Selection(FINDING_KINDS, "Finding", required=True)
    detail = fields.Char(
        "As It Was", required=True, default='',
        help="What was found. Once this changes, the record is back in the work list.",
    )
    reason = fields.Char(required=True, help="Why this is not an issue.")
    create_uid = fields.Many2one('res.users', "Said By", readonly=True)
    create_date = fields.Datetime("Said On", readonly=True)
    active = fields.Boolean("In Force", default=True)
    ended_by_id = fields.Many2one('res.users', "Brought Back By", readonly=True)

    _one_record = models.Constraint(
        'CHECK (num_nonnulls(lead_id, partner_id) = 1)',
        "This is about either a lead or a contact.",
    )
    _once = models.UniqueIndex(
        '(COALESCE(lead_id, 0), COALESCE(partner_id, 0), kind, detail) WHERE active',
        "This has been marked as not an issue already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        waivers = super().create(vals_list)
        waivers._check_record_access()
        return waivers

    def action_bring_back(self):
        """Let the findings appear in the work lists again."""
        self._check_record_access()
        # sudo: whoever may change the record may; waivers themselves stay as they were written
        self.sudo().write({'active': False, 'ended_by_id': self.env.uid})
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    def _check_record_access(self):
        """Let decide on a record whoever may change it."""
        self.check_access('read')
        records = [records for records in (self.lead_id, self.partner_id) if records]
        if not all(it.has_access('write') for it in records):
            raise AccessError(self.env._(
                "Only who may change a lead or contact can say what is an issue of it."))
