from itertools import product

from odoo import api, models
from odoo.fields import Domain

from ..industry_templates.plan import Item, resolved
from ..industry_templates.shape import LANGUAGE

TEXTS = ('char', 'text', 'html')


class CrmIndustryRecogniseMixin(models.AbstractModel):
    """Which records the items of a template are, of those that are there.

    How it works: the external id that an item names goes first, then what an earlier application
    of the template made or changed, then what the item is recognised by, such as its name.
    """

    _name = 'crm.industry.recognise.mixin'
    _description = "Recognising Items of Industry Templates"

    @api.model
    def _recognise(self, items, work):
        """Find the record of each item; parents before children."""
        journal = {}
        for line in work['lines']:
            if line.application_id.company_id == self.env.company:
                journal.setdefault(line.item, []).append((line.model, line.res_id))
        for application in work['applications']:
            for item, (model, record_id, _external_id) in (application.recognised or {}).items():
                journal.setdefault(item, []).append((model, record_id))
        depth = 0
        while level := [item for item in items.values() if len(item.keys) == depth + 1]:
            groups = {}
            for item in level:
                if item.is_setting:
                    item.record_id = self.env.company.id
                elif not item.parent or item.parent.record_id:
                    groups.setdefault(item.section, []).append(item)
            candidates = {
                section: self._find_candidates(section, group)
                for section, group in groups.items()
            }
            self._recognise_level(candidates, groups, journal, work)
            depth += 1

    @api.model
    def _recognise_level(self, candidates, groups, journal, work):
        taken = set()

        def take(item, record_id):
            if not item.record_id and record_id in candidates[item.section][0] and (
                    item.section.model, record_id) not in taken:
                item.record_id = record_id
                taken.add((item.section.model, record_id))

        for group in groups.values():
            for item in group:
                model, record_id = work['external'].get(item.values.get('record'), ('', 0))
                if model == item.section.model:
                    take(item, record_id)
        for group in groups.values():
            for item in group:
                for model, record_id in journal.get(item.id, ()):
                    if model == item.section.model:
                        take(item, record_id)
        done = set()
        for group in groups.values():
            for item in group:
                self._recognise_by_identity(item, candidates, take, done, work)

    @api.model
    def _recognise_by_identity(self, item, candidates, take, done, work):
        if item in done:
            return
        done.add(item)
        for key in item.section.identity:
            for linked in item.links.get(key, ()):
                # one that is recognised by another has to wait for it
                if linked.section in candidates and len(linked.keys) == len(item.keys):
                    self._recognise_by_identity(linked, candidates, take, done, work)
        _ids, index = candidates[item.section]
        for identity in self._identities(item, work):
            for record_id in index.get(identity, ()):
                take(item, record_id)

    @api.model
    def _find_candidates(self, section, items):
        """Return the records that items of a section may be: their ids, and those by identity."""
        model = self.env[section.model]
        domain = Domain([(name, '=', value) for name, value in section.fixed.items()])
        if section.company:
            domain &= Domain(section.company, 'in', [self.env.company.id, False])
        if section.parent:
            domain &= Domain(section.parent, 'in', [item.parent.record_id for item in items])
        records = model.search(domain, order=section.order)
        names = [section.field_of(key) for key in section.identity]
        extra = [name for name in (section.company, section.parent) if name]
        if 'active' in model._fields:
            extra.append('active')
        stored = self._stored(records, [*names, *extra])
        index = {}
        # the company's own before shared ones, active before archived ones
        for record_id in sorted(stored, key=lambda record_id: (
            not stored[record_id].get(section.company),
            not stored[record_id].get('active', True),
        )):
            values = stored[record_id]
            parts = [self._identity_values(section.model, name, values[name]) for name in names]
            for identity in product([values.get(section.parent)], *parts):
                index.setdefault(identity, []).append(record_id)
        return set(stored), index

    @api.model
    def _identity_values(self, model, name, value):
        """Return by what a stored value may be recognised: texts in each of their languages."""
        kind = self._kind(model, name)
        if kind == 'translated':
            return {text.strip().lower() for text in (value or {}).values() if text} or {''}
        if kind in TEXTS:
            return {(value or '').strip().lower()}
        if kind in ('float', 'monetary'):
            return {round(value or 0, 6)}
        return {value or False}

    @api.model
    def _identities(self, item, work):
        """Yield the identities that the record of an item may have."""
        section = item.section
        parts = []
        for key in section.identity:
            name = section.field_of(key)
            wanted = resolved(self._wanted(item, key, work))
            if isinstance(wanted, Item):
                return
            kind = self._kind(section.model, name)
            if kind == 'translated':
                parts.append([(wanted.get(LANGUAGE) or '').strip().lower()])
            elif kind in TEXTS:
                parts.append([
                    (item.text(key, lang) or '').strip().lower() for lang in work['words']])
            else:
                parts.append(self._identity_values(section.model, name, wanted))
        parent = item.parent.record_id if item.parent else None
        yield from product([parent], *parts)
