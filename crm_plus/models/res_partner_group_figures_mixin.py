"""The figures of a group of companies: each member's, and all together, in one currency."""

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from .company_rates import company_rates
from .customer_figures_mixin import ORDER, POSTED, UNPAID

#: The figures in the order of their columns.
COLUMNS = (
    'invoiced', 'invoiced_before', 'margin', 'receivable', 'overdue', 'pipeline', 'open_cases')


class ResPartnerGroupFiguresMixin(models.AbstractModel):
    """The figures of groups of companies, for ``res.partner``, which inherits from this."""

    _name = 'res.partner.group.figures.mixin'
    _description = "Partner: Figures of a Group of Companies"

    def get_group_figures(self):
        """Return the figures of a group of companies, with the rights of the reader.

        Amounts of the ticked companies, in the current company's currency: documents count at
        the rate of their day, other companies' currencies at today's. A fixed number of
        queries, whatever the number of members and documents.

        :return: dict with ``columns`` (key, label, help, whether money), ``members`` (from the
            top down: ``id``, ``name``, ``level``, ``active``, ``current``, ``account_id``,
            ``values`` and ``texts`` by column), ``total`` (``values``, ``texts``), ``hidden``
            (how many members the reader may not see) and ``currency``
        """
        self.ensure_one()
        if not self.env.user.has_group('crm_plus.group_user'):
            raise AccessError(self.env._("You may not see the figures of groups."))
        self.check_access('read')
        tree = self.commercial_partner_id._group_tree()
        readable = self.with_context(active_test=False).search([('id', 'in', list(tree))])
        columns = self._group_columns()
        figures = self._group_figures(readable)
        accounts = {
            account.partner_id.id: account.id
            for account in self._key_accounts(Domain('partner_id', 'in', readable.ids))
        }
        members = []
        for member, level in self._group_order(tree, readable):
            values = {column['key']: figures[column['key']].get(member.id, 0)
                      for column in columns}
            members.append({
                'id': member.id, 'name': member.name or member.display_name, 'level': level,
                'active': member.active, 'current': member == self.commercial_partner_id,
                'account_id': accounts.get(member.id, False),
                'values': values, 'texts': self._group_texts(columns, values),
            })
        total = {
            column['key']: sum(member['values'][column['key']] for member in members)
            for column in columns
        }
        return {
            'columns': columns,
            'members': members,
            'total': {'values': total, 'texts': self._group_texts(columns, total)},
            'hidden': len(tree) - len(readable),
            'currency': self.env.company.currency_id.name,
        }

    def _group_order(self, tree, readable):
        """Return the members with their level, each below the one that owns it.

        Whoever is owned by a member that the reader may not see stands below the next one that
        they may.
        """
        below = {}
        for member_id, parent_id in tree.items():
            below.setdefault(parent_id, []).append(member_id)
        members = {member.id: member for member in readable}
        ordered = []
        waiting = [(top, 0) for top in below.get(None, [])]
        while waiting:
            member_id, level = waiting.pop()
            member = members.get(member_id)
            if member:
                ordered.append((member, level))
            own = sorted(
                below.get(member_id, []),
                key=lambda each: (members[each].name or '') if each in members else '',
                reverse=True)
            waiting += [(each, level + bool(member)) for each in own]
        return ordered

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    def _group_columns(self) -> list[dict]:
        """Return the columns whose documents the reader may read at all."""
        invoices = self.env['account.move'].has_access('read')
        shown = {
            'invoiced': invoices, 'invoiced_before': invoices, 'receivable': invoices,
            'overdue': invoices,
            'margin': self.env['sale.order'].has_access('read'),
            'pipeline': self.env['crm.lead'].has_access('read'),
            'open_cases': self.env['customer.timeline']._timeline_tells('is_open'),
        }
        labels = {
            'invoiced': (self.env._("Invoiced, 12 months"), self.env._(
                "Posted invoices less credit notes of the last 12 months, without taxes.")),
            'invoiced_before': (self.env._("12 months before"), self.env._(
                "The same of the 12 months before.")),
            'margin': (self.env._("Margin, 12 months"), self.env._(
                "Sales price less cost of the orders confirmed in the last 12 months.")),
            'receivable': (self.env._("Open receivables"), self.env._(
                "What is still to be paid on posted invoices, taxes included, less open credit "
                "notes.")),
            'overdue': (self.env._("Overdue"), self.env._(
                "The part of the open receivables whose due date has passed.")),
            'pipeline': (self.env._("Open pipeline"), self.env._(
                "Expected revenue of the opportunities that are neither won nor lost.")),
            'open_cases': (self.env._("Open cases"), self.env._(
                "What they have asked for or complained about and is not settled yet.")),
        }
        return [
            {'key': key, 'label': labels[key][0], 'help': labels[key][1],
             'money': key != 'open_cases'}
            for key in COLUMNS if shown[key]
        ]

    def _group_texts(self, columns, values):
        currency = self.env.company.currency_id
        return {
            column['key']: format_amount(
                self.env, round(values[column['key']]), currency, trailing_zeroes=False,
            ) if column['money'] else str(values[column['key']])
            for column in columns
        }

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _group_figures(self, members) -> dict[str, dict[int, float]]:
        """Return each figure by member's id, in the current company's currency."""
        figures = {key: {} for key in COLUMNS}
        if not members:
            return figures
        rates = company_rates(self.env)
        for rows, keys in (
            (self._group_invoices(members),
             ('invoiced', 'invoiced_before', 'receivable', 'overdue')),
            (self._group_margins(members), ('margin',)),
            (self._group_pipelines(members), ('pipeline',)),
        ):
            for member_id, company_id, *amounts in rows:
                for key, amount in zip(keys, amounts, strict=True):
                    figures[key][member_id] = figures[key].get(member_id, 0) + (
                        float(amount or 0) * rates[company_id or False])
        Timeline = self.env['customer.timeline']
        if Timeline._timeline_tells('is_open'):
            figures['open_cases'] = {
                member.id: count for member, count in Timeline._read_group(
                    self._group_domain('open_cases', members.ids), ['partner_id'], ['__count'])
            }
        return figures

    def _group_aggregate(self, model, domain, *columns: SQL):
        """Return sums by member and company over the documents that the reader may read."""
        documents = self.env[model]
        if not documents.has_access('read'):
            return []
        query = documents._search(domain)
        if query.is_empty():
            return []
        self.env.flush_all()
        customer = query.join(query.table, 'partner_id', 'res_partner', 'id', 'group_member')
        keys = SQL(
            "%s, %s", SQL.identifier(customer, 'commercial_partner_id'),
            SQL.identifier(query.table, 'company_id'))
        query.groupby = keys
        return self.env.execute_query(query.select(keys, *columns))

    def _group_invoices(self, members):
        since, before, today = self._group_dates()
        unpaid = SQL("account_move.payment_state IN ('not_paid', 'partial')")
        return self._group_aggregate(
            'account.move', self._group_documents(members.ids) & POSTED,
            SQL("SUM(account_move.amount_untaxed_signed)"
                " FILTER (WHERE account_move.invoice_date >= %s)", since),
            SQL("SUM(account_move.amount_untaxed_signed) FILTER ("
                "WHERE account_move.invoice_date >= %s AND account_move.invoice_date < %s)",
                before, since),
            SQL("SUM(account_move.amount_residual_signed) FILTER (WHERE %s)", unpaid),
            SQL("SUM(account_move.amount_residual_signed)"
                " FILTER (WHERE %s AND account_move.invoice_date_due < %s)", unpaid, today),
        )

    def _group_margins(self, members):
        return self._group_aggregate(
            'sale.order', self._group_domain('margin', members.ids),
            SQL("SUM(sale_order.margin / COALESCE(NULLIF(sale_order.currency_rate, 0), 1))"),
        )

    def _group_pipelines(self, members):
        return self._group_aggregate(
            'crm.lead', self._group_domain('pipeline', members.ids),
            SQL("SUM(crm_lead.expected_revenue)"),
        )

    def _group_dates(self):
        today = fields.Date.context_today(self)
        since = today - relativedelta(months=12)
        return since, since - relativedelta(months=12), today

    # ------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------

    def _group_documents(self, member_ids) -> Domain:
        return Domain('partner_id.commercial_partner_id', 'in', member_ids) & Domain(
            'company_id', 'in', self.env.companies.ids)

    def _group_domain(self, key, member_ids) -> Domain:
        """Return the documents behind a figure of members."""
        since, before, today = (fields.Date.to_string(day) for day in self._group_dates())
        of_nobody = Domain('company_id', 'in', [*self.env.companies.ids, False])
        documents = self._group_documents(member_ids)
        return {
            'invoiced': documents & POSTED & Domain('invoice_date', '>=', since),
            'invoiced_before': documents & POSTED & Domain('invoice_date', '>=', before)
            & Domain('invoice_date', '<', since),
            'receivable': documents & UNPAID,
            'overdue': documents & UNPAID & Domain('invoice_date_due', '<', today),
            # the moment when the last 12 months began for the reader
            'margin': documents & ORDER & Domain(
                'date_order', '>=', fields.Datetime.to_string(self._customer_360_since_utc())),
            'pipeline': of_nobody & Domain(
                'partner_id.commercial_partner_id', 'in', member_ids)
            & Domain('type', '=', 'opportunity') & Domain('won_status', '=', 'pending'),
            'open_cases': of_nobody & Domain('partner_id', 'in', member_ids)
            & Domain('is_open', '=', True),
        }[key]

    def action_open_group_records(self, key, member_id=False):
        """Open the documents behind a figure of one member, or of the whole group."""
        self.ensure_one()
        self.check_access('read')
        if key not in COLUMNS:
            return False
        tree = self.commercial_partner_id._group_tree()
        members = self.with_context(active_test=False).search([
            ('id', 'in', [member_id] if member_id in tree else list(tree))])
        label = next(
            (column['label'] for column in self._group_columns() if column['key'] == key), '')
        model, view = {
            'margin': ('sale.order', False),
            'pipeline': ('crm.lead', 'crm.crm_case_tree_view_oppor'),
            'open_cases': ('customer.timeline', 'crm_plus.customer_timeline_view_list'),
        }.get(key, ('account.move', 'account.view_out_invoice_tree'))
        return {
            'type': 'ir.actions.act_window',
            'name': label,
            'res_model': model,
            'views': [
                (self.env.ref(view).id if view else False, 'list'),
                *([] if model == 'customer.timeline' else [(False, 'form')]),
            ],
            'domain': list(self._group_domain(key, members.ids)),
            'context': {'create': False},
        }
