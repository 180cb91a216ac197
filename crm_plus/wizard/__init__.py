from . import (
    base_partner_merge,
    crm_customer_tier_assign,
    crm_merge_undo,
    crm_merge_wizard,
    crm_stage_approval_decide,
)
