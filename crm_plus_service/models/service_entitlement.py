from collections import defaultdict
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..entitlement import Balance, Contract, Ledger, Work

PERIOD_MONTHS = {'1': 1, '3': 3, '12': 12, '0': 0}


class Coverage(NamedTuple):
    """What pays for the work on a case.

    ``state`` is ``warranty``, ``contract``, ``overdue`` (a contract with an unpaid invoice that
    covers all the same), or why nothing covers it: ``used_up``, ``unpaid``, ``expired``, ``none``.
    """

    state: str
    #: the order line of the product or contract, the invoice line of a product that was sold
    #: without an order; empty for ``none``
    line: models.BaseModel
    last: object = False  #: last day of the warranty or contract
    balance: Balance | None = None  #: what is left of the contract in the period of the case
    uncovered: float = 0.0  #: hours of work that nothing pays for


class ServiceEntitlement(models.AbstractModel):
    """Reads from orders and their invoices what customers are entitled to. Keeps nothing.

    All methods take many cases or customers at once; the number of queries does not depend on
    how many. They read with all rights: give them what the user may see, and show of the answer
    what belongs to it. Warranties are read in ``service_entitlement_warranty.py``.
    """

    _name = 'service.entitlement'
    _description = 'Warranties and Service Contracts'

    @api.model
    def _local_day(self, moment, company):
        """Return the day of ``moment`` (UTC) in the working hours' time zone of the company."""
        zone = timezone(company.resource_calendar_id.tz or 'UTC')
        return utc.localize(moment).astimezone(zone).date()

    @api.model
    def _today(self, company):
        return self._local_day(fields.Datetime.now(), company)

    # ------------------------------------------------------------
    # ORDER LINES
    # ------------------------------------------------------------

    @api.model
    def _sold_domain(self, customers, companies):
        return (
            Domain('state', '=', 'sale')
            & Domain('order_partner_id.commercial_partner_id', 'in', customers.ids)
            & Domain('company_id', 'in', companies.ids)
            & Domain('product_uom_qty', '>', 0)
        )

    @api.model
    def _posted_lines(self, line):
        return line.invoice_lines.filtered(lambda posted: posted.parent_state == 'posted')

    @api.model
    def _is_credited(self, line):
        """Tell whether all that was invoiced of the order line was given back."""
        posted = self._posted_lines(line)
        return bool(posted) and sum(
            -invoiced.quantity if invoiced.move_type == 'out_refund' else invoiced.quantity
            for invoiced in posted
        ) <= 0

    @api.model
    def _is_overdue(self, line):
        """Tell whether an invoice of the order line should have been paid by now."""
        today = self._today(line.company_id)
        return any(
            move.move_type == 'out_invoice'
            and move.payment_state in ('not_paid', 'partial')
            and move.invoice_date_due
            and move.invoice_date_due < today
            for move in self._posted_lines(line).move_id
        )

    # ------------------------------------------------------------
    # CONTRACTS
    # ------------------------------------------------------------

    @api.model
    def _read_contracts(self, customers, companies):
        """Return the contracts of the customers, by customer and company, the best first.

        :return: dict (``res.partner``, ``res.company``) → list of
            (``sale.order.line``, :class:`~..entitlement.Contract`)
        """
        # sudo: see the class; only lines that these customers bought of these companies
        lines = self.env['sale.order.line'].sudo().search(
            self._sold_domain(customers, companies)
            & Domain('product_id.is_service_contract', '=', True)
        )
        contracts = defaultdict(list)
        for line in lines.sorted(self._rank):
            if not self._is_credited(line):
                key = line.order_partner_id.commercial_partner_id, line.company_id
                contracts[key].append((line, self._prepare_contract(line)))
        return contracts

    @api.model
    def _rank(self, line):
        response_class = line.product_id.contract_response_class_id
        return (
            not response_class, response_class.sequence, response_class.id,
            self._prepare_contract(line).last, line.id,
        )

    @api.model
    def _prepare_contract(self, line):
        product = line.product_id
        first = self._local_day(line.order_id.date_order, line.company_id)
        return Contract(
            key=line.id,
            first=first,
            last=first + relativedelta(months=product.contract_months, days=-1),
            unit=product.contract_unit,
            amount=product.contract_amount * line.product_uom_qty,
            months=(
                0 if product.contract_unit == 'unlimited'
                else PERIOD_MONTHS[product.contract_period]
            ),
        )

    @api.model
    def _refuses(self, line):
        """Tell whether the contract does not cover because it is not paid."""
        return line.company_id.service_unpaid_contract == 'refuses' and self._is_overdue(line)

    @api.model
    def _read_running_contracts(self, customers, companies):
        """Return the order lines of the contracts that cover today, the best first.

        :return: dict (``res.partner``, ``res.company``) → ``sale.order.line``
        """
        # sudo: the same lines, gathered
        return {
            key: self.env['sale.order.line'].sudo().concat(*(
                line for line, contract in contracts
                if contract.runs_on(self._today(line.company_id)) and not self._refuses(line)
            ))
            for key, contracts in self._read_contracts(customers, companies).items()
        }

    @api.model
    def _balance_text(self, line, balance):
        """Say what is left of a contract: 3.5 of 10 h left until 12/31/2026."""
        unit = line.product_id.contract_unit
        names = {
            'left': f'{round(balance.left, 2):g}',
            'amount': f'{round(balance.amount, 2):g}',
            'day': format_date(self.env, balance.last),
        }
        if unit == 'hours':
            return self.env._('%(left)s of %(amount)s h left until %(day)s', **names)
        if unit == 'cases':
            return self.env._('%(left)s of %(amount)s cases left until %(day)s', **names)
        return self.env._('all work until %(day)s', **names)

    @api.model
    def _contract_text(self, line, balance):
        """Say which contract it is and what is left of it."""
        name = line.order_id.name
        if response_class := line.product_id.contract_response_class_id:
            name = f'{name} ({response_class.name})'
        return f'{name}: {self._balance_text(line, balance)}'

    # ------------------------------------------------------------
    # COVERAGE OF CASES
    # ------------------------------------------------------------

    @api.model
    def _read_coverage(self, cases):
        """Return what pays for the work on each case, as it is now.

        :return: dict case → :class:`Coverage`
        """
        # sudo: see the class
        cases = cases.sudo()
        contracts = self._read_contracts(cases.commercial_partner_id, cases.company_id)
        days = {case: self._case_day(case) for case in cases}
        groups = cases.grouped(self._contract_key)
        history = self._read_history({
            key: (contracts[key], {days[case] for case in group})
            for key, group in groups.items() if key in contracts
        }).filtered(lambda case: case not in cases._origin)
        warranties = self._read_warranties(history | cases)
        earlier = history.grouped(self._contract_key)
        coverage = {}
        for key, group in groups.items():
            own = contracts.get(key, [])
            ledger = self._make_ledger(earlier.get(key, history.browse()) | group, own, warranties)
            for case in group:
                coverage[case] = self._case_coverage(
                    case, days[case], own, ledger, warranties.get(case))
        return coverage

    @api.model
    def _contract_key(self, case):
        return case.commercial_partner_id._origin, case.company_id._origin

    @api.model
    def _case_day(self, case):
        return self._local_day(case.opened_date or fields.Datetime.now(), case.company_id)

    @api.model
    def _read_balances(self, customer, companies):
        """Return what is left today of the contracts of a customer that run.

        :return: list of (``sale.order.line``, :class:`~..entitlement.Balance`)
        """
        contracts = self._read_contracts(customer, companies)
        history = self._read_history({
            key: (own, {self._today(key[1])}) for key, own in contracts.items()
        })
        warranties = self._read_warranties(history)
        cases = history.grouped(self._contract_key)
        balances = []
        for key, own in contracts.items():
            ledger = self._make_ledger(cases.get(key, history.browse()), own, warranties)
            balances += [
                (line, ledger.balance(contract, self._today(line.company_id)))
                for line, contract in own if contract.runs_on(self._today(line.company_id))
            ]
        return balances

    @api.model
    def _read_history(self, asked):
        """Return the cases that may have used the contracts that run on the days asked for.

        :param dict asked: (``res.partner``, ``res.company``) → contracts, set of days
        """
        # a day earlier: the company's midnight is not that of the database
        wanted = [
            Domain('commercial_partner_id', '=', customer.id)
            & Domain('company_id', '=', company.id)
            & Domain('opened_date', '>=', fields.Datetime.to_datetime(
                since - relativedelta(days=1)))
            for (customer, company), (contracts, days) in asked.items()
            if (since := self._history_start([it for _line, it in contracts], days))
        ]
        # with the archived ones: the work on them was done
        # sudo: summed up, see the class
        return self.env['service.case'].sudo().with_context(active_test=False).search(
            Domain.OR(wanted))

    @api.model
    def _history_start(self, contracts, days):
        """Return since when cases matter for the contracts that run on the days, if any do."""
        running = [
            contract.first for contract in contracts
            if any(contract.runs_on(day) for day in days)
        ]
        if not running:
            return None
        since = min(running)
        # what ran when those began may have taken work off them, and so on
        while (earlier := min(it.first for it in contracts if it.last >= since)) < since:
            since = earlier
        return since

    @api.model
    def _make_ledger(self, cases, contracts, warranties):
        """Spread the work on the cases over the contracts that are not refused."""
        paid = [contract for line, contract in contracts if not self._refuses(line)]
        return Ledger(paid, self._prepare_works(cases, warranties))

    @api.model
    def _prepare_works(self, cases, warranties):
        """Return the works that are no matter of a warranty, in the order of the cases."""
        works = []
        for case in cases:
            warranty = warranties.get(case)
            day = self._case_day(case)
            if not warranty or warranty[1] < day:
                # archived: merged into another, or never really one
                counts = case.active and not case.stage_id.is_cancelled
                work = Work(case.id, day, case.time_spent, counts)
                # a case that is not saved yet comes last
                works.append((case.opened_date or fields.Datetime.now(),
                              case._origin.id or float('inf'), work))
        return [work for _opened, _id, work in sorted(works, key=lambda it: it[:2])]

    @api.model
    def _case_coverage(self, case, day, contracts, ledger, warranty):
        if warranty and warranty[1] >= day:
            return Coverage('warranty', *warranty)
        share = ledger.shares[case.id]
        running = {
            contract.key: (line, contract) for line, contract in contracts
            if contract.runs_on(day)
        }
        if share.contracts:
            # of several, the one that has something left
            line, contract = running[share.contracts[-1]]
            warns = line.company_id.service_unpaid_contract == 'warns' and self._is_overdue(line)
            state = 'overdue' if warns else 'contract'
            return Coverage(
                state, line, contract.last, ledger.balance(contract, day), share.uncovered)
        none = self.env['sale.order.line'].sudo()  # sudo: empty, as the others are
        for line, contract in running.values():
            if not self._refuses(line):
                return Coverage('used_up', line, contract.last, ledger.balance(contract, day),
                                share.uncovered)
        for line, contract in running.values():
            return Coverage('unpaid', line, contract.last, None, share.uncovered)
        if warranty:
            return Coverage('expired', *warranty, None, share.uncovered)
        return Coverage('none', none, uncovered=share.uncovered)
