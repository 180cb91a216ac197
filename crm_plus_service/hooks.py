from odoo.fields import Domain
from odoo.tools import SQL


def uninstall_hook(env):
    """Leave nothing behind, on a company that has worked with cases too."""
    _delete_records(env)
    _delete_external_ids(env)
    _drop_indexes(env)


def _drop_indexes(env):
    """Drop the indexes on tables that stay, which Odoo does not keep a record of."""
    for name in ('service_mail_domain_idx', 'service_web_domain_idx'):
        env.cr.execute(SQL('DROP INDEX IF EXISTS %s', SQL.identifier(f'res_partner_{name}')))


def _delete_records(env):
    """Delete the cases and teams that people have made, with their messages, files and aliases.

    Odoo deletes only what has an external id: the stages and teams of ours would be held by them.
    """
    for model in ('service.intake', 'service.case', 'service.team', 'service.nps.answer'):
        env[model].with_context(active_test=False).search(Domain.TRUE).unlink()


def _delete_external_ids(env):
    """Take along the external ids that Odoo gives to parts of our models in other modules' names.

    What a mixin of another module brings into a model is registered in the name of that module,
    which stays: nobody else would delete the ids.
    """
    env.cr.execute(SQL("""
        WITH own AS (
            SELECT res_id AS id FROM ir_model_data
             WHERE model = 'ir.model'
             GROUP BY res_id
            HAVING bool_and(module = 'crm_plus_service')
        )
        DELETE FROM ir_model_data
         WHERE (model = 'ir.model.inherit' AND res_id IN (
                    SELECT id FROM ir_model_inherit WHERE model_id IN (SELECT id FROM own)))
            OR (model = 'ir.model.fields.selection' AND res_id IN (
                    SELECT choice.id FROM ir_model_fields_selection choice
                      JOIN ir_model_fields field ON field.id = choice.field_id
                     WHERE field.model_id IN (SELECT id FROM own)))
    """))
