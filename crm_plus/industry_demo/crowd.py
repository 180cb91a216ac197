"""Customers of a demo company who are many and alike: drawn from names and places."""

from random import Random

from .rhythm import pick


def members(crowd: dict, seed: str) -> list[dict]:
    """Return the customers of a crowd in the form of those that are listed one by one.

    :param crowd: see industry/README.md
    :param seed: the same seed gives the same customers
    """
    random = Random(seed)
    names = _names(crowd, random)
    return [
        {
            'key': f'{crowd["key"]}_{number:04}',
            'name': name,
            'person': not crowd.get('companies'),
            'city': random.choice(crowd['cities']),
            'country': crowd['country'],
            'email': f'{crowd["key"]}.{number}@customers.example.com'.replace('_', '-'),
            'industry': crowd.get('industry'),
            'salesperson': crowd.get('salesperson'),
            'rhythm': pick(crowd['rhythms'], random),
            'scale': round(random.uniform(0.6, 1.6), 2),
        }
        for number, name in enumerate(names, 1)
    ]


def _names(crowd, random):
    """Draw as many different names as there are, before any is drawn twice."""
    if crowd.get('companies'):
        possible = list(crowd['names'])
    else:
        possible = [
            f'{first} {last}' for first in crowd['first_names'] for last in crowd['last_names']]
    random.shuffle(possible)
    times = -(-crowd['count'] // len(possible))
    return (possible * times)[:crowd['count']]
