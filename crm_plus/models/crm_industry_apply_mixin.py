from functools import partial

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import mute_logger

from ..industry_templates.plan import (
    CONFLICT,
    NEW,
    SAME,
    fingerprint,
    languages_of,
    levels,
    resolved,
)
from ..industry_templates.shape import LANGUAGE
from ..industry_templates.writing import item_order


class CrmIndustryApplyMixin(models.AbstractModel):
    """Applying templates: what was chosen, in one transaction, one at a time, with a journal."""

    _name = 'crm.industry.apply.mixin'
    _description = "Applying Industry Templates"

    def apply_template(self, item_ids, overwrite, languages, fingerprint):
        """Apply chosen items to the current company.

        What chosen items need to exist is taken along.

        :param list item_ids: as :meth:`get_preview` gives them
        :param dict overwrite: fields in conflict that are to be written all the same, by item
        :param list languages: codes of languages that are to be used from now on
        :param str fingerprint: of the preview; the template is not applied when it is true no more
        :return: dict with ``application_id`` (False when nothing had to be done) and the numbers
            of items ``created``, ``changed`` and ``skipped``: in conflict, and not all of it chosen
        """
        self.ensure_one()
        self._check_may_configure()
        application, skipped = self._apply(
            self.env.company, set(item_ids or ()), overwrite or {}, languages or (), fingerprint)
        return {
            'application_id': application.id,
            'created': application.created_count,
            'changed': application.changed_count,
            'skipped': skipped,
        }

    @api.model
    def apply_template_by_key(self, key, company=None, languages=None, overwrite=False):
        """Apply a whole template, from a data file or the command line.

        What somebody changed by hand is left alone.

        :param str key: of the template
        :param company: record or id; without it the current company
        :param list languages: codes of languages that are to be used from now on
        :param bool overwrite: whether what was changed by hand is written, too
        :return: id of the application; False when there was nothing to do
        """
        self._check_may_configure()
        template = self.search([('key', '=', key)])
        if not template:
            raise UserError(self.env._(
                "There is no template “%(key)s”. There are: %(known)s.", key=key,
                known=", ".join(self.search(Domain.TRUE).mapped('key'))))
        company_id = company.id if isinstance(company, models.BaseModel) else company
        company = self.env['res.company'].browse(company_id) or self.env.company
        if not self.env.su and company not in self.env.user.company_ids:
            raise UserError(self.env._("You do not work for that company."))
        application, _skipped = template.with_company(company)._apply(
            company, None, overwrite, languages or (), None)
        return application.id

    def _apply(self, company, chosen, overwrite, languages, seen):
        """Apply items of the template to a company; all of it or, on any error, nothing.

        :param chosen: ids of items; None for all
        :param overwrite: fields by item; True for all that is in conflict
        :param seen: fingerprint of what the user has seen; None for who has not
        :return: the application, empty when nothing had to be done; number of items left alone
        """
        self._take_turn()
        contents = self._checked_contents()
        try:
            with self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
                result = self._at_work(company)._apply_contents(
                    contents, chosen, overwrite, languages, seen)
                self.env.flush_all()
                return result
        except (psycopg2.IntegrityError, psycopg2.DataError) as error:
            raise UserError(self.env._(
                "The template does not fit what is there already, so nothing was changed: %s",
                self._database_error(error))) from error

    @api.model
    def _database_error(self, error):
        """Return in words what the database refused, as the models say it."""
        model = next((
            model for model in self.env.values()
            if model._table == error.diag.table_name and not model._abstract), self)
        return model._sql_error_to_message(error)

    def _apply_contents(self, contents, chosen, overwrite, languages, seen):
        items, work = self._make_plan(contents, self.key)
        reader = self._to_reader()
        if seen is not None and seen != fingerprint(items, self.env.company.id):
            raise UserError(reader.env._(
                "Something has been changed since you looked: the preview is no longer true. "
                "Nothing was applied. Look at the new preview."))
        if chosen is not None and (unknown := (chosen | set(overwrite)) - items.keys()):
            raise UserError(reader.env._(
                "The template has no “%s”.", ", ".join(sorted(unknown))))
        fresh = self._activate_languages(contents, languages)
        if fresh:
            before = {item.id for item in items.values() if item.state == SAME}
            items, work = self._make_plan(contents, self.key, fresh)
            if chosen is not None:
                # what only waits for its words in the new language
                chosen |= {name for name in before if items[name].state != SAME}
        wanted = self._choose(items, chosen, overwrite)
        journal = self._write_items(items, work, wanted, overwrite)
        skipped = sum(
            any(change.state == CONFLICT for change in item.changes)
            and not (item in wanted and len(self._writable(item, overwrite)) == len(item.changes))
            for item in items.values())
        return self._log(items, journal, fresh), skipped

    @api.model
    def _activate_languages(self, contents, languages):
        """Take languages of the template into use; return those that were not."""
        offered = languages_of(contents)
        fresh = []
        for code in languages:
            lang = self.env['res.lang'].search([('code', '=', code)])
            if code not in offered or not lang:
                raise UserError(self._to_reader().env._(
                    "The template has no texts in the language “%s”.", code))
            if not lang.active:
                self.env['res.lang']._activate_and_install_lang(code)
                fresh.append(code)
        return fresh

    # ------------------------------------------------------------
    # WHAT IS WRITTEN
    # ------------------------------------------------------------

    @api.model
    def _choose(self, items, chosen, overwrite):
        """Return the items to write: those chosen and what they need."""
        if chosen is None:
            return set(items.values())
        wanted = set()
        waiting = [items[name] for name in chosen | set(overwrite)]
        while waiting:
            item = waiting.pop()
            if item not in wanted:
                wanted.add(item)
                waiting += item.needs()
        return wanted

    @api.model
    def _writable(self, item, overwrite):
        """Return the changes of a record that are made: no conflicts but chosen ones."""
        chosen = overwrite is True or (overwrite or {}).get(item.id, ())
        return [
            change for change in item.changes
            if change.state != CONFLICT or chosen is True or change.field in chosen
            or change.key in chosen
        ]

    @api.model
    def _write_items(self, items, work, wanted, overwrite):
        """Write what is wanted, in the order in which items need each other.

        :return: by item that was written: whether it was ``created``, the values ``before``, the
            ``fields`` and those in conflict that were ``chosen``
        """
        journal = {}
        ordered, later = levels(items, self._may_wait)
        waiting = set(later)
        for level in ordered:
            groups, settings = {}, {}
            for item in level:
                if item not in wanted:
                    continue
                if item.state == NEW:
                    groups.setdefault((item.module, item.section), []).append(item)
                elif item.changes:
                    vals = self._write_item(item, overwrite, waiting, journal)
                    if item.is_setting:
                        settings.update(vals)
            if settings:
                # all at once: limits must fit each other
                self._attempt(
                    self.env.company.write, settings, *(item for item in level if item in journal))
            for group in groups.values():
                self._create_items(
                    sorted(group, key=lambda item: item_order(item.values)), work, waiting,
                    journal)
        for item, key in later:
            name = item.section.field_of(key)
            if item in journal and name in journal[item]['fields']:
                self.env[item.section.model].browse(item.record_id).write({
                    name: self._to_write(item, name, self._wanted(item, key, work))})
        return journal

    @api.model
    def _write_item(self, item, overwrite, waiting, journal):
        """Change a record where it may be changed; a setting is only returned, to be written."""
        changes = self._writable(item, overwrite)
        if not changes:
            return {}
        record = self.env[item.section.model].browse(item.record_id)
        vals, texts = {}, {}
        for change in changes:
            if (item, change.key) in waiting:
                continue
            if self._kind(record._name, change.field) == 'translated':
                texts[change.field] = {
                    lang: text for lang, text in change.new.items() if lang != LANGUAGE}
                if (change.old or {}).get(LANGUAGE, False) == change.new[LANGUAGE]:
                    continue
            vals[change.field] = self._to_write(item, change.field, change.new)
        if vals and not item.is_setting:
            self._attempt(record.write, vals, item)
        self._write_texts(record, {record.id: texts})
        journal[item] = {
            'created': False,
            'before': {change.field: change.old for change in changes},
            'fields': [change.field for change in changes],
            'chosen': [change.field for change in changes if change.state == CONFLICT],
        }
        return vals

    @api.model
    def _create_items(self, group, work, waiting, journal):
        """Make the records of items of one section, all at once."""
        section = group[0].section
        model = self.env[section.model]
        vals_list, texts = [], []
        for item in group:
            vals, words = dict(section.fixed), {}
            if section.company:
                vals[section.company] = self.env.company.id
            if section.parent:
                vals[section.parent] = item.parent.record_id
            for key in self._keys_to_create(item):
                name = section.field_of(key)
                wanted = self._wanted(item, key, work)
                if self._kind(model._name, name) == 'translated':
                    words[name] = {
                        lang: text for lang, text in wanted.items() if lang != LANGUAGE}
                if (item, key) not in waiting:
                    vals[name] = self._to_write(item, name, wanted)
            vals_list.append(vals)
            texts.append(words)
        records = self._create_records(model, group, vals_list)
        self._write_texts(
            records, {record.id: words for record, words in zip(records, texts, strict=True)})
        for item, record in zip(group, records, strict=True):
            item.record_id = record.id
            journal[item] = {
                'created': True, 'before': {}, 'chosen': [],
                'fields': [section.field_of(key) for key in section.fields],
            }

    @api.model
    def _create_records(self, model, group, vals_list):
        """Create the records of items; where a model refuses, find out of which item that is."""
        try:
            with self.env.cr.savepoint():
                return model.create(vals_list)
        except (UserError, psycopg2.IntegrityError, psycopg2.DataError):
            for item, vals in zip(group, vals_list, strict=True):
                self._attempt(partial(self._create_alone, model), vals, item)
            raise

    @api.model
    def _create_alone(self, model, vals):
        try:
            with self.env.cr.savepoint():
                model.create(vals)
        except (psycopg2.IntegrityError, psycopg2.DataError) as error:
            raise UserError(self._database_error(error)) from error

    @api.model
    def _attempt(self, write, vals, *items):
        """Write values; where a model refuses, say of which items they are.

        :raises UserError: which takes back all that has been written
        """
        try:
            write(vals)
        except UserError as error:
            raise UserError(self._to_reader().env._(
                "%(file)s, %(key)s: %(message)s Nothing was changed. Correct the template, or "
                "leave this out.", file=items[0].file, message=error,
                key=", ".join(item.way for item in items))) from error

    @api.model
    def _keys_to_create(self, item):
        """Return the keys whose values a new record gets: also defaults, so that none is drawn."""
        fields = self.env[item.section.model]._fields
        return [
            key for key in item.section.fields
            if key in item.values or not (
                key in item.section.always or fields[item.section.field_of(key)].compute)
        ]

    @api.model
    def _to_write(self, item, name, value):
        """Return a value as ``write`` takes it."""
        kind = self._kind(item.section.model, name)
        value = resolved(value)
        if kind == 'translated':
            return value[LANGUAGE]
        if kind == 'many2many':
            return [Command.set(value)]
        return value

    # ------------------------------------------------------------
    # JOURNAL
    # ------------------------------------------------------------

    def _log(self, items, journal, languages):
        """Keep what was written; return the application, an empty one where nothing was.

        :param items: all of the template
        :param list languages: codes of those that came into use
        """
        applications = self.env['crm.industry.application']
        if not journal and not languages:
            return applications
        self.env.flush_all()
        after = self._values_after(journal)
        reader = self._to_reader()
        names = reader._preview_names({item.id: item for item in self._with_parents(journal)})
        return applications.create({
            'template_id': self.id,
            'template_key': self.key,
            'name': reader.name,
            'version': self.version,
            'languages': ", ".join(self.env['res.lang'].search([
                ('code', 'in', languages)]).mapped('name')),
            'company_id': self.env.company.id,
            'recognised': {
                item.id: [item.section.model, item.record_id, item.values.get('record')]
                for item in items.values()
                if item.record_id and not item.is_setting and item not in journal
            },
            'line_ids': [Command.create({
                'module': item.module,
                'section': item.way.partition('/')[0],
                'item': item.id,
                'external_id': item.values.get('record'),
                'name': names[item.id],
                'kind': 'created' if entry['created'] else 'changed',
                'model': item.section.model,
                'res_id': item.record_id,
                'before': entry['before'],
                'after': {name: after[item][name] for name in entry['fields']},
                'chosen': entry['chosen'],
            }) for item, entry in journal.items()],
        })

    @api.model
    def _with_parents(self, items):
        """Return items with those that they belong to, parents first."""
        found = {}

        def add(item):
            if item.parent:
                add(item.parent)
            found[item] = True

        for item in items:
            add(item)
        return found

    @api.model
    def _values_after(self, journal):
        """Return the values of the records that were written: ``{item: {field: value}}``."""
        groups, found = {}, {}
        for item in journal:
            groups.setdefault(item.section, []).append(item)
        for section, items in groups.items():
            # settings have a section each, all of the same company
            names = {name for item in items for name in journal[item]['fields']}
            stored = self._stored(
                self.env[section.model].browse({item.record_id for item in items}), sorted(names))
            found.update({item: stored[item.record_id] for item in items})
        return found
