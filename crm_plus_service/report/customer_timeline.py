from odoo import api, fields, models
from odoo.addons.crm_plus.report import TimelineSource
from odoo.addons.crm_plus.report.timeline_source import text_preview
from odoo.tools import SQL

from ..models.service_case import CASE_COST_GROUPS


class CustomerTimeline(models.Model):
    _inherit = 'customer.timeline'
    _depends = {
        'service.case': [
            'number', 'name', 'partner_id', 'company_id', 'opened_date', 'closed_date', 'active',
            'cost',
        ],
        'service.nps.answer': [
            'partner_id', 'company_id', 'answered_date', 'score', 'comment',
        ],
        'rating.rating': ['res_model', 'res_id', 'rating', 'consumed', 'rated_on'],
        'mail.message': ['subtype_id', 'is_internal'],
        'mail.message.subtype': ['internal'],
    }

    kind = fields.Selection(selection_add=[('case', 'Case'), ('rating', 'Rating')])
    # who sets what an hour of a team costs also sees what its cases cost
    cost = fields.Monetary(groups=CASE_COST_GROUPS)
    has_cost = fields.Boolean(groups=CASE_COST_GROUPS)

    @api.model
    def _timeline_sources(self):
        return super()._timeline_sources() | {
            'case': TimelineSource('case', 'service.case', self._cases_query(), (
                'cost', 'is_open'), document='service'),
            'case_rating': TimelineSource(
                'rating', 'service.case', self._case_ratings_query(), ('satisfaction',)
            ),
            'nps': TimelineSource(
                'rating', 'service.nps.answer', self._nps_query(), ('satisfaction',)
            ),
            'case_message': TimelineSource('message', 'service.case', self._case_messages_query()),
        }

    @api.model
    def _timeline_icons(self):
        return super()._timeline_icons() | {'case': 'fa-life-ring', 'rating': 'fa-star-o'}

    def _cases_query(self) -> SQL:
        return SQL(
            """SELECT service.id AS source_id, service.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      service.company_id, service.opened_date AS date,
                      service.number || ' ' || service.name AS name, 0 AS amount,
                      -- no time noted, or nobody said what an hour costs: not known
                      NULLIF(service.cost, 0) AS cost,
                      service.closed_date IS NULL AS is_open
                 FROM service_case service
                 JOIN res_partner contact ON contact.id = service.partner_id
                WHERE service.active"""
        )

    def _case_ratings_query(self) -> SQL:
        """What customers said of how their cases were handled, on the day when they said it.

        As a share of the best rating, as Odoo counts it. Below 1 stands for no answer.
        """
        return SQL(
            """SELECT rating.id AS source_id, service.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      service.company_id, COALESCE(rating.rated_on, rating.write_date) AS date,
                      service.number || ' ' || service.name AS name, 0 AS amount,
                      rating.rating / 5 AS satisfaction
                 FROM rating_rating rating
                 JOIN service_case service ON service.id = rating.res_id
                 JOIN res_partner contact ON contact.id = service.partner_id
                WHERE rating.res_model = 'service.case' AND rating.consumed AND rating.rating >= 1
                  AND service.active"""
        )

    def _nps_query(self) -> SQL:
        """How likely contacts said they are to recommend us, as a share of the best score."""
        return SQL(
            """SELECT answer.id AS source_id, answer.id AS res_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      answer.company_id, answer.answered_date AS date,
                      answer.score || '/10' || COALESCE(' ' || NULLIF(answer.comment, ''), '')
                          AS name,
                      0 AS amount, answer.score / 10.0 AS satisfaction
                 FROM service_nps_answer answer
                 JOIN res_partner contact ON contact.id = answer.partner_id
                WHERE answer.answered_date IS NOT NULL"""
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
