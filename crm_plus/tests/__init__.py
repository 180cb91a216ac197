from . import (
    test_customer_360,
    test_customer_documents,
    test_customer_tier,
    test_process_reports,
    test_stage_actions,
    test_stage_approvals,
    test_stage_gates,
    test_timeline,
    test_timeline_access,
    test_timeline_plan,
    test_tours,
)
