from odoo.fields import Domain
from odoo.tools import SQL


def uninstall_hook(env):
    """Leave nothing behind, on a company that has worked with the add-on too."""
    _delete_captured(env)
    _delete_agreements(env)
    _delete_reminders(env)
    _keep_invoiced_customers(env)
    _delete_favourites(env)
    env['ir.config_parameter'].search([('key', '=like', r'crm\_plus.%')]).unlink()
    delete_external_ids(env, 'crm_plus')


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


def _delete_reminders(env):
    """Delete the reminders of birthdays, which belong to no document that goes."""
    env['crm.personal.profile'].search(Domain.TRUE)._unlink_reminders()


def _delete_favourites(env):
    """Delete the searches and the lists of exported fields that people have kept of what goes."""
    models = [
        name for name, model in env.registry.items() if model._original_module == 'crm_plus']
    for table, column in (('ir_filters', 'model_id'), ('ir_exports', 'resource')):
        env.cr.execute(SQL(
            "DELETE FROM %s WHERE %s = ANY(%s)",
            SQL.identifier(table), SQL.identifier(column), models))


def _keep_invoiced_customers(env):
    """Let the demo customers stay that have invoices, which cannot be deleted with them."""
    data = env['ir.model.data'].search([
        ('module', '=', 'crm_plus'), ('model', '=', 'res.partner'),
    ])
    invoices = env['account.move'].search([('partner_id', 'in', data.mapped('res_id'))])
    invoiced = invoices.partner_id | invoices.commercial_partner_id
    data.filtered(lambda xmlid: xmlid.res_id in invoiced.ids).unlink()


def delete_external_ids(env, module):
    """Take along the external ids that Odoo gives to parts of a module's models in others' names.

    What a mixin of another module brings into a model is registered in the name of that module,
    which stays: nobody else would delete the ids.

    :param str module: the module that is being uninstalled
    """
    env.cr.execute(SQL("""
        WITH own AS (
            SELECT res_id AS id FROM ir_model_data
             WHERE model = 'ir.model'
             GROUP BY res_id
            HAVING bool_and(module = %s)
        )
        DELETE FROM ir_model_data
         WHERE (model = 'ir.model.inherit' AND res_id IN (
                    SELECT id FROM ir_model_inherit WHERE model_id IN (SELECT id FROM own)))
            OR (model = 'ir.model.fields.selection' AND res_id IN (
                    SELECT choice.id FROM ir_model_fields_selection choice
                      JOIN ir_model_fields field ON field.id = choice.field_id
                     WHERE field.model_id IN (SELECT id FROM own)))
    """, module))
