"""When somebody of us and somebody of a customer were last in contact: people, not programs."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class Due(NamedTuple):
    """When there is to be contact with a customer."""

    last: datetime | None  #: the last contact, in UTC; None: there was none yet
    since: date  #: from when the time is counted
    due: date  #: by when there is to be contact
    cadence: models.Model  #: the ``crm.contact.cadence``; empty: the company's own limit


class CrmHumanContactMixin(models.AbstractModel):
    """The reading of contacts, for ``crm.contact.due``, which inherits from this.

    Read with all rights, as the company sees it: whoever is to talk to a customer must know
    that a colleague did. Nothing but the dates leaves these methods.
    """

    _name = 'crm.human.contact.mixin'
    _description = "Human Contact"

    @api.model
    def _last_human_contacts(self, company, customers) -> dict[tuple[int, int], datetime]:
        """Return when there was contact last, by ids of customer and of the person there.

        Meetings, calls and what both sides wrote, on the timeline, and what the customer's
        people wrote on orders. No notes among ourselves, no mass mails, nothing that programs
        sent, and no private meetings. One statement, whatever the number of customers.
        """
        # sudo: dates alone leave this method, see above
        Timeline = self.env['customer.timeline'].sudo()
        query = Timeline._search(
            Domain('partner_id', 'in', customers.ids)
            & Domain('kind', 'in', Timeline._timeline_contact_kinds())
            & Domain('kind', '!=', 'meeting')
            & Domain('company_id', 'in', [company.id, False])
            & Domain('date', '<=', fields.Datetime.now())
        )
        if query.is_empty():
            return {}
        self.env.flush_all()
        entries = query.select(*(
            SQL.identifier(query.table, name)
            for name in ('partner_id', 'contact_id', 'date', 'kind', 'source_id')))
        rows = self.env.execute_query(SQL(
            """
            SELECT customer_id, contact_id, MAX(date)
              FROM (%s UNION ALL %s UNION ALL %s) contact(customer_id, contact_id, date)
             GROUP BY customer_id, contact_id
            """,
            self._human_entries(entries), self._human_meetings(customers),
            self._human_messages_on_orders(company, customers),
        ))
        return {(customer_id, contact_id): date for customer_id, contact_id, date in rows}

    def _human_entries(self, entries: SQL) -> SQL:
        """Leave out of timeline entries what no person wrote to the other side."""
        return SQL(
            """
            SELECT entry.partner_id,
                   CASE WHEN author.commercial_partner_id = entry.partner_id
                        THEN author.id ELSE entry.contact_id END,
                   entry.date
              FROM (%(entries)s) entry
              LEFT JOIN mail_message message
                ON entry.kind = 'message' AND message.id = entry.source_id
              LEFT JOIN res_partner author ON author.id = message.author_id
              LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
             WHERE message.id IS NULL
                OR (message.message_type <> 'email_outgoing'
                    AND message.is_internal IS NOT TRUE
                    AND (subtype.internal IS NOT TRUE OR message.message_type = 'email')
                    AND message.author_id IS DISTINCT FROM %(robot)s)
            """,
            entries=entries,
            robot=self.env['ir.model.data']._xmlid_to_res_id('base.partner_root'),
        )

    def _human_meetings(self, customers) -> SQL:
        """Meetings with everybody who was invited: the timeline names one of each customer."""
        return SQL(
            """
            SELECT person.commercial_partner_id, person.id, event.start
              FROM calendar_event_res_partner_rel invitation
              JOIN res_partner person ON person.id = invitation.res_partner_id
              JOIN calendar_event event ON event.id = invitation.calendar_event_id
              LEFT JOIN res_users_settings habit ON habit.user_id = event.user_id
             WHERE person.commercial_partner_id = ANY(%s)
               AND event.active AND event.start <= %s
               AND COALESCE(event.privacy, habit.calendar_default_privacy, 'public')
                   <> 'private'
            """,
            customers.ids, fields.Datetime.now(),
        )

    def _human_messages_on_orders(self, company, customers) -> SQL:
        return SQL(
            """
            SELECT person.commercial_partner_id, person.id, message.date
              FROM res_partner person
              JOIN mail_message message ON message.author_id = person.id
              JOIN sale_order sale
                ON message.model = 'sale.order' AND sale.id = message.res_id
             WHERE person.commercial_partner_id = ANY(%s) AND sale.company_id = %s
               AND message.message_type IN ('comment', 'email')
            """,
            customers.ids, company.id,
        )

    # ------------------------------------------------------------
    # WHEN CONTACT IS DUE
    # ------------------------------------------------------------

    @api.model
    def _dues_of(self, company, customers) -> dict[models.Model, Due]:
        """Return when contact with customers is due by their tier's cadence, by customer.

        Without a cadence the company's limit for key accounts holds; without any, the customer
        is left out.
        """
        today = fields.Date.today()
        # sudo: tiers and dates of customers, for dates that are the same whoever computes them
        customers = customers.sudo().with_company(company)
        cadences = self.env['crm.contact.cadence']._cadences_of(company)
        Cadence = self.env['crm.contact.cadence'].sudo()
        working_days = Cadence.union(*cadences.values())._working_days(company, today)
        last = {}
        for (customer_id, _contact_id), moment in self._last_human_contacts(
            company, customers,
        ).items():
            last[customer_id] = max(moment, last.get(customer_id, moment))
        dues = {}
        for customer in customers:
            cadence = cadences.get((customer.customer_tier_id.id, 0), Cadence)
            due = self._due_of(
                company, cadence, working_days, last.get(customer.id), customer.create_date)
            if due:
                dues[customer.sudo(False)] = due
        return dues

    @api.model
    def _due_of(self, company, cadence, working_days, last, created) -> Due | None:
        """Return when contact is due; None where nothing says how often."""
        since = (last or created or fields.Datetime.now()).date()
        if cadence:
            return Due(last, since, cadence._due_date(since, working_days), cadence)
        if company.key_account_contact_days > 0:
            limit = timedelta(days=company.key_account_contact_days)
            return Due(last, since, since + limit, cadence)
        return None
