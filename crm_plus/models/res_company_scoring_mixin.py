from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..scoring.points import FULL_SCORE, Band

LIMITS = ('lead_score_warm', 'lead_score_hot')


class ResCompanyScoringMixin(models.AbstractModel):
    """From which score a company's leads are warm and hot, for ``res.company``."""

    _name = 'res.company.scoring.mixin'
    _description = "Limits of Lead Scores"

    lead_score_warm = fields.Integer(
        "Warm From", required=True, default=Band().warm,
        help="Leads with this score or more, out of 100, are warm; below it they are cold.",
    )
    lead_score_hot = fields.Integer(
        "Hot From", required=True, default=Band().hot,
        help="Leads with this score or more, out of 100, are hot.",
    )
    lead_score_full_points = fields.Integer(
        "Points for 100", required=True, default=0,
        help="How many points make a score of 100. 0: as many as all rules can give together, "
             "so that each further rule lowers the scores of the leads that it does not fit.",
    )

    @api.constrains(*LIMITS, 'lead_score_full_points')
    def _check_lead_score_limits(self):
        for company in self:
            if not 0 < company.lead_score_warm < company.lead_score_hot <= FULL_SCORE:
                raise ValidationError(self.env._(
                    "Leads must become warm at a lower score than hot, both between 1 and 100."))
            if company.lead_score_full_points < 0:
                raise ValidationError(self.env._("The points for a score of 100 cannot be "
                                                 "negative."))

    def write(self, vals):
        """Sort the scored leads into the bands anew, or have all scored where points change."""
        if not vals.keys() & {*LIMITS, 'lead_score_full_points'}:
            return super().write(vals)
        limits = {company: company._lead_score_band() for company in self}
        full_points = {company: company.lead_score_full_points for company in self}
        result = super().write(vals)
        for company in self:
            if company._lead_score_band() != limits[company]:
                company._sort_lead_scores()
        if any(company.lead_score_full_points != full_points[company] for company in self):
            self.env['crm.score.rule']._request_scoring()
        return result

    def _lead_score_band(self) -> Band:
        """Return the limits of the company's bands; empty: those of leads of no company."""
        return Band(self.lead_score_warm, self.lead_score_hot) if self else Band()

    def _sort_lead_scores(self):
        """Give the open leads of the company the band that their score has by its limits now."""
        self.ensure_one()
        self.env.flush_all()
        band = self._lead_score_band()
        self.env.cr.execute(SQL(
            """
            UPDATE crm_lead lead
               SET lead_score_band = CASE WHEN lead_score >= %(hot)s THEN 'hot'
                                          WHEN lead_score >= %(warm)s THEN 'warm'
                                          ELSE 'cold' END
             WHERE %(owner)s = %(company)s
               AND lead_score_band IS NOT NULL AND won_status = 'pending'
            """,
            hot=band.hot, warm=band.warm, company=self.id,
            owner=self.env['crm.lead']._lead_score_company(),
        ))
        self.env['crm.lead'].invalidate_model(['lead_score_band'], flush=False)
