from odoo import api, fields, models


class CrmAccountProfile(models.Model):
    """What is worth knowing about the customers of an industry: the properties of its accounts.

    A consultant defines them once per industry; each key account of the industry then has
    these fields, which can be searched and grouped like any other.
    """

    _name = 'crm.account.profile'
    _description = "Industry Profile"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to use the profile in every company.",
    )
    industry_ids = fields.Many2many(
        'res.partner.industry', string="Industries",
        help="New key accounts whose contact names one of these industries take this profile "
             "by themselves.",
    )
    properties_definition = fields.PropertiesDefinition("Facts to Know")
    fact_labels = fields.Char(
        "Facts Asked", compute='_compute_fact_labels',
        help="Open a key account of the industry to add, change or remove them.",
    )
    account_count = fields.Integer("Key Accounts", compute='_compute_account_count')

    @api.depends('properties_definition')
    def _compute_fact_labels(self):
        for profile in self:
            profile.fact_labels = ", ".join(
                fact['string'] for fact in profile.properties_definition or []
                if fact.get('string') and fact['type'] != 'separator')

    def _compute_account_count(self):
        counts = dict(self.env['crm.key.account']._read_group(
            [('profile_id', 'in', self.ids)], ['profile_id'], ['__count']))
        for profile in self:
            profile.account_count = counts.get(profile, 0)

    def action_view_accounts(self):
        """Open the key accounts of the industry."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_key_account_action'),
            'domain': [('profile_id', '=', self.id)],
            'context': {'default_profile_id': self.id},
        }
