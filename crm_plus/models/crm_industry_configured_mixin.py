from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..industry_templates.plan import is_same


class Call(NamedTuple):
    """How a template calls a record."""

    application: models.BaseModel
    item: str  #: add-on, section and keys
    external_id: str | None

    @property
    def key(self) -> str:
        return self.item.rpartition('/')[2]

    @property
    def section(self) -> str:
        return self.item.split('/')[1]

    @property
    def rank(self) -> tuple:
        """What stands goes before what was undone, and the newest first."""
        return self.application.state == 'undone', -self.application.id


class CrmIndustryConfiguredMixin(models.AbstractModel):
    """Which records are the configuration of a company, to be exported."""

    _name = 'crm.industry.configured.mixin'
    _description = "Configuration to Be Exported"

    @api.model
    def _calls(self):
        """Return how templates call the records of the company: ``{(model, id): Call}``."""
        lines = self.env['crm.industry.application.line'].search_fetch(
            [('application_id.company_id', '=', self.env.company.id)],
            ['application_id', 'item', 'external_id', 'model', 'res_id'])
        applications = self.env['crm.industry.application'].search(
            [('company_id', '=', self.env.company.id)])
        found = [
            ((line.model, line.res_id), Call(line.application_id, line.item, line.external_id))
            for line in lines
        ]
        found += [
            ((model, record_id), Call(application, item, external_id))
            for application in applications
            for item, (model, record_id, external_id) in (application.recognised or {}).items()
        ]
        # what goes first is entered last
        return dict(sorted(found, key=lambda entry: entry[1].rank, reverse=True))

    @api.model
    def _load_configured(self, calls):
        """Return what is to be exported by section, see :meth:`_load_tree`, and external ids.

        :param calls: see :meth:`_calls`
        """
        trees = {
            section: self._load_tree(section, self._find_configured(section, Domain.TRUE))
            for sections in self._industry_sections().values() for section in sections
        }
        own = {(section.model, record.id)
               for section, tree in trees.items() for record in tree['records']}
        external = self._find_delivered(own.union(*(
            self._linked_records(section, tree) for section, tree in trees.items())))
        for section, tree in trees.items():
            if section.telling:
                named = set().union(*(
                    self._linked_records(other, other_tree)
                    for other, other_tree in trees.items() if other != section))
                self._narrow(section, tree, named, calls, external)
        return trees, external

    @api.model
    def _find_configured(self, section, domain):
        """Return the records of a section: active ones, and delivered ones that were archived."""
        model = self.env[section.model]
        domain &= Domain([(name, '=', value) for name, value in section.fixed.items()])
        if section.company:
            domain &= Domain(section.company, 'in', [self.env.company.id, False])
        if 'active' not in model._fields:
            return model.search(domain, order=section.order)
        if 'active' not in section.fields:
            return model.search(domain & Domain('active', '=', True), order=section.order)
        records = model.search(domain, order=section.order)
        archived = records.filtered(lambda record: not record.active)
        delivered = self._find_delivered({(model._name, record.id) for record in archived})
        return records - archived.filtered(
            lambda record: (record._name, record.id) not in delivered)

    @api.model
    def _load_tree(self, section, records):
        """Return the values of records and of those nested in them.

        :return: ``records``, their ``values`` by id, and ``children``: for each nested list the
            records by the id of what they are nested in, and their own tree
        """
        names = [section.field_of(key) for key in section.fields]
        names += [name for name in (section.company,) if name]
        children = {}
        for child in section.children:
            nested = self._find_configured(child, Domain(child.parent, 'in', records.ids))
            children[child.key] = (
                nested.grouped(lambda record, child=child: record[child.parent].id),
                self._load_tree(child, nested))
        return {'records': records, 'values': self._stored(records, names), 'children': children}

    @api.model
    def _linked_records(self, section, tree):
        """Return what the records of a section and those nested in them are or name.

        :return: ``{(model, id)}``; of the section's own records only those that others name
        """
        found = set()
        for key in section.fields:
            field = self.env[section.model]._fields[section.field_of(key)]
            if field.relational:
                for values in tree['values'].values():
                    value = values[field.name]
                    found.update(
                        (field.comodel_name, one)
                        for one in (value if isinstance(value, list) else [value]) if one)
        for child in section.children:
            nested = tree['children'][child.key][1]
            found.update((child.model, record.id) for record in nested['records'])
            found |= self._linked_records(child, nested)
        return found

    @api.model
    def _narrow(self, section, tree, named, calls, external):
        """Leave out of a section what says nothing: a catalogue is no configuration.

        What stays: what a template brought, what says something, what other sections name, and
        what these stand under; but not delivered records that are only named.
        """
        values = tree['values']
        above = [
            name for name in map(section.field_of, section.fields)
            if self.env[section.model]._fields[name].type == 'many2one'
            and self.env[section.model]._fields[name].comodel_name == section.model]
        waiting = [
            record.id for record in tree['records'] if (section.model, record.id) in calls
            or self._tells(section, values[record.id])]
        kept = set(waiting)
        waiting += [
            record_id for model, record_id in named
            if model == section.model and (model, record_id) not in external]
        while waiting:
            record_id = waiting.pop()
            kept.add(record_id)
            waiting += [
                linked for name in above
                if (linked := values.get(record_id, {}).get(name)) and linked not in kept
                and (section.model, linked) not in external]
        tree['records'] = tree['records'].filtered(lambda record: record.id in kept)

    @api.model
    def _tells(self, section, values):
        """Return whether a record says what the section is about."""
        for key in section.telling:
            name = section.field_of(key)
            field = self.env[section.model]._fields[name]
            kind = self._kind(section.model, name)
            if not is_same(values[name], self._default(section.model, field, kind), kind):
                return True
        return False
