"""Read the cells of a file as values of a lead's fields, saying what is wrong with one and how to
mend it.

What Odoo's own import knows of numbers, dates and choices is asked of it. Names of records are
looked up once for each name in the file, not once for each row.
"""

from contextlib import suppress

from odoo import fields
from odoo.addons.base_import.models.base_import import ImportValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize, plaintext2html

#: The fields whose missing records may be made of their names.
CREATABLE = ('tag_ids', 'source_id', 'medium_id', 'campaign_id')
#: Types of fields that a cell can be read as.
TYPES = (
    'char', 'text', 'html', 'integer', 'float', 'monetary', 'boolean', 'selection', 'date',
    'datetime', 'many2one',
)


class CellError(Exception):
    """What is wrong with a cell and how to mend it, in words for the person with the file."""


class CellReader:
    """Reads cells for one company.

    :param leads: ``crm.lead`` as the importing user
    :param company: whose records are looked up
    :param options: those of Odoo's import, with its ``date_format``
    :param bool create_missing: may tags, sources, media and campaigns be made of their names
    :param bool dry: look only: what would be made is left out of the values
    """

    def __init__(self, leads, company, options, create_missing=False, dry=True):
        self.leads = leads
        self.env = leads.env
        self.company = company
        self.options = options
        self.create_missing = create_missing
        self.dry = dry
        self.importer = self.env['base_import.import']
        self.converter = self.env['ir.fields.converter']
        self.found = {}

    def read_cell(self, name, text, values):
        """Return the value of a cell for a field.

        :param values: those of the row that were read already
        :raises CellError: if it cannot be one
        """
        if name == 'email_from':
            return self._read_email(text)
        if name == 'tag_ids':
            names = [part.strip() for part in text.split(',') if part.strip()]
            ids = [self._find(name, part, values) for part in names]
            return [Command.set([one for one in ids if one])]
        field = self.leads._fields[name]
        if field.type == 'many2one':
            return self._find(name, text, values)
        return getattr(self, f'_read_{field.type}', self._read_text)(field, text)

    # -- texts

    def _read_text(self, field, text):
        return text

    def _read_html(self, field, text):
        return plaintext2html(text)

    def _read_email(self, text):
        if not email_normalize(text):
            raise CellError(self.env._(
                "This is no e-mail address. Write one, such as name@company.com."))
        return text

    # -- numbers and dates, as Odoo's import reads them

    def _read_integer(self, field, text):
        number = self._read_float(field, text)
        if number != int(number):
            raise CellError(self.env._("This is no whole number. Write it without decimals."))
        return int(number)

    def _read_float(self, field, text):
        row = [text]
        try:
            self.importer._parse_float_from_data([row], 0, field.name, self.options)
            return float(row[0])
        except (ImportValidationError, ValueError, AttributeError, IndexError) as error:
            raise CellError(self.env._(
                "This is no number. Write digits, such as 1200.50.")) from error

    _read_monetary = _read_float

    def _read_date(self, field, text):
        with suppress(ValueError):
            return fields.Date.to_string(fields.Date.from_string(text))
        row = [text]
        try:
            self.importer._parse_date_from_data([row], 0, field.name, field.type, self.options)
        except ImportValidationError as error:
            raise CellError(self.env._(
                "This is no date. Write year, month and day, such as 2027-03-31.")) from error
        return row[0]

    def _read_datetime(self, field, text):
        try:
            return self.converter._str_to_datetime(
                self.leads, field, self._read_moment(field, text), None)[0]
        except ValueError as error:
            raise CellError(self.env._(
                "This is no date and time. Write it such as 2027-03-31 14:30:00.")) from error

    def _read_moment(self, field, text):
        row = [text]
        try:
            self.importer._parse_date_from_data([row], 0, field.name, field.type, self.options)
        except ImportValidationError:
            return text
        return row[0]

    # -- choices

    def read_yes_no(self, text):
        """Return whether a cell says yes.

        :raises CellError: if it says neither yes nor no
        """
        return self._read_boolean(self.leads._fields['active'], text)

    def _read_boolean(self, field, text):
        value, warnings = self.converter._str_to_boolean(self.leads, field, text, savepoint=None)
        if warnings:
            raise CellError(self.env._("Write “yes” or “no”."))
        return value

    def _read_selection(self, field, text):
        try:
            return self.converter._str_to_selection(self.leads, field, text, savepoint=None)[0]
        except ValueError as error:
            choices = [label for _value, label in field._description_selection(self.env)]
            raise CellError(self.env._("Write one of: %s.", ", ".join(choices))) from error

    # -- records by their names

    def _find(self, name, text, values):
        """Return the id of the record that a field calls so; None where it would be made."""
        country_id = values.get('country_id') if name == 'state_id' else None
        key = (name, text.casefold(), country_id)
        if key not in self.found:
            self.found[key] = self._look_up(name, text, country_id)
        found = self.found[key]
        if isinstance(found, str):
            raise CellError(found)
        return found

    def _look_up(self, name, text, country_id):
        """Return the id of the only record called so, None to be made, or what is wrong."""
        field = self.leads._fields[name]
        model = self.env[field.comodel_name]
        matches = model.name_search(
            text, self._get_domain(model, country_id), operator='=', limit=2)
        if len(matches) == 1:
            return matches[0][0]
        label = field._description_string(self.env)
        if matches:
            return self.env._(
                "More than one is called so. Leave it empty, or give them different names "
                "(%s).", label)
        if name not in CREATABLE or not self.create_missing:
            return self.env._(
                "There is none called so (%s). Write a name that there is, or leave it empty.",
                label)
        return None if self.dry else model.name_create(text)[0]

    def _get_domain(self, model, country_id):
        domain = Domain.TRUE
        if model._name == 'res.users':
            domain &= Domain('company_ids', 'in', self.company.ids)
            domain &= Domain('share', '=', False)
        elif 'company_id' in model._fields:
            domain &= Domain('company_id', 'in', (False, self.company.id))
        if country_id:
            domain &= Domain('country_id', '=', country_id)
        return domain
