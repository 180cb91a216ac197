"""Why an account is as healthy as it is: sentences that a salesperson reads, and the records."""

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from .crm_account_health_pieces_mixin import ORDER_DAYS, ORDER_YEARS
from .customer_figures_mixin import ORDER, PAID, POSTED, UNPAID


class CrmAccountHealthWordsMixin(models.AbstractModel):
    """The words of account health, for ``crm.key.account``, which inherits from this.

    For each ``kind`` of ``crm.health.measure`` there are ``_health_words_<kind>`` and
    ``_health_records_<kind>``; who adds a kind adds both.
    """

    _name = 'crm.account.health.words.mixin'
    _description = "Key Account: Reasons of Account Health"

    def _health_sentence(self, kind, figure, amounts) -> str:
        """Return the reason that a part gives.

        :param figure: as :meth:`_health_pieces` made it
        :param amounts: what one may be told: amounts of money too, or only where they go
        """
        return getattr(self, f'_health_words_{kind}')(figure, amounts)

    def _health_action(self, kind) -> dict | bool:
        """Return the action that opens the records of a part, as the reader may read them."""
        action = getattr(self, f'_health_records_{kind}')()
        return action if self.env[action['res_model']].has_access('read') else False

    def _health_missing_words(self) -> dict[str, str]:
        """Return why nothing is known of a part; extended together with the parts."""
        return {
            'revenue': self.env._("Nothing was invoiced in the 12 months before the last 12."),
            'order': self.env._(
                "Orders on fewer than %(days)s days in %(years)s years.",
                days=ORDER_DAYS, years=ORDER_YEARS),
            'overdue': self.env._("Nothing was invoiced yet."),
            'late': self.env._("No invoice of the last 12 months was paid."),
            'pipeline': self.env._("Nothing was invoiced in 12 months to compare with."),
            'contact': self.env._("No contact cadence is set for the customer's tier."),
            'people': self.env._("Nobody is in the buying centre yet."),
            'stance': self.env._("Nobody's stance is known."),
            'cases': self.env._("No cases are kept here."),
            'satisfaction': self.env._("They were not asked in 12 months, or did not answer."),
            'agreement': self.env._("No agreement is in force."),
        }

    def _health_amount_sources(self) -> dict[str, tuple[str, Domain]]:
        """Return the documents behind the amounts of a part: who may not read all of them is
        not told the amounts. Extended together with the parts."""
        invoices = ('account.move', self._health_documents() & POSTED)
        return {
            'revenue': invoices, 'overdue': invoices,
            'pipeline': ('crm.lead', self._opportunity_domain()),
        }

    def _health_documents(self) -> Domain:
        return Domain('partner_id.commercial_partner_id', '=', self.partner_id.id) & Domain(
            'company_id', '=', self.company_id.id)

    def _health_tells_amounts(self) -> dict[str, bool]:
        """Return for each part with amounts whether the reader may be told them."""
        sources, known, told = self._health_amount_sources(), {}, {}
        for kind, (model, domain) in sources.items():
            source = model, repr(domain)
            if source not in known:
                known[source] = self._reads_all(model, domain)
            told[kind] = known[source]
        return told

    def _reads_all(self, model, domain) -> bool:
        documents = self.env[model]
        if not documents.has_access('read'):
            return False
        readable = documents._search(domain)
        # sudo: only whether there are others is used
        return not documents.sudo().search_count(
            domain & Domain('id', 'not in', readable), limit=1)

    # ------------------------------------------------------------
    # SENTENCES
    # ------------------------------------------------------------

    def _health_money(self, amount):
        return format_amount(self.env, round(amount), self.currency_id, trailing_zeroes=False)

    def _health_percent(self, value):
        return self.env._("%s %%", round(abs(value)))

    def _health_words_revenue(self, figure, amounts):
        if round(figure['value']) == 0:
            return self.env._("Revenue is the same as in the 12 months before.")
        values = {'percent': self._health_percent(figure['value'])}
        if amounts:
            values |= {name: self._health_money(figure[name]) for name in ('now', 'before')}
            return self.env._(
                "Revenue has grown by %(percent)s: %(now)s in 12 months, %(before)s in the 12 "
                "before.", **values,
            ) if figure['value'] > 0 else self.env._(
                "Revenue has fallen by %(percent)s: %(now)s in 12 months, %(before)s in the 12 "
                "before.", **values,
            )
        return self.env._("Revenue of the last 12 months has grown.") if figure['value'] > 0 else (
            self.env._("Revenue of the last 12 months has fallen."))

    def _health_words_order(self, figure, amounts):
        return self.env._(
            "The last order was %(days)s days ago; they usually order every %(interval)s days.",
            **{name: figure[name] for name in ('days', 'interval')})

    def _health_words_overdue(self, figure, amounts):
        if not figure['value']:
            return self.env._("No invoice is overdue.")
        if not amounts:
            return self.env._(
                "Invoices are overdue, the oldest for %s days.", figure['value'])
        values = {'count': figure['count'], 'amount': self._health_money(figure['amount']),
                  'days': figure['value']}
        return self.env._(
            "One invoice is overdue for %(days)s days: %(amount)s.", **values,
        ) if figure['count'] == 1 else self.env._(
            "%(count)s invoices are overdue, the oldest for %(days)s days: %(amount)s.", **values)

    def _health_words_late(self, figure, amounts):
        days = round(figure['value'])
        if days <= 0:
            return self.env._("They pay in time.")
        return self.env._("They pay one day late on average.") if days == 1 else self.env._(
            "They pay %s days late on average.", days)

    def _health_words_pipeline(self, figure, amounts):
        if not figure['count']:
            return self.env._("There is no open opportunity.")
        if not amounts:
            return self.env._("There are open opportunities.")
        return self.env._(
            "Open opportunities of %(amount)s: %(percent)s of what was invoiced in 12 months.",
            amount=self._health_money(figure['amount']),
            percent=self._health_percent(figure['value']))

    def _health_words_contact(self, figure, amounts):
        if figure['never']:
            return self.env._(
                "Nobody has been in contact with them yet; there should be contact every "
                "%s days.", figure['allowed'])
        return self.env._(
            "The last contact was %(days)s days ago; there should be one every %(allowed)s days.",
            days=figure['days'], allowed=figure['allowed'])

    def _health_words_people(self, figure, amounts):
        sentences = {
            'decider': self.env._("No decision maker is known."),
            'single': self.env._("All depends on one contact."),
            'blocker': self.env._("Nobody of us looks after those who block."),
        }
        if not figure['concerns']:
            return self.env._(
                "%s people are known, a decision maker among them.", figure['count'])
        return " ".join(sentences[concern] for concern in figure['concerns'])

    def _health_words_stance(self, figure, amounts):
        if not figure['against']:
            return self.env._("Nobody whose stance is known is against us.")
        return self.env._(
            "One of %s people whose stance is known is against us.", figure['count'],
        ) if figure['against'] == 1 else self.env._(
            "%(against)s of %(count)s people whose stance is known are against us.",
            against=figure['against'], count=figure['count'])

    def _health_words_cases(self, figure, amounts):
        if not figure['value']:
            return self.env._("Nothing that they asked for or complained about is open.")
        return self.env._("One case of theirs is not settled.") if figure['value'] == 1 else (
            self.env._("%s cases of theirs are not settled.", figure['value']))

    def _health_words_satisfaction(self, figure, amounts):
        percent = self._health_percent(figure['value'])
        return self.env._("They said once that they are satisfied by %s.", percent) if (
            figure['count'] == 1
        ) else self.env._(
            "They said %(count)s times how satisfied they are: %(percent)s on average.",
            count=figure['count'], percent=percent)

    def _health_words_agreement(self, figure, amounts):
        if 'name' not in figure:
            return self.env._("None of their agreements is about to end.")
        date = format_date(self.env, figure['date'], date_format='medium')
        return self.env._(
            "“%(name)s” ends on %(date)s and is not renewed.", name=figure['name'], date=date,
        ) if figure['value'] >= 0 else self.env._(
            "“%(name)s” ended on %(date)s and was not renewed.", name=figure['name'], date=date)

    # ------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------

    def _health_list(self, name, model, domain, **values):
        return {
            'type': 'ir.actions.act_window',
            'name': f"{name}: {self.partner_id.display_name}",
            'res_model': model,
            'views': [(False, 'list'), (False, 'form')],
            'domain': list(domain),
            'context': {'create': False},
            **values,
        }

    def _health_invoice_list(self, name, domain):
        return self._health_list(
            name, 'account.move', self._health_documents() & domain,
            views=[(self.env.ref('account.view_out_invoice_tree').id, 'list'), (False, 'form')],
            context={'create': False, 'default_move_type': 'out_invoice'})

    def _health_since(self, months):
        day = fields.Date.context_today(self) - relativedelta(months=months)
        return fields.Date.to_string(day)

    def _health_records_revenue(self):
        return self._health_invoice_list(
            self.env._("Invoices of 24 months"),
            POSTED & Domain('invoice_date', '>=', self._health_since(24)))

    def _health_records_order(self):
        return self._health_list(
            self.env._("Orders"), 'sale.order', self._health_documents() & ORDER)

    def _health_records_overdue(self):
        return self._health_invoice_list(
            self.env._("Overdue invoices"),
            UNPAID & Domain('invoice_date_due', '<', self._health_since(0)))

    def _health_records_late(self):
        return self._health_invoice_list(
            self.env._("Invoices paid in 12 months"),
            PAID & Domain('invoice_date', '>=', self._health_since(12)))

    def _health_records_pipeline(self):
        return self.action_view_opportunities()

    def _health_timeline(self, name, domain):
        return self._health_list(
            name, 'customer.timeline',
            Domain('partner_id', '=', self.partner_id.id)
            & Domain('company_id', 'in', [self.company_id.id, False]) & domain,
            views=[(self.env.ref('crm_plus.customer_timeline_view_list').id, 'list')])

    def _health_records_contact(self):
        kinds = self.env['customer.timeline']._timeline_contact_kinds()
        return self._health_timeline(self.env._("Contacts"), Domain('kind', 'in', kinds))

    def _health_records_people(self):
        return self.action_view_roles()

    def _health_records_stance(self):
        return self.action_view_roles()

    def _health_records_cases(self):
        return self._health_timeline(self.env._("Not settled"), Domain('is_open', '=', True))

    def _health_records_satisfaction(self):
        return self._health_timeline(
            self.env._("What they said"), Domain('has_satisfaction', '=', True))

    def _health_records_agreement(self):
        return self.action_view_agreements()
