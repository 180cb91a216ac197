from odoo.fields import Domain


def uninstall_hook(env):
    """Leave nothing behind, on a company that has worked with the add-on too."""
    _delete_captured(env)
    _delete_agreements(env)
    _keep_invoiced_customers(env)


def _delete_captured(env):
    """Delete what people have agreed to, with its proofs, before the purposes that it is about."""
    companies = env['res.company'].search([('mass_mail_purpose_id', '!=', False)])
    companies.mass_mail_purpose_id = False
    templates = env['mail.template'].search([('consent_purpose_id', '!=', False)])
    templates.consent_purpose_id = False
    for model in ('crm.consent', 'crm.web.request', 'crm.lead.import'):
        records = env[model].search(Domain.TRUE)
        env['ir.attachment'].search([
            ('res_model', '=', model), ('res_id', 'in', records.ids),
            ('res_field', 'in', (False, 'proof', 'file')),
        ]).unlink()
    env['crm.consent'].search(Domain.TRUE).unlink()


def _delete_agreements(env):
    """Delete agreements, with their documents, before the kinds that they are of."""
    env['crm.agreement'].with_context(active_test=False).search(Domain.TRUE).unlink()


def _keep_invoiced_customers(env):
    """Let the demo customers stay that have invoices, which cannot be deleted with them."""
    data = env['ir.model.data'].search([
        ('module', '=', 'crm_plus'), ('model', '=', 'res.partner'),
    ])
    invoices = env['account.move'].search([('partner_id', 'in', data.mapped('res_id'))])
    invoiced = invoices.partner_id | invoices.commercial_partner_id
    data.filtered(lambda xmlid: xmlid.res_id in invoiced.ids).unlink()
