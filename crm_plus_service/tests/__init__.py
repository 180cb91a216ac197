from . import (
    test_access,
    test_automatic_mail,
    test_case,
    test_case_cost,
    test_customer_360,
    test_escalations,
    test_mail_gateway,
    test_policies,
    test_portal,
    test_targets,
    test_tour,
    test_working_time,
)
