# the abstract model that orders and invoices inherit comes first
from . import service_document_mixin

# isort: split
from . import (
    account_move,
    mail_thread,
    res_partner,
    resource_calendar_leaves,
    sale_order,
    service_case,
    service_case_tag,
    service_case_target,
    service_case_type,
    service_stage,
    service_team,
)
