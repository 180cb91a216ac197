from ast import literal_eval

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..scoring.rules import Rule, RuleSet
from .crm_score_points_mixin import DOMAIN_ERRORS


class CrmScoreRule(models.Model):
    """For what a lead gets points, or loses some.

    ``fit``: what the lead is, as conditions on it. ``engagement``: what happened, fading with
    time. ``customer``: what the customer's orders and payments say. How the points are found is
    in ``crm.score.points.mixin``, what salespersons read of them in ``crm.score.reason.mixin``,
    what a rule would change in ``crm.score.preview.mixin``.
    """

    _name = 'crm.score.rule'
    _inherit = ['crm.score.points.mixin', 'crm.score.reason.mixin', 'crm.score.preview.mixin']
    _description = "Lead Scoring Rule"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True,
        help="Shown to salespersons on the lead, so name no amounts.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade', default=lambda self: self.env.company,
        help="Leave empty to score the leads of every company.",
    )
    team_ids = fields.Many2many(
        'crm.team', string="Sales Teams", check_company=True,
        help="Leave empty to score the leads of every team.",
    )
    kind = fields.Selection(
        [
            ('fit', "What the lead is"),
            ('engagement', "What happened"),
            ('customer', "What orders and payments say"),
        ],
        string="Looks At", required=True, default='fit',
        help="What the lead is: conditions on its fields. What happened: mails, meetings, "
             "quotations, fading with time. What orders and payments say: whether they buy, what "
             "tier they have, how they pay.",
    )
    points = fields.Integer(
        required=True, default=10,
        help="What a lead gets for it; negative takes points away. Each time, for what happens.",
    )
    reason = fields.Char(
        "In Words", translate=True,
        help="Why a lead has the points, as salespersons read it. Empty: a sentence about what "
             "the rule looks at.",
    )

    # what the lead is
    domain = fields.Char(
        "Conditions", default='[]', help="Which leads get the points.",
    )

    # what happened
    event = fields.Selection(
        [
            ('reply', "The customer wrote"),
            ('meeting', "A meeting was held"),
            ('activity', "An activity was done"),
            ('quotation_sent', "A quotation was sent"),
            ('quotation_opened', "A quotation was opened"),
            ('quotation_accepted', "A quotation was accepted"),
            ('form', "A form on the website was filled in"),
            ('timeline', "Something on the customer's timeline"),
        ],
        string="Each Time", default='reply',
        help="The customer wrote: mails and portal messages on the lead, none of colleagues. "
             "Something on the customer's timeline: of any lead, also what other apps add to it, "
             "such as clicks on links.",
    )
    activity_type_id = fields.Many2one(
        'mail.activity.type', ondelete='restrict',
        help="Leave empty to count activities of every type.",
    )
    timeline_kind = fields.Selection(
        lambda self: self.env['customer.timeline']._fields['kind']._description_selection(
            self.env),
        string="Entry", help="Which entries of the customer's timeline count.",
    )
    half_life = fields.Integer(
        "Halves Every", default=30,
        help="Days in which half of the points of one event are gone. 0: they stay.",
    )
    cap = fields.Integer(
        "At Most", compute='_compute_cap', store=True, readonly=False, precompute=True,
        help="What the rule gives in all, however often it happens; what it takes away at most, "
             "for negative points.",
    )

    # what orders and payments say
    fact = fields.Selection(
        [
            ('customer', "Has bought before"),
            ('tier', "Has one of the tiers"),
            ('revenue', "Was invoiced much in 12 months"),
            ('overdue', "Has overdue invoices now"),
            ('late', "Pays late on average"),
            ('lost', "Has declined an offer before"),
        ],
        string="The Customer", default='customer',
        help="Read from the ERP when a lead is scored, of the lead's own company alone. The score "
             "never shows amounts.",
    )
    tier_ids = fields.Many2many('crm.customer.tier', string="Tiers", check_company=True)
    revenue = fields.Float(
        "At Least", digits=(16, 2),
        help="Invoices less credit notes of the last 12 months, without taxes, in the currency "
             "of the lead's company.",
    )
    days_late = fields.Integer(
        default=10,
        help="How many days after the due date the invoices of the last 12 months were paid, on "
             "average, at least.",
    )

    _points_given = models.Constraint(
        'CHECK (points <> 0)', "A rule must give points, or take some away.",
    )
    _no_negative = models.Constraint(
        'CHECK (half_life >= 0 AND revenue >= 0 AND days_late >= 0)',
        "Days and revenue cannot be negative.",
    )

    @api.depends('points', 'kind')
    def _compute_cap(self):
        for rule in self:
            if rule.kind == 'engagement' and (rule.cap or 0) < abs(rule.points):
                rule.cap = 3 * abs(rule.points)
            else:
                rule.cap = rule.cap or 0

    @api.constrains('kind', 'points', 'cap', 'event', 'timeline_kind', 'fact', 'tier_ids')
    def _check_complete(self):
        for rule in self:
            if rule.kind == 'engagement' and rule.cap < abs(rule.points):
                raise ValidationError(self.env._(
                    "“%(rule)s” gives %(points)s points each time, so it must be able to give as "
                    "many in all: raise “At Most”.", rule=rule.name, points=abs(rule.points)))
            missing = (
                rule._field_label('event') if rule.kind == 'engagement' and not rule.event
                else rule._field_label('timeline_kind')
                if rule.kind == 'engagement' and rule.event == 'timeline'
                and not rule.timeline_kind
                else rule._field_label('fact') if rule.kind == 'customer' and not rule.fact
                else rule._field_label('tier_ids')
                if rule.kind == 'customer' and rule.fact == 'tier' and not rule.tier_ids
                else None
            )
            if missing:
                raise ValidationError(self.env._(
                    "Fill in “%(field)s” of the rule “%(rule)s”.", field=missing, rule=rule.name))

    def _field_label(self, name):
        return self._fields[name]._description_string(self.env)

    # ------------------------------------------------------------
    # CONDITIONS
    # ------------------------------------------------------------

    @api.constrains('kind', 'domain')
    def _check_domain(self):
        """Refuse conditions that cannot be evaluated, or that ask for what the user may not see.

        Whoever saves them learns by the rule nothing that they could not search for.
        """
        for rule in self.filtered(lambda rule: rule.kind == 'fit'):
            if problem := rule._try_domain():
                raise ValidationError(self.env._(
                    "The conditions of “%(rule)s” cannot be used: %(problem)s", rule=rule.name,
                    problem=problem))

    def _parse_domain(self) -> Domain:
        """Return the conditions on leads.

        :raises ValueError: and other :const:`DOMAIN_ERRORS`, when they cannot be read
        """
        self.ensure_one()
        return Domain(literal_eval(self.domain or '[]'))

    def _try_domain(self) -> str:
        """Return what is wrong with the conditions for the user; nothing when they work."""
        # constraints run with all rights
        leads = self.env['crm.lead'].sudo(False)
        if 'lead_score' in (self.domain or ''):
            return self.env._("the score cannot depend on itself.")
        try:
            domain = self._parse_domain()
            with self.env.cr.savepoint(flush=False), mute_logger('odoo.sql_db', 'odoo.domains'):
                leads.search_count(domain, limit=1)
        except AccessError:
            return self.env._("they ask for something that you may not see.")
        except (UserError, psycopg2.DataError, psycopg2.ProgrammingError, *DOMAIN_ERRORS) as error:
            return str(error).strip().partition('\n')[0]
        return ''

    # ------------------------------------------------------------
    # SCORES
    # ------------------------------------------------------------

    @api.model
    def _rules_of(self, company):
        """Return the active rules for the leads of a company, in order; empty: of no company."""
        return self.search(Domain('company_id', 'in', [company.id, False]))

    def _rule_set(self, company) -> RuleSet:
        """Return the rules with the limits of a company; empty: with those by default."""
        return RuleSet(
            [
                Rule(
                    rule._rule_id(),
                    rule.points,
                    rule.cap if rule.kind == 'engagement' else 0,
                    frozenset(rule.team_ids._origin.ids),
                )
                for rule in self
            ],
            company._lead_score_band(),
            company.lead_score_full_points,
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self._request_scoring()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {'name', 'reason'}:
            self._request_scoring()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep the rules that leads were scored by: reports compare them with what came of it."""
        [[is_used]] = self.env.execute_query(SQL(
            "SELECT EXISTS (SELECT FROM crm_score_history WHERE points ?| %s::text[])",
            [str(rule_id) for rule_id in self.ids]))
        if is_used:
            raise UserError(self.env._(
                "Leads have been scored by this rule, so it cannot be deleted. Archive it "
                "instead: it then gives no points any more."))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if 'name' not in (default or {}):
            for rule, vals in zip(self, vals_list, strict=True):
                vals['name'] = self.env._("%s (copy)", rule.name)
        return vals_list

    @api.model
    def _request_scoring(self):
        """Have the leads scored anew in the background."""
        # sudo: who may change the rules may have them applied
        self.env.ref('crm_plus.ir_cron_lead_scores').sudo()._trigger()

    def action_score_all(self):
        """Score all open leads in the background."""
        self._request_scoring()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._("All open leads are scored in the background. This takes "
                                      "a few minutes at most."),
            },
        }
