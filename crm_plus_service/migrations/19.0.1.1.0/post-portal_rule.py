from odoo import SUPERUSER_ID, api

BEFORE = "[('partner_id', 'child_of', user.partner_id.ids)]"


def migrate(cr, version):
    """Let the rule of the portal know of customers whose contacts see each other's cases.

    It is not updated by itself, so that a consultant's own stays: then nothing is done here.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref('crm_plus_service.service_case_portal_rule', raise_if_not_found=False)
    if rule and rule.domain_force == BEFORE:
        rule.domain_force = (
            "['|', ('partner_id', 'child_of', user.partner_id.ids), "
            "'&', ('commercial_partner_id', '=', user.commercial_partner_id.id), "
            "('commercial_partner_id.portal_company_cases', '=', True)]"
        )
