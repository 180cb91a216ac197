from odoo import api, fields, models, tools
from odoo.fields import Domain

#: By what way somebody came to us.
KINDS = [
    ('form', "Web form"),
    ('email', "E-mail"),
    ('import', "Import"),
    ('manual', "Entered by hand"),
    ('api', "Other program"),
]


class CrmTouch(models.Model):
    """One time that a lead came to us: when, by what way, from where.

    Added by whatever takes leads in and never changed, so that what brought somebody to us is
    known for every time and not just for the last.
    """

    _name = 'crm.touch'
    _description = "Touch"
    _order = 'date desc, id desc'
    _rec_name = 'kind'

    lead_id = fields.Many2one('crm.lead', required=True, index=True, ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', string="Contact", index='btree_not_null', ondelete='set null')
    company_id = fields.Many2one('res.company', index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    kind = fields.Selection(KINDS, string="Way", required=True)
    source_id = fields.Many2one('utm.source', index='btree_not_null', ondelete='set null')
    medium_id = fields.Many2one('utm.medium', index='btree_not_null', ondelete='set null')
    campaign_id = fields.Many2one('utm.campaign', index='btree_not_null', ondelete='set null')
    referrer = fields.Char(help="The page from which they came to our website.")
    landing_page = fields.Char(help="The page of our website that they saw first this time.")
    note = fields.Char()
    user_id = fields.Many2one(related='lead_id.user_id', string="Salesperson")
    team_id = fields.Many2one(related='lead_id.team_id', string="Sales Team")

    @api.model_create_multi
    def create(self, vals_list):
        touches = super().create(vals_list)
        if touches and not self._is_used():
            self.env.registry.clear_cache()
        return touches

    @api.model
    @tools.ormcache()
    def _is_used(self):
        """Tell whether there are touches at all, so that who has none pays nothing for them."""
        # sudo: whether there are any; none of them is shown
        return bool(self.sudo().search_count(Domain.TRUE, limit=1))
