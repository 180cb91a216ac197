from . import (
    base_partner_merge,
    crm_customer_tier_assign,
    crm_lead_hand_out,
    crm_lead_lost,
    crm_lead_quick_entry,
    crm_lead_won,
    crm_merge_undo,
    crm_merge_wizard,
    crm_quality_waive,
    crm_stage_approval_decide,
    mail_compose_message,
    privacy_lookup_wizard,
)
