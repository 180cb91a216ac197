from . import service_intake_dismiss
