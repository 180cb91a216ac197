from . import (
    account_payment,
    crm_customer_tier,
    crm_customer_tier_change,
    res_partner,
    res_partner_customer_360,
    res_partner_figures,
)
