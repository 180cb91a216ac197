"""The shape of one source of the customer timeline."""

from typing import NamedTuple

from odoo.tools import SQL


class TimelineSource(NamedTuple):
    """One kind of dated fact, and the document that stands behind it.

    ``query`` is a plain SELECT with exactly these columns:

    ==============  =========  ==========================================================
    ``source_id``   int        the fact's own row: a plain column with a unique index
    ``res_id``      int        the ``model`` record that the entry opens
    ``partner_id``  int        the customer: a commercial entity, read from ``res_partner``
                               (``contact.commercial_partner_id``), so that a filter on the
                               customer goes through indexes
    ``contact_id``  int        the contact named on the document
    ``company_id``  int        may be NULL: the fact belongs to no company
    ``date``        timestamp  UTC; a date without time counts as noon, so that it stays the
                               same day in (almost) every time zone
    ``name``        text       what the reader sees
    ``amount``      numeric    company currency, signed; NULL counts as 0
    ==============  =========  ==========================================================

    It may neither aggregate nor sort: PostgreSQL then reaches single customers and
    single entries through the indexes of the document's table.
    """

    kind: str  #: value of the timeline's ``kind`` selection
    model: str  #: model whose access rights decide who sees the entry, and which it opens
    query: SQL
