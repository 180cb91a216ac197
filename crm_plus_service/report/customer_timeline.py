from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_plus.report import TimelineSource


class CustomerTimeline(models.Model):
    _inherit = "customer.timeline"
    _depends = {
        "service.case": ["number", "name", "partner_id", "company_id", "opened_date", "active"],
    }

    kind = fields.Selection(selection_add=[("case", "Case")])

    @api.model
    def _timeline_sources(self):
        return super()._timeline_sources() | {
            "case": TimelineSource("case", "service.case", self._cases_query()),
        }

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
