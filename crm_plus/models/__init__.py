# abstract models come before those that inherit them
from . import (
    crm_lead_entry_mixin,
    crm_lead_gate_mixin,
    crm_lead_score_details_mixin,
    crm_lead_scoring_mixin,
    crm_lead_slippage_mixin,
    crm_score_points_mixin,
    crm_score_preview_mixin,
    crm_score_reason_mixin,
    crm_stage_process_mixin,
    customer_360_mixin,
    customer_figures_mixin,
    res_company_scoring_mixin,
)

# isort: split
from . import (
    account_payment,
    crm_customer_tier,
    crm_customer_tier_change,
    crm_lead,
    crm_score_calibration,
    crm_score_history,
    crm_score_rule,
    crm_stage,
    crm_stage_action,
    crm_stage_approval,
    crm_stage_criterion,
    crm_stage_override,
    res_company,
    res_config_settings,
    res_partner,
)
