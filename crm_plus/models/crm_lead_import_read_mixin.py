import base64
import datetime

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.safe_cells import rearm
from .crm_lead_import_column import CONSENT


class CrmLeadImportReadMixin(models.AbstractModel):
    """How the file of an import becomes columns and rows of texts: by Odoo's own import."""

    _name = 'crm.lead.import.read.mixin'
    _description = "Import of Leads: Reading"

    #: What columns are called besides the names of Odoo's fields.
    SYNONYMS = {
        'e-mail': 'email_from', 'email': 'email_from', 'mail': 'email_from',
        'e-mail address': 'email_from', 'telephone': 'phone', 'tel': 'phone', 'mobile': 'phone',
        'company': 'partner_name', 'organisation': 'partner_name', 'organization': 'partner_name',
        'contact': 'contact_name', 'person': 'contact_name', 'full name': 'contact_name',
        'position': 'function', 'job title': 'function', 'web': 'website', 'url': 'website',
        'postcode': 'zip', 'postal code': 'zip', 'note': 'description', 'message': 'description',
        'reference': 'client_reference', 'id': 'client_reference', 'subject': 'name',
        'salesperson': 'user_id', 'team': 'team_id',
    }
    SAMPLES = 10
    MAX_ROWS = 50_000

    options = fields.Json(readonly=True, copy=False)

    def _read_file(self):
        """Return the names of the columns and the rows, as texts; without the column of errors.

        :return: list of names, list of lists as long as that one
        """
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).file or b'')
        if not content:
            raise UserError(self.env._("Choose a file first."))
        importer = self.env['base_import.import'].create({
            'res_model': 'crm.lead', 'file': content, 'file_name': self.file_name,
        })
        options = {
            'quoting': '"', 'separator': self.separator or '', 'has_headers': True,
            'encoding': self._guess_encoding(content),
        }
        try:
            _count, rows = importer._read_file(options)
        except UserError:
            raise
        except Exception as error:  # whatever a broken file makes the readers stumble over
            raise UserError(self.env._(
                "The file cannot be read (%s). Save it as CSV or as an Excel workbook and try "
                "again.", error)) from error
        if len(rows) < 2:
            raise UserError(self.env._(
                "There is no row in the file. The first row holds the names of the columns, the "
                "others hold a lead each."))
        if len(rows) - 1 > self.MAX_ROWS:
            raise UserError(self.env._(
                "The file has %(count)s rows. Divide it into files of at most %(most)s.",
                count=len(rows) - 1, most=self.MAX_ROWS))
        headers, rows = self._clean(rows)
        self._keep_columns(importer, headers, rows, options)
        return headers, rows

    def _guess_encoding(self, content):
        """Return UTF-8 where it is that, and leave it to Odoo to find out the others."""
        try:
            content.decode('utf-8')
        except UnicodeDecodeError:
            return ''
        return 'utf-8-sig'

    def _clean(self, rows):
        """Return the cells as texts, each row as long as the first, without errors of before."""
        texts = [[self._to_text(cell) for cell in row] for row in rows]
        # the names of the columns may end in empty cells, the rows may not be longer than those
        headers = texts[0]
        while headers and not headers[-1]:
            headers.pop()
        error_headers = {self._get_error_header().casefold(), 'errors'}
        kept = [
            index for index, header in enumerate(headers)
            if header.casefold() not in error_headers
        ]
        width = len(headers)
        rows = []
        for number, cells in enumerate(texts[1:], 2):
            if any(cells[width:]):
                raise UserError(self.env._(
                    "Row %s has more cells than there are columns. Probably a comma or semicolon "
                    "in a text: put the text in quotation marks.", number))
            cells += [''] * (width - len(cells))
            rows.append([cells[index] for index in kept])
        return [headers[index] for index in kept], rows

    def _to_text(self, cell):
        if isinstance(cell, datetime.datetime):
            return fields.Datetime.to_string(cell)
        if isinstance(cell, datetime.date):
            return fields.Date.to_string(cell)
        return rearm(str(cell).replace('\x00', '').strip())

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    def _keep_columns(self, importer, headers, rows, options):
        """Keep the columns of the file with what each probably is, unless they are known."""
        samples = rows[:self.SAMPLES]
        types = importer._extract_headers_types(headers, samples, options)
        # sudo: columns are made by reading a file alone; whose import it is was checked
        self.sudo().options = {
            name: options[name]
            for name in ('separator', 'encoding', 'date_format', 'datetime_format',
                         'float_thousand_separator', 'float_decimal_separator')
            if options.get(name)
        }
        if self.column_ids.sorted('sequence').mapped('name') == headers:
            return
        suggestions = self._suggest_fields(importer, headers, types)
        # sudo: as above
        columns = self.env['crm.lead.import.column'].sudo()
        self.column_ids.sudo().unlink()
        columns.create([
            {
                'import_id': self.id, 'sequence': index, 'name': header,
                'sample': next((row[index] for row in samples if row[index]), '')[:100],
                'field_name': suggestions.get(index),
            }
            for index, header in enumerate(headers)
        ])
        self.invalidate_recordset(['column_ids'])

    def _suggest_fields(self, importer, headers, types):
        """Return the field of each column by its index: as used before, by name, or alike."""
        choices = dict(self.env['crm.lead.import.column']._selection_field_name())
        descriptions = self.env['crm.lead'].fields_get(
            [name for name in choices if not name.startswith(CONSENT)], ['string', 'type'])
        tree = [
            {'id': name, 'name': name, 'string': description['string'], 'required': False,
             'fields': [], 'type': description['type'], 'model_name': 'crm.lead'}
            for name, description in descriptions.items()
        ]
        suggestions = {
            index: suggestion['field_path'][0]
            for (index, _header), suggestion
            in importer._get_mapping_suggestions(headers, types, tree).items()
            if suggestion and suggestion['field_path'][0] in choices
        }
        labels = {
            label.casefold(): name for name, label in choices.items() if name.startswith(CONSENT)
        }
        taken = set(suggestions.values())
        for index, header in enumerate(headers):
            known = header.strip().casefold()
            name = self.SYNONYMS.get(known) or labels.get(known)
            if index not in suggestions and name and name not in taken:
                suggestions[index] = name
                taken.add(name)
        return suggestions

    def _remember_columns(self):
        """Propose the same the next time that a file has these columns, as Odoo's import does."""
        mappings = self.env['base_import.mapping']
        used = {
            column.name.lower(): column.field_name for column in self.column_ids
            if column.field_name and column.name and not column.field_name.startswith(CONSENT)
        }
        known = {
            mapping.column_name: mapping for mapping in mappings.search([
                ('res_model', '=', 'crm.lead'), ('column_name', 'in', list(used)),
            ])
        }
        for name, field_name in used.items():
            if name in known:
                known[name].field_name = field_name
            else:
                mappings.create({
                    'res_model': 'crm.lead', 'column_name': name, 'field_name': field_name,
                })
