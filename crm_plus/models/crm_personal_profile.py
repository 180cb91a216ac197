"""What is personal about a contact: for those alone who need it, and not for ever."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

GROUP = 'crm_plus.group_personal_profile'
KINDS = [
    ('birthday', "Birthday"), ('family', "Family"), ('schools', "Schools"),
    ('interests', "Interests"), ('ambitions', "Ambitions"), ('other', "Other"),
]
MONTHS = [
    ('1', "January"), ('2', "February"), ('3', "March"), ('4', "April"), ('5', "May"),
    ('6', "June"), ('7', "July"), ('8', "August"), ('9', "September"), ('10', "October"),
    ('11', "November"), ('12', "December"),
]
#: What is told about the person; nobody but the group's members reads it.
CONTENT = {
    'value', 'birth_day', 'birth_month', 'birth_year', 'reminded_date', 'purpose', 'source',
}
#: Who recorded an entry and when is not for anyone to change.
ORIGIN = {'user_id', 'recorded_date'}
#: Stands for the year in which somebody was born whose age is not known; it has a 29 February.
ANY_YEAR = 2000


class CrmPersonalProfile(models.Model):
    """An entry of the personal profile of a contact.

    What it says is kept from everybody outside of the group, in every way: there is no field
    of the contact that leads here, nothing is written to any chatter, nothing is exported, and
    not even code that runs with all rights reads it on behalf of somebody else. An entry has a
    purpose, a source and an end, after which it is erased; the log of that has no content.
    """

    _name = 'crm.personal.profile'
    _description = "Personal Profile Entry"
    # what names an entry is the contact alone
    _rec_name = 'contact_id'
    _order = 'contact_id, kind, id'
    _inherit = ['crm.personal.profile.birthday.mixin']
    _check_company_auto = True

    contact_id = fields.Many2one(
        'res.partner', required=True, index=True, ondelete='cascade', check_company=True,
        domain="[('is_company', '=', False)]",
    )
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade',
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(KINDS, required=True, default='interests')
    value = fields.Text(
        "What We Know", exportable=False,
        help="Only members of the group read it. Write nothing about health, belief, politics "
             "or anything the person would not want you to know.",
    )
    birth_day = fields.Integer("Day", exportable=False, aggregator=None)
    birth_month = fields.Selection(MONTHS, "Month", exportable=False)
    birth_year = fields.Integer(
        "Year", exportable=False, aggregator=None, help="Leave empty when you do not know it.")
    summary = fields.Char(
        "Entry", compute='_compute_summary', exportable=False,
        help="What is known, in one line.",
    )
    purpose = fields.Char(
        required=True, exportable=False, help="What you need to know it for.",
    )
    source = fields.Char(
        required=True, exportable=False, help="Who told you, or where it is published.",
    )
    user_id = fields.Many2one(
        'res.users', "Recorded by", readonly=True, default=lambda self: self.env.user,
        ondelete='set null', index='btree_not_null',
    )
    recorded_date = fields.Datetime(
        "Recorded on", readonly=True, default=fields.Datetime.now,
    )
    keep_until = fields.Date(
        required=True, index=True, default=lambda self: self._latest_end(self.env.company),
        help="Erased after this day. Move it to a later day when the entry is still needed.",
    )

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    def _latest_end(self, company):
        """Until when what is recorded or renewed today may be kept."""
        return fields.Date.context_today(self) + relativedelta(
            # sudo: a setting of the entry's company, which each of its members may know
            months=company.sudo().personal_profile_months)

    @api.depends('kind', 'value', 'birth_day', 'birth_month', 'birth_year')
    @api.depends_context('uid')
    def _compute_summary(self):
        may_read = self._is_member()
        for entry in self:
            if not may_read:
                entry.summary = False
                continue
            parts = [(entry.value or '').strip().replace('\n', " ")]
            if entry.kind == 'birthday' and entry.birth_day and entry.birth_month:
                pattern = 'd MMMM y' if entry.birth_year else 'd MMMM'
                born = date(
                    entry.birth_year or ANY_YEAR, int(entry.birth_month), entry.birth_day)
                parts.insert(0, format_date(self.env, born, date_format=pattern))
            entry.summary = ", ".join(part for part in parts if part)

    @api.constrains('kind', 'value', 'birth_day', 'birth_month', 'birth_year')
    def _check_content(self):
        for entry in self:
            if entry.kind != 'birthday':
                if not (entry.value or '').strip():
                    raise ValidationError(self.env._("Say what you know in the entry."))
                continue
            try:
                date(entry.birth_year or ANY_YEAR, int(entry.birth_month), entry.birth_day)
            except (TypeError, ValueError):
                raise ValidationError(self.env._(
                    "This is no birthday. Enter the day and the month, and the year where you "
                    "know it.")) from None

    @api.constrains('keep_until', 'company_id')
    def _check_keep_until(self):
        for entry in self:
            latest = self._latest_end(entry.company_id)
            if entry.keep_until > latest:
                raise ValidationError(self.env._(
                    "%(company)s keeps personal entries until %(date)s at most. Renew the entry "
                    "when it is still needed then.",
                    company=entry.company_id.name, date=format_date(self.env, latest)))

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def _is_member(self):
        return self.env.user.has_group(GROUP)

    def _has_field_access(self, field, operation):
        """Nobody reads the content for somebody else, even with all rights."""
        if field.name in ORIGIN and operation == 'write' and not self.env.su:
            return False
        return super()._has_field_access(field, operation) and (
            field.name not in CONTENT or operation != 'read' or self._is_member()
        )

    def export_data(self, fields_to_export):
        """Personal entries leave the system in no file."""
        raise self._export_error()

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        # asked too when entries are reached from other records
        raise self._export_error()

    def _export_error(self):
        return AccessError(self.env._("Personal profiles cannot be exported."))

    # ------------------------------------------------------------
    # KEEPING AND ERASING
    # ------------------------------------------------------------

    def action_renew(self):
        """Keep the entries for as long as if they had been recorded today."""
        for entry in self:
            entry.keep_until = self._latest_end(entry.company_id)

    def unlink(self):
        """Erase the entries with their reminders; what remains is that it was done."""
        self.check_access('unlink')
        entries = self.exists()  # the database may have deleted some with their contact
        self.env['crm.personal.profile.log']._log(entries)
        entries._unlink_reminders()
        return super().unlink()

    @api.model
    def _erase_of_contacts(self, contacts, reason):
        """Erase what is known about the contacts, in all companies.

        :param contacts: ``res.partner``
        :param str reason: one of the reasons of ``crm.personal.profile.log``
        """
        # sudo: erasing shows nothing, and whoever may erase the contact erases this with it
        entries = self.sudo().search([('contact_id', 'in', contacts.ids)])
        if entries:
            reason = self.env.context.get('personal_profile_reason') or reason
            entries.with_context(personal_profile_reason=reason).unlink()

    @api.model
    def _cron_personal_profiles(self):
        """Erase what has been kept long enough; remind of birthdays."""
        # sudo: a scheduled job, which reads no content
        entries = self.sudo()
        for company in entries.env['res.company'].search(Domain.TRUE):
            # a company may have shortened the time since
            latest = entries._latest_end(company)
            entries.search([
                ('company_id', '=', company.id), ('keep_until', '>', latest),
            ]).keep_until = latest
        entries.search([
            ('keep_until', '<', fields.Date.today()),
        ]).with_context(personal_profile_reason='retention').unlink()
        entries._remind_of_birthdays()
