from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_first_touch_mixin import FIRST_TOUCH


class CrmLeadTouchMixin(models.AbstractModel):
    """By what a lead came to us first, and each time after that.

    The first source, medium and campaign that a lead gets are its first touch. They are computed
    with the record itself, so that they cost nothing, and stay when the others change. What
    leads to a lead later are rows of ``crm.touch``.
    """

    _name = 'crm.lead.touch.mixin'
    _inherit = ['crm.duplicate.source.mixin', 'crm.first.touch.mixin']
    _description = "Lead: Touches"

    # may be given with a new lead; later, write() lets nothing but an earlier touch replace them
    first_touch_date = fields.Datetime(
        compute='_compute_first_touch_date', store=True, precompute=True, readonly=False)
    first_source_id = fields.Many2one(
        compute='_compute_first_touch', store=True, precompute=True, readonly=False)
    first_medium_id = fields.Many2one(
        compute='_compute_first_touch', store=True, precompute=True, readonly=False)
    first_campaign_id = fields.Many2one(
        compute='_compute_first_touch', store=True, precompute=True, readonly=False)
    touch_ids = fields.One2many(
        'crm.touch', 'lead_id', string="Touches", readonly=True,
        help="Each time that this person came to us by a form, a mail, an import or otherwise.",
    )

    def _compute_first_touch_date(self):
        # without dependencies: set once, for leads of before this module from their creation
        for lead in self:
            lead.first_touch_date = (
                lead.first_touch_date or lead.create_date or fields.Datetime.now())

    @api.depends('source_id', 'medium_id', 'campaign_id')
    def _compute_first_touch(self):
        for lead in self:
            first = lead.first_source_id or lead.first_medium_id or lead.first_campaign_id
            lead.first_source_id = lead.first_source_id if first else lead.source_id
            lead.first_medium_id = lead.first_medium_id if first else lead.medium_id
            lead.first_campaign_id = lead.first_campaign_id if first else lead.campaign_id

    def write(self, vals):
        if not self.env.su and not vals.keys().isdisjoint(FIRST_TOUCH):
            self._check_earlier_touch(vals)
        return super().write(vals)

    def _check_earlier_touch(self, vals):
        """Let nothing take the place of the first touch but one that was earlier."""
        date = fields.Datetime.to_datetime(vals.get('first_touch_date'))
        for lead in self:
            if not date or date > (lead.first_touch_date or date):
                raise UserError(self.env._(
                    "The first touch of “%s” stays as it was. Add a touch instead of changing it.",
                    lead.display_name))

    def _merge_get_fields_specific(self):
        """Keep the earliest of the first touches when leads are merged."""
        def earliest(fname, leads):
            first = min(leads, key=lambda lead: (lead.first_touch_date, lead.id))
            value = first[fname]
            return value.id if leads._fields[fname].relational else value

        return {
            **super()._merge_get_fields_specific(),
            **dict.fromkeys(FIRST_TOUCH, earliest),
        }

    @api.model
    def _merge_skipped_fields(self):
        return super()._merge_skipped_fields() | {*FIRST_TOUCH}

    def _merge_after_move(self, survivor):
        """Let the survivor have the earliest first touch of all that go on as it."""
        leads = [lead for lead in survivor | self if lead._get_first_touch()]
        if leads:
            first = min(leads, key=lambda lead: (lead.first_touch_date, lead.id))
            if first != survivor:
                survivor.write({
                    **first._get_first_touch(),
                    'first_touch_date': min((survivor | self).mapped('first_touch_date')),
                })
        return super()._merge_after_move(survivor)

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: touches belong to the lead whoever merges it
        touches = self.env['crm.touch'].sudo()
        if touches._is_used():
            touches.search([('lead_id', 'in', opportunities.ids)]).write({'lead_id': self.id})
        return result

    def _convert_opportunity_data(self, customer, team_id=False):
        """Copy the first touch to a customer that has none."""
        if customer:
            customer._keep_first_touch(self._get_first_touch())
        return super()._convert_opportunity_data(customer, team_id)

    def _add_touch(self, kind, **values):
        """Note that the person has come to us again; return the touch.

        :param kind: one of the kinds of ``crm.touch``
        :param values: of the touch: ``source_id``, ``referrer``, ``landing_page``, ``date``, …
        """
        self.check_access('write')
        # sudo: touches are added by taking leads in alone, by who may change the lead
        return self.env['crm.touch'].sudo().create([
            lead._prepare_touch_values(kind, values) for lead in self
        ])

    def _prepare_touch_values(self, kind, values):
        self.ensure_one()
        return {
            'lead_id': self.id,
            'partner_id': self.partner_id.id,
            'company_id': self.company_id.id,
            'kind': kind,
            **values,
        }
