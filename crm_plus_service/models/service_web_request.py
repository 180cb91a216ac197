from odoo import fields, models
from odoo.tools import formataddr, plaintext2html


class ServiceWebRequest(models.Model):
    """What a visitor has entered in a team's public form; it becomes a case when confirmed."""

    _name = 'service.web.request'
    _inherit = ['web.request.mixin']
    _description = 'Request by the Public Form'

    LIMITS = {
        'visitor_hash': 'service_requests_per_visitor',
        'email_normalized': 'service_requests_per_sender',
    }
    CONFIRM_TEMPLATE = 'crm_plus_service.mail_template_web_request'
    CONFIRM_PATH = '/service/confirm/'

    name = fields.Char(string='Subject', required=True)
    team_id = fields.Many2one('service.team', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='team_id.company_id', store=True)
    description = fields.Text(required=True)
    case_id = fields.Many2one('service.case', index='btree_not_null', ondelete='set null')

    def _make_document(self):
        case = self.env['service.case'].with_context(service_by_sender=True)
        self.case_id = case.create(self._prepare_case_values())
        return self.case_id

    def _prepare_case_values(self):
        return {
            'name': self.name,
            'team_id': self.team_id.id,
            'user_id': False,
            'partner_id': self.env['res.partner']._find_customer_by_address(
                self.email_normalized, self.company_id).id,
            'email_from': formataddr((self.contact_name, self.email_normalized)),
            'description': plaintext2html(self.description),
        }
