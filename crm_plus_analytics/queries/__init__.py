"""The statements that measure customers: pieces of SQL on the ERP's own tables.

Each function takes a `measures.Scope` and returns a SELECT of one row per customer, but for
`documents`, of one per document, and `dated` and `history_start`, which return one. The number of statements is fixed, and every one
of them reads each document once.
"""

from .dealings import dealings, source_of_acquisition
from .documents import dated, documents
from .lines import lines
from .payments import payments
from .prospects import prospects
from .purchases import history_start, purchases

__all__ = [
    'dated', 'dealings', 'documents', 'history_start', 'lines', 'payments', 'prospects',
    'purchases', 'source_of_acquisition',
]
