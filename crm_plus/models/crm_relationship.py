from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..relationship import Figure, Reading
from ..relationship.reading import PERIODS


class CrmRelationship(models.AbstractModel):
    """The relationship models of the books as pages of live figures over what is there already.

    Each model has steps, each step a method that returns its figures; other modules add theirs
    to a step by extending its method with ``super()``. A figure is a number of records that the
    reader may read: the records that its click opens. Nothing is stored.
    """

    _name = 'crm.relationship'
    _inherit = [
        'crm.relationship.idic.mixin',
        'crm.relationship.value.chain.mixin',
        'crm.relationship.processes.mixin',
        'crm.relationship.counts.mixin',
    ]
    _description = "Relationship Models"

    @api.model
    @api.readonly
    def get_page(self, model: str, filters: dict | None = None) -> dict:
        """Return a model with its steps and their figures.

        :param model: a key of :meth:`_relationship_models`
        :param filters: ``period`` (a key of ``PERIODS``), ``company_id``, ``team_id``
        :raises AccessError: for who may not see what is known of customers, or not of the company
        """
        filters = filters or {}
        page = self._in_company(filters.get('company_id'))._read_page(model, filters)
        page['companies'] = [
            {'id': company.id, 'name': company.name} for company in self.env.companies]
        return page

    def _in_company(self, company_id):
        """Look at one of the ticked companies, as if it were the only one."""
        if not self.env.user.has_group('crm_plus.group_user'):
            raise AccessError(self.env._("You may not see the relationship models."))
        if not company_id:
            return self
        if company_id not in self.env.companies.ids:
            raise AccessError(self.env._(
                "This company is not among those that you are working with."))
        return self.with_context(allowed_company_ids=[company_id], one_company=company_id)

    def _read_page(self, key, filters):
        models_ = self._relationship_models()
        if key not in models_ or filters.get('period', 'year') not in PERIODS:
            raise UserError(self.env._("There is no such page."))
        reading = self._reading(filters)
        model = models_[key]
        figures = {step.key: step.figures(reading) for step in model['steps']}
        earlier = {
            figure.key: figure for step in model['steps']
            for figure in step.figures(reading.earlier) if figure.dated
        }
        counts = self._count_figures({
            **{(figure.key, 'now'): figure for step in figures.values() for figure in step},
            **{(figure_key, 'earlier'): figure for figure_key, figure in earlier.items()},
        })
        return {
            'model': key,
            'models': [
                {'key': other, 'name': values['name']} for other, values in models_.items()],
            'name': model['name'],
            'summary': model['summary'],
            'source': model['source'],
            'period': filters.get('period', 'year'),
            'days': self.env._(
                "%(first)s to %(last)s", first=format_date(self.env, reading.first),
                last=format_date(self.env, reading.end - timedelta(days=1))),
            'steps': [
                {
                    'key': step.key,
                    'name': step.name,
                    'question': step.question,
                    'part': step.part,
                    'groups': self._figure_groups(figures[step.key], counts),
                }
                for step in model['steps']
            ],
        }

    def _figure_groups(self, figures, counts):
        """Return figures as the page shows them, those in a row with one heading together."""
        groups = []
        for figure in figures:
            if not groups or groups[-1]['name'] != figure.group:
                groups.append({'key': len(groups), 'name': figure.group, 'figures': []})
            groups[-1]['figures'].append(self._figure_values(
                figure, counts[figure.key, 'now'],
                counts.get((figure.key, 'earlier'), (None, None))))
        return groups

    # ------------------------------------------------------------
    # EXTENSION POINTS
    # ------------------------------------------------------------

    @api.model
    def _relationship_models(self) -> dict[str, dict]:
        """Return the models by key: ``name``, ``summary``, ``source`` and ``steps``."""
        return {
            'idic': self._idic(),
            'value_chain': self._value_chain(),
            'processes': self._processes(),
        }

    @api.model
    def _figure_views(self, model) -> list[tuple[str | bool, str]]:
        """Return the views in which the records of a model are opened: XML id or False, kind."""
        return {
            'crm.lead': [('crm.crm_case_tree_view_oppor', 'list'), (False, 'kanban'), (False, 'form')],
            'res.partner': [(False, 'list'), (False, 'kanban'), (False, 'form')],
            'account.move': [('account.view_out_invoice_tree', 'list'), (False, 'form')],
        }.get(model, [(False, 'list'), (False, 'form')])

    # ------------------------------------------------------------
    # PERIOD
    # ------------------------------------------------------------

    def _reading(self, filters) -> Reading:
        months = PERIODS[filters.get('period', 'year')]
        end = fields.Date.context_today(self) + timedelta(days=1)
        first = end - relativedelta(months=months)
        team_id = int(filters.get('team_id') or 0)
        before = end - relativedelta(months=2 * months)
        return self._days(first, end, team_id, self._days(before, first, team_id))

    def _days(self, first, end, team_id, earlier=None):
        return Reading(first, end, self._midnight(first), self._midnight(end), team_id, earlier)

    def _midnight(self, day):
        """Return when a day begins for the reader, in UTC as the database has it."""
        local = self.env.tz.localize(datetime.combine(day, time.min))
        return local.astimezone(utc).replace(tzinfo=None)

    # ------------------------------------------------------------
    # ONE FIGURE
    # ------------------------------------------------------------

    def _figure_values(self, figure: Figure, counts, before) -> dict:
        """Return a figure as the page shows it."""
        count, total = counts
        value = self._figure_value(figure, count, total)
        shown = {
            'key': figure.key, 'label': figure.label, 'count': count.number,
            'total': total.number if figure.of is not None else False,
        }
        if value is None:
            return shown | {'missing': figure.todo}
        words = {
            'count': self._number(count.number), 'total': self._number(total.number),
            'amount': self._amount(count.amount), 'total_amount': self._amount(total.amount),
            'share': self._percent(value) if figure.of is not None else '',
        }
        rest = total.number - count.number
        return shown | {
            'display': words['share'] or words['amount' if figure.amount else 'count'],
            'among': self._figure_among(figure, words),
            'share': min(max(value, 0), 1) if figure.of is not None else False,
            'text': (figure.none if not count.number and figure.none else figure.text) % words,
            'trend': self._figure_trend(figure, value, before),
            'action': self._figure_action(figure, figure.label, figure.counted),
            'others': {
                'count': rest,
                'label': f'{self._number(rest)} {figure.others}',
                'action': self._figure_action(
                    figure, f'{figure.label}: {figure.others}', figure.rest),
            } if figure.others and rest else False,
        }

    def _figure_value(self, figure, count, total):
        """Return the figure: a share, an amount or a number; nothing where there is nothing."""
        if figure.of is None:
            value = count.amount if figure.amount else count.number
            return None if figure.todo and not count.number else value
        part, whole = (
            (count.amount, total.amount) if figure.amount else (count.number, total.number))
        return part / whole if whole > 0 else None

    def _figure_among(self, figure, words):
        """Return of how many, or of which sum, the figure is a share."""
        if figure.of is None:
            return self.env._("from %(count)s", **words) if figure.amount else ''
        if figure.amount:
            return self.env._("%(amount)s of %(total_amount)s", **words)
        return self.env._("%(count)s of %(total)s", **words)

    def _figure_trend(self, figure, value, before):
        """Return how the figure has changed since the period before; nothing without a change."""
        count, total = before
        if count is None:
            return False
        former = self._figure_value(figure, count, total)
        if former is None or (figure.of is None and not former):
            return False
        change = value - former
        if figure.of is not None:
            change = round(100 * change)
        elif figure.amount:
            change = round(100 * change / abs(former))
        if not change:
            return False
        text = f"{'+' if change > 0 else '−'}{self._number(abs(change))}"
        if figure.of is not None:
            text = self.env._("%(change)s points", change=text)
        elif figure.amount:
            text = f'{text}%'
        return {
            'up': change > 0,
            'tone': figure.better and (
                'success' if (change > 0) == (figure.better == 'more') else 'danger'),
            'text': text,
            'before': self.env._(
                "%s in the period before",
                self._percent(former) if figure.of is not None
                else self._amount(former) if figure.amount else self._number(former)),
        }

    def _figure_action(self, figure, name, domain):
        """Return the action that opens exactly these records."""
        context = {'create': False}
        if not figure.active_test:
            context['active_test'] = False
        if self.env.context.get('one_company'):
            context['allowed_company_ids'] = self.env.companies.ids
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': figure.model,
            'views': [
                # by its cached id: env.ref() asks the database each time
                (view and self.env['ir.model.data']._xmlid_to_res_id(view), kind)
                for view, kind in self._figure_views(figure.model)
            ],
            'domain': list(domain),
            'context': context,
        }

    # ------------------------------------------------------------
    # AS THE READER WRITES NUMBERS
    # ------------------------------------------------------------

    def _number(self, number):
        return formatLang(self.env, number, digits=0)

    def _amount(self, amount):
        return self.env['res.partner']._customer_360_amount(amount)

    def _percent(self, share):
        """Return a share in per cent; nothing and everything are said only where it is so."""
        if 0 < share < 0.005:
            return '<1%'
        if 0.995 <= share < 1:
            return '>99%'
        return f'{round(100 * share)}%'
