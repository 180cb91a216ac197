from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = 'resource.calendar.leaves'

    # Public holidays move the deadlines of running targets. A change of the hours reaches them
    # through the fields that the deadline depends on; a holiday of no particular calendar cannot,
    # and an employee's own holiday must not, hence this.

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._replan_service_targets()
        return leaves

    def write(self, vals):
        moved = {'date_from', 'date_to', 'calendar_id', 'resource_id', 'company_id', 'time_type'}
        if not moved & vals.keys():
            return super().write(vals)
        before = self._get_service_targets()
        res = super().write(vals)
        self._replan(before | self._get_service_targets())
        return res

    def unlink(self):
        targets = self._get_service_targets()
        res = super().unlink()
        self._replan(targets)
        return res

    def _replan_service_targets(self):
        self._replan(self._get_service_targets())

    def _replan(self, targets):
        if targets:
            self.env.add_to_compute(targets._fields['deadline'], targets)
            self.env.add_to_compute(targets._fields['warning_date'], targets)

    def _get_service_targets(self):
        """Return the running targets that these public holidays may move."""
        # sudo: whoever may enter a holiday need not see cases; nothing of them is returned to him
        targets = self.env['service.case.target'].sudo()
        holidays = self.filtered(lambda leave: not leave.resource_id)
        if not holidays:
            return targets
        domain = list(targets._open_domain())
        if all(holiday.calendar_id for holiday in holidays):
            domain.append(('calendar_id', 'in', holidays.calendar_id.ids))
        return targets.search(domain)
