from . import consent, lead_form
