"""When somebody last dealt with a person: read from the timeline, meetings and messages."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Documents whose conversations count for the person who wrote there.
CONVERSATIONS = ('res.partner', 'crm.lead', 'sale.order')


class CrmLastContactMixin(models.AbstractModel):
    """For models that tell when the people they name were last in contact with us."""

    _name = 'crm.last.contact.mixin'
    _description = "Last Contact"

    @api.model
    def _last_contacts(self, contacts):
        """When each contact last met, called or wrote, as far as the reader may see it.

        Three statements, whatever the number of contacts.

        :param contacts: ``res.partner``
        :return: dict of ``datetime`` (UTC) by the contact's id; without those never heard of
        """
        contacts = contacts._origin
        if not contacts:
            return {}
        latest = {}
        for found in (
            self._last_timeline_contacts(contacts), self._last_meetings(contacts),
            self._last_messages(contacts),
        ):
            for contact_id, date in found:
                if date and (contact_id not in latest or latest[contact_id] < date):
                    latest[contact_id] = date
        return latest

    def _last_timeline_contacts(self, contacts):
        Timeline = self.env['customer.timeline']
        if not Timeline.has_access('read'):
            return []
        return [
            (contact.id, date) for contact, date in Timeline._read_group(
                [
                    ('contact_id', 'in', contacts.ids),
                    ('kind', 'in', Timeline._timeline_contact_kinds()),
                    ('date', '<=', fields.Datetime.now()),
                ], ['contact_id'], ['date:max'])
        ]

    def _last_meetings(self, contacts):
        """The meetings of all who were invited: the timeline names one of each customer only."""
        events = self.env['calendar.event']
        if not events.has_access('read'):
            return []
        domain = self.env['customer.timeline']._document_domain('calendar.event')
        query = events._search(domain & Domain('start', '<=', fields.Datetime.now()))
        if query.is_empty():
            return []
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """
            SELECT invitation.res_partner_id, MAX(event.start)
              FROM calendar_event_res_partner_rel invitation
              JOIN (%s) event ON event.id = invitation.calendar_event_id
             WHERE invitation.res_partner_id IN %s
             GROUP BY invitation.res_partner_id
            """,
            query.select(
                SQL.identifier('calendar_event', 'id'), SQL.identifier('calendar_event', 'start')),
            tuple(contacts.ids),
        ))

    def _last_messages(self, contacts):
        """What the contacts wrote themselves, on documents that the reader may read."""
        conditions = []
        for model in CONVERSATIONS:
            documents = self.env[model].with_context(active_test=False)
            if not documents.has_access('read'):
                continue
            query = documents._search(Domain.TRUE)
            if not query.is_empty():
                conditions.append(SQL(
                    "(message.model = %s AND message.res_id IN %s)", model, query.subselect()))
        if not conditions:
            return []
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """
            SELECT message.author_id, MAX(message.date)
              FROM mail_message message
             WHERE message.author_id IN %s
               AND message.message_type IN ('comment', 'email', 'sms')
               AND (%s)
             GROUP BY message.author_id
            """,
            tuple(contacts.ids), SQL(" OR ").join(conditions),
        ))
