# abstract models come before those that inherit them
from . import (
    customer_360_mixin,
    customer_figures_mixin,
)

# isort: split
from . import (
    account_payment,
    crm_customer_tier,
    crm_customer_tier_change,
    crm_lead,
    res_partner,
)
