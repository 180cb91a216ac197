"""The Customer 360 page: what it shows, and where other modules add to it."""

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, get_lang
from odoo.tools.misc import babel_locale_parse

TIMELINE_PAGE = 40
MAX_TIMELINE_PAGE = 200
LARGE_AMOUNT = 100_000


class Customer360Mixin(models.AbstractModel):
    """The Customer 360 page of ``res.partner``, which inherits from this.

    Other modules extend the extension points below on ``res.partner``, with ``super()``.
    """

    _name = 'customer.360.mixin'
    _description = "Customer 360 Page"

    def get_customer_360(self, kinds=None, offset=0, limit=TIMELINE_PAGE):
        """Everything on the Customer 360 page, with the rights of the reader.

        Figures cover the companies ticked in the switcher, in the current company's currency.
        Nothing is stored, and the number of queries does not depend on the customer's size.

        :param list[str] kinds: show only these kinds of timeline entries; all when empty
        :param int offset: number of timeline entries to skip
        :param int limit: number of timeline entries to show
        :return: dict with ``customer``, ``tier``, ``highlights``, ``groups`` (of figures) and
            ``timeline``
        """
        self.ensure_one()
        customer = self._customer_360_check_access().with_context(customer_360_shared={})
        return {
            'customer': {
                'id': customer.id,
                'name': customer.display_name,
                'is_other': customer != self,
            },
            'tier': customer._customer_360_tier(),
            'highlights': customer._customer_360_highlights(),
            'groups': customer._customer_360_grouped_figures(),
            'timeline': customer._customer_360_timeline(kinds, offset, limit),
        }

    def get_customer_timeline(self, kinds=None, offset=0, limit=TIMELINE_PAGE):
        """A further part of the timeline: ``entries``, and ``counts`` of all kinds."""
        self.ensure_one()
        return self._customer_360_check_access()._customer_360_timeline(kinds, offset, limit)

    def _customer_360_check_access(self):
        """The customer that the page is about: the company for the contacts below it."""
        if not self.env.user.has_group('crm_plus.group_user'):
            raise AccessError(self.env._("You may not see the Customer 360 page."))
        self.check_access('read')
        customer = self.commercial_partner_id
        customer.check_access('read')
        return customer

    def _customer_360_tier(self):
        tier = self.customer_tier_id
        return {
            'id': tier.id,
            'name': tier.name,
            'color': tier.color,
            'description': tier.description or '',
            'can_assign': self._has_field_access(self._fields['customer_tier_id'], 'write')
            and self.has_access('write'),
        }

    # ------------------------------------------------------------
    # EXTENSION POINTS
    # ------------------------------------------------------------

    def _customer_360_groups(self) -> dict[str, str]:
        """Label of each group of figures, in the order of the page."""
        return {
            'sales': self.env._("Sales"),
            'money': self.env._("Money"),
            'service': self.env._("Service"),
            'value': self.env._("Customer value"),
            'relation': self.env._("Relation"),
        }

    def _customer_360_figures(self) -> list[dict]:
        """The figures of the page, made by :meth:`_customer_360_figure`.

        Called on one customer (a commercial entity), with the rights of the reader. A figure
        is what its click opens; figures of documents that the reader may not read are left
        out. Extended by other modules with ``super()``; the number of queries must not depend
        on the customer's size.
        """
        self.ensure_one()
        return [
            *self._customer_360_order_figures(),
            *self._customer_360_pipeline_figures(),
            *self._customer_360_invoice_figures(),
            *self._customer_360_contact_figures(),
        ]

    def _customer_360_highlights(self) -> list[dict]:
        """What the reader should know first: one plain sentence each, at the top of the page.

        :return: list of ``{'key', 'text', 'tone', 'action'}``; ``tone`` and ``action`` as in
            :meth:`_customer_360_figure`
        """
        self.ensure_one()
        return [
            *self._customer_360_overdue_highlights(),
            *self._customer_360_quotation_highlights(),
        ]

    def _customer_360_figure(
        self, key, group, label, value, display, hint='', tone=False, action=False, help='',
    ) -> dict:
        """One card of the page.

        :param str key: unique on the page
        :param str group: a key of :meth:`_customer_360_groups`
        :param str label: what the figure is
        :param value: the figure itself: a number, a date or ``None``
        :param str display: the figure as the reader sees it
        :param str hint: a second, smaller line
        :param tone: ``False``, ``'success'``, ``'warning'``, ``'danger'`` or ``'muted'``
        :param action: the action that opens the records behind the figure, or ``False``
        :param str help: how the figure is computed
        """
        return {
            'key': key, 'group': group, 'label': label, 'value': value, 'display': display,
            'hint': hint, 'tone': tone, 'action': action, 'help': help,
        }

    # ------------------------------------------------------------
    # HELPERS FOR FIGURES
    # ------------------------------------------------------------

    def _customer_360_shared(self, what: str, read):
        """What ``read()`` gives, asked once for all figures and sentences of a page."""
        shared = self.env.context.get('customer_360_shared')
        if shared is None:
            return read()
        if (what, self.id) not in shared:
            shared[what, self.id] = read()
        return shared[what, self.id]

    def _customer_360_domain(self) -> Domain:
        """The customer's documents in the ticked companies, of any model with a partner."""
        return Domain('partner_id.commercial_partner_id', '=', self.id) & Domain(
            'company_id', 'in', self.env.companies.ids
        )

    def _customer_360_amount(self, amount: float) -> str:
        """The amount in the current currency; large ones in whole units, to fit on a card."""
        currency = self.env.company.currency_id
        if abs(amount) < LARGE_AMOUNT or not currency.decimal_places:
            return format_amount(self.env, amount, currency)
        # Odoo's own way of leaving out the decimals reads the language anew for each page
        decimals = get_lang(self.env).decimal_point + '0' * currency.decimal_places
        return format_amount(self.env, round(amount), currency).replace(decimals, '')

    def _customer_360_date(self, date) -> str:
        return format_date(self.env, date, date_format='medium')

    def _customer_360_sum(self, rows: list[dict], column: str) -> float:
        """Sum of ``column`` over rows of different companies, in the current currency."""
        today = fields.Date.context_today(self)
        company = self.env.company
        return sum(
            self.env['res.company'].browse(row['company_id']).currency_id._convert(
                float(row[column] or 0), company.currency_id, company, today,
            )
            for row in rows
            if row[column]
        )

    def _customer_360_count(self, rows: list[dict], column: str) -> int:
        return sum(row[column] or 0 for row in rows)

    def _customer_360_list_action(self, name, model, domain, list_view=None, context=None) -> dict:
        """An action that opens the documents behind a figure."""
        # cached, unlike a record: a page has many such actions
        view_id = self.env['ir.model.data']._xmlid_to_res_id(list_view) if list_view else False
        return {
            'type': 'ir.actions.act_window',
            'name': f"{name}: {self.display_name}",
            'res_model': model,
            'views': [(view_id, 'list'), (False, 'form')],
            'domain': list(Domain(domain)),
            'context': {'create': False, **(context or {})},
        }

    def _customer_360_grouped_figures(self):
        figures = self._customer_360_figures()
        return [
            {'key': key, 'label': label, 'figures': group}
            for key, label in self._customer_360_groups().items()
            if (group := [figure for figure in figures if figure['group'] == key])
        ]

    # ------------------------------------------------------------
    # TIMELINE
    # ------------------------------------------------------------

    def _customer_360_timeline(self, kinds, offset, limit):
        """Newest entries of the kinds, and how many entries there are of every kind."""
        Timeline = self.env['customer.timeline']
        domain = Domain('partner_id', '=', self.id)
        counts = dict(Timeline._read_group(domain, ['kind'], ['__count']))
        shown = [kind for kind in kinds or counts if kind in counts]
        entries = Timeline.search_fetch(
            domain & Domain('kind', 'in', shown),
            ['date', 'kind', 'name', 'contact_id', 'currency_id', 'amount', 'satisfaction',
             'has_satisfaction', 'res_model', 'res_id'],
            offset=max(int(offset), 0),
            limit=min(max(int(limit), 1), MAX_TIMELINE_PAGE),
        )
        icons = Timeline._timeline_icons()
        return {
            'entries': [entry._timeline_entry_values(self, icons) for entry in entries],
            'total': sum(counts[kind] for kind in shown),
            'counts': [
                {'kind': kind, 'label': label, 'icon': icons.get(kind), 'count': counts[kind]}
                for kind, label in Timeline._fields['kind']._description_selection(self.env)
                if kind in counts
            ],
        }

    def _customer_360_contact_figures(self):
        """When somebody last dealt with the customer."""
        Timeline = self.env['customer.timeline']
        entry = Timeline.search_fetch(
            Domain('partner_id', '=', self.id)
            & Domain('kind', 'in', Timeline._timeline_contact_kinds())
            & Domain('date', '<=', fields.Datetime.now()),
            ['date', 'kind', 'name', 'res_model', 'res_id'],
            limit=1,
        )
        if not entry:
            return [self._customer_360_figure(
                'last_contact', 'relation', self.env._("Last contact"), None, self.env._("None"),
                tone='muted', help=self._last_contact_help(),
            )]
        kinds = dict(Timeline._fields['kind']._description_selection(self.env))
        date = fields.Datetime.context_timestamp(self, entry.date).date()
        return [self._customer_360_figure(
            'last_contact', 'relation', self.env._("Last contact"),
            fields.Date.to_string(date), self._customer_360_date(date),
            hint=f"{kinds[entry.kind]}, {self._customer_360_days_ago(date)}",
            action=entry.action_open_document(),
            help=self._last_contact_help(),
        )]

    def _last_contact_help(self):
        return self.env._("The latest meeting, message or call with the customer.")

    def _customer_360_days_ago(self, date):
        days = (fields.Date.context_today(self) - date).days
        if days <= 0:
            return self.env._("today")
        if days == 1:
            return self.env._("yesterday")
        # threshold: a larger unit once two of it have passed
        return format_timedelta(
            timedelta(days=-days), granularity='day', threshold=2, add_direction=True,
            locale=babel_locale_parse(get_lang(self.env).code),
        )

    def action_open_customer_timeline(self):
        """Open the customer's timeline as a list that can be grouped and exported."""
        self.ensure_one()
        customer = self.commercial_partner_id
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.customer_timeline_action'),
            'name': self.env._("Timeline: %s", customer.display_name),
            'domain': [('partner_id', '=', customer.id)],
        }

    def action_assign_customer_tier(self):
        """Open the dialog that sets the tier and asks for the reason."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Assign a Tier"),
            'res_model': 'crm.customer.tier.assign',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'default_partner_ids': self.commercial_partner_id.ids,
                'default_tier_id': (
                    self.commercial_partner_id.customer_tier_id.id if len(self) == 1 else False
                ),
            },
        }
