from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL

from ..matching.likeness import KINDS, Rules, compare, jaccard

#: records read per key: more of them share it by chance, such as the number of a call centre
PER_KEY = 25
#: names read that are alike, and neighbours in the alphabet on either side
ALIKE_PER_NAME = 10
NEIGHBOURS = 12
#: what the warning shows; how many there are it says too
SHOWN = 5


class CrmDuplicateFinder(models.AbstractModel):
    """Finds who exists already among leads and contacts, for one record or for thousands.

    One statement reaches the records that share a key with the ones in question, through the
    indexes of the keys and through the record rules of whoever asks. What it has read is
    compared in Python: see ``matching/likeness.py``.
    """

    _name = 'crm.duplicate.finder'
    _description = "Search for Duplicates"

    @api.model
    def _models(self):
        return ['crm.lead', 'res.partner']

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    @api.model
    def _rules(self, company_id):
        """The :class:`Rules` of a company: its own points, else those of all companies."""
        points, likeness, _warn_score = self._rule_values(company_id)
        return Rules(dict(points), likeness)

    @api.model
    def _warn_score(self, company_id):
        """From which score on a company wants to be warned."""
        return self._rule_values(company_id)[2]

    @api.model
    @tools.ormcache('company_id')
    def _rule_values(self, company_id):
        # sudo: points per kind of reason, which everybody sees in the scores
        rules = self.env['crm.duplicate.rule'].sudo().search(
            [('company_id', 'in', (company_id, False))])
        points = {
            rule.kind: rule.points
            # the company's own come last and replace the others
            for rule in rules.sorted(lambda rule: bool(rule.company_id))
        }
        # sudo: from which likeness on names count, and from which score to warn
        company = self.env['res.company'].sudo().browse(company_id)
        return (
            tuple(points.items()), company.duplicate_likeness / 100, company.duplicate_warn_score)

    # ------------------------------------------------------------
    # FINDING
    # ------------------------------------------------------------

    @api.model
    def _find(self, profiles, minimum, *, open_only=False, company=None, among=False,
              alike=True, thorough=False):
        """Find the duplicates of each profile among what the user may read.

        The number of statements does not depend on the number of profiles.

        :param profiles: list of :class:`Profile`
        :param int minimum: the score from which a record is returned
        :param bool open_only: leave out leads that are won or lost
        :param bool alike: look for names that are not the same, too, beside each other in the
            alphabet
        :param bool thorough: let the database look for names that are alike anywhere, where it
            can (pg_trgm), not only beside each other in the alphabet; for one among a million
            names that takes some tens of milliseconds
        :param bool among: compare the profiles with each other, too
        :param company: whose rules count for profiles of no company; the current one by default
        :return: a list, for each profile a list of ``(score, reasons, profile)``, best first
        """
        company = company or self.env.company
        public = self.env['res.partner']._public_domains(
            set().union(*(profile.domains for profile in profiles)))
        profiles = [
            profile._replace(domains=profile.domains - public) for profile in profiles]
        # one for all: how alike names must be to be read at all
        rules = {
            company_id: self._rules(company_id)
            for company_id in {profile.company_id or company.id for profile in profiles}
        }
        by_key = self._candidates(
            profiles, min((rule.likeness for rule in rules.values()), default=1), open_only,
            alike, thorough)
        for profile in profiles if among else ():
            for key in self._keys_of(profile):
                by_key[key].append(profile)
        return [
            self._ranked(profile, by_key, rules[profile.company_id or company.id], minimum)
            for profile in profiles
        ]

    @api.model
    def _compare(self, pairs):
        """Compare two profiles each, without looking for others.

        :param pairs: list of pairs of :class:`Profile`
        :return: a list of ``(score, reasons)``
        """
        public = self.env['res.partner']._public_domains(
            set().union(*(one.domains for one, _other in pairs)))
        return [
            compare(
                one._replace(domains=one.domains - public), other,
                self._rules(one.company_id or other.company_id or self.env.company.id))
            for one, other in pairs
        ]

    def _ranked(self, profile, by_key, rules, minimum):
        candidates = {
            (candidate.model, candidate.id): candidate
            for key in self._keys_of(profile)
            for candidate in by_key.get(key, ())
        }
        candidates.pop((profile.model, profile.id), None)
        found = [
            (*compare(profile, candidate, rules), candidate)
            for candidate in candidates.values()
        ]
        return sorted(
            (match for match in found if match[0] >= minimum),
            key=lambda match: (-match[0], match[2].model, -match[2].id),
        )

    @api.model
    def _keys_of(self, profile):
        """The values by which others may be found, each as it is stored."""
        keys = {profile.email, profile.phone, profile.vat, profile.name}
        for domain in profile.domains:
            keys |= {domain, f'@{domain}'}
        return keys - {None, ''}

    def _candidates(self, profiles, likeness, open_only, alike, thorough):
        """Read who has one of the keys of the profiles, or (``alike``) a name like theirs.

        :return: ``{key: [Profile]}``
        """
        keys = sorted(set().union(*(self._keys_of(profile) for profile in profiles)))
        names = sorted({profile.name for profile in profiles if profile.name}) if alike else []
        thorough = bool(thorough and names and self.env.registry.has_trigram)
        self.env['res.company']._warm_hierarchy()
        selects = [
            select
            for model in self._models() if keys and self.env[model].has_access('read')
            for select in self._selects(model, keys, names, open_only, thorough)
        ]
        found = defaultdict(list)
        if not selects:
            return found
        statement = SQL(" UNION ALL ").join(selects)
        if thorough:
            # the operator % of the index asks for at least this much, in this transaction
            statement = SQL("SET LOCAL pg_trgm.similarity_threshold = %s; %s",
                            round(jaccard(likeness), 3), statement)
        for model, key, *row in self.env.execute_query(statement):
            found[key].append(self.env[model]._duplicate_profile(row))
        return found

    def _selects(self, model, keys, names, open_only, thorough):
        """The SELECTs of the records of ``model`` that have one of the keys, or such a name.

        They share one query that holds what the reader may see; each adds its condition to it.
        """
        records = self.env[model].with_context(active_test=False)
        query = records._search(records._duplicate_domain(open_only))
        if query.is_empty():
            return
        base = SQL(
            "SELECT %s FROM %s WHERE %s", SQL(", ").join(records._duplicate_columns_shown(query)),
            query.from_clause, query.where_clause)
        for wanted, condition in (
            (keys, self._key_condition(records, query)),
            *((names, condition) for condition in self._name_conditions(
                records._match_column(query, 'match_name'), thorough) if names),
        ):
            yield SQL(
                "SELECT %s::text, wanted.value, found.*"
                " FROM unnest(%s::text[]) wanted(value), LATERAL (%s AND %s) found",
                model, wanted, base, condition,
            )

    @api.model
    def _key_condition(self, records, query):
        """A key may stand in any of the columns: each has its index, and all are asked at once.

        That a value of one kind stands in the column of another is found out in comparing.
        """
        return SQL("(%s) LIMIT %s", SQL(" OR ").join(
            SQL("%s = wanted.value", records._match_column(query, fname))
            for fname in records.MATCH_FIELDS
        ), PER_KEY)

    @api.model
    def _name_conditions(self, column, thorough):
        """How names are reached that are not the same, each with how many of them are read."""
        yield from (
            # the next ones in the alphabet share the longest beginning
            SQL("%s > wanted.value ORDER BY %s LIMIT %s", column, column, NEIGHBOURS),
            SQL("%s < wanted.value ORDER BY %s DESC LIMIT %s", column, column, NEIGHBOURS),
        )
        if thorough:
            yield SQL(
                "%s %% wanted.value ORDER BY similarity(%s, wanted.value) DESC LIMIT %s",
                column, column, ALIKE_PER_NAME)

    @api.model
    def _profiles(self, model, ids):
        """Read the profiles of records that the user may read; in one statement."""
        records = self.env[model].with_context(active_test=False)
        query = records._search([('id', 'in', list(ids))])
        if query.is_empty():
            return []
        return [
            records._duplicate_profile(row)
            for row in self.env.execute_query(query.select(*records._duplicate_columns_shown(query)))
        ]

    # ------------------------------------------------------------
    # SAYING
    # ------------------------------------------------------------

    @api.model
    def _describe(self, profile, dismissed, thorough):
        """Say in words who the profile may be already.

        :param dismissed: pairs of model and id that are known to be somebody else
        :return: ``{'count': int, 'matches': [{'model', 'id', 'name', 'detail', 'kind', 'badge',
            'score', 'reasons', 'can_merge'}]}``, the best few; all that the user may read
        """
        minimum = self._warn_score(profile.company_id or self.env.company.id)
        # names that are only alike are for the second, thorough question of who is typing
        [found] = self._find([profile], minimum, alike=thorough, thorough=thorough)
        found = [match for match in found
                 if (match[2].model, match[2].id) not in dismissed]
        shown = found[:SHOWN]
        details = {
            model: self.env[model]._duplicate_details(
                [match[2] for match in shown if match[2].model == model])
            for model in self._models()
        }
        return {
            'count': len(found),
            'matches': [
                {
                    'model': other.model,
                    'id': other.id,
                    'score': score,
                    'reasons': self._words([reason._asdict() for reason in reasons]),
                    **details[other.model][other.id],
                }
                for score, reasons, other in shown
            ],
        }

    @api.model
    def _describe_many(self, profiles):
        """See :meth:`CrmDuplicateSourceMixin.find_duplicates_of_many`."""
        minimum = self._warn_score(self.env.company.id)
        return [
            [
                {
                    **({'row': -1 - other.id} if other.id < 0
                       else {'model': other.model, 'id': other.id}),
                    'score': score,
                    'reasons': self._words([reason._asdict() for reason in reasons]),
                }
                for score, reasons, other in found
                if other.id > 0 or other.id > profile.id
            ]
            for profile, found in zip(
                profiles, self._find(profiles, minimum, among=True), strict=True)
        ]

    @api.model
    def _words(self, reasons):
        """The reasons as a salesperson reads them: a list of texts.

        :param reasons: list of dicts with the fields of :class:`Reason`
        """
        texts = {
            'email': self.env._("same e-mail"),
            'phone': self.env._("same phone number"),
            'vat': self.env._("same tax ID"),
            'domain': self.env._("same web or mail domain"),
            'company_name': self.env._("same company name"),
            'person_name': self.env._("same name"),
            'city': self.env._("same city"),
        }
        return [
            texts[reason['kind']] if reason['likeness'] == 100
            else self.env._("name %s %% alike", reason['likeness'])
            for reason in reasons
            if reason['kind'] in KINDS
        ]
