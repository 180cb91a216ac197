# mixins come before those that inherit them
from . import (
    crm_process_report_mixin,
    crm_win_loss_mixin,
)

# isort: split
from . import (
    crm_key_account_report,
    crm_lead_stage_time,
    crm_pipeline_report,
    crm_response_report,
    crm_stage_conversion,
    crm_win_loss_product_report,
    crm_win_loss_report,
    customer_timeline,
    customer_timeline_documents,
    report_key_account_page,
)
from .customer_timeline import COST_GROUPS
from .timeline_source import TimelineSource
