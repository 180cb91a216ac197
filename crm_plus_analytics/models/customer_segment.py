import numpy as np

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..valuation import rfm


class CustomerSegment(models.Model):
    """Customers who behave alike, by how lately, how often and for how much they buy.

    A customer is in the first segment, by order, that takes their three scores. Every
    combination of scores must be taken by some segment, so that no customer is in none.
    """
    _name = 'customer.segment'
    _description = 'Customer Segment'
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10,
        help="A customer whom several segments would take is in the first one.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index=True,
        help="Empty: for the customers of all companies.",
    )
    color = fields.Integer(string="Colour")
    description = fields.Text(
        string="Meaning", translate=True,
        help="What a salesperson should know of these customers, and do.",
    )
    r_min = fields.Integer(
        string="Recency from", default=1, required=True, aggregator=None,
        help="5: bought most recently of all customers, 1: longest ago.")
    r_max = fields.Integer(string="Recency to", default=5, required=True, aggregator=None)
    f_min = fields.Integer(
        string="Frequency from", default=1, required=True, aggregator=None,
        help="5: bought most often of all customers, 1: least often.")
    f_max = fields.Integer(string="Frequency to", default=5, required=True, aggregator=None)
    m_min = fields.Integer(
        string="Money from", default=1, required=True, aggregator=None,
        help="5: brought the most revenue of all customers, 1: the least.")
    m_max = fields.Integer(string="Money to", default=5, required=True, aggregator=None)
    r_range = fields.Char(string="Recency", compute='_compute_ranges_text')
    f_range = fields.Char(string="Frequency", compute='_compute_ranges_text')
    m_range = fields.Char(string="Money", compute='_compute_ranges_text')
    combinations = fields.Integer(
        compute='_compute_combinations',
        help="How many of the 125 combinations of scores this segment takes, after the "
             "segments before it took theirs. 0: it never gets a customer.",
    )
    customer_count = fields.Integer(
        string="Customers", compute='_compute_customer_count',
        help="Customers in this segment since the last scoring.",
    )

    _check_ranges = models.Constraint(
        'CHECK (1 <= r_min AND r_min <= r_max AND r_max <= 5'
        ' AND 1 <= f_min AND f_min <= f_max AND f_max <= 5'
        ' AND 1 <= m_min AND m_min <= m_max AND m_max <= 5)',
        "Each range must go from a lower to a higher score, between 1 and 5.",
    )

    @api.depends('r_min', 'r_max', 'f_min', 'f_max', 'm_min', 'm_max')
    @api.depends_context('lang')
    def _compute_ranges_text(self):
        for segment in self:
            segment.r_range, segment.f_range, segment.m_range = (
                segment._range_text(*limits) for limits in segment._rule())

    def _range_text(self, low: int, high: int) -> str:
        if (low, high) == (1, rfm.LEVELS):
            return self.env._("any")
        if low == high:
            return str(low)
        return self.env._("%(low)s to %(high)s", low=low, high=high)

    @api.depends('sequence', 'active', 'company_id', 'r_min', 'r_max', 'f_min', 'f_max',
                 'm_min', 'm_max')
    @api.depends_context('company')
    def _compute_combinations(self):
        self.combinations = 0
        for company in self.company_id | self.env.company:
            # sudo: what a segment takes depends on all segments before it, of which the
            # reader learns a number only
            segments = self.sudo()._of_company(company)
            taken = dict(zip(segments.ids, segments._count_combinations(), strict=True))
            for segment in self:
                if (segment.company_id or self.env.company) == company:
                    segment.combinations = taken.get(segment._origin.id, 0)

    def _count_combinations(self) -> list[int]:
        """Return how many combinations of scores each of these segments takes, in order."""
        cells = np.indices((rfm.LEVELS,) * 3).reshape(3, -1) + 1
        index = rfm.segment(*cells, [segment._rule() for segment in self])
        return np.bincount(index[index >= 0], minlength=len(self)).tolist()

    def _compute_customer_count(self):
        counts = dict(self.env['customer.score']._read_group(
            [('segment_id', 'in', self.ids), ('company_id', 'in', self.env.companies.ids)],
            ['segment_id'], ['__count'],
        ))
        for segment in self:
            segment.customer_count = counts.get(segment._origin, 0)

    @api.constrains('active', 'company_id', 'r_min', 'r_max', 'f_min', 'f_max', 'm_min', 'm_max')
    def _check_everybody_is_taken(self):
        self._check_completeness()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        self._check_completeness(without=self)

    def _check_completeness(self, without=()):
        """Refuse a set of segments in which some customer would be in none.

        The segments for all companies must do it alone: then no company's own segments, which
        stand between them, can leave a gap.
        """
        # sudo: the message tells scores only
        segments = self.env['customer.segment'].sudo().search([('company_id', '=', False)])
        if without:
            segments -= without
        missing = rfm.uncovered_cells([segment._rule() for segment in segments])
        if missing:
            raise ValidationError(self.env._(
                "Every customer must be in a segment, but nobody would take customers with "
                "recency %(r)s, frequency %(f)s and money %(m)s (%(count)s combinations in "
                "all). Widen a segment for all companies, or add one at the end that takes the "
                "rest.",
                r=missing[0][0], f=missing[0][1], m=missing[0][2], count=len(missing),
            ))

    @api.model
    def _of_company(self, company):
        """Return the segments for the customers of a company, in order."""
        return self.search(Domain('company_id', 'in', [company.id, False]))

    def _rule(self) -> rfm.Rule:
        """Return the ranges as the value models want them."""
        return ((self.r_min, self.r_max), (self.f_min, self.f_max), (self.m_min, self.m_max))

    def action_open_customers(self):
        """Open the customers of this segment."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_analytics.customer_score_action')
        return {
            **action,
            'name': self.name,
            'domain': [('segment_id', '=', self.id)],
            'context': {},
        }
