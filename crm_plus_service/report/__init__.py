from . import customer_timeline, service_case_report, service_promise_report
