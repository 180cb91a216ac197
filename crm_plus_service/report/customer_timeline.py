from odoo import api, fields, models
from odoo.addons.crm_plus.report import TimelineSource
from odoo.addons.crm_plus.report.customer_timeline import text_preview
from odoo.tools import SQL


class CustomerTimeline(models.Model):
    _inherit = 'customer.timeline'
    _depends = {
        'service.case': ['number', 'name', 'partner_id', 'company_id', 'opened_date', 'active'],
        'mail.message': ['subtype_id', 'is_internal'],
        'mail.message.subtype': ['internal'],
    }

    kind = fields.Selection(selection_add=[('case', 'Case')])

    @api.model
    def _timeline_sources(self):
        return super()._timeline_sources() | {
            'case': TimelineSource('case', 'service.case', self._cases_query()),
            'case_message': TimelineSource('message', 'service.case', self._case_messages_query()),
        }

    @api.model
    def _timeline_icons(self):
        return super()._timeline_icons() | {'case': 'fa-life-ring'}

    def _cases_query(self) -> SQL:
        return SQL(
            """SELECT service.id AS source_id, service.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      service.company_id, service.opened_date AS date,
                      service.number || ' ' || service.name AS name, 0 AS amount
                 FROM service_case service
                 JOIN res_partner contact ON contact.id = service.partner_id
                WHERE service.active"""
        )

    def _case_messages_query(self) -> SQL:
        """What was written between the customer and us on a case, without our own notes."""
        return SQL(
            """SELECT message.id AS source_id, service.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      service.company_id, message.date, %s AS name, 0 AS amount
                 FROM mail_message message
                 JOIN service_case service ON service.id = message.res_id
                 JOIN res_partner contact ON contact.id = service.partner_id
                 JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
                WHERE message.model = 'service.case' AND service.active
                  AND subtype.internal IS NOT TRUE AND message.is_internal IS NOT TRUE
                  AND %s""",
            text_preview(SQL('message.body'), SQL('message.subject')),
            self._is_message(),
        )
