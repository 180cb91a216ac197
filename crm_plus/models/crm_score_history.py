import json

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_lead_scoring_mixin import BANDS


class CrmScoreHistory(models.Model):
    """What a lead's score was: the last one of each month and stage.

    Written by the scoring alone, and no more once the lead is won or lost: the latest row before
    then is what was known when it was decided, and reports judge the rules by it.
    """

    _name = 'crm.score.history'
    _description = "Former Lead Score"
    _order = 'date desc, id desc'
    _rec_name = 'lead_id'
    _log_access = False

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, ondelete='cascade')
    stage_id = fields.Many2one('crm.stage', readonly=True, ondelete='set null', index=True)
    # the stage's number, also when the stage is gone: two rows never become the same one
    stage_key = fields.Integer("Stage Number", required=True, readonly=True, aggregator=None)
    month = fields.Date(required=True, readonly=True, help="The first day of the month.")
    date = fields.Datetime("Scored On", required=True, readonly=True)
    score = fields.Integer(required=True, readonly=True, aggregator='avg')
    band = fields.Selection(BANDS, required=True, readonly=True)
    probability = fields.Float(
        "Odoo's Probability", readonly=True, aggregator='avg',
        help="The probability that Odoo predicted when the lead was scored.",
    )
    points = fields.Json(
        readonly=True, help="What each rule for such leads gave, by the rule's number.")

    _month_stage_uniq = models.UniqueIndex("(lead_id, month, stage_key)")

    @api.model
    def _keep(self, scored, now):
        """Keep the scores of leads.

        :param scored: list of (``LeadToScore``, ``Scored``)
        """
        rows = [(lead, score) for lead, score in scored if score.score is not None]
        if not rows:
            return
        self.env.cr.execute(SQL(
            """
            INSERT INTO crm_score_history
                   (lead_id, stage_id, stage_key, month, date, score, band, probability, points)
            SELECT lead_id, stage_id, COALESCE(stage_id, 0), date_trunc('month', %(now)s::timestamp),
                   %(now)s, score, band, probability, points::jsonb
              FROM unnest(%(leads)s::int[], %(stages)s::int[], %(scores)s::int[],
                          %(bands)s::varchar[], %(probabilities)s::float8[], %(points)s::text[])
                   AS fresh(lead_id, stage_id, score, band, probability, points)
                ON CONFLICT (lead_id, month, stage_key) DO UPDATE
               SET date = EXCLUDED.date, score = EXCLUDED.score, band = EXCLUDED.band,
                   probability = EXCLUDED.probability, points = EXCLUDED.points
            """,
            now=now,
            leads=[lead.id for lead, _score in rows],
            stages=[lead.stage_id for lead, _score in rows],
            scores=[score.score for _lead, score in rows],
            bands=[score.band for _lead, score in rows],
            probabilities=[lead.probability for lead, _score in rows],
            points=[
                json.dumps({rule_id: round(points, 2) for rule_id, points in score.points.items()})
                for _lead, score in rows
            ],
        ))
        self.invalidate_model(flush=False)
