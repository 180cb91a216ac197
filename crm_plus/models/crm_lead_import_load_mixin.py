import logging
from dataclasses import dataclass, field

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, split_every

from ..tools.lead_cells import CellError, CellReader
from .crm_lead_import_column import CONSENT

_logger = logging.getLogger(__name__)

#: What may go wrong with one row and is no fault of the others.
ROW_ERRORS = (UserError, ValueError, psycopg2.IntegrityError, psycopg2.DataError)


class RowsRefused(Exception):
    """Rows could not be loaded where everything or nothing was to be."""


@dataclass
class Row:
    """A row of the file on its way to a lead."""

    number: int
    cells: list
    values: dict = field(default_factory=dict)
    consents: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    #: the open lead of the same person, or the lead with the same reference
    lead_id: int | bool = False
    by_reference: bool = False
    partner_id: int | bool = False
    #: the number of the row of the file with the same person
    same_as: int | bool = False


class CrmLeadImportLoadMixin(models.AbstractModel):
    """How the rows of a file become leads: read, matched (``crm.lead.import.match.mixin``), made.

    What a row would become is found out anew when it is loaded, since others work meanwhile. In
    the background each batch is kept with what became of its rows, so that loading goes on where
    it was cut off; where everything or nothing is wanted, all batches are kept together.
    """

    _name = 'crm.lead.import.load.mixin'
    _inherit = ['crm.lead.import.match.mixin']
    _description = "Import of Leads: Loading"

    BATCH = 500
    #: Up to so many rows are loaded while the user waits.
    DIRECT_ROWS = 1000

    def _get_leads(self):
        """Return leads as the importing user in the company of the import."""
        return self.env['crm.lead'].with_company(self.company_id).with_context(
            import_file=True, tracking_disable=True, default_user_id=False)

    def _get_reader(self, *, dry):
        return CellReader(
            self._get_leads(), self.company_id, self.options or {}, self.create_missing, dry)

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def _check_rows(self):
        """Show what would become of each row; a fixed number of queries for each batch."""
        _headers, rows = self._read_file()
        if not any(self.column_ids.mapped('field_name')):
            raise UserError(self.env._(
                "None of the columns could be made out. Say what they are, and check again."))
        reader, seen, prepared = self._get_reader(dry=True), {}, []
        for batch in split_every(self.BATCH, enumerate(rows, 2), list):
            rows_of_batch = self._prepare(batch, reader, seen)
            self._note_likely(rows_of_batch, reader.leads)
            prepared += rows_of_batch
        # sudo: rows are made by reading a file alone; whose import it is was checked
        lines = self.env['crm.lead.import.line'].sudo()
        self.line_ids.sudo().unlink()
        lines.create([self._prepare_line_values(row) for row in prepared])
        self.write({'state': 'checked', 'failure': False})

    def _prepare_line_values(self, row):
        state = 'error' if row.errors else 'known' if row.lead_id or row.same_as else 'new'
        values = row.values
        return {
            'import_id': self.id,
            'row': row.number,
            'cells': row.cells,
            'who': ', '.join(filter(None, (
                values.get('partner_name'), values.get('contact_name')))) or values.get('name'),
            'email': values.get('email_from'),
            'state': state,
            'message': '\n'.join(row.errors or row.notes),
            'lead_id': row.lead_id,
            'partner_id': row.partner_id,
        }

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def _prepare(self, numbered, reader, seen):
        """Return a :class:`Row` for each of the rows, with whom it was found to be.

        :param numbered: list of the number of a row and its cells
        :param dict seen: the number of the row by what it is known by; added to
        """
        columns = [
            (column.sequence, column.name, column.field_name)
            for column in self.column_ids.sorted('sequence') if column.field_name
        ]
        # a state is one of a country, which must be read before
        columns.sort(key=lambda column: column[2] == 'state_id')
        rows = [self._read_row(number, cells, columns, reader) for number, cells in numbered]
        self._match(rows, reader.leads)
        for row in rows:
            self._note_same(row, reader, seen)
        return rows

    def _read_row(self, number, cells, columns, reader):
        row = Row(number, cells)
        for index, label, name in columns:
            text = cells[index]
            if not text:
                continue
            try:
                if name.startswith(CONSENT):
                    row.consents[int(name.removeprefix(CONSENT))] = reader.read_yes_no(text)
                elif name in row.values and reader.leads._fields[name].type in ('char', 'text'):
                    row.values[name] = f'{row.values[name]} {text}'
                else:
                    row.values[name] = reader.read_cell(name, text, row.values)
            except CellError as error:
                row.errors.append(self.env._(
                    "%(column)s: “%(value)s”. %(remedy)s", column=label, value=text[:50],
                    remedy=error))
        if not row.errors and not any(row.values.get(name) for name in (
            'name', 'partner_name', 'contact_name', 'email_from', 'phone', 'client_reference',
        )):
            row.errors.append(self.env._(
                "Nothing says who it is. Fill in a name, a company, an e-mail address or a phone "
                "number."))
        return row

    # ------------------------------------------------------------
    # LOADING
    # ------------------------------------------------------------

    def _load(self, background=False):
        """Make the leads of the rows that are waiting."""
        self.ensure_one()
        reader = self._get_reader(dry=False)
        if self.load_mode == 'all':
            self._load_all_or_nothing(reader, background)
        else:
            while lines := self._get_waiting(limit=self.BATCH):
                self._load_lines(lines, reader)
                if background:
                    self.progress += len(lines)
                    self.env['ir.cron']._commit_progress(len(lines))
            self.state = 'done'
        if self.state == 'done':
            self._remember_columns()
        if background:
            self._tell_user()

    def _get_waiting(self, limit=None, after=0):
        return self.env['crm.lead.import.line'].search([
            ('import_id', '=', self.id), ('state', 'in', ('new', 'known')), ('row', '>', after),
        ], order='row', limit=limit)

    def _load_all_or_nothing(self, reader, background):
        refused, last = {}, 0
        try:
            with self.env.cr.savepoint():
                while lines := self._get_waiting(limit=self.BATCH, after=last):
                    last = lines[-1].row
                    refused |= self._load_lines(lines, reader)
                    if background:
                        self._show_progress(len(lines))
                if refused:
                    raise RowsRefused
        except RowsRefused:
            self.env.invalidate_all()
            # sudo: rows are written by loading alone; whose import it is was checked
            lines = self.env['crm.lead.import.line'].sudo()
            for line_id, message in refused.items():
                lines.browse(line_id).write({'state': 'error', 'message': message})
        if background:
            # how far it is was written meanwhile: what is loaded is kept before that is changed
            self.env['ir.cron']._commit_progress(1)
        self.state = 'checked' if refused else 'done'

    def _show_progress(self, count):
        """Let others see how far it is, while nothing of it is kept yet."""
        with self.env.registry.cursor() as cr:
            cr.execute(SQL(
                "UPDATE crm_lead_import SET progress = progress + %s WHERE id = %s",
                count, self.id))

    def _load_lines(self, lines, reader):
        """Load the lines; return what is wrong with those that could not be, by their ids."""
        rows = self._prepare([(line.row, line.cells) for line in lines], reader, {})
        by_number = {line.row: line for line in lines}
        results, later = {}, []
        new = []
        for row in rows:
            if row.errors:
                results[row.number] = ('error', '\n'.join(row.errors), False)
            elif row.same_as:
                later.append(row)
            elif not row.lead_id or (self.known_mode == 'create' and not row.by_reference):
                new.append(row)
            else:
                results[row.number] = self._load_known(row, reader.leads)
        results |= self._load_new(new, reader.leads)
        self._add_facts(rows, results, reader.leads)
        for number, (state, message, lead_id) in results.items():
            # sudo: rows are written by loading alone; whose import it is was checked
            by_number[number].sudo().write({
                'state': state, 'message': message, 'lead_id': lead_id,
            })
        refused = {
            by_number[number].id: message
            for number, (state, message, _lead_id) in results.items() if state == 'error'
        }
        if later:
            # the lead of the same person is there by now
            refused |= self._load_lines(
                lines.filtered(lambda line: line.row in {row.number for row in later}), reader)
        return refused

    def _load_new(self, rows, leads):
        """Make leads of the rows, all at once where that goes well; return what became of each."""
        values = [self._prepare_lead_values(row, leads) for row in rows]
        try:
            with self.env.cr.savepoint():
                made = leads.create(values)
            return {
                row.number: ('done', '\n'.join(row.notes), lead.id)
                for row, lead in zip(rows, made, strict=True)
            }
        except ROW_ERRORS:
            _logger.debug("One of %s rows cannot be loaded: each by itself", len(rows))
        results = {}
        for row, one in zip(rows, values, strict=True):
            try:
                with self.env.cr.savepoint():
                    lead = leads.create([one])
                results[row.number] = ('done', '\n'.join(row.notes), lead.id)
            except ROW_ERRORS as error:
                results[row.number] = ('error', self._explain(error, leads), False)
        return results

    def _prepare_lead_values(self, row, leads):
        values = {
            'type': self.type,
            'company_id': self.company_id.id,
            'user_id': self.salesperson_id.id,
            **{
                name: self[name].id
                for name in ('team_id', 'source_id', 'medium_id', 'campaign_id') if self[name]
            },
            **row.values,
        }
        if self.tag_ids:
            values['tag_ids'] = [
                *row.values.get('tag_ids', []),
                *(Command.link(tag.id) for tag in self.tag_ids),
            ]
        values['name'] = values.get('name') or next(filter(None, map(values.get, (
            'partner_name', 'contact_name', 'email_from', 'phone', 'client_reference'))))
        partner = self.env['res.partner'].browse(row.partner_id or [])
        return leads._link_contact(values, partner)

    def _load_known(self, row, leads):
        """Fill in or overwrite the lead there is; return what became of the row."""
        if self.known_mode in ('skip', 'create'):
            return ('left', '\n'.join(row.notes), row.lead_id)
        lead = leads.browse(row.lead_id)
        values = leads._link_contact(row.values, self.env['res.partner'].browse(
            row.partner_id if not lead.partner_id else []))
        tags = values.pop('tag_ids', [Command.set([])])[0][2] if 'tag_ids' in values else []
        if self.known_mode == 'complete':
            values = {name: value for name, value in values.items() if not lead[name]}
        if tags:
            values['tag_ids'] = [Command.link(tag_id) for tag_id in tags]
        try:
            with self.env.cr.savepoint():
                lead.write(values)
        except ROW_ERRORS as error:
            return ('error', self._explain(error, leads), False)
        return ('done', '\n'.join(row.notes), lead.id)

    @api.model
    def _explain(self, error, leads):
        """Return what went wrong with a row, in plain words."""
        if isinstance(error, psycopg2.Error):
            return leads._sql_error_to_message(error)
        return str(error)

    def _add_facts(self, rows, results, leads):
        """Note the touch of each lead that was loaded, and what its person has decided."""
        loaded = [
            (row, results[row.number][2]) for row in rows
            if results.get(row.number, ('', '', False))[0] == 'done'
        ]
        # sudo: touches are added by taking leads in alone
        self.env['crm.touch'].sudo().create([
            leads.sudo().browse(lead_id)._prepare_touch_values('import', {
                'note': self.name,
                **{
                    name: row.values.get(name) or self[name].id
                    for name in ('source_id', 'medium_id', 'campaign_id')
                },
            })
            for row, lead_id in loaded
        ])
        decisions = []
        for row, lead_id in loaded:
            states = {purpose.id: True for purpose in self.purpose_ids} | row.consents
            decisions += [
                {
                    'purpose_id': purpose_id, 'state': 'given' if given else 'withdrawn',
                    'lead_id': lead_id, 'partner_id': row.partner_id,
                    'company_id': self.company_id.id, 'origin': 'import',
                    'note': self.consent_note or self.name,
                }
                for purpose_id, given in states.items()
            ]
        self.env['crm.consent'].create(decisions)

    # ------------------------------------------------------------
    # IN THE BACKGROUND
    # ------------------------------------------------------------

    @api.model
    def _cron_load(self):
        """Load the files that are waiting, each with the rights of who imports it."""
        for one in self.search([('state', '=', 'loading')], order='id'):
            one = one.with_context(lang=one.user_id.lang, tz=one.user_id.tz)
            try:
                # the company of the import alone, as the user had it when they began
                one.with_user(one.user_id).with_context(
                    allowed_company_ids=one.company_id.ids)._load(background=True)
            except psycopg2.OperationalError:
                # somebody else was at the same leads: the job is run again
                raise
            except Exception as error:
                # whatever it is, such as a right that the user has lost meanwhile: other files
                # must not wait behind this one, nor this one be tried for ever
                _logger.exception("Import %s of leads was broken off", one.id)
                self.env.cr.rollback()
                one.write({'state': 'checked', 'failure': str(error)})
                one._tell_user()
                self.env['ir.cron']._commit_progress(1)

    def _tell_user(self):
        """Tell who imports that it is done, or that it is not and why."""
        done = self.state == 'done'
        if done:
            message = self.env._("The file is loaded.")
        elif self.failure:
            message = self.env._("Loading was broken off: %s", self.failure)
        else:
            message = self.env._("Nothing was loaded, since rows need correction.")
        self.user_id._bus_send('simple_notification', {
            'type': 'success' if done else 'warning',
            'title': self.name,
            'message': message,
            'sticky': True,
        })
