# abstract models come before those that inherit them
from . import (
    service_case_mail_mixin,
    service_case_promise_mixin,
    service_case_routing_mixin,
    service_document_mixin,
)

# isort: split
from . import (
    account_move,
    mail_thread,
    res_partner,
    resource_calendar,
    resource_calendar_leaves,
    sale_order,
    service_agent,
    service_assignment,
    service_case,
    service_case_escalation,
    service_case_pause,
    service_case_stage_time,
    service_case_tag,
    service_case_target,
    service_case_type,
    service_escalation,
    service_policy,
    service_policy_target,
    service_skill,
    service_skill_level,
    service_stage,
    service_team,
)
