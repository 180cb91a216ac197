from odoo import fields, models
from odoo.tools import format_datetime

from ..scoring.points import Fading, curve

#: For which days to come a score is foretold: three months, week by week.
CURVE_DAYS = list(range(0, 92, 7))


class CrmLeadScoreDetailsMixin(models.AbstractModel):
    """Of what a lead's score is made, for ``crm.lead``: read when somebody looks at it."""

    _name = 'crm.lead.score.details.mixin'
    _description = "Explanation of a Lead Score"

    def get_lead_score_details(self):
        """Return the score of the lead at this moment, and why it is so.

        :return: dict with ``score``, ``band``, ``total`` and ``full`` (points), ``rows`` (what
            each rule gives, the most important first), ``curve`` (the scores of the coming days)
            or ``False``, ``probability``, ``stored`` (what lists show, and since when) and
            ``notes``
        """
        self.ensure_one()
        self.check_access('read')
        now = fields.Datetime.now()
        # sudo: who may read the lead may read its score; rules tell names and points of it alone
        rules = self.env['crm.score.rule'].sudo()
        [(lead, score, given)] = self.env['crm.lead']._score_leads(self.ids, now)
        rows = [
            self._lead_score_row(rules.browse(rule_id), score.points[rule_id], found, now)
            for rule_id, found in given.items()
            if rule_id in score.points
        ]
        return {
            'score': score.score,
            'band': score.band,
            'bands': dict(self._fields['lead_score_band']._description_selection(self.env)),
            'total': round(score.total, 1),
            'full': score.full,
            'rows': sorted(rows, key=lambda row: (-abs(row['points']), row['name'])),
            'other_rules': len(score.points) - len(rows),
            'curve': self._lead_score_curve(rules, score, given),
            'probability': round(self.automated_probability, 1),
            'is_open': self.active and self.won_status == 'pending',
            'stored': self._lead_score_stored(),
            'notes': self._lead_score_notes(lead, score),
            'may_set_up': self.env['crm.score.rule'].has_access('write'),
        }

    def _lead_score_row(self, rule, points, given, now):
        kinds = dict(rule._fields['kind']._description_selection(self.env))
        return {
            'id': rule.id,
            'name': rule.name,
            'kind': kinds[rule.kind],
            'points': round(points, 1),
            'why': rule._explain(given),
            'fading': rule._explain_fading(given, now),
        }

    def _lead_score_curve(self, rules, score, given):
        """Return the scores of the coming days if nothing more happens; ``False``: no change."""
        staying = score.total
        fading = []
        for rule_id, found in given.items():
            rule = rules.browse(rule_id)
            if rule_id in score.points and rule.kind == 'engagement' and rule.half_life:
                fading.append(Fading(found.points, rule.half_life, rule.cap))
                staying -= score.points[rule_id]
        if not fading or score.score is None:
            return False
        return {
            'days': CURVE_DAYS,
            'scores': curve(staying, fading, score.full, CURVE_DAYS),
        }

    def _lead_score_stored(self):
        """Return what lists and filters show of the lead's score."""
        if not self.lead_score_date:
            return False
        return {
            'score': self.lead_score if self.lead_score_band else None,
            'date': format_datetime(self.env, self.lead_score_date, dt_format='medium'),
        }

    def _lead_score_notes(self, lead, score):
        """Return what limits the score, in sentences."""
        notes = []
        if score.points and score.score is None:
            notes.append(self.env._(
                "The rules for this lead only take points away, so there is no score to reach. "
                "At least one rule must give points."))
        if score.points and not lead.customer_id:
            notes.append(self.env._(
                "The lead has no contact yet, so nothing is known of orders and payments."))
        elif score.points and not lead.company_id:
            notes.append(self.env._(
                "The lead belongs to no company, so orders and payments are left out: everybody "
                "may see it."))
        return notes

    def action_open_lead_score(self):
        """Show in a dialog why the lead has its score."""
        self.ensure_one()
        return {
            'type': 'ir.actions.client',
            'tag': 'crm_plus.lead_score',
            'name': self.env._("Score of “%s”", self.name),
            'target': 'new',
            'params': {'lead_id': self.id},
        }

    def action_open_score_history(self):
        """Open the scores that the lead had, month by month."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_score_history_action'),
            'name': self.env._("Scores of “%s”", self.name),
            'domain': [('lead_id', '=', self.id)],
        }
