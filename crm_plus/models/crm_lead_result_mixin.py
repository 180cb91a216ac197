from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLeadResultMixin(models.AbstractModel):
    """Against whom an opportunity was won or lost, at which price, what decided.

    Beside what was expected stands what Odoo's confirmed orders brought.
    """

    _name = 'crm.lead.result.mixin'
    _description = "Result of an Opportunity"

    # the lead's own: amounts of a mixin have to know their currency
    company_currency = fields.Many2one('res.currency')
    competitor_ids = fields.Many2many(
        'crm.competitor', 'crm_lead_competitor_rel', 'lead_id', 'competitor_id', "Competitors",
        copy=False, help="Who else wants this order.",
    )
    lost_to_id = fields.Many2one(
        'crm.competitor', "Lost to", copy=False, index='btree_not_null', ondelete='set null',
        tracking=True, inverse='_inverse_lost_to_id', help="The competitor who won.",
    )
    competitor_price = fields.Monetary(
        "Competitor's Price", currency_field='company_currency', copy=False,
        help="Untaxed price of the best competitor, of whoever won where the opportunity was "
             "lost, for what the expected revenue stands for.",
    )
    price_gap = fields.Monetary(
        compute='_compute_price_gap', currency_field='company_currency',
        help="By how much the expected revenue is above the competitor's price; negative where "
             "it is below.",
    )
    price_gap_percent = fields.Float(
        "Price Gap (%)", compute='_compute_price_gap',
        help="The price gap in per cent of the competitor's price.",
    )
    decision_factor_ids = fields.Many2many(
        'crm.decision.factor', 'crm_lead_decision_factor_rel', 'lead_id', 'factor_id',
        "What Decided", copy=False, help="Why the customer decided as they did.",
    )
    order_margin = fields.Monetary(
        "Margin of Orders", compute='_compute_order_result', currency_field='company_currency',
        groups='base.group_user', help="Margin of the confirmed orders, without taxes.",
    )
    order_difference = fields.Monetary(
        "Orders against Expected", compute='_compute_order_result',
        currency_field='company_currency',
        help="By how much the confirmed orders are above the expected revenue, without taxes.",
    )

    @api.depends('expected_revenue', 'competitor_price')
    def _compute_price_gap(self):
        for lead in self:
            price = lead.competitor_price
            lead.price_gap = lead.expected_revenue - price if price else 0
            lead.price_gap_percent = lead.price_gap / price if price else 0

    @api.depends('expected_revenue', 'sale_amount_total', 'order_ids.margin', 'order_ids.state')
    def _compute_order_result(self):
        for lead in self:
            currency = lead.company_currency or self.env.company.currency_id
            orders = lead.order_ids.filtered_domain(self._get_lead_sale_order_domain())
            lead.order_margin = sum(
                order.currency_id._convert(
                    order.margin, currency, order.company_id,
                    order.date_order or fields.Date.context_today(order))
                for order in orders
            )
            lead.order_difference = (
                lead.sale_amount_total - lead.expected_revenue if orders else 0)

    def _inverse_lost_to_id(self):
        """Whoever won was a competitor."""
        for lead in self:
            if lead.lost_to_id and lead.lost_to_id not in lead.competitor_ids:
                lead.competitor_ids |= lead.lost_to_id

    @api.constrains('competitor_ids', 'lost_to_id', 'decision_factor_ids')
    def _check_competitor_company(self):
        for lead in self:
            named = [*lead.competitor_ids, *lead.lost_to_id, *lead.decision_factor_ids]
            for record in named:
                if record.company_id and lead.company_id and record.company_id != lead.company_id:
                    raise ValidationError(self.env._(
                        "%(name)s belongs to %(owner)s, the opportunity %(lead)s to %(company)s.",
                        name=record.name,
                        owner=record.company_id.name,
                        lead=lead.name,
                        company=lead.company_id.name,
                    ))

    @api.constrains('competitor_price')
    def _check_competitor_price(self):
        for lead in self:
            if lead.competitor_price < 0:
                raise ValidationError(self.env._(
                    "The price of a competitor cannot be negative."))

    # ------------------------------------------------------------
    # WON, LOST, RESTORED
    # ------------------------------------------------------------

    def action_set_won_rainbowman(self):
        """Ask first why it was won, where the company wants to know."""
        asks = self.env.company.crm_ask_why_won
        if not asks or self.env.context.get('why_won_told'):
            return super().action_set_won_rainbowman()
        return self._open_why_won()

    def get_why_won_question(self):
        """Return the dialog that asks why it was won, of an opportunity moved to a won stage.

        :return: an action, or False where the company does not ask or it has been told
        """
        self.ensure_one()
        self.check_access('write')
        company = self.company_id or self.env.company
        # sudo: a setting of the company whose opportunity the user may change
        asks = company.sudo().crm_ask_why_won and self.won_status == 'won'
        return self._open_why_won() if asks and not self.decision_factor_ids else False

    def _open_why_won(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Won"),
            'res_model': 'crm.lead.won',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_lead_id': self.id, 'dialog_size': 'medium'},
        }

    def action_unarchive(self):
        """Forget who won, together with the reason that Odoo forgets; they still compete."""
        taken_back = self.filtered(lambda lead: not lead.active and lead.lost_to_id)
        result = super().action_unarchive()
        if taken_back:
            taken_back.write({'lost_to_id': False})
        return result

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), 'forecast_category', 'competitor_price']

    def _merge_get_fields_specific(self):
        return super()._merge_get_fields_specific() | {
            'competitor_ids': lambda fname, leads: leads.competitor_ids,
            # as with Odoo's lost reason: what is open has not been lost to anybody
            'lost_to_id': lambda fname, leads: (
                not leads[:1].probability and leads.lost_to_id[:1].id),
            'decision_factor_ids': lambda fname, leads: leads.decision_factor_ids,
        }
