from .address_quality import email_problem, vat_is_plausible

__all__ = ['email_problem', 'vat_is_plausible']
