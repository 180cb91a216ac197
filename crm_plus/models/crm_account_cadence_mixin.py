"""When there was contact with a key account, and by when there is to be contact again."""

from odoo import api, fields, models


class CrmAccountCadenceMixin(models.AbstractModel):
    """The contact cadence of ``crm.key.account``, which inherits from this."""

    _name = 'crm.account.cadence.mixin'
    _description = "Key Account: Contact Cadence"

    contact_due_ids = fields.One2many('crm.contact.due', 'account_id', "Contacts Due")
    customer_tier_id = fields.Many2one(
        'crm.customer.tier', "Tier", compute='_compute_customer_tier_id',
        help="How the company has decided to treat the customer.",
    )
    last_human_contact = fields.Datetime(
        "Last Contact", compute='_compute_contact_due',
        help="The latest meeting, call or message between somebody of us and somebody of them. "
             "Notes among ourselves, mass mails and automatic mails do not count.",
    )
    contact_due_date = fields.Date(
        "Contact Due", compute='_compute_contact_due',
        help="By when there is to be contact again, by the cadence of the customer's tier.",
    )
    contact_is_overdue = fields.Boolean("Contact Overdue", compute='_compute_contact_due')
    contact_cadence_id = fields.Many2one(
        'crm.contact.cadence', compute='_compute_contact_due')

    @api.depends('partner_id', 'company_id')
    @api.depends_context('uid')
    def _compute_customer_tier_id(self):
        for company, accounts in self.grouped('company_id').items():
            for account in accounts:
                account.customer_tier_id = account.partner_id.with_company(
                    company).customer_tier_id

    @api.depends('contact_due_ids.due_date', 'contact_due_ids.last_date')
    def _compute_contact_due(self):
        """Of the customer as a whole, without the people with a cadence of their own."""
        today = fields.Date.context_today(self)
        rows = self.env['crm.contact.due'].search([
            ('account_id', 'in', self.ids), ('contact_id', '=', False)])
        by_account = {row.account_id: row for row in rows}
        for account in self:
            row = by_account.get(account._origin, rows.browse())
            account.last_human_contact = row.last_date
            account.contact_due_date = row.due_date
            account.contact_cadence_id = row.cadence_id
            account.contact_is_overdue = bool(row) and row.due_date < today

    def action_view_contacts_due(self):
        """Open with whom at the customer contact is due, as it is at this moment."""
        self.ensure_one()
        self.check_access('read')
        self._refresh_contacts()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_contact_due_action'),
            'domain': [('partner_id', '=', self.partner_id.id),
                       ('company_id', '=', self.company_id.id)],
            'context': {},
        }

    def _refresh_contacts(self):
        """Work out anew when contact is due; a fixed number of queries for each company."""
        for company, accounts in self.grouped('company_id').items():
            self.env['crm.contact.due']._refresh(company, accounts.partner_id)
