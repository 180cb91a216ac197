from odoo import api, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    _inherit = 'resource.calendar.leaves'

    # Public holidays move the deadlines of running targets; an employee's own holiday must not.

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._replan(leaves._get_service_targets())
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
        names = self._get_names()
        res = super().unlink()
        self._replan(targets, names)
        return res

    def _replan(self, targets, names=None):
        if targets:
            targets._replan(self.env._('A holiday was changed: %s', names or self._get_names()))

    def _get_names(self):
        return ', '.join(leave.name or self.env._('without a name') for leave in self)

    def _get_service_targets(self):
        """Return the running targets that these public holidays may move."""
        # sudo: whoever may enter a holiday need not see cases; nothing of them is returned to him
        targets = self.env['service.case.target'].sudo()
        holidays = self.filtered(lambda leave: not leave.resource_id)
        if not holidays:
            return targets
        domain = targets._open_domain()
        if all(holiday.calendar_id for holiday in holidays):
            domain &= Domain('calendar_id', 'in', holidays.calendar_id.ids)
        return targets.search(domain)
