from itertools import takewhile

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from ..industry_templates.plan import is_same, is_same_properties
from ..industry_templates.shape import LANGUAGE


class CrmIndustryUndoMixin(models.AbstractModel):
    """Undoing what a template did, but for what people have changed or used since.

    How it works: first the fields that were changed get their old values back, where they still
    have those of the template; then what was made is deleted, the last made first, where nothing
    else names it. What stays is said, with the reason.
    """

    _name = 'crm.industry.undo.mixin'
    _description = "Undoing Industry Templates"

    def _undo(self):
        """Undo the application as far as possible; return what :meth:`get_undo_preview` does."""
        # sudo: an administrator undoes what an administrator did; records are those of the journal
        worker = self.sudo().with_company(self.company_id).with_context(
            lang=LANGUAGE, active_test=False, allowed_company_ids=self.company_id.ids,
            tracking_disable=True, mail_create_nolog=True, mail_notrack=True)
        labels = self._section_labels()
        report = {'returned': [], 'removed': [], 'kept': []}

        def tell(kind, line, **values):
            report[kind].append({
                'name': line.name, 'section': labels.get((line.module, line.section), ''),
                **values,
            })

        later = worker._lines_since()
        changed = worker.line_ids.filtered(lambda line: line.kind == 'changed')
        for line, fields, reason in worker._return_all(changed, later, self):
            line.write({
                'undone': 'kept' if reason else 'returned', 'returned': fields, 'reason': reason})
            if fields:
                model = self.env[line.model]
                tell('returned', line, fields=[
                    model._fields[name]._description_string(self.env) for name in fields])
            if reason:
                tell('kept', line, reason=reason)
        made = worker.line_ids - changed
        for line, reason in worker._remove_all(made, later, self):
            line.write({'undone': 'kept' if reason else 'removed', 'reason': reason})
            tell('kept' if reason else 'removed', line, **({'reason': reason} if reason else {}))
        if self.languages:
            report['kept'].append({
                'name': self.languages, 'section': self.env._("Languages"),
                'reason': self.env._(
                    "It stays in use: others may work in it by now. Deactivate it in Settings ▸ "
                    "Translations ▸ Languages if nobody does."),
            })
        self.env.flush_all()
        return report

    def _section_labels(self):
        """Return what sections are called: ``{(module, key): label}``."""
        templates = self.env['crm.industry.template']
        labels = {
            (module, section.key): section.label
            for module, sections in templates._industry_sections().items()
            for section in sections
        }
        for module in templates._industry_settings():
            labels[module, 'settings'] = self.env._("Settings")
        return labels

    def _lines_since(self):
        """Return what later applications did, and still stands, by record."""
        lines = self.env['crm.industry.application.line'].search([
            ('application_id', '>', self.id), ('application_id.state', '=', 'applied'),
        ])
        return lines.grouped(lambda line: (line.model, line.res_id))

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    def _return_all(self, lines, later, reader):
        """Put the fields of changed records back.

        :param reader: the record in the user's language, for the reasons
        :return: list of line, names of the fields put back, and why others stay
        """
        done, waiting = [], []
        for model, group in lines.grouped('model').items():
            if model not in self.env:
                done += [(line, [], reader._gone()) for line in group]
                continue
            records = self.env[model].browse(set(group.mapped('res_id'))).exists()
            names = {name for line in group for name in line.after if name in records._fields}
            stored = self._stored(records, sorted(names))
            for line in group:
                if line.res_id not in stored:
                    done.append((line, [], reader._gone()))
                    continue
                waiting.append((records.browse(line.res_id), line, *self._values_to_return(
                    line, stored[line.res_id], later.get((model, line.res_id), ()), reader)))
        return done + self._put_all_back(waiting)

    @api.model
    def _put_all_back(self, entries):
        """Put values back: all at once, which is quicker, and limits must fit each other.

        Where the models or the database refuse that, each record is tried alone, then each line;
        what is refused even so stays, with their reason.

        :param entries: list of record, line, values to put back, and why others stay
        :return: list of line, names of the fields put back, and why others stay
        """
        groups = {}
        for entry in entries:
            groups.setdefault(entry[0], []).append(entry)
        refusal = self._put_back({
            record: {name: value for entry in group for name, value in entry[2].items()}
            for record, group in groups.items()})
        if not refusal:
            return [(line, list(vals), " ".join(reasons)) for _, line, vals, reasons in entries]
        if len(entries) == 1:
            [[_record, line, _vals, reasons]] = entries
            return [(line, [], " ".join([*reasons, refusal]))]
        parts = groups.values() if len(groups) > 1 else ([entry] for entry in entries)
        return [result for part in parts for result in self._put_all_back(part)]

    @api.model
    def _gone(self):
        return self.env._("It is no longer there.")

    @api.model
    def _values_to_return(self, line, stored, later, reader):
        """Return the old values of a record's fields, and why other fields stay."""
        vals, reasons = {}, []
        model = self.env[line.model]
        for name, after in line.after.items():
            if name not in stored:
                continue
            label = model._fields[name]._description_string(reader.env)
            since = next((other for other in later if name in (other.after or {})), None)
            if since:
                reasons.append(reader.env._(
                    "%(field)s was changed again by “%(template)s”: undo that first.",
                    field=label, template=since.application_id.name))
                continue
            kind = self._kind(line.model, name)
            if kind == 'properties_definition':
                value, kept = self._properties_to_return(
                    line, name, stored[name] or [], after or [])
                if kept:
                    reasons.append(reader.env._(
                        "%(field)s: %(kept)s has been filled in or changed since.",
                        field=label, kept=", ".join(kept)))
                if value is not None:
                    vals[name] = value
            elif not self._is_as_written(kind, stored[name], after):
                reasons.append(reader.env._("%s has been changed since.", label))
            else:
                vals[name] = self._old_value(line, name, kind, after)
        return vals, reasons

    @api.model
    def _is_as_written(self, kind, stored, after):
        """Return whether a value is still what the template wrote."""
        if kind == 'translated':
            return all((stored or {}).get(lang) == text for lang, text in (after or {}).items())
        return is_same(stored, after, kind)

    @api.model
    def _old_value(self, line, name, kind, after):
        """Return a value as it was before, without links to what is gone."""
        before = (line.before or {}).get(name)
        if kind == 'translated':
            # None takes a text away that was not there
            return {lang: (before or {}).get(lang) for lang in {*(before or {}), *(after or {})}}
        field = self.env[line.model]._fields[name]
        if kind == 'many2one':
            return self.env[field.comodel_name].browse(before or []).exists().id
        if kind == 'many2many':
            return self.env[field.comodel_name].browse(before or []).exists().ids
        return before

    @api.model
    def _properties_to_return(self, line, name, stored, after):
        """Return a definition without what the template brought, and what of it has to stay.

        :return: the definition, None where it stays as it is; labels of properties that stay
        """
        before = {fact['name']: fact for fact in (line.before or {}).get(name) or []}
        written = {
            fact['name']: fact for fact in after
            if not is_same_properties(list(before.values()), [[fact]])
        }
        brought = written.keys() - before.keys()
        used = self._properties_in_use(line.model, line.res_id, name, brought) if brought else ()
        value, kept = [], []
        for fact in stored:
            key = fact['name']
            mine = key in written and is_same_properties([fact], [[written[key]]])
            if key in used or (key in written and not mine):
                kept.append(fact.get('string') or key)
                value.append(fact)
            elif key in before and (mine or is_same_properties([fact], [[before[key]]])):
                value.append(before[key])
            elif not mine:
                value.append(fact)
        present = {fact['name'] for fact in value}
        value += [
            fact for key, fact in before.items()
            if key not in present and key not in {other['name'] for other in after}
        ]
        order = {key: number for number, key in enumerate(before)}
        value.sort(key=lambda fact: order.get(fact['name'], len(order)))
        return (None if value == stored else value), kept

    @api.model
    def _put_back(self, values):
        """Write old values by record; return why that is refused, '' when it is done."""
        try:
            with self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
                for record, vals in values.items():
                    self._write_back(record, vals)
        except UserError as error:
            return str(error)
        except psycopg2.IntegrityError as error:
            return self.env['crm.industry.template']._database_error(error)
        return ''

    @api.model
    def _write_back(self, record, vals):
        plain, texts = {}, {}
        for name, value in vals.items():
            kind = self._kind(record._name, name)
            if kind == 'translated':
                plain[name] = value.get(LANGUAGE) or False
                if plain[name]:
                    texts[name] = {
                        lang: text for lang, text in value.items() if lang != LANGUAGE}
            elif kind == 'many2many':
                plain[name] = [Command.set(value)]
            else:
                plain[name] = value
        record.write(plain)
        self._write_texts(record, {record.id: texts})

    # ------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------

    def _remove_all(self, lines, later, reader):
        """Delete what was made, the last first, where it is not used.

        :return: list of line and the reason why its record stays; '' where it went
        """
        reasons, done = {}, []
        pending = [line for line in reversed(lines) if line.model in self.env]
        for line in pending:
            others = later.get((line.model, line.res_id))
            if others:
                reasons[line] = reader.env._(
                    "It was changed again by “%s”: undo that first.",
                    others[0].application_id.name)
        self._keep_used(pending, reasons, reader)
        while pending:
            alike = self._alike(pending, reasons)
            # all at once is quicker; where one of them stays, the others are tried alone
            together = len(alike) > 1 and not self._remove(alike)
            for line in alike:
                pending.pop(0)
                if not together and line not in reasons and (reason := self._remove([line])):
                    reasons[line] = reason
                    # what it names has to stay with it
                    self._keep_used(pending, reasons, reader)
                done.append((line, reasons.get(line, '')))
        return done

    @api.model
    def _alike(self, lines, reasons):
        """Return the first lines that may be removed together: of one model, and none to keep."""
        if lines[0] in reasons:
            return lines[:1]
        return list(takewhile(
            lambda line: line.model == lines[0].model and line not in reasons, lines))

    def _keep_used(self, pending, reasons, reader):
        """Find out what is used, until what stays for that reason uses nothing else."""
        while True:
            made = {}
            for line in pending:
                if line not in reasons:
                    made.setdefault(line.model, set()).add(line.res_id)
            used = self._find_used(made)
            fresh = [
                line for line in pending
                if line not in reasons and (line.model, line.res_id) in used]
            for line in fresh:
                reasons[line] = reader._use_in_words(used[line.model, line.res_id])
            if not fresh:
                return

    def _remove(self, lines):
        """Delete the records of lines of a model; return why that is refused, '' when gone."""
        records = self.env[lines[0].model].browse(line.res_id for line in lines).exists()
        try:
            with self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
                records.unlink()
        except UserError as error:
            return str(error)
        except psycopg2.IntegrityError as error:
            return self.env['crm.industry.template']._database_error(error)
        return ''
