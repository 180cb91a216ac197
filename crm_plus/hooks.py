def uninstall_hook(env):
    """Let the demo customers stay that have invoices, which cannot be deleted with them."""
    data = env['ir.model.data'].search([
        ('module', '=', 'crm_plus'), ('model', '=', 'res.partner'),
    ])
    invoices = env['account.move'].search([('partner_id', 'in', data.mapped('res_id'))])
    invoiced = invoices.partner_id | invoices.commercial_partner_id
    data.filtered(lambda xmlid: xmlid.res_id in invoiced.ids).unlink()
