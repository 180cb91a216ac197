"""Reminders of birthdays, for those alone who may know them."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, format_date


class CrmPersonalProfileBirthdayMixin(models.AbstractModel):
    """Activities before birthdays, for ``crm.personal.profile``, which inherits from this.

    The activities belong to no document: of those Odoo shows nobody but whom they are assigned
    to, while the activities of a contact are seen by everybody who sees the contact.
    """

    _name = 'crm.personal.profile.birthday.mixin'
    _description = "Personal Profile: Birthdays"

    reminder_id = fields.Many2one(
        'mail.activity', readonly=True, copy=False, ondelete='set null', index='btree_not_null',
        exportable=False,
    )
    reminded_date = fields.Date(
        "Birthday Reminded of", readonly=True, copy=False, exportable=False,
    )

    def _remind_of_birthdays(self):
        """Give an activity to whoever recorded a birthday that is near.

        To nobody who is not, or no longer, a member of the group: their open reminders go.
        """
        self.search([('reminder_id', '!=', False)]).filtered(
            lambda entry: not entry._may_be_reminded(entry.reminder_id.user_id)
        )._unlink_reminders()
        birthdays = self._near_birthdays()
        entries = self.browse(entry.id for entry in birthdays)
        managers = entries._account_managers()
        told = {
            entry: (entry.user_id | managers.get(
                (entry.contact_id.commercial_partner_id, entry.company_id), entry.user_id,
            )).filtered(entry._may_be_reminded)[:1]
            for entry in entries
        }
        entries = entries.filtered(lambda entry: told[entry])
        entries._unlink_reminders()
        # sudo: an activity of a member of the group; quick update: no e-mail about it
        Activity = self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True)
        activities = Activity.create([
            {
                'user_id': told[entry].id,
                'date_deadline': birthdays[entry],
                'summary': entry._birthday_text(told[entry], birthdays[entry]),
                'activity_type_id': Activity._default_activity_type_for_model(False).id,
                'automated': True,
            }
            for entry in entries
        ])
        for entry, activity in zip(entries, activities, strict=True):
            entry.write({'reminder_id': activity.id, 'reminded_date': birthdays[entry]})

    def _near_birthdays(self):
        """The birthdays that their company wants to be reminded of now and that nobody was.

        :return: dict of ``date`` by entry
        """
        today = fields.Date.today()
        companies = self.env['res.company'].search([('birthday_reminder_days', '>', 0)])
        if not companies:
            return {}
        days = {}
        for number in range(max(companies.mapped('birthday_reminder_days')) + 1):
            day = today + timedelta(days=number)
            days[day.month, day.day] = day
            if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
                days[2, 29] = day  # who is born on the 29th, in a year without one
        self.flush_model([
            'kind', 'birth_day', 'birth_month', 'company_id', 'contact_id', 'reminded_date'])
        # not through the ORM, which reads the days for members of the group only
        rows = self.env.execute_query(SQL(
            """SELECT profile.id, profile.birth_month::int, profile.birth_day,
                      profile.reminded_date
                 FROM crm_personal_profile profile
                 JOIN res_partner contact ON contact.id = profile.contact_id AND contact.active
                WHERE profile.kind = 'birthday' AND profile.company_id IN %s
                  AND (profile.birth_month::int, profile.birth_day) IN %s
                ORDER BY profile.id""",
            tuple(companies.ids), tuple(days),
        ))
        near = {
            self.browse(entry_id): days[month, day]
            for entry_id, month, day, reminded in rows
            if reminded != days[month, day]
        }
        self.browse(entry.id for entry in near).fetch(['company_id', 'contact_id', 'user_id'])
        return {
            entry: day for entry, day in near.items()
            if (day - today).days <= entry.company_id.birthday_reminder_days
        }

    def _account_managers(self):
        """The key account managers of the contacts: ``res.users`` by customer and company."""
        return {
            (account.partner_id, account.company_id): account.user_id
            for account in self.env['crm.key.account'].search([
                ('partner_id', 'in', self.contact_id.commercial_partner_id.ids),
                ('company_id', 'in', self.company_id.ids),
            ])
        }

    def _may_be_reminded(self, user):
        return (
            user.active and self.company_id in user.company_ids
            and user.has_group('crm_plus.group_personal_profile')
        )

    def _birthday_text(self, user, day):
        env = self.with_context(lang=user.lang).env
        return env._(
            "Birthday of %(name)s on %(date)s", name=self.contact_id.display_name,
            date=format_date(env, day, date_format='d MMMM'),
        )

    def _unlink_reminders(self):
        # sudo: the reminders are the entries' own, whomever they are assigned to
        self.sudo().reminder_id.unlink()
