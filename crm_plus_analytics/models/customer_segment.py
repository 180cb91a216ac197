import numpy as np

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..valuation import rfm
from .customer_score import AMOUNT_GROUPS


class CustomerSegment(models.Model):
    """Customers who behave alike: by how lately, how often and for how much they buy, or by
    conditions on anything that was measured.

    A customer is in the first segment, by order, that takes them. Every combination of scores
    must be taken by some segment's ranges, so that no customer is in none.
    """
    _name = 'customer.segment'
    _inherit = 'customer.condition.mixin'
    _description = 'Customer Segment'
    _order = 'sequence, id'
    _decided_fields = frozenset({
        'segment_id', 'segment_color', 'customer_segment_id', 'customer_segment_color',
        'customer_score_id',
    })

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
    rule = fields.Selection(
        [('rfm', "Recency, frequency and money"), ('domain', "Conditions")],
        default='rfm', required=True,
        help="How it is decided who belongs to the segment: by the three scores, or by "
             "conditions on whatever was measured and estimated.",
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
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id')
    customer_count = fields.Integer(
        string="Customers", compute='_compute_customer_count',
        help="Customers in this segment since the last scoring.",
    )
    customer_value = fields.Monetary(
        compute='_compute_customer_value', groups=AMOUNT_GROUPS,
        help="What the customers of this segment are expected to be worth within the horizon.",
    )
    joined_count = fields.Integer(
        string="Joined", compute='_compute_movements',
        help="Customers who were elsewhere, or no customers yet, in the month scored before.",
    )
    left_count = fields.Integer(
        string="Left", compute='_compute_movements',
        help="Customers who were here in the month scored before and are in another segment now.",
    )
    trend = fields.Integer(
        compute='_compute_movements', help="How many more have joined than left.")
    is_compared = fields.Boolean(compute='_compute_movements')
    preview = fields.Char(
        compute='_compute_preview',
        help="By the scores there are now; segments that stand before this one keep theirs.")

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

    @api.depends('sequence', 'active', 'company_id', 'rule', 'r_min', 'r_max', 'f_min', 'f_max',
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
        by_ranges = self._with_ranges()
        index = rfm.segment(*cells, [segment._rule() for segment in by_ranges])
        counts = np.bincount(index[index >= 0], minlength=len(by_ranges)).tolist()
        taken = dict(zip(by_ranges, counts, strict=True))
        return [taken.get(segment, 0) for segment in self]

    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    def _compute_customer_count(self):
        counts = dict(self.env['customer.score']._read_group(
            [('segment_id', 'in', self.ids), ('company_id', 'in', self.env.companies.ids)],
            ['segment_id'], ['__count'],
        ))
        for segment in self:
            segment.customer_count = counts.get(segment._origin, 0)

    @api.depends_context('allowed_company_ids')
    def _compute_customer_value(self):
        today = fields.Date.context_today(self)
        currency = self.env.company.currency_id
        values = dict.fromkeys(self.ids, 0.0)
        for segment, company, value in self.env['customer.score']._read_group(
            [('segment_id', 'in', self.ids), ('company_id', 'in', self.env.companies.ids)],
            ['segment_id', 'company_id'], ['customer_value:sum'],
        ):
            values[segment.id] += company.currency_id._convert(
                value, currency, self.env.company, today)
        for segment in self:
            segment.customer_value = values.get(segment._origin.id, 0.0)

    @api.depends_context('allowed_company_ids')
    def _compute_movements(self):
        joined, left, compared = {}, {}, False
        rows = self.env['customer.score.history']._read_group(
            self._latest_month_domain(), ['segment_id', 'previous_segment_id', 'movement'],
            ['__count'])
        for segment, previous, movement, count in rows:
            compared |= movement != 'start'
            if movement in ('new', 'moved'):
                joined[segment.id] = joined.get(segment.id, 0) + count
            if movement == 'moved':
                left[previous.id] = left.get(previous.id, 0) + count
        for segment in self:
            segment.joined_count = joined.get(segment._origin.id, 0)
            segment.left_count = left.get(segment._origin.id, 0)
            segment.trend = segment.joined_count - segment.left_count
            segment.is_compared = compared

    def _latest_month_domain(self) -> Domain:
        """Select the history of each company's last month."""
        return Domain.OR(
            Domain('company_id', '=', company.id) & Domain('month', '=', month)
            for company, month in self.env['customer.score.history']._read_group(
                [('company_id', 'in', self.env.companies.ids)], ['company_id'], ['month:max'])
        )

    @api.depends('rule', 'domain', 'sequence', 'company_id', 'r_min', 'r_max', 'f_min', 'f_max',
                 'm_min', 'm_max')
    @api.depends_context('allowed_company_ids', 'lang')
    def _compute_preview(self):
        for segment in self:
            try:
                count = segment._count_possible_customers()
            except ValidationError as error:
                segment.preview = str(error)
            else:
                segment.preview = self.env._(
                    "Would hold %s customers now.", count) if count != 1 else self.env._(
                    "Would hold one customer now.")

    def _count_possible_customers(self) -> int:
        """Count whom the segment would take with the scores that there are."""
        position = (self.sequence, self._origin.id or float('inf'))
        companies = self.company_id or self.env.companies
        before = self.search(Domain('company_id', 'in', [*companies.ids, False])).filtered(
            lambda segment: (segment.sequence, segment.id) < position)
        domain = (
            self._conditions() & Domain('company_id', 'in', companies.ids)
            & Domain('segment_id', 'not in', before.ids))
        return self._try_conditions(domain)

    @api.constrains('rule', 'domain')
    def _check_conditions(self):
        for segment in self:
            if segment.rule != 'domain':
                continue
            segment._check_domain()
            if segment._parse_domain().is_true():
                raise ValidationError(self.env._(
                    "Add a condition to “%s”: without one it would take every customer.",
                    segment.name))

    @api.constrains('active', 'company_id', 'rule', 'r_min', 'r_max', 'f_min', 'f_max', 'm_min',
                    'm_max')
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
        segments = self.env['customer.segment'].sudo().search([
            ('company_id', '=', False), ('rule', '=', 'rfm')])
        if without:
            segments -= without
        missing = rfm.uncovered_cells([segment._rule() for segment in segments])
        if missing:
            raise ValidationError(self.env._(
                "Every customer must be in a segment, but nobody would take customers with "
                "recency %(r)s, frequency %(f)s and money %(m)s (%(count)s combinations in "
                "all). Widen the ranges of a segment for all companies, or add one at the end "
                "that takes the rest.",
                r=missing[0][0], f=missing[0][1], m=missing[0][2], count=len(missing),
            ))

    @api.model
    def _of_company(self, company):
        """Return the segments for the customers of a company, in order."""
        return self.search(Domain('company_id', 'in', [company.id, False]))

    def _rule(self) -> rfm.Rule:
        """Return the ranges as the value models want them."""
        return ((self.r_min, self.r_max), (self.f_min, self.f_max), (self.m_min, self.m_max))

    # -- who belongs to it

    def _with_ranges(self):
        """The segments that go by the three scores."""
        return self.filtered(lambda segment: segment.rule == 'rfm')

    def _conditions(self) -> Domain:
        """Return the scores that the segment takes, those of segments before it included."""
        if self.rule == 'domain':
            return self._parse_domain()
        return Domain.AND(
            Domain(score, '>=', low) & Domain(score, '<=', high)
            for score, (low, high) in zip(
                ('r_score', 'f_score', 'm_score'), self._rule(), strict=True)
        )

    def _take_by_conditions(self, company):
        """Move the company's customers whom a segment takes by its conditions.

        To be called on all segments of the company, in order, when each customer is in the
        first one that takes their scores. One statement for each segment with conditions.
        """
        for position, segment in enumerate(self, start=1):
            if segment.rule != 'domain':
                continue
            later = Domain('segment_id', 'in', [*self[position:].ids, False])
            taken = segment._scores_by_conditions(company, later)
            self.env.flush_query(taken)
            self.env.cr.execute(SQL(
                "UPDATE customer_score SET segment_id = %s WHERE id IN %s", segment.id, taken))
        self.env['customer.score'].invalidate_model(['segment_id'])

    # -- actions

    def _action_open(self, name: str, xml_id: str, domain, **values) -> dict:
        return {
            **self.env['ir.actions.act_window']._for_xml_id(f'crm_plus_analytics.{xml_id}'),
            'name': name,
            'domain': list(domain),
            'context': {},
            **values,
        }

    def action_open_customers(self):
        """Open the customers of this segment."""
        self.ensure_one()
        return self._action_open(
            self.name, 'customer_score_action', Domain('segment_id', '=', self.id))

    def action_open_joined(self):
        """Open the customers who have come to this segment since the month before."""
        self.ensure_one()
        return self._action_open_history(
            self.env._("%s: joined", self.name),
            Domain('segment_id', '=', self.id) & Domain('movement', 'in', ('new', 'moved')))

    def action_open_left(self):
        """Open the customers who have left this segment since the month before."""
        self.ensure_one()
        return self._action_open_history(
            self.env._("%s: left", self.name),
            Domain('previous_segment_id', '=', self.id) & Domain('movement', '=', 'moved'))

    def _action_open_history(self, name: str, domain: Domain) -> dict:
        return self._action_open(
            name, 'customer_score_history_action', domain & self._latest_month_domain(),
            views=[(False, 'list'), (False, 'kanban'), (False, 'pivot')])
