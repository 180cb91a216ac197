from datetime import timedelta

from odoo import api, models

#: ends of months before the day of loading as of which customers are scored
MONTHS = 6


class CrmIndustryDemo(models.AbstractModel):
    """The customers of a demo company are scored, and were in the months before."""

    _inherit = 'crm.industry.demo'

    @api.model
    def _load_figures(self, demo):
        done = super()._load_figures(demo)
        runs = self.env['customer.score.run'].search([('company_id', '=', demo.company.id)])
        days = self._scoring_days(demo.today)
        for number, as_of in enumerate(days):
            demo.tell("Customer value", number, len(days))
            if as_of not in runs.mapped('as_of'):
                runs.create({'company_id': demo.company.id, 'as_of': as_of})._execute()
        demo.tell("Customer value", len(days), len(days))
        return done

    @api.model
    def _scoring_days(self, today):
        """Return the ends of the last months and the day of loading, the oldest first."""
        days = [today]
        for _month in range(MONTHS):
            days.append(days[-1].replace(day=1) - timedelta(days=1))
        return days[::-1]
