from . import (
    customer_measures,
    customer_score,
    customer_score_history,
    customer_score_line,
    customer_score_progress,
    customer_score_run,
    customer_segment,
    customer_value_dashboard,
    ir_rule,
    res_company,
    res_config_settings,
    res_partner,
)
