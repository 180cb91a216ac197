from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmHealthMeasure(models.Model):
    """One part of the health of key accounts: what is measured, its limits and its weight."""

    _name = 'crm.health.measure'
    _description = "Part of Account Health"
    _order = 'sequence, id'
    _rec_name = 'kind'

    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ('revenue', "Revenue trend"),
            ('order', "Time since the last order"),
            ('overdue', "Overdue invoices"),
            ('late', "Punctuality of payment"),
            ('pipeline', "Open pipeline"),
            ('contact', "Contact with people"),
            ('people', "Breadth of the buying centre"),
            ('stance', "Stance of the people"),
            ('plan', "Account plan"),
            ('cases', "Open cases"),
            ('satisfaction', "Satisfaction"),
            ('agreement', "Agreements about to end"),
        ],
        "What Is Measured", required=True,
    )
    explanation = fields.Char("How It Is Measured", compute='_compute_texts')
    unit = fields.Char("In", compute='_compute_texts')
    weight = fields.Integer(
        required=True, default=10,
        help="How much this counts beside the other parts. 0: not at all. Where nothing is known "
             "of a part, the others count the more.",
    )
    good = fields.Float(
        "Full Points At", digits=(16, 1),
        help="At this value, and beyond it, the account gets all points of this part.",
    )
    bad = fields.Float(
        "No Points At", digits=(16, 1),
        help="At this value, and beyond it, the account gets none of the points. In between, it "
             "gets its share of them.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to use this in every company. What a company defines for itself "
             "replaces what is defined for all.",
    )
    active = fields.Boolean(default=True)

    _weight_not_negative = models.Constraint(
        'CHECK (weight >= 0)', "A weight cannot be negative.",
    )
    _limits_differ = models.Constraint(
        'CHECK (good <> bad)',
        "The values for full points and for no points must differ.",
    )
    _once = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0))",
        "This part of account health is defined already, for all companies or for this one. "
        "Change it there; look among the archived ones, too.",
    )

    @api.depends('kind')
    def _compute_texts(self):
        texts = self._kind_texts()
        for measure in self:
            measure.unit, measure.explanation = texts.get(measure.kind, ('', ''))

    @api.model
    def _kind_texts(self) -> dict[str, tuple[str, str]]:
        """Return unit and explanation of each kind; extended together with ``kind``."""
        return {
            'revenue': (self.env._("% change"), self.env._(
                "What was invoiced in the last 12 months against the 12 months before.")),
            'order': (self.env._("times their interval"), self.env._(
                "Days since the last order against the usual number of days between orders.")),
            'overdue': (self.env._("days"), self.env._(
                "For how many days the oldest unpaid invoice has been overdue.")),
            'late': (self.env._("days"), self.env._(
                "How many days after the due date invoices of the last 12 months were paid, on "
                "average.")),
            'pipeline': (self.env._("% of 12 months"), self.env._(
                "Expected revenue of open opportunities against what was invoiced in 12 "
                "months.")),
            'contact': (self.env._("% of the time"), self.env._(
                "Time since somebody was in contact against the time that the tier allows.")),
            'people': (self.env._("concerns"), self.env._(
                "No decision maker known, only one contact, a blocker whom nobody looks after.")),
            'stance': (self.env._("from −2 to 2"), self.env._(
                "Where people stand towards us, those with more influence counting more: −2 "
                "opponent, 2 champion.")),
            'plan': (self.env._("% of the goals"), self.env._(
                "Goals of the running account plan that are on track or reached.")),
            'cases': (self.env._("cases"), self.env._(
                "What the customer has asked for or complained about and is not settled yet.")),
            'satisfaction': (self.env._("%"), self.env._(
                "How satisfied they said they were in the last 12 months, on average.")),
            'agreement': (self.env._("days"), self.env._(
                "Days until the first agreement ends that is not renewed.")),
        }

    @api.constrains('kind', 'good', 'bad')
    def _check_limits(self):
        for measure in self:
            if measure.kind == 'stance' and max(abs(measure.good), abs(measure.bad)) > 2:
                raise ValidationError(self.env._("The stance of people lies between −2 and 2."))

    @api.model
    def _measures_of(self, company):
        """Return the parts that count in a company, in their order."""
        # sudo: weights and limits, for a score that is the same whoever computes it
        measures = self.sudo().search(Domain('company_id', 'in', [company.id, False]))
        own = set(measures.filtered('company_id').mapped('kind'))
        return measures.filtered(
            lambda measure: measure.weight and (measure.company_id or measure.kind not in own))
