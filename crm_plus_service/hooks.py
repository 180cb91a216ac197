from odoo.addons.crm_plus.hooks import delete_external_ids
from odoo.fields import Domain
from odoo.tools import SQL


def uninstall_hook(env):
    """Leave nothing behind, on a company that has worked with cases too."""
    _delete_records(env)
    delete_external_ids(env, 'crm_plus_service')
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
