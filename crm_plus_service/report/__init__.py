from . import customer_timeline, service_case_report
