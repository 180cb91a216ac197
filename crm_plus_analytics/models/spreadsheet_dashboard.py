import json

from odoo import models

#: What shows of the scores in place of an amount to who may not see amounts, by model.
STAND_INS = {
    'customer.score': {
        'customer_value': 'expected_purchases',
        'revenue_12_months': 'purchases',
    },
    'customer.score.history': {'value': 'score'},
}


class SpreadsheetDashboard(models.Model):
    _inherit = 'spreadsheet.dashboard'

    def _get_serialized_readonly_dashboard(self):
        """Show counts in the charts and tables of scores to who may not see their amounts.

        The spreadsheet reads with the rights of its reader, to whom an amount that they may
        not see does not exist: a chart of it would be empty, a table an error.
        """
        serialized = super()._get_serialized_readonly_dashboard()
        hidden = {
            model: {
                amount: stand_in for amount, stand_in in stand_ins.items()
                if not self.env[model]._has_field_access(self.env[model]._fields[amount], 'read')
            }
            for model, stand_ins in STAND_INS.items()
        }
        if not any(hidden.values()) or not any(model in serialized for model in hidden):
            return serialized
        dashboard = json.loads(serialized)
        for chart in _charts(dashboard['snapshot']):
            stand_ins = hidden.get(chart['metaData']['resModel'], {})
            measure = chart['metaData']['measure']
            chart['metaData']['measure'] = stand_ins.get(measure, measure)
        for pivot in dashboard['snapshot'].get('pivots', {}).values():
            # one figure of all customers has its name in a cell: none is better than another one
            if pivot.get('rows'):
                stand_ins = hidden.get(pivot.get('model'), {})
                for measure in pivot['measures']:
                    # its id stays, by which the cells ask for it
                    measure['fieldName'] = stand_ins.get(measure['fieldName'], measure['fieldName'])
        return json.dumps(dashboard)


def _charts(snapshot: dict):
    """Yield the charts of a spreadsheet that read from models."""
    for sheet in snapshot['sheets']:
        for figure in sheet['figures']:
            if 'metaData' in figure['data']:
                yield figure['data']
