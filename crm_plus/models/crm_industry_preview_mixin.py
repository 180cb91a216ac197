from odoo import api, models
from odoo.exceptions import UserError

from ..industry_templates.plan import SAME, STATES, Item, fingerprint, languages_of
from ..industry_templates.sections import SETTINGS
from ..industry_templates.shape import DESCRIPTION_TEXTS


class CrmIndustryPreviewMixin(models.AbstractModel):
    """What a template would change, as a person reads it before deciding."""

    _name = 'crm.industry.preview.mixin'
    _description = "Preview of Industry Templates"

    def get_preview(self):
        """Return what applying the template to the current company would change.

        :return: dict with ``template``, ``company``, ``languages``, ``problems``, ``modules`` and
            ``fingerprint``; a template with problems has no modules and cannot be applied
        """
        self.ensure_one()
        self._check_may_configure()
        contents, problems = self._get_contents()
        if not problems:
            problems = self._validate_files(contents)
        preview = {
            'template': self._preview_template(contents),
            'company': self.env.company.name,
            'languages': self._preview_languages(contents),
            'problems': [problem.words(self.env._) for problem in problems],
            'modules': [],
            'fingerprint': '',
        }
        if not problems:
            items, _work = self._at_work(self.env.company)._make_plan(contents, self.key)
            preview['modules'] = self._preview_modules(items)
            preview['fingerprint'] = fingerprint(items, self.env.company.id)
        return preview

    def _checked_contents(self):
        """Return what the files contain; refuse a template with problems."""
        self.ensure_one()
        contents, problems = self._get_contents()
        if not problems:
            problems = self._validate_files(contents)
        if problems:
            raise UserError(self.env._(
                "This template cannot be applied:\n%s",
                '\n'.join(self._problem_lines(problems[:20]))))
        return contents

    def _preview_template(self, contents):
        content = contents.get('template.json')
        content = content if isinstance(content, dict) else {}
        texts = contents.get(f'template.{self.env.lang}.json')
        texts = texts if isinstance(texts, dict) else {}
        # sudo: the names of add-ons and whether they are installed
        modules = {
            module.name: module for module in self.env['ir.module.module'].sudo().search(
                [('name', 'in', list(self._get_modules()))])
        }
        return {
            'id': self.id,
            'key': self.key,
            **{name: texts.get(name) or content.get(name) or self[name] or ''
               for name in DESCRIPTION_TEXTS},
            'version': self.version or '',
            'modules': [
                {
                    'name': name,
                    'label': modules[name].shortdesc if name in modules else name,
                    'installed': name in modules and modules[name].state in (
                        'installed', 'to upgrade'),
                } for name in sorted(self._get_modules())
            ],
        }

    @api.model
    def _preview_languages(self, contents):
        """Return the languages in use and those that the template has."""
        offered = languages_of(contents)
        # sudo: the names of languages
        languages = self.env['res.lang'].sudo().with_context(active_test=False).search(
            ['|', ('active', '=', True), ('code', 'in', offered)])
        return [
            {
                'code': lang.code, 'name': lang.name, 'active': lang.active,
                'in_template': lang.code in offered,
            } for lang in languages
        ]

    # ------------------------------------------------------------
    # ITEMS
    # ------------------------------------------------------------

    @api.model
    def _preview_modules(self, items):
        """Return the items by add-on and section, with counts of their states."""
        names = self._preview_names(items)
        # sudo: the names of add-ons
        labels = {
            module.name: module.shortdesc for module in self.env['ir.module.module'].sudo().search(
                [('name', 'in', list({item.module for item in items.values()}))])
        }
        modules = []
        for module, sections in self._industry_sections().items():
            groups = []
            for key, label, text in (
                (SETTINGS, self.env._("Settings"), self.env._("Limits and rules of the company.")),
                *((section.key, section.label, section.help) for section in sections),
            ):
                own = [
                    item for item in items.values()
                    if item.module == module and item.way.partition('/')[0] == key]
                if own:
                    groups.append(self._preview_section(key, label, text, own, names))
            if groups:
                modules.append({
                    'name': module, 'label': labels.get(module, module), 'sections': groups})
        return modules

    @api.model
    def _preview_section(self, key, label, text, items, names):
        states = [item.state for item in items]
        return {
            'key': key,
            'label': label,
            'help': text,
            'counts': {state: states.count(state) for state in STATES},
            'items': [self._preview_item(item, names) for item in items],
        }

    @api.model
    def _preview_item(self, item, names):
        section = item.section
        return {
            'id': item.id,
            'name': names[item.id],
            'state': item.state,
            'model': section.model,
            'res_id': item.record_id or False,
            'shared': bool(item.shared),
            'needs': [needed.id for needed in item.needs()],
            'fields': [
                {
                    'name': change.field,
                    'label': self.env[section.model]._fields[change.field]._description_string(
                        self.env),
                    'help': self.env[section.model]._fields[change.field]._description_help(
                        self.env) or '',
                    'old': '' if item.state == 'new' else self._readable(
                        section.model, change.field, change.old, names),
                    'new': self._readable(section.model, change.field, change.new, names),
                    'state': change.state,
                } for change in item.changes if change.state != SAME
            ],
        }

    @api.model
    def _preview_names(self, items):
        """Return what linked records and the items themselves are called, in the user's language.

        :return: ``{(model, id): name}`` and ``{item id: name}``
        """
        wanted, names = {}, {}
        for item in items.values():
            for change in item.changes:
                field = self.env[item.section.model]._fields[change.field]
                if field.relational:
                    for value in (change.old, change.new):
                        wanted.setdefault(field.comodel_name, set()).update(
                            one for one in (value if isinstance(value, list) else [value])
                            if one and not isinstance(one, Item))
            if item.record_id and not item.is_setting and not (
                    item.values.get('name') or item.values.get('summary')):
                wanted.setdefault(item.section.model, set()).add(item.record_id)
        for model, ids in wanted.items():
            # sudo: what the configuration names; an administrator reads it
            for record in self.env[model].sudo().with_context(active_test=False).browse(
                    sorted(ids)):
                names[model, record.id] = record.display_name
        for item in items.values():
            names[item.id] = self._item_name(item, names)
        return names

    @api.model
    def _item_name(self, item, names):
        """Return what an item is called; a nested one together with what it belongs to."""
        section = item.section
        lang = self.env.lang
        if item.is_setting:
            return self.env['res.company']._fields[section.fields[0]]._description_string(self.env)
        name = item.text('name', lang) or item.text('summary', lang) or names.get(
            (section.model, item.record_id)) or self._name_by_identity(item, names)
        if not item.parent:
            return name
        above = names[item.parent.id]
        # some call themselves by what they belong to as well
        return f'{above} › {name.removeprefix(above.rpartition(" › ")[2] + ": ")}'

    @api.model
    def _name_by_identity(self, item, names):
        """Return the name of what has none: by what it is recognised."""
        parts = []
        for key in item.section.identity:
            linked = item.links.get(key)
            field = self.env[item.section.model]._fields[item.section.field_of(key)]
            value = item.values.get(key)
            if linked:
                parts += [
                    one.text('name', self.env.lang) or names.get(one.id) or one.keys[-1]
                    for one in linked]
            elif field.type == 'selection':
                parts.append(dict(field._description_selection(self.env)).get(value))
            elif value:
                parts.append(str(value))
        return " · ".join(filter(None, parts)) or item.keys[-1]
