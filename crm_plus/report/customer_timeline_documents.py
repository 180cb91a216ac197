"""What Odoo's own documents tell of a customer: orders, invoices, payments, leads, dealings."""

from odoo import api, models
from odoo.tools import SQL

from .timeline_source import TimelineSource, text_preview


class CustomerTimeline(models.Model):
    """The facts that orders, invoices, payments, leads, meetings, messages and calls tell."""

    _inherit = 'customer.timeline'
    _depends = {
        'sale.order': [
            'name', 'partner_id', 'company_id', 'date_order', 'state', 'amount_untaxed',
            'currency_rate',
        ],
        'account.move': [
            'name', 'partner_id', 'company_id', 'invoice_date', 'move_type', 'state',
            'amount_untaxed_signed',
        ],
        'account.payment': [
            'name', 'partner_id', 'company_id', 'date', 'partner_type', 'state',
            'amount_company_currency_signed',
        ],
        'crm.lead': [
            'name', 'partner_id', 'company_id', 'expected_revenue', 'date_closed', 'won_status',
            'lost_reason_id',
        ],
        'crm.key.account': ['partner_id', 'company_id'],
        'crm.lost.reason': ['name'],
        'calendar.event': ['name', 'start', 'active', 'partner_ids'],
        'calendar.attendee': ['event_id', 'partner_id'],
        'mail.message': [
            'model', 'res_id', 'date', 'subject', 'body', 'message_type', 'mail_activity_type_id',
        ],
        'mail.activity.type': ['category'],
        'res.users': ['partner_id', 'share'],
    }

    @api.model
    def _timeline_sources(self) -> dict[str, TimelineSource]:
        return super()._timeline_sources() | {
            'quotation': TimelineSource('quotation', 'sale.order', self._orders_query(
                SQL("('draft', 'sent')")), document='sale'),
            'order': TimelineSource('order', 'sale.order', self._orders_query(
                SQL("('sale')")), document='sale'),
            'invoice': TimelineSource('invoice', 'account.move', self._invoices_query(
                SQL("('out_invoice', 'out_receipt')")), document='move'),
            'credit_note': TimelineSource('credit_note', 'account.move', self._invoices_query(
                SQL("('out_refund')")), document='move'),
            'payment': TimelineSource(
                'payment', 'account.payment', self._payments_query(), document='payment'),
            'lead': TimelineSource('lead', 'crm.lead', self._leads_query(
                date=SQL("lead.create_date"), condition=SQL("TRUE")), document='lead'),
            'won': TimelineSource('won', 'crm.lead', self._leads_query(
                date=SQL("COALESCE(lead.date_closed, lead.write_date)"),
                condition=SQL("lead.won_status = 'won'")), document='lead'),
            'lost': TimelineSource('lost', 'crm.lead', self._leads_query(
                date=SQL("COALESCE(lead.date_closed, lead.write_date)"),
                condition=SQL("lead.won_status = 'lost'")), document='lead'),
            'meeting': TimelineSource('meeting', 'calendar.event', self._meetings_query()),
            'partner_message': TimelineSource(
                'message', 'res.partner', self._partner_messages_query(self._is_message())),
            'lead_message': TimelineSource(
                'message', 'crm.lead', self._lead_messages_query(self._is_message())),
            'account_message': TimelineSource(
                'message', 'crm.key.account', self._account_messages_query(self._is_message())),
            'account_call': TimelineSource(
                'call', 'crm.key.account', self._account_messages_query(self._is_call())),
            'partner_call': TimelineSource(
                'call', 'res.partner', self._partner_messages_query(self._is_call())),
            'lead_call': TimelineSource(
                'call', 'crm.lead', self._lead_messages_query(self._is_call())),
        }

    def _orders_query(self, states: SQL) -> SQL:
        return SQL(
            """SELECT sale.id AS source_id, sale.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      sale.company_id, COALESCE(sale.date_order, sale.create_date) AS date,
                      sale.name,
                      sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount
                 FROM sale_order sale
                 JOIN res_partner contact ON contact.id = sale.partner_id
                WHERE sale.state IN %s""",
            states,
        )

    def _invoices_query(self, move_types: SQL) -> SQL:
        return SQL(
            """SELECT move.id AS source_id, move.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      move.company_id,
                      COALESCE(move.invoice_date, move.date) + interval '12 hours' AS date,
                      move.name, move.amount_untaxed_signed AS amount
                 FROM account_move move
                 JOIN res_partner contact ON contact.id = move.partner_id
                WHERE move.state = 'posted' AND move.move_type IN %s""",
            move_types,
        )

    def _payments_query(self) -> SQL:
        return SQL(
            """SELECT payment.id AS source_id, payment.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      payment.company_id, payment.date + interval '12 hours' AS date,
                      payment.name, payment.amount_company_currency_signed AS amount
                 FROM account_payment payment
                 JOIN res_partner contact ON contact.id = payment.partner_id
                WHERE payment.partner_type = 'customer'
                  AND payment.state IN ('in_process', 'paid')"""
        )

    def _leads_query(self, date: SQL, condition: SQL) -> SQL:
        return SQL(
            """SELECT lead.id AS source_id, lead.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      lead.company_id, %s AS date, lead.name, lead.expected_revenue AS amount
                 FROM crm_lead lead
                 JOIN res_partner contact ON contact.id = lead.partner_id
                WHERE %s""",
            date, condition,
        )

    def _meetings_query(self) -> SQL:
        # One entry per meeting and customer: the customer's first attendee stands for it.
        # The company's own people are not its customers.
        return SQL(
            """SELECT attendee.id AS source_id, event.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      NULL AS company_id, event.start AS date, event.name, 0 AS amount
                 FROM calendar_event_res_partner_rel invitation
                 JOIN res_partner contact ON contact.id = invitation.res_partner_id
                 JOIN calendar_event event ON event.id = invitation.calendar_event_id
                 JOIN calendar_attendee attendee
                   ON attendee.event_id = event.id AND attendee.partner_id = contact.id
                WHERE event.active
                  AND NOT EXISTS (SELECT FROM res_users colleague
                                   WHERE colleague.partner_id = contact.id
                                     AND colleague.share IS NOT TRUE)
                  AND NOT EXISTS (SELECT FROM calendar_attendee earlier
                                    JOIN res_partner other ON other.id = earlier.partner_id
                                   WHERE earlier.event_id = event.id
                                     AND earlier.id < attendee.id
                                     AND other.commercial_partner_id
                                         = contact.commercial_partner_id)"""
        )

    def _partner_messages_query(self, condition: SQL) -> SQL:
        return SQL(
            """SELECT message.id AS source_id, contact.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      contact.company_id, message.date, %s AS name, 0 AS amount
                 FROM mail_message message
                 JOIN res_partner contact ON contact.id = message.res_id
                WHERE message.model = 'res.partner' AND %s""",
            self._message_text(), condition,
        )

    def _lead_messages_query(self, condition: SQL) -> SQL:
        return SQL(
            """SELECT message.id AS source_id, lead.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      lead.company_id, message.date, %s AS name, 0 AS amount
                 FROM mail_message message
                 JOIN crm_lead lead ON lead.id = message.res_id
                 JOIN res_partner contact ON contact.id = lead.partner_id
                WHERE message.model = 'crm.lead' AND %s""",
            self._message_text(), condition,
        )

    def _account_messages_query(self, condition: SQL) -> SQL:
        return SQL(
            """SELECT message.id AS source_id, account.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      account.company_id, message.date, %s AS name, 0 AS amount
                 FROM mail_message message
                 JOIN crm_key_account account ON account.id = message.res_id
                 JOIN res_partner contact ON contact.id = account.partner_id
                WHERE message.model = 'crm.key.account' AND %s""",
            self._message_text(), condition,
        )

    def _message_text(self) -> SQL:
        return text_preview(SQL("message.subject"), SQL("message.body"))

    def _is_message(self) -> SQL:
        """What people wrote to each other, without what the system logged."""
        return SQL("message.message_type IN ('comment', 'email', 'email_outgoing', 'sms')")

    def _is_call(self) -> SQL:
        """Done call activities."""
        return SQL(
            "message.mail_activity_type_id IN"
            " (SELECT id FROM mail_activity_type WHERE category = 'phonecall')"
        )
