from . import (
    mail_compose_message,
    service_case_change,
    service_case_close,
    service_case_hand_over,
    service_case_merge,
    service_case_split,
    service_case_trial,
    service_handover_refuse,
    service_intake_dismiss,
)
