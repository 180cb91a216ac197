"""What wizards have in common that are opened from a list of cases."""


def chosen_cases(wizard):
    """Return the cases that were ticked in the list: the default of the wizard's cases."""
    context = wizard.env.context
    cases = wizard.env['service.case']
    if context.get('active_model') != cases._name:
        return cases
    return cases.browse(context.get('active_ids') or [])
