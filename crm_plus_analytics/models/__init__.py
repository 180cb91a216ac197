# abstract models come before those that inherit them
from . import (
    customer_score_components_mixin,
    customer_score_documents_mixin,
    customer_score_explanation_mixin,
    customer_score_line_mixin,
    customer_score_prospect_mixin,
)

# isort: split
from . import (
    crm_relationship,
    customer_condition_mixin,
    customer_measures,
    customer_measures_replica,
    customer_score,
    customer_score_backtest,
    customer_score_backtest_customer,
    customer_score_backtest_marks,
    customer_score_backtest_reader,
    customer_score_calculation_mixin,
    customer_score_history,
    customer_score_progress,
    customer_score_queue_mixin,
    customer_score_reader,
    customer_score_run,
    customer_score_run_limits,
    customer_segment,
    customer_segment_moves,
    customer_tier_proposal,
    customer_tier_rule,
    customer_value_dashboard,
    ir_rule,
    res_company,
    res_config_settings,
    res_partner,
    spreadsheet_dashboard,
)
