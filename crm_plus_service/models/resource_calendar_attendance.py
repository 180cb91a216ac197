from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """Working hours that are changed one by one, and not on their calendar, move deadlines too."""

    _inherit = 'resource.calendar.attendance'

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals['calendar_id'] for vals in vals_list if vals.get('calendar_id')}
        with self.env['resource.calendar'].browse(ids)._changing_hours():
            return super().create(vals_list)

    def write(self, vals):
        with self.calendar_id._changing_hours():
            return super().write(vals)

    def unlink(self):
        with self.calendar_id._changing_hours():
            return super().unlink()
