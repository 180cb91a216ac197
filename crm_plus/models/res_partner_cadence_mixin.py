"""How well a customer is looked after: contact, health as a key account, agreements."""

from odoo import api, fields, models

from .crm_health_history import BANDS


class ResPartnerCadenceMixin(models.AbstractModel):
    """Contact, health and agreements of ``res.partner``, which inherits from this."""

    _name = 'res.partner.cadence.mixin'
    _description = "Partner: Contact, Health and Agreements"

    last_human_contact = fields.Datetime(
        compute='_compute_contact_due', groups='crm_plus.group_user',
        help="The latest meeting, call or message between somebody of us and somebody of them. "
             "Notes among ourselves, mass mails and automatic mails do not count.",
    )
    contact_due_date = fields.Date(
        "Contact Due", compute='_compute_contact_due', groups='crm_plus.group_user',
        help="By when there is to be contact again, by the cadence of the customer's tier or of "
             "the person's role.",
    )
    contact_is_overdue = fields.Boolean(
        "Contact Overdue", compute='_compute_contact_due', groups='crm_plus.group_user')
    key_account_health = fields.Selection(
        BANDS, "Account Health Light", compute='_compute_key_account_health',
        groups='crm_plus.group_user')
    key_account_health_score = fields.Integer(
        "Account Health", compute='_compute_key_account_health', groups='crm_plus.group_user')
    agreement_count = fields.Integer(
        "Agreements in Force", compute='_compute_agreement_count', groups='crm_plus.group_user')

    @api.depends('commercial_partner_id')
    @api.depends_context('company', 'uid')
    def _compute_contact_due(self):
        """Of the person where they have a cadence of their own, else of their company."""
        today = fields.Date.context_today(self)
        rows = self.env['crm.contact.due'].search([
            ('partner_id', 'in', self.commercial_partner_id.ids),
            ('company_id', '=', self.env.company.id)])
        found = {(row.contact_id or row.partner_id): row for row in rows}
        for partner in self:
            row = (
                found.get(partner._origin) or found.get(partner.commercial_partner_id)
                or rows.browse())
            partner.last_human_contact = row.last_date
            partner.contact_due_date = row.due_date
            partner.contact_is_overdue = bool(row) and row.due_date < today

    @api.depends('key_account_id.health_band', 'key_account_id.health_score')
    @api.depends_context('company', 'uid')
    def _compute_key_account_health(self):
        for partner in self:
            partner.key_account_health = partner.key_account_id.health_band
            partner.key_account_health_score = partner.key_account_id.health_score

    @api.depends('commercial_partner_id')
    @api.depends_context('company', 'uid')
    def _compute_agreement_count(self):
        counts = dict(self.env['crm.agreement']._read_group(
            [('partner_id', 'in', self.commercial_partner_id.ids), ('state', '=', 'active'),
             ('company_id', '=', self.env.company.id)], ['partner_id'], ['__count']))
        for partner in self:
            partner.agreement_count = counts.get(partner.commercial_partner_id._origin, 0)

    def action_view_agreements(self):
        """Open the agreements with the customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_agreement_action'),
            'domain': [('partner_id', '=', customer.id),
                       ('company_id', '=', self.env.company.id)],
            'context': {'default_partner_id': customer.id},
        }
