"""Conditions in a template: Odoo domains as texts, made of nothing but literals."""

import ast

#: what a condition may compare with; the operators that go around access rights are not among it
OPERATORS = frozenset((
    '=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'like', 'not like', 'ilike', 'not ilike',
    '=like', 'not =like', '=ilike', 'not =ilike', 'child_of', 'parent_of', 'any', 'not any',
))
CONNECTIVES = {'&': 2, '|': 2, '!': 1}


def conditions(text: str) -> list[tuple]:
    """Return the conditions of a domain, those inside ``any`` with the path before them.

    :raises ValueError: when it is no domain, or none that a template may have
    """
    try:
        domain = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(str(error).partition('\n')[0]) from error
    return list(_walk(domain, ''))


def _walk(domain, path):
    if not isinstance(domain, list):
        raise ValueError('not a list')
    # polish notation: so many operands are still awaited, a list without any is a conjunction
    for term in domain:
        if isinstance(term, str):
            if term not in CONNECTIVES:
                raise ValueError(f'unknown connective {term!r}')
            continue
        if not isinstance(term, (tuple, list)) or len(term) != 3:
            raise ValueError(f'not a condition: {term!r}')
        left, operator, right = term
        if not isinstance(left, str) or operator not in OPERATORS:
            raise ValueError(f'not a condition: {term!r}')
        if operator in ('any', 'not any'):
            yield from _walk(right, f'{path}{left}.')
        else:
            yield f'{path}{left}', operator, right
    _check_operands(domain)


def _check_operands(domain):
    missing = 0
    for term in reversed(domain):
        if isinstance(term, str):
            missing -= CONNECTIVES[term] - 1
            if missing < 1:
                raise ValueError(f'something is missing after {term!r}')
        else:
            missing += 1
