from bisect import bisect_right
from calendar import timegm
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from pytz import timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

#: How long no interval may be, in its unit.
LONGEST = {'days': 730, 'working_days': 500, 'weeks': 104, 'months': 24}

#: For which days before and after today working days are looked up.
WORKING_DAYS_AROUND = (-400, 760)


class CrmContactCadence(models.Model):
    """How often somebody talks to customers of a tier, or to people in a certain role there."""

    _name = 'crm.contact.cadence'
    _description = "Contact Cadence"
    _order = 'tier_sequence, tier_id, role_id desc, id'

    tier_id = fields.Many2one(
        'crm.customer.tier', required=True, index=True, ondelete='cascade',
        domain="[('company_id', 'in', (False, company_id))]",
    )
    tier_sequence = fields.Integer(
        related='tier_id.sequence', string="Order of the Tier", store=True)
    role_id = fields.Many2one(
        'crm.buying.role', "With People Who", index='btree_not_null', ondelete='cascade',
        domain="[('company_id', 'in', (False, company_id))]",
        help="Leave empty for the customer as a whole, whoever of them it is. With a role, each "
             "person who has it in the buying centre of a key account is to be talked to.",
    )
    interval = fields.Integer("Contact Every", required=True, default=30)
    unit = fields.Selection(
        [('days', "Days"), ('working_days', "Working Days"), ('weeks', "Weeks"),
         ('months', "Months")],
        required=True, default='days',
        help="Working days are those of the company's working hours, without public holidays.",
    )
    activity_type_id = fields.Many2one(
        'mail.activity.type', "Planned As", ondelete='set null',
        domain="[('category', 'in', ('phonecall', 'meeting')), ('res_model', '=', False)]",
        default=lambda self: self.env.ref('mail.mail_activity_data_call', raise_if_not_found=False),
        help="What is planned when contact is due. Only calls and meetings: they count as contact "
             "when they are done.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to use this in every company. What a company defines for itself "
             "replaces what is defined for all.",
    )
    active = fields.Boolean(default=True)

    _once = models.UniqueIndex(
        "(tier_id, COALESCE(role_id, 0), COALESCE(company_id, 0))",
        "There is a cadence for this tier and role already. Change it; look among the archived "
        "ones, too.",
    )

    @api.depends('tier_id', 'role_id', 'interval', 'unit')
    def _compute_display_name(self):
        units = dict(self._fields['unit']._description_selection(self.env))
        for cadence in self:
            cadence.display_name = self.env._(
                "Tier %(tier)s: every %(interval)s %(unit)s",
                tier=cadence.tier_id.name, interval=cadence.interval,
                unit=units.get(cadence.unit, '').lower(),
            )

    @api.constrains('interval', 'unit')
    def _check_interval(self):
        for cadence in self:
            if not 1 <= cadence.interval <= LONGEST[cadence.unit]:
                raise ValidationError(self.env._(
                    "The time between two contacts must be 1 to %(longest)s %(unit)s.",
                    longest=LONGEST[cadence.unit],
                    unit=dict(self._fields['unit']._description_selection(self.env))[
                        cadence.unit].lower(),
                ))

    @api.constrains('tier_id', 'role_id', 'company_id')
    def _check_owners(self):
        for cadence in self:
            for record in (cadence.tier_id, cadence.role_id):
                if record.company_id and record.company_id != cadence.company_id:
                    raise ValidationError(self.env._(
                        "%(name)s belongs to %(company)s. Choose this company for the cadence, "
                        "too.", name=record.name, company=record.company_id.name))

    @api.model
    def _cadences_of(self, company):
        """Return the cadences that hold in a company, by ids of tier and role (0: everybody)."""
        # sudo: how often to talk to whom, for dates that are the same whoever computes them
        cadences = self.sudo().search(Domain('company_id', 'in', [company.id, False]))
        # the company's own come last and replace the others
        return {
            (cadence.tier_id.id, cadence.role_id.id or 0): cadence
            for cadence in cadences.sorted(lambda cadence: bool(cadence.company_id))
        }

    def _due_date(self, since: date, working_days: list[date]) -> date:
        """Return the day by which there is to be contact again.

        :param working_days: those of the company in order, as :meth:`_working_days` returns them
        """
        self.ensure_one()
        if self.unit != 'working_days':
            return since + relativedelta(**{self.unit: self.interval})
        index = bisect_right(working_days, since) + self.interval - 1
        if working_days and since >= working_days[0] and index < len(working_days):
            return working_days[index]
        # where no working hours are known: five days a week
        return since + timedelta(days=self.interval * 7 // 5)

    def _working_days(self, company, day: date) -> list[date]:
        """Return the days on which a company works, around a day; none where nobody asks."""
        calendar = company.resource_calendar_id
        if not calendar or 'working_days' not in self.mapped('unit'):
            return []
        begin, end = (
            timegm((day + timedelta(days=days)).timetuple()) for days in WORKING_DAYS_AROUND)
        tz = timezone(calendar.tz or 'UTC')
        return sorted({
            datetime.fromtimestamp(start, tz).date()
            for start, _stop in calendar._working_time(
                company, begin, end).intervals(begin, end)
        })
