"""The shape of one source of the customer timeline, and the pieces that sources share."""

from typing import NamedTuple
from zlib import crc32

from odoo.tools import SQL

# An entry's id is its source's number and the fact's own id in one integer. Together
# they stay below 2**53, the largest integer that a browser represents exactly.
SOURCE_ID_BITS = 32
SOURCE_NUMBER_BITS = 20
# What a source may tell beside the columns that all have, and as which type.
MEASURED = {'satisfaction': SQL("float8"), 'cost': SQL("numeric"), 'is_open': SQL("bool")}


class TimelineSource(NamedTuple):
    """One kind of dated fact, and the document that stands behind it.

    ``query`` is a plain SELECT with exactly these columns, and those of ``measured``:

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

    What a fact may also tell, where the source knows it; a source that does not leaves it out:

    ================  =======  ===========================================================
    ``satisfaction``  float8   how satisfied the customer was, 0 to 1; NULL: did not say
    ``cost``          numeric  company currency, what the fact cost us; NULL: not known
    ``is_open``       bool     it waits to be dealt with, as a case does that is not closed
    ================  =======  ===========================================================

    It may neither aggregate nor sort: PostgreSQL then reaches single customers and
    single entries through the indexes of the document's table.
    """

    kind: str  #: value of the timeline's ``kind`` selection
    model: str  #: model whose access rights decide who sees the entry, and which it opens
    query: SQL
    measured: tuple[str, ...] = ()  #: which of the keys of `MEASURED` the query tells
    #: what the query calls the table of ``model``: its rows are then limited to what the reader
    #: may see where they are read, instead of being looked up a second time
    document: str = ''

    def limited(self, table: str, condition: SQL) -> SQL | None:
        """The query over the rows of ``table`` for which the condition holds, if it can be."""
        before, found, after = self.query.code.partition(f' {table} {self.document}\n')
        if not self.document or not found:
            return None
        earlier = before.count('%s')
        return SQL(
            "%s (SELECT * FROM %s WHERE %s) %s\n%s",
            SQL(before, *self.query.params[:earlier]), SQL.identifier(table), condition,
            SQL.identifier(self.document), SQL(after, *self.query.params[earlier:]),
        )


def source_number(key: str) -> int:
    """Number of a source, the same in every database whatever modules are installed."""
    return crc32(key.encode()) & ((1 << SOURCE_NUMBER_BITS) - 1)


def text_preview(*candidates: SQL) -> SQL:
    """First non-empty of the HTML ``candidates`` as one line of plain text."""
    html = SQL("COALESCE(%s)", SQL(", ").join(SQL("NULLIF(%s, '')", c) for c in candidates))
    text = SQL("regexp_replace(LEFT(%s, 4000), '<[^>]*>?', ' ', 'g')", html)
    # "&amp;" comes last: it must not complete another entity
    for entity, char in (
        ('&nbsp;', ' '), ('&lt;', '<'), ('&gt;', '>'), ('&#34;', '"'), ('&quot;', '"'),
        ('&#39;', "'"), ('&amp;', '&'),
    ):
        text = SQL("replace(%s, %s, %s)", text, entity, char)
    return SQL(r"LEFT(btrim(regexp_replace(%s, '\s+', ' ', 'g')), 160)", text)
