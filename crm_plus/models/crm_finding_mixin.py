from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.addons.iap.tools.iap_tools import _MAIL_PROVIDERS
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_quality_waiver import FINDING_KINDS

#: parts of host names that say nothing about whose they are
GENERIC_LABELS = [
    'ac', 'co', 'com', 'edu', 'email', 'gov', 'gv', 'info', 'mail', 'net', 'org', 'web', 'www',
]
#: pages that people enter as their website; they are nobody's own domain
SHARED_HOSTS = r'(^|\.)(facebook|instagram|linkedin|twitter|x|xing|youtube|google)\.[a-z.]+$'


class Finding(NamedTuple):
    """One thing to look for, of the records that :meth:`_finding_from` calls ``it``."""

    #: the work list that it stands in: 'incomplete', 'stale' or 'contradictory'
    work_list: str
    condition: SQL
    #: what was found, in letters: "not an issue" holds as long as this stays the same
    detail: SQL


class CrmFindingMixin(models.AbstractModel):
    """Records that somebody should look at, found in one statement however many there are.

    A model says what to look for in :meth:`_finding_kinds`. What somebody has marked as "not an
    issue" is left out until the values that were looked at change.
    """

    _name = 'crm.finding.mixin'
    _description = "Records That Need Attention"

    #: the column of `crm.quality.waiver` that points at this model
    WAIVER_COLUMN = None
    #: which field says that a record stands in which work list
    WORK_LIST_FIELDS = {'is_incomplete': 'incomplete', 'is_contradictory': 'contradictory'}

    is_incomplete = fields.Boolean(
        "Incomplete", compute='_compute_findings', search='_search_is_incomplete',
        help="The quality is below what your company asks for.",
    )
    is_contradictory = fields.Boolean(
        "Contradictory", compute='_compute_findings', search='_search_is_contradictory',
        help="What is said here does not go together.",
    )
    finding_text = fields.Char(
        "To Look At", compute='_compute_findings',
        help="Why this stands in a work list.",
    )
    finding_kind = fields.Selection(
        FINDING_KINDS, "Kind of Finding", compute='_compute_findings',
        search='_search_finding_kind',
        help="The first thing that was found.",
    )

    # ------------------------------------------------------------
    # WHAT TO LOOK FOR
    # ------------------------------------------------------------

    @api.model
    def _finding_kinds(self):
        """Return what to look for: a dict of kind to :class:`Finding`."""
        raise NotImplementedError

    @api.model
    def _finding_from(self):
        """Return the tables of one record as SQL, the record itself as ``it``."""
        raise NotImplementedError

    @api.model
    def _finding_sql(self, kinds=None, ids=None):
        """Return SQL for what is found: id, kind and detail, without what is not an issue.

        :param kinds: only these; all of them without
        :param ids: only on these records
        """
        among = SQL("TRUE") if ids is None else SQL("it.id = ANY(%s)", list(ids))
        found = SQL(" UNION ALL ").join(
            SQL(
                "SELECT it.id, %s AS kind, COALESCE(%s, '') AS detail FROM %s WHERE %s AND (%s)",
                kind, finding.detail, self._finding_from(), among, finding.condition,
            )
            for kind, finding in self._finding_kinds().items()
            if kinds is None or kind in kinds
        )
        return SQL(
            """
            SELECT found.id, found.kind, found.detail FROM (%s) found
             WHERE NOT EXISTS (
                   SELECT FROM crm_quality_waiver waiver
                    WHERE waiver.%s = found.id AND waiver.kind = found.kind
                      AND waiver.detail = found.detail AND waiver.active)
            """,
            found, SQL.identifier(self.WAIVER_COLUMN),
        )

    def _find(self, kinds=None):
        """Return what is found on these records: id to a list of (kind, detail)."""
        found = defaultdict(list)
        if ids := self._origin.ids:
            self.env.flush_all()
            for record_id, kind, detail in self.env.execute_query(self._finding_sql(kinds, ids)):
                found[record_id].append((kind, detail))
        return found

    # ------------------------------------------------------------
    # WORK LISTS
    # ------------------------------------------------------------

    @api.depends_context('work_list')
    def _compute_findings(self):
        found = self._find()
        kinds = self._finding_kinds()
        told = self._kinds_told()
        for record in self:
            mine = found[record._origin.id]
            lists = {kinds[kind].work_list for kind, _detail in mine}
            for name, work_list in self.WORK_LIST_FIELDS.items():
                record[name] = work_list in lists
            record.finding_kind = mine[0][0] if mine else False
            record.finding_text = '; '.join(
                record._describe_finding(kind, detail) for kind, detail in mine if kind in told)

    @api.model
    def _kinds_told(self):
        """Return what is told of a record: in a work list, what that is about.

        On the form, what is missing stands beside it anyway.
        """
        kinds = self._finding_kinds()
        work_list = self.env.context.get('work_list')
        if work_list == 'all':
            return set(kinds)
        return {
            kind for kind, finding in kinds.items()
            if finding.work_list == (work_list or finding.work_list)
            and (work_list or kind != 'incomplete')
        }

    def _describe_finding(self, kind, detail):
        """Return a finding in words that a salesperson reads."""
        if kind == 'incomplete':
            return self.quality_text or self.env._("Quality %s", detail)
        label = dict(self._fields['finding_kind']._description_selection(self.env))[kind]
        return f'{label} ({detail})' if detail else label

    @api.model
    def _search_work_list(self, name, operator):
        if operator != 'in':
            return NotImplemented
        return self._search_kinds({
            kind for kind, finding in self._finding_kinds().items() if finding.work_list == name
        })

    @api.model
    def _search_kinds(self, kinds):
        kinds = kinds & self._finding_kinds().keys()
        if not kinds:
            return Domain.FALSE
        self.env.flush_all()
        return Domain('id', 'in', SQL(
            "(SELECT finding.id FROM (%s) finding)", self._finding_sql(kinds)))

    @api.model
    def _search_is_incomplete(self, operator, _value):
        return self._search_work_list('incomplete', operator)

    @api.model
    def _search_is_contradictory(self, operator, _value):
        return self._search_work_list('contradictory', operator)

    @api.model
    def _search_finding_kind(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._search_kinds(set(value))

    # ------------------------------------------------------------
    # WHAT IS DONE ABOUT IT
    # ------------------------------------------------------------

    def action_not_an_issue(self):
        """Ask why what was found on these records is not an issue."""
        return self._open_dialog(
            self.env._("Not an Issue"), 'crm.quality.waive',
            {
                f'default_{self.WAIVER_COLUMN}s': self.ids,
                'work_list': self.env.context.get('work_list') or 'all',
            },
        )

    def action_schedule_activity(self):
        """Ask for an activity to be planned on each of these records."""
        return self._open_dialog(self.env._("Schedule Activity"), 'mail.activity.schedule', {
            'active_model': self._name, 'active_ids': self.ids, 'active_id': self.ids[:1],
        })

    def _open_dialog(self, name, model, context):
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': model,
            'views': [(False, 'form')],
            'target': 'new',
            'context': context,
        }

    # ------------------------------------------------------------
    # CONDITIONS THAT LEADS AND CONTACTS SHARE
    # ------------------------------------------------------------

    @api.model
    def _email_website_finding(self):
        """E-mail and website of different domains: no part of their names is the same."""
        domain = SQL("split_part(it.email_normalized, '@', 2)")
        host = SQL(
            "lower(substring(it.website from '^(?:[a-zA-Z]+://)?(?:[wW]{3}[.])?([^/:?#]+)'))")
        return Finding(
            'contradictory',
            SQL(
                """
                it.email_normalized IS NOT NULL AND it.website IS NOT NULL
                AND %(domain)s <> ALL(%(providers)s) AND NOT %(host)s ~ %(shared)s
                AND NOT EXISTS (
                    SELECT FROM unnest(string_to_array(%(domain)s, '.'))
                           WITH ORDINALITY AS label(name, position)
                     WHERE label.position < cardinality(string_to_array(%(domain)s, '.'))
                       AND label.name <> ALL(%(generic)s)
                       AND label.name = ANY(string_to_array(%(host)s, '.')))
                """,
                domain=domain, host=host, providers=list(_MAIL_PROVIDERS),
                shared=SHARED_HOSTS, generic=GENERIC_LABELS,
            ),
            SQL("%s || ' / ' || %s", domain, host),
        )

    @api.model
    def _phone_country_finding(self):
        """A phone number of another country; North America and the Caribbean share theirs."""
        return Finding(
            'contradictory',
            SQL(
                """
                it.phone_sanitized IS NOT NULL AND country.phone_code > 0
                AND NOT starts_with(it.phone_sanitized, '+' || CASE
                    WHEN starts_with(country.phone_code::text, '1') THEN '1'
                    ELSE country.phone_code::text END)
                """
            ),
            SQL("it.phone_sanitized || ' / ' || country.code"),
        )

    @api.model
    def _state_country_finding(self):
        """A state that is not one of the country."""
        return Finding(
            'contradictory',
            SQL("state.country_id <> it.country_id"),
            SQL("state.name || ' / ' || country.code"),
        )
