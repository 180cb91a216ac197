from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..industry_templates.domains import conditions
from ..industry_templates.plan import CircleError, levels, read_items, setting_section
from ..industry_templates.problems import Problem
from ..industry_templates.shape import is_properties
from ..industry_templates.validating import validate
from ..industry_templates.words import _lt

#: what whole numbers a column holds
INTEGERS = range(-2 ** 31, 2 ** 31)
LARGEST = 10.0 ** 15
TEXTS = ('char', 'text', 'html')


class CrmIndustryCheckMixin(models.AbstractModel):
    """Whether the files of a template fit this database: types, choices, fields, external ids."""

    _name = 'crm.industry.check.mixin'
    _description = "Checks of Industry Templates"

    @api.model
    def _validate_files(self, contents):
        """Return the problems of a template that is applied here: a list of ``Problem``."""
        sections, settings = self._industry_sections(), self._industry_settings()
        problems = validate(contents, sections, settings, self._linked_model)
        if problems:
            return problems
        items = read_items(contents, sections, settings)
        external = self._find_external_ids(items)
        for item in items.values():
            self._check_item(item, external, problems)
        if not problems:
            problems += self._check_order(items)
        return problems

    @api.model
    def _linked_model(self, section, key):
        """Return the model that a key links to; None where it is no link to an item or record."""
        model = section.model if section else 'res.company'
        field = self.env[model]._fields.get(section.field_of(key) if section else key)
        if not field or field.type not in ('many2one', 'many2many') or (
                field.comodel_name == 'ir.model.fields'):
            return None
        return field.comodel_name

    # ------------------------------------------------------------
    # EXTERNAL IDS
    # ------------------------------------------------------------

    @api.model
    def _find_external_ids(self, items):
        """Return what the external ids in the items stand for: ``{external id: (model, id)}``."""
        wanted = set()
        for item in items.values():
            if item.values.get('record'):
                wanted.add(item.values['record'])
            for key in item.section.fields:
                value = item.values.get(key)
                if self._linked_model(item.section, key) and value:
                    wanted.update(
                        one for one in (value if isinstance(value, list) else [value])
                        if '.' in one)
        pairs = [xmlid.split('.', 1) for xmlid in sorted(wanted)]
        if not pairs:
            return {}
        found = {
            f'{module}.{name}': (model, record_id)
            for module, name, model, record_id in self.env.execute_query(SQL(
                "SELECT module, name, model, res_id FROM ir_model_data"
                " WHERE (module, name) IN %s", tuple(map(tuple, pairs))))
            if model in self.env
        }
        existing = set()
        for model in {model for model, _id in found.values()}:
            ids = [record_id for own, record_id in found.values() if own == model]
            # sudo: whether the records exist, nothing of what they hold
            existing.update(
                (model, record_id) for record_id in self.env[model].sudo().browse(ids).exists().ids)
        return {xmlid: target for xmlid, target in found.items() if target in existing}

    # ------------------------------------------------------------
    # ITEMS
    # ------------------------------------------------------------

    @api.model
    def _check_item(self, item, external, problems):
        def problem(key, message, remedy, /, **values):
            way = item.way if item.is_setting else '/'.join(filter(None, (item.way, key)))
            problems.append(Problem(item.file, way, message, remedy, values))

        section = item.section
        model = self.env[section.model]
        record = external.get(item.values.get('record'))
        if record and record[0] != section.model:
            problem(
                'record', _lt("“%(record)s” is something else in this database."),
                _lt("Name a record of the same kind, or leave it out."),
                record=item.values['record'])
        for key in section.fields:
            field = model._fields[section.field_of(key)]
            if item.values.get(key) is not None:
                self._check_value(item, key, field, external, problem)
            elif field.required and not (record and key not in item.values) and (
                    key in item.values or not (field.default or field.compute)):
                problem(
                    key, _lt("It is missing."),
                    _lt("Add it.") if not item.values.get('record') else
                    _lt("The record is not in this database: add it, so that it can be made."))
        for texts in item.texts.values():
            for key in texts:
                field = model._fields[section.field_of(key)]
                if field.type not in (*TEXTS, 'properties_definition'):
                    problem(
                        key, _lt("There is no such text to translate."),
                        _lt("Translate only texts that the item has in the file without a "
                            "language."))

    @api.model
    def _check_value(self, item, key, field, external, problem):
        value = item.values[key]
        if is_properties(item.section, key):
            self._check_definition(key, field, value, problem)
        elif field.type == 'many2one' and field.comodel_name == 'ir.model.fields':
            self._check_field_name(item, key, value, problem)
        elif field.relational:
            self._check_links(item, key, field, value, external, problem)
        elif not self._is_of_type(field, value):
            problem(
                key, _lt("The value is of the wrong kind."), EXPECTED.get(
                    field.type, _lt("Write a text.")))
        elif field.type == 'selection' and value not in dict(
                field._description_selection(self.env)):
            problem(
                key, _lt("“%(value)s” is not among the choices."),
                _lt("Write one of: %(choices)s."), value=value, choices=', '.join(
                    str(choice) for choice, _label in field._description_selection(self.env)))
        elif item.section.about.get(key):
            self._check_conditions(item, key, value, problem)

    @api.model
    def _is_of_type(self, field, value):
        if field.type == 'boolean':
            return isinstance(value, bool)
        if field.type == 'integer':
            return type(value) is int and value in INTEGERS
        if field.type in ('float', 'monetary'):
            return type(value) in (int, float) and abs(value) < LARGEST
        if field.type == 'date':
            try:
                return isinstance(value, str) and fields.Date.to_string(
                    fields.Date.to_date(value)) == value
            except ValueError:
                return False
        return isinstance(value, str)

    @api.model
    def _check_definition(self, key, field, value, problem):
        try:
            field._validate_properties_definition([dict(fact) for fact in value], self.env)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            problem(
                key, _lt("The fields cannot be used: %(error)s"),
                _lt("Correct what it names."), error=error)

    @api.model
    def _check_field_name(self, item, key, value, problem):
        model = item.section.about_model(key, item.values)
        if not isinstance(value, str) or not model or value not in self.env[model]._fields:
            problem(
                key, _lt("“%(value)s” is not a field here."),
                _lt("Write the technical name of a field, such as expected_revenue."),
                value=value)

    @api.model
    def _check_links(self, item, key, field, value, external, problem):
        if isinstance(value, list) != (field.type == 'many2many') or not isinstance(
                value, (list, str)):
            problem(
                key, _lt("The value is of the wrong kind."),
                _lt("Write a list.") if field.type == 'many2many' else
                _lt("Write the key of an item, as a text."))
            return
        for reference in value if isinstance(value, list) else [value]:
            if '.' in reference and external.get(reference, ('',))[0] != field.comodel_name:
                problem(
                    key, _lt("“%(reference)s” is not in this database."),
                    _lt("Install the app that brings it, or name something else."),
                    reference=reference)

    # ------------------------------------------------------------
    # CONDITIONS
    # ------------------------------------------------------------

    @api.model
    def _check_conditions(self, item, key, value, problem):
        """Check conditions by the fields that the user may read; nothing is searched for."""
        model = item.section.about_model(key, item.values)
        for path, _operator, right in conditions(value):
            reason = self._refuse_condition(model, path, right)
            if reason:
                problem(key, *reason, path=path)
                return
        try:
            # what the user may not see was refused above
            Domain(literal_eval(value)).validate(self.env[model])
        except Exception as error:  # whatever a field's own search thinks of it
            problem(
                key, _lt("The conditions cannot be read: %(error)s"),
                _lt("Correct what it names."), error=str(error).partition('\n')[0])

    @api.model
    def _refuse_condition(self, name, path, right):
        """Return message and remedy when a condition cannot be used; None when it can."""
        model, field = self.env[name], None
        for part in path.split('.'):
            if field is not None and field.type in ('date', 'datetime', 'properties'):
                return None
            field = model._fields.get(part)
            if field is None or not (field.store or field.search):
                return (_lt("One cannot search by “%(path)s”."),
                        _lt("Write the technical names of fields that can be searched for."))
            if not model.has_access('read') or not model._has_field_access(field, 'read'):
                return (_lt("You may not read “%(path)s”."),
                        _lt("Leave the condition out, or ask somebody who may."))
            if field.relational:
                model = self.env[field.comodel_name]
        if (field.relational or field.name == 'id') and self._has_number(right):
            return (_lt("“%(path)s” is compared with the number of a record of another database."),
                    _lt("Compare with something that is the same everywhere, such as "
                        "country_id.code."))
        return None

    @api.model
    def _has_number(self, value):
        if isinstance(value, (list, tuple)):
            return any(map(self._has_number, value))
        return isinstance(value, (int, float)) and not isinstance(value, bool)

    # ------------------------------------------------------------
    # ORDER
    # ------------------------------------------------------------

    @api.model
    def _check_order(self, items):
        self._link_items(items)
        archived = [
            Problem(
                item.file, f'{item.way}/{key}',
                _lt("It names “%(name)s”, which the template archives."),
                _lt("Name something else."), {'name': linked.keys[0]})
            for item in items.values() for key, group in item.links.items() for linked in group
            if linked.values.get('active') is False
        ]
        if archived:
            return archived
        try:
            levels(items, self._may_wait)
        except CircleError as error:
            return [Problem(
                error.item.file, f'{error.item.way}/{error.key}',
                _lt("Items need each other in a circle, so that none can be first."),
                _lt("Leave one of the links out."))]
        except RecursionError:
            return [Problem(
                '', '', _lt("Too many items need one another in a row."),
                _lt("Make the chain shorter."))]
        return []

    @api.model
    def _link_items(self, items):
        """Tell each item which others its keys name."""
        by_key = {}
        for item in items.values():
            if len(item.keys) == 1:
                by_key.setdefault((item.section.model, item.keys[0]), item)
        for item in items.values():
            for key in item.section.fields:
                value = item.values.get(key)
                comodel = value and self._linked_model(
                    setting_section(key) if item.is_setting else item.section, key)
                if comodel:
                    linked = [
                        by_key[comodel, reference]
                        for reference in (value if isinstance(value, list) else [value])
                        if '.' not in reference
                    ]
                    if linked:
                        item.links[key] = linked

    @api.model
    def _may_wait(self, item, key):
        field = self.env[item.section.model]._fields[item.section.field_of(key)]
        return not field.required


EXPECTED = {
    'boolean': _lt("Write true or false."),
    'integer': _lt("Write a whole number."),
    'float': _lt("Write a number."),
    'monetary': _lt("Write a number."),
    'date': _lt("Write a day such as 2026-11-22."),
}
