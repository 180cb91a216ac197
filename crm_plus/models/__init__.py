from . import (
    account_payment,
    crm_customer_tier,
    crm_customer_tier_change,
    customer_360_mixin,
    customer_figures_mixin,
    res_partner,
)
