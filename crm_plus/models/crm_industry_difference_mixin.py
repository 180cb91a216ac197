from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ..industry_templates.plan import (
    CHANGED,
    CONFLICT,
    NEW,
    Change,
    differing_languages,
    is_same,
    is_same_properties,
    languages_of,
    merge_properties,
    read_items,
    with_texts,
)
from ..industry_templates.shape import LANGUAGE, is_properties

TEXTS = ('char', 'text', 'html')


class CrmIndustryDifferenceMixin(models.AbstractModel):
    """What a template would change in this database for a company; nothing is written.

    How it works: each item is recognised among the records of its section, see
    ``crm.industry.recognise.mixin``, then compared field by field. What somebody has changed by
    hand is a conflict: what is stored is neither what the template wants, nor what it wrote there
    before, nor what an add-on delivered and nobody touched.
    """

    _name = 'crm.industry.difference.mixin'
    _description = "Differences to Industry Templates"

    @api.model
    def _at_work(self, company):
        """Return the model as it compares and writes: in English, of one company, without mails."""
        # sudo: only those get here who administer the database; what belongs to a company is
        # looked for by its company, as the domains say
        return self.sudo().with_company(company).with_context(
            lang=LANGUAGE, active_test=False, allowed_company_ids=company.ids,
            industry_lang=self.env.context.get('industry_lang') or self.env.lang or LANGUAGE,
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True,
            mail_notrack=True,
        )

    @api.model
    def _to_reader(self):
        """Return the model at work as it speaks to the user: in their language."""
        return self.with_context(lang=self.env.context['industry_lang'])

    @api.model
    def _make_plan(self, contents, key, fresh=()):
        """Compare the items of a valid template with what there is.

        :param str key: of the template
        :param fresh: languages that came into use just now: nobody has changed their texts
        :return: the items by id, and what it takes to find the values that they want
        """
        items = read_items(contents, self._industry_sections(), self._industry_settings())
        self._link_items(items)
        work = {
            'external': self._find_external_ids(items),
            'languages': self._compared_languages(contents),
            'words': languages_of(contents),
            'fresh': set(fresh),
            'several': self._has_several_companies(),
            'lines': self._journal_of(key),
            'applications': self.env['crm.industry.application'].search_fetch(
                [('template_key', '=', key), ('company_id', '=', self.env.company.id)],
                ['recognised'], order='id desc'),
        }
        self._recognise(items, work)
        self._compare_all(items, work)
        return items, work

    @api.model
    def _compared_languages(self, contents):
        """Return the languages of a template that are in use here, English first."""
        installed = {code for code, _name in self.env['res.lang'].get_installed()}
        return [LANGUAGE, *(lang for lang in languages_of(contents)[1:] if lang in installed)]

    @api.model
    def _has_several_companies(self):
        """Return whether anybody else uses what belongs to no company."""
        return self.env['res.company'].search_count([('active', '=', True)], limit=2) > 1

    @api.model
    def _journal_of(self, key):
        """Return what a template has written, the newest first."""
        lines = self.env['crm.industry.application.line'].search_fetch(
            [('application_id.template_key', '=', key)],
            ['item', 'model', 'res_id', 'before', 'after', 'chosen', 'returned'],
            order='id desc')
        lines.application_id.fetch(['company_id'])
        return lines

    # ------------------------------------------------------------
    # WHAT IT SHOULD BE
    # ------------------------------------------------------------

    @api.model
    def _wanted(self, item, key, work):
        """Return the value that a template wants, in the form in which it is stored."""
        section = item.section
        name = section.field_of(key)
        field = self.env[section.model]._fields[name]
        kind = self._kind(section.model, name)
        if key not in item.values:
            return self._default(section.model, field, kind)
        value = item.values[key]
        if kind == 'translated':
            return {LANGUAGE: value or False, **{
                lang: item.texts[lang][key] for lang in work['languages'][1:]
                if item.texts.get(lang, {}).get(key)
            }}
        if is_properties(section, key):
            return self._wanted_properties(item, key, self.env.context['industry_lang'])
        if field.type == 'many2one' and field.comodel_name == 'ir.model.fields':
            return bool(value) and self.env['ir.model.fields']._get(
                section.about_model(key, item.values), value).id
        if field.type == 'many2one':
            return bool(value) and self._linked(item, key, value, work)
        if field.type == 'many2many':
            return [self._linked(item, key, one, work) for one in value or []]
        if kind in TEXTS:
            return item.text(key, self.env.context['industry_lang']) or False
        return value if value is not None else False

    @api.model
    def _wanted_properties(self, item, key, lang):
        return with_texts(item.values[key] or [], item.texts.get(lang, {}).get(key, {}))

    @api.model
    def _linked(self, item, key, reference, work):
        if '.' in reference:
            return work['external'][reference][1]
        return next(other for other in item.links[key] if other.keys[0] == reference)

    @api.model
    def _default(self, model, field, kind):
        """Return the default of a field as it is stored, whatever the users have as theirs."""
        value = field.default(self.env[model]) if field.default else False
        if isinstance(value, models.BaseModel):
            value = value.ids if field.type == 'many2many' else value.id
        if kind == 'translated':
            return {LANGUAGE: value or False}
        if field.type in ('many2many', 'properties_definition'):
            return list(value or [])
        return value if value is not None else False

    # ------------------------------------------------------------
    # HOW IT DIFFERS
    # ------------------------------------------------------------

    @api.model
    def _compare_all(self, items, work):
        stored, touched = self._load_recognised(items)
        written = {}
        for line in work['lines']:
            written.setdefault((line.model, line.res_id), []).append(line)
        for item in items.values():
            section = item.section
            values = stored.get((section.model, item.record_id))
            item.shared = work['several'] and self._is_shared(item, values)
            if values is None:
                item.absent = item.values.get('active') is False
                item.changes = [] if item.absent else [
                    Change(key, section.field_of(key), False, self._wanted(item, key, work), NEW)
                    for key in section.fields if item.values.get(key) is not None
                ]
                continue
            facts = {
                'untouched': (section.model, item.record_id) not in touched,
                'lines': written.get((section.model, item.record_id), ()),
            }
            item.changes = [
                change for key in section.fields if self._is_compared(item, key)
                for change in self._compare(item, key, values, facts, work)
            ]

    @api.model
    def _load_recognised(self, items):
        """Return the values of all recognised records, and which of them people have touched."""
        by_model = {}
        for item in items.values():
            if item.record_id:
                ids, names = by_model.setdefault(item.section.model, (set(), set()))
                ids.add(item.record_id)
                names.update(map(item.section.field_of, item.section.fields))
                names.update(name for name in (item.section.company,) if name)
        stored, touched = {}, set()
        for model, (ids, names) in by_model.items():
            records = self.env[model].browse(sorted(ids))
            for record_id, values in self._stored(records, sorted(names)).items():
                stored[model, record_id] = values
            if model != 'res.company':
                records.fetch(['write_uid'])
                touched.update(
                    (model, record.id) for record in records
                    if record.write_uid.id != SUPERUSER_ID)
        delivered = self._find_delivered({key for key in stored if key[0] != 'res.company'})
        touched.update(
            key for key in stored if key[0] != 'res.company' and key not in delivered)
        return stored, touched

    @api.model
    def _find_delivered(self, keys):
        """Return the external ids of records that add-ons brought: ``{(model, id): id}``."""
        if not keys:
            return {}
        return {
            (model, record_id): xmlid
            for model, record_id, xmlid in self.env.execute_query(SQL(
                """
                SELECT model, res_id, min(module || '.' || name) FROM ir_model_data
                 WHERE (model, res_id) IN %s AND module IN %s
                 GROUP BY model, res_id
                """,
                tuple(sorted(keys)), tuple(self.env['ir.module.module']._installed())))
        }

    @api.model
    def _is_shared(self, item, values):
        """Return whether other companies use the record, too."""
        if item.is_setting:
            return False
        if item.section.company:
            return values is not None and not values[item.section.company]
        return item.parent.shared if item.parent and item.parent.section.company else True

    @api.model
    def _is_compared(self, item, key):
        """Return whether a key says something of a record that is there: also by being left out.

        What is left out means the default, but for records that the template only names.
        """
        if key in item.values:
            return True
        field = self.env[item.section.model]._fields[item.section.field_of(key)]
        return not ('record' in item.values or field.compute or key in item.section.always)

    @api.model
    def _compare(self, item, key, values, facts, work):
        """Yield the change of a field where there is one."""
        section = item.section
        name = section.field_of(key)
        stored = values[name]
        if is_properties(section, key):
            yield from self._compare_properties(item, key, stored, facts, work)
            return
        wanted = self._wanted(item, key, work)
        kind = self._kind(section.model, name)
        if is_same(stored, wanted, kind) or (kind in TEXTS and any(
                stored == item.text(key, lang) for lang in work['words'] if item.texts)):
            return
        known = [self._last_written(facts['lines'], name)]
        if item.is_setting:
            field = self.env[section.model]._fields[name]
            known.append(self._default(section.model, field, kind))
        state = CHANGED
        if kind == 'translated':
            if self._is_text_conflict(stored, wanted, known[0], item, facts, work):
                state = CONFLICT
        elif item.shared or not (
                facts['untouched'] and not item.is_setting
                or any(value is not None and is_same(stored, value, kind) for value in known)):
            state = CONFLICT
        yield Change(key, name, stored, wanted, state)

    @api.model
    def _is_text_conflict(self, stored, wanted, known, item, facts, work):
        """Return whether a text was changed by hand in a language in which it would be written."""
        stored = stored or {}
        different = [
            lang for lang in differing_languages(stored, wanted) if lang not in work['fresh']]
        if item.shared:
            return bool(different)
        return not facts['untouched'] and any(
            stored.get(lang) and stored[lang] != (known or {}).get(lang) for lang in different)

    @api.model
    def _last_written(self, lines, name):
        """Return what the template wrote there the last time, or put back; None where it did not.

        What it put back is somebody's own again where it had been overwritten by choice.
        """
        for line in lines:
            if name in (line.after or {}):
                if name not in (line.returned or ()):
                    return line.after[name]
                return None if name in (line.chosen or ()) else (line.before or {}).get(name)
        return None

    # ------------------------------------------------------------
    # PROPERTIES
    # ------------------------------------------------------------

    @api.model
    def _compare_properties(self, item, key, stored, facts, work):
        """Yield the change of a definition: others' properties stay beside the template's."""
        stored = stored or []
        alternatives = [self._wanted_properties(item, key, lang) for lang in work['words']] \
            if key in item.values else [[]]
        wanted = alternatives[0] if key not in item.values else self._wanted_properties(
            item, key, self.env.context['industry_lang'])
        name = item.section.field_of(key)
        last = {
            fact['name']: fact for fact in self._last_written(facts['lines'], name) or []}
        names = {fact['name'] for fact in wanted}
        own = {
            fact['name'] for fact in stored
            if facts['untouched'] or is_same_properties([fact], [[last.get(fact['name'], {
                'name': fact['name'], 'type': ''})]])
        }
        removable = own - names
        if removable:
            removable -= self._properties_in_use(
                item.section.model, item.record_id, name, removable)
        if is_same_properties(stored, alternatives) and not removable:
            return
        foreign = {
            fact['name'] for fact in stored
            if fact['name'] in names - own and not any(
                is_same_properties(stored, [[other]])
                for facts_of in alternatives for other in facts_of
                if other['name'] == fact['name'])
        }
        retyped = {
            fact['name'] for fact in stored for other in wanted
            if fact['name'] == other['name'] and fact['type'] != other['type']
        }
        if retyped:
            foreign |= self._properties_in_use(
                item.section.model, item.record_id, name, retyped)
        yield Change(
            key, name, stored, merge_properties(stored, wanted, removable),
            CONFLICT if foreign or item.shared else CHANGED)
