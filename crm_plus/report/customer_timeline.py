"""The customer timeline: one row per dated fact of a customer, read from the documents."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from .timeline_source import MEASURED, SOURCE_ID_BITS, TimelineSource, source_number

#: Who sees what dealing with a customer cost the company.
COST_GROUPS = (
    'account.group_account_readonly,account.group_account_invoice,crm_plus.group_manager'
)


class CustomerTimeline(models.Model):
    """What happened with a customer, whatever document it stands in.

    Nothing is stored: every search reads the documents through :attr:`_table_query`. A
    module adds its own facts by extending :meth:`_timeline_sources`, ``kind`` (with
    ``selection_add``) and ``_depends``; those of Odoo's own documents are added so in
    ``customer_timeline_documents.py``.

    Who may see an entry is decided by the document alone. The table itself is built for
    its reader: each source is limited to the documents that the reader may read, so that
    no way of reading the timeline (by id, grouped, exported) shows more than the documents.
    """

    _name = 'customer.timeline'
    _description = "Customer Timeline"
    _auto = False
    _rec_name = 'name'
    _order = 'date desc, id desc'
    _depends = {'res.partner': ['commercial_partner_id', 'company_id']}

    date = fields.Datetime(readonly=True)
    kind = fields.Selection(
        [
            ('quotation', "Quotation"),
            ('order', "Order"),
            ('invoice', "Invoice"),
            ('credit_note', "Credit Note"),
            ('payment', "Payment"),
            ('lead', "Lead"),
            ('won', "Won"),
            ('lost', "Lost"),
            ('meeting', "Meeting"),
            ('message', "Message"),
            ('call', "Call"),
        ],
        readonly=True,
        help="What happened: the kind of document that stands behind the entry.",
    )
    name = fields.Char("Description", readonly=True)
    partner_id = fields.Many2one(
        'res.partner', "Customer", readonly=True,
        help="The company, or the person who buys for themselves. What happened with a contact "
             "of a company counts for the company.",
    )
    contact_id = fields.Many2one(
        'res.partner', readonly=True,
        help="The contact named on the document.",
    )
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    amount = fields.Monetary(
        readonly=True, currency_field='currency_id',
        help="Amount without taxes in the company's currency: credit notes and refunds are "
             "negative, leads and opportunities show their expected revenue, payments show "
             "what was paid.",
    )
    satisfaction = fields.Float(
        readonly=True, aggregator='avg',
        help="How satisfied the customer said they were, from 0% to 100%. Empty where they were "
             "not asked or did not answer.",
    )
    has_satisfaction = fields.Boolean("Customer Rated", readonly=True)
    cost = fields.Monetary(
        readonly=True, currency_field='currency_id', groups=COST_GROUPS,
        help="What it cost the company, in its currency: for a case the time spent on it. Empty "
             "where that is not known.",
    )
    has_cost = fields.Boolean("Cost Known", readonly=True, groups=COST_GROUPS)
    is_open = fields.Boolean(
        "Still Open", readonly=True,
        help="It still waits to be dealt with. Only of what can wait, such as cases.",
    )
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field='res_model', readonly=True)
    source = fields.Char(readonly=True)
    source_id = fields.Integer("Source Record", readonly=True, aggregator=None)

    # ------------------------------------------------------------
    # THE TABLE
    # ------------------------------------------------------------

    @property
    def _table_query(self) -> SQL:
        """The entries that the current user may see, as one SELECT."""
        selects = []
        for key, source in self._timeline_sources().items():
            if (visible := self._source_as_seen(source)) is not None:
                selects.append(self._source_select(key, *visible))
        union = SQL(" UNION ALL ").join(selects) if selects else self._empty_select()
        # what belongs to no company counts in the reader's currency, as Odoo does with leads
        # looked up for the entries that are shown, not joined to all of which they are the newest
        return SQL(
            "SELECT entry.*, COALESCE((SELECT company.currency_id FROM res_company company"
            " WHERE company.id = entry.company_id), %s) AS currency_id,"
            " entry.satisfaction IS NOT NULL AS has_satisfaction,"
            " entry.cost IS NOT NULL AS has_cost"
            " FROM (%s) entry",
            self.env.company.currency_id.id,
            union,
        )

    def _source_select(self, key: str, source: TimelineSource, condition: SQL) -> SQL:
        # Types are spelt out: a condition reaches the documents' indexes only through
        # columns that have the same type in every part of the union.
        return SQL(
            """SELECT %(offset)s::bigint + fact.source_id AS id,
                      %(key)s::varchar AS source,
                      fact.source_id::int AS source_id,
                      %(kind)s::varchar AS kind,
                      %(model)s::varchar AS res_model,
                      fact.res_id::int AS res_id,
                      fact.partner_id::int AS partner_id,
                      fact.contact_id::int AS contact_id,
                      fact.company_id::int AS company_id,
                      fact.date::timestamp AS date,
                      fact.name::text AS name,
                      COALESCE(fact.amount, 0)::numeric AS amount,
                      %(measured)s
                 FROM (%(query)s) fact
                WHERE %(condition)s""",
            measured=SQL(", ").join(
                SQL("%s::%s AS %s",
                    SQL.identifier('fact', name) if name in source.measured else SQL("NULL"),
                    sql_type, SQL.identifier(name))
                for name, sql_type in MEASURED.items()
            ),
            offset=source_number(key) << SOURCE_ID_BITS,
            key=key,
            kind=source.kind,
            model=source.model,
            query=source.query,
            condition=condition,
        )

    def _empty_select(self) -> SQL:
        nothing = TimelineSource('', '', SQL(
            "SELECT 0 AS source_id, 0 AS res_id, 0 AS partner_id, 0 AS contact_id,"
            " 0 AS company_id, NULL AS date, '' AS name, 0 AS amount"
        ))
        return self._source_select('', nothing, SQL("FALSE"))

    def _source_as_seen(self, source: TimelineSource) -> tuple[TimelineSource, SQL] | None:
        """The source and which of its facts the reader may see; ``None`` for none of them."""
        if self.env.su:
            return source, SQL("TRUE")
        documents = self.env[source.model].with_context(active_test=False)
        if not documents.has_access('read'):
            return None
        query = documents._search(self._document_domain(source.model))
        if query.is_empty():
            return None
        if not query.where_clause:
            return source, SQL("TRUE")
        # rules that read other tables as well may find a document more than once
        alone = query.from_clause.code == f'"{query.table}"' and not query.from_clause.params
        limited = alone and source.limited(query.table, query.where_clause)
        if limited:
            return source._replace(query=limited), SQL("TRUE")
        return source, SQL("fact.res_id IN %s", query.subselect())

    def _document_domain(self, model: str) -> Domain:
        """What the reader may see of ``model`` beyond its record rules.

        For documents that hide their content, instead of themselves, from some readers.
        """
        if model == 'calendar.event':
            # Odoo shows others' private meetings as "Busy", which is no fact about a customer.
            return Domain(self.env[model]._get_default_privacy_domain()) | Domain(
                'partner_ids', 'in', self.env.user.partner_id.ids
            )
        return Domain.TRUE

    # ------------------------------------------------------------
    # SOURCES
    # ------------------------------------------------------------

    @api.model
    def _timeline_sources(self) -> dict[str, TimelineSource]:
        """The sources of the timeline by a key that never changes.

        Extended by the modules that own further documents::

            def _timeline_sources(self):
                return super()._timeline_sources() | {
                    'case': TimelineSource('case', 'service.case', SQL("SELECT ...")),
                }
        """
        return {}

    # ------------------------------------------------------------
    # ACCESS, SEARCH
    # ------------------------------------------------------------

    def _check_access(self, operation):
        """Forbid the entries whose document the user may not read."""
        result = super()._check_access(operation)
        if not self.ids:
            return result
        remaining = self - result[0] if result else self
        forbidden = remaining - remaining.browse(remaining._search([('id', 'in', remaining.ids)]))
        if not forbidden:
            return result
        if result:
            forbidden |= result[0]
        return forbidden, lambda: self.env['ir.rule']._make_access_error(operation, forbidden)

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Reach entries given by id through their documents' ids, which are indexed."""
        domain = Domain(domain).map_conditions(self._entry_id_condition)
        return super()._search(domain, *args, **kwargs)

    def _entry_id_condition(self, condition: Domain) -> Domain:
        if condition.field_expr != 'id' or condition.operator not in ('=', '!=', 'in', 'not in'):
            return condition
        value = condition.value
        ids = [value] if isinstance(value, int) else value
        if not isinstance(ids, list | tuple | set | frozenset) and not hasattr(ids, '_map'):
            return condition
        found = Domain.OR(
            Domain('source', '=', key) & Domain('source_id', 'in', source_ids)
            for key, source_ids in self._split_ids(ids).items()
        )
        return ~found if condition.operator in ('!=', 'not in') else found

    def _split_ids(self, ids) -> dict[str, list[int]]:
        """The facts' own ids behind entries' ``ids``, by source."""
        keys = {source_number(key): key for key in self._timeline_sources()}
        result = defaultdict(list)
        for entry_id in ids:
            if key := keys.get(int(entry_id) >> SOURCE_ID_BITS):
                result[key].append(int(entry_id) & ((1 << SOURCE_ID_BITS) - 1))
        return result

    @api.private
    def exists(self):
        """The entries that still are in the documents."""
        # sudo: like for any model, existence is not a matter of the reader's rights
        found = self.sudo()._search([('id', 'in', self.ids)])
        return self & self.browse(found)

    @api.model
    def _timeline_tells(self, name: str) -> bool:
        """Whether any source that the reader may read tells ``name``, a key of ``MEASURED``."""
        return any(
            name in source.measured and self._source_as_seen(source) is not None
            for source in self._timeline_sources().values()
        )

    # ------------------------------------------------------------
    # CUSTOMER 360 PAGE
    # ------------------------------------------------------------

    @api.model
    def _timeline_icons(self) -> dict[str, str]:
        """Icon (a Font Awesome class) of each kind; extended together with ``kind``."""
        return {
            'quotation': 'fa-file-text-o',
            'order': 'fa-shopping-cart',
            'invoice': 'fa-money',
            'credit_note': 'fa-undo',
            'payment': 'fa-credit-card',
            'lead': 'fa-lightbulb-o',
            'won': 'fa-trophy',
            'lost': 'fa-thumbs-o-down',
            'meeting': 'fa-calendar',
            'message': 'fa-comment-o',
            'call': 'fa-phone',
        }

    @api.model
    def _timeline_contact_kinds(self) -> list[str]:
        """Kinds in which somebody was in contact with the customer; extended by others."""
        return ['meeting', 'message', 'call']

    def _timeline_entry_values(self, customer, icons) -> dict:
        """The entry as the Customer 360 page shows it."""
        kinds = dict(self._fields['kind']._description_selection(self.env))
        currency = self.currency_id or self.env.company.currency_id
        return {
            'id': self.id,
            'kind': self.kind,
            'label': kinds[self.kind],
            'icon': icons.get(self.kind, 'fa-circle-o'),
            'date': fields.Datetime.to_string(self.date),
            'name': self.name or '',
            # sudo: the name alone, of a contact on a document that the reader may read
            'contact': (
                self.contact_id.sudo().name or '' if self.contact_id != customer else ''
            ),
            'amount': format_amount(self.env, self.amount, currency) if self.amount else '',
            'negative': self.amount < 0,
            'satisfaction': f"{self.satisfaction:.0%}" if self.has_satisfaction else '',
            'res_model': self.res_model,
            'res_id': self.res_id,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_document(self):
        """Open the document behind the entry."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.res_model,
            'res_id': self.res_id,
            'views': [(False, 'form')],
        }
