"""One page about a key account, to be read before a visit."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from .crm_account_measure_dealings_mixin import OPEN_CASES
from .crm_account_measure_mixin import MeasureRequest
from .crm_account_plan_action import OPEN as OPEN_ACTION
from .crm_account_plan_amount_mixin import measure_text
from .customer_figures_mixin import ORDER, QUOTATION

#: What of the last 12 months stands beside the year before, in this order.
PAGE_MEASURES = (
    'revenue', 'ordered', 'margin', 'margin_rate', 'share_of_wallet', 'win_rate', 'late_payment',
    'days_to_pay', 'cases', 'satisfaction',
)
#: How many of each there are on the page, so that it stays one page.
LIMITS = {
    'people': 7, 'orders': 3, 'quotations': 2, 'overdue': 3, 'leads': 3, 'projects': 2,
    'goals': 6, 'actions': 5, 'competitors': 4, 'contacts': 4, 'cases': 3,
}


class CrmAccountPageMixin(models.AbstractModel):
    """What stands on the page, for ``crm.key.account``, which inherits from this.

    Everything is read with the rights of the reader: what they may not see is left out. The
    personal profile of contacts never stands on it.
    """

    _name = 'crm.account.page.mixin'
    _description = "Key Account: Page for a Visit"

    def _page_values(self) -> dict:
        """The parts of the page, each ``None`` or empty where there is nothing to tell.

        Extended by other modules with ``super()``, together with the template, whose
        ``<div name="page_more"/>`` is meant for what they add. A fixed number of queries.
        """
        self.ensure_one()
        self.check_access('read')
        # what orders, opportunities and so on are of which company is the account's company
        account = self.with_company(self.company_id)
        return {
            'today': format_date(self.env, fields.Date.context_today(self)),
            'reader': self.env.user.name,
            'customer': account._page_customer(),
            'figures': account._page_figures(),
            'people': account._page_people(),
            'orders': account._page_orders('orders', ORDER & Domain(
                'invoice_status', 'in', ('to invoice', 'no'))),
            'quotations': account._page_orders('quotations', QUOTATION),
            'overdue': account._page_overdue(),
            'leads': account._page_leads(),
            'projects': account._page_projects(),
            'plan': account._page_plan(),
            'competitors': account._page_competitors(),
            'contacts': account._page_contacts(),
            'meeting': account._page_meeting(),
            'cases': account._page_cases(),
        }

    # ------------------------------------------------------------
    # PIECES
    # ------------------------------------------------------------

    def _page_part(self, part, model, domain, order, row) -> dict | None:
        """The first documents of a kind, and how many more there are.

        :param row: makes a dict of texts of a document
        """
        documents = self.env[model]
        if not documents.has_access('read'):
            return None
        limit = LIMITS[part]
        count = documents.search_count(domain)
        return count and {
            'rows': [row(one) for one in documents.search(domain, order=order, limit=limit)],
            'count': count,
            'more': max(count - limit, 0),
        }

    def _page_documents(self, *, without_company=False) -> Domain:
        companies = [self.company_id.id, *([False] if without_company else [])]
        return Domain('partner_id.commercial_partner_id', '=', self.partner_id.id) & Domain(
            'company_id', 'in', companies)

    def _page_label(self, record, name) -> str:
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], '')

    def _page_customer(self) -> dict:
        # sudo: name, address and telephone of the customer of an account that one may read
        partner = self.partner_id.sudo()
        facts = [
            (self.env._("Makes"), self.products_made),
            (self.env._("Sells to"), self.market_note),
            (self.env._("Uses our product"), self.product_usage),
            (self.env._("Habits"), self.habits),
        ]
        return {
            'name': partner.name,
            'address': ", ".join(filter(None, (
                partner.street, " ".join(filter(None, (partner.zip, partner.city))),
                partner.country_id.name))),
            'reach': " · ".join(filter(None, (partner.phone, partner.email, partner.website))),
            'tier': self.partner_id.customer_tier_id.name or '',
            # sudo: the names of the industry profile and of the colleague who manages it
            'profile': self.profile_id.sudo().name or '',
            'manager': self.user_id.sudo().name or '',
            'facts': [{'label': label, 'text': text} for label, text in facts if text],
        }

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _page_figures(self) -> list[dict]:
        """The figures of the last 12 months beside those of the 12 months before."""
        measures = self.env['crm.account.measure']
        today = fields.Date.context_today(self)
        spans = [
            measures._twelve_months(today),
            measures._twelve_months(today - relativedelta(months=12)),
        ]
        requests = [
            MeasureRequest(self.partner_id.id, self.company_id.id, *span) for span in spans]
        known = {
            key: measure for key, measure in measures._measures().items()
            if key in PAGE_MEASURES and not measure.missing
        }
        values = measures._read_measures(dict.fromkeys(known, requests))
        rows = []
        for key in PAGE_MEASURES:
            now, before = (values.get((key, request)) for request in requests)
            if now or before:
                rows.append(self._page_figure(known[key], now, before))
        return rows

    def _page_figure(self, measure, now, before) -> dict:
        def text(value):
            return "–" if value is None else measure_text(
                self.env, value, measure.unit, self.currency_id)
        change, tone = '', ''
        if now is not None and before is not None:
            change = self._page_change(measure.unit, now, before)
            better = now < before if measure.lower else now > before
            tone = '' if not change else 'good' if better else 'bad'
        return {
            'label': measure.label, 'now': text(now), 'before': text(before),
            'change': change, 'tone': tone,
        }

    def _page_change(self, unit, now, before) -> str:
        if unit == 'money':
            if before <= 0 or abs(now - before) * 200 < before:
                return ''
            return f"{100 * (now - before) / before:+.0f} %"
        difference = round(now - before, 1)
        if not difference:
            return ''
        return f"{difference:+.0f}" if abs(difference) >= 1 else f"{difference:+.1f}"

    # ------------------------------------------------------------
    # PEOPLE, BUSINESS
    # ------------------------------------------------------------

    def _page_people(self):
        """Those of the buying centre who count most; what is personal stays elsewhere."""
        Role = self.env['crm.account.role']
        if not Role.has_access('read'):
            return None
        roles = self._buying_centre_roles(
            Role.search(Domain('account_id', '=', self.id), order='influence desc, id'),
            False, False)
        cards = roles[:LIMITS['people']]
        return roles and {
            'rows': [
                {
                    **card,
                    'stance_label': self._page_label(role, 'stance'),
                    'influence_label': self._page_label(role, 'influence'),
                    'role_names': ", ".join(one['name'] for one in card['roles']),
                }
                for role, card in zip(cards, self._buying_centre_cards(cards, cards), strict=True)
            ],
            'count': len(roles),
            'more': max(len(roles) - LIMITS['people'], 0),
        }

    def _page_orders(self, part, domain):
        return self._page_part(
            part, 'sale.order', self._page_documents() & domain, 'date_order desc, id desc',
            lambda order: {
                'name': order.name,
                'date': format_date(self.env, order.date_order),
                'amount': format_amount(self.env, order.amount_untaxed, order.currency_id),
            })

    def _page_overdue(self):
        today = fields.Date.context_today(self)
        domain = self._page_documents() & Domain(
            self.partner_id._customer_360_overdue())
        part = self._page_part(
            'overdue', 'account.move', domain, 'invoice_date_due, id', lambda invoice: {
                'name': invoice.name,
                'date': self.env._("%s days", (today - invoice.invoice_date_due).days),
                'amount': format_amount(
                    self.env, invoice.amount_residual_signed, self.currency_id),
            })
        if part:
            total, = self.env['account.move']._read_group(
                domain, [], ['amount_residual_signed:sum'])[0]
            part['total'] = format_amount(self.env, total, self.currency_id)
        return part

    def _page_leads(self):
        return self._page_part(
            'leads', 'crm.lead',
            self._opportunity_domain(), 'expected_revenue desc, id', lambda lead: {
                'name': lead.name,
                'stage': lead.stage_id.name or '',
                'date': format_date(self.env, lead.date_deadline) if lead.date_deadline else '',
                'amount': format_amount(self.env, lead.expected_revenue, self.currency_id),
            })

    def _page_projects(self):
        return self._page_part(
            'projects', 'crm.procurement.project',
            Domain('account_id', '=', self.id) & Domain('state', 'in', ('planned', 'open')),
            'date_decision, id', lambda project: {
                'name': project.name,
                'late': project.is_late,
                'date': format_date(self.env, project.date_decision)
                if project.date_decision else '',
                'amount': format_amount(self.env, project.budget, project.currency_id)
                if project.budget else '',
            })

    def _page_competitors(self):
        return self._page_part(
            'competitors', 'crm.account.competitor',
            Domain('partner_id', '=', self.partner_id.id)
            & Domain('company_id', '=', self.company_id.id),
            'share desc, id', lambda rival: {
                'name': rival.competitor_id.name,
                'product': rival.product_id.name or '',
                'share': f"{rival.share:.0f} %" if rival.share else '',
                'price': format_amount(self.env, rival.price, rival.currency_id)
                if rival.price else '',
                'satisfaction': self._page_label(rival, 'satisfaction'),
            })

    # ------------------------------------------------------------
    # PLAN
    # ------------------------------------------------------------

    def _page_plan(self):
        """The current plan: its goals with the gap, and what is to be done next."""
        plan = self.plan_id
        if not plan or not plan.has_access('read'):
            return None
        goals = plan.goal_ids
        return {
            'name': plan.name,
            'state': self._page_label(plan, 'state'),
            'period': f"{format_date(self.env, plan.date_start)} – "
                      f"{format_date(self.env, plan.date_end)}",
            'time': f"{plan.time_progress:.0f} %",
            'goals': [
                {
                    'name': goal.name,
                    'start': goal.start_text,
                    'value': goal.value_text,
                    'target': goal.target_text,
                    'gap': goal.gap_text,
                    'status': goal.status,
                    'status_label': self._page_label(goal, 'status'),
                }
                for goal in goals[:LIMITS['goals']]
            ],
            'more_goals': max(len(goals) - LIMITS['goals'], 0),
            'actions': self._page_part(
                'actions', 'crm.account.plan.action',
                Domain('plan_id', '=', plan.id) & Domain('state', 'in', OPEN_ACTION),
                'date_deadline, id', lambda action: {
                    'name': action.name,
                    # sudo: the name of the colleague who does it
                    'owner': action.user_id.sudo().name,
                    'date': format_date(self.env, action.date_deadline),
                    'late': action.is_late,
                }),
        }

    # ------------------------------------------------------------
    # DEALINGS
    # ------------------------------------------------------------

    def _page_entries(self, part, domain, order='date desc, id desc'):
        kinds = dict(self.env['customer.timeline']._fields['kind']._description_selection(
            self.env))
        return self._page_part(
            part, 'customer.timeline',
            domain & Domain('partner_id', '=', self.partner_id.id)
            & Domain('company_id', 'in', [self.company_id.id, False]),
            order, lambda entry: {
                'date': format_date(self.env, fields.Datetime.context_timestamp(
                    self, entry.date).date()),
                'kind': kinds[entry.kind],
                'name': entry.name or '',
                # sudo: the name alone, of a contact on a document that the reader may read
                'contact': entry.contact_id.sudo().name or ''
                if entry.contact_id != self.partner_id else '',
            })

    def _page_contacts(self):
        kinds = self.env['customer.timeline']._timeline_contact_kinds()
        return self._page_entries('contacts', Domain('kind', 'in', kinds) & Domain(
            'date', '<=', fields.Datetime.now()))

    def _page_meeting(self):
        """The next meeting: most likely the visit for which the page is."""
        now = fields.Datetime.now()
        part = self._page_entries(
            'contacts', Domain('kind', '=', 'meeting') & Domain('date', '>', now)
            & Domain('date', '<', now + timedelta(days=60)), 'date, id')
        return part and part['rows'][0]

    def _page_cases(self):
        return self._page_entries('cases', OPEN_CASES)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_print_page(self):
        """Print the page."""
        return self.env.ref('crm_plus.action_report_key_account_page').report_action(self)

    def action_send_page(self):
        """Open the dialog that sends the page to colleagues."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Send the Page"),
            'res_model': 'crm.account.page.send',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_account_id': self.id},
        }
