from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date, format_datetime, html2plaintext, is_html_empty

#: as many as one still reads side by side
MAX_RECORDS = 5
#: longer texts are cut in the preview
SHOWN_CHARS = 200
#: types of fields that one may choose from either record
CHOSEN_TYPES = frozenset((
    'char', 'text', 'html', 'selection', 'many2one', 'date', 'datetime', 'integer', 'float',
    'monetary', 'boolean',
))
#: stands for the values of all records, one below the other
ALL = 0
ADDRESS = 'address'


class CrmMergeWizard(models.TransientModel):
    """Compare records field by field, choose what stays, and let the others go on as one."""

    _name = 'crm.merge.wizard'
    _description = "Merge Leads or Contacts"

    kind = fields.Selection(
        [('crm.lead', "Leads"), ('res.partner', "Contacts")], required=True)
    lead_ids = fields.Many2many(
        'crm.lead', string="Leads", context={'active_test': False})
    partner_ids = fields.Many2many(
        'res.partner', string="Contacts", context={'active_test': False})
    survivor_id = fields.Integer("Record That Stays", required=True)
    choices = fields.Json(
        help="For each field, the record whose value stays; what is not chosen goes by rule.")
    preview = fields.Json(compute='_compute_preview')
    obstacle = fields.Char(
        compute='_compute_obstacle', help="Why these records cannot be merged in this way.")

    # ------------------------------------------------------------
    # OPENING
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Take the records that were selected in a list."""
        values = super().default_get(fields)
        model = self.env.context.get('active_model')
        if model in self.env['crm.duplicate.finder']._models():
            values.update(self._prepare(
                self.env[model].browse(self.env.context.get('active_ids', []))))
        return values

    @api.model
    def _prepare(self, records):
        if not 2 <= len(records) <= MAX_RECORDS:
            raise UserError(self.env._(
                "Select two records to merge, or up to %s.", MAX_RECORDS))
        records.check_access('write')
        records = records._merge_order()
        return {
            'kind': records._name,
            'lead_ids' if records._name == 'crm.lead' else 'partner_ids': records.ids,
            'survivor_id': records[0].id,
            'choices': {},
        }

    @api.model
    def _open(self, records):
        """Return the action that opens the dialog for the records."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Merge"),
            'res_model': self._name,
            'res_id': self.create(self._prepare(records)).id,
            'views': [(False, 'form')],
            'target': 'new',
        }

    @api.model
    def open_for(self, model, record_ids):
        """Return the action that opens the dialog; called by the warning in forms."""
        if model not in self.env['crm.duplicate.finder']._models():
            raise UserError(self.env._("Only leads and contacts are merged."))
        return self._open(self.env[model].browse(record_ids))

    def _records(self):
        """The records, the one that stays first."""
        self.ensure_one()
        records = (self.lead_ids if self.kind == 'crm.lead' else self.partner_ids)._origin
        survivor = records.filtered(lambda record: record.id == self.survivor_id)
        return survivor | records._merge_order() if records else records

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    @api.depends('kind', 'lead_ids', 'partner_ids', 'survivor_id')
    def _compute_obstacle(self):
        for wizard in self:
            records = wizard._records()
            try:
                (records - records[:1])._check_mergeable(records[:1])
            except UserError as error:
                wizard.obstacle = error.args[0]
            else:
                wizard.obstacle = False

    @api.depends('kind', 'lead_ids', 'partner_ids', 'survivor_id')
    def _compute_preview(self):
        for wizard in self:
            records = wizard._records()
            wizard.preview = {
                'records': [
                    {'id': record.id, 'name': record.display_name} for record in records],
                'fields': wizard._compared_fields(records),
                'links': wizard._moved_links(records),
            }

    def _moved_links(self, records):
        """What goes over to the record that stays: a list of name and number."""
        merge, totals = self.env['crm.merge'], {}
        for link, count in self.env['crm.merge.mover']._counts(records[1:]).items():
            if not merge._may_be_named(link.table):
                continue
            label = merge._table_label(link.table)
            totals[label] = totals.get(label, 0) + count
        return [{'label': label, 'count': count} for label, count in totals.items()]

    def _compared_fields(self, records):
        """The fields in which the records differ, with the value of each and the winner."""
        rows = []
        address = self._compared_address(records)
        if address:
            rows.append(address)
        for name, label in self._field_labels(records).items():
            values = [record[name] for record in records]
            if all(value == values[0] for value in values) or not any(
                    self._is_filled(value) for value in values):
                continue
            field = records._fields[name]
            winner = next(
                (record.id for record, value in zip(records, values, strict=True)
                 if self._is_filled(value)), records[0].id)
            if field.type == 'boolean':
                winner = records[0].id
            both = field.type in ('html', 'text') and sum(map(self._is_filled, values)) > 1
            rows.append({
                'name': name, 'label': label, 'winner': ALL if both else winner, 'both': both,
                'values': [
                    {'id': record.id, 'text': self._value_text(record, name)}
                    for record in records
                ],
            })
        return rows

    def _compared_address(self, records):
        names = records._merge_address_fields()
        addresses = {
            record.id: [record[name] for name in names] for record in records}
        if all(address == addresses[records[0].id] for address in addresses.values()):
            return None
        # an address is taken as a whole: the fullest one, of several the surviving record's
        winner = max(records, key=lambda record: sum(map(bool, addresses[record.id])))
        return {
            'name': ADDRESS, 'label': self.env._("Address"), 'winner': winner.id, 'both': False,
            'values': [
                {'id': record.id, 'text': ', '.join(filter(None, (
                    self._value_text(record, name) for name in names)))}
                for record in records
            ],
        }

    def _field_labels(self, records):
        """The fields that one may choose, in the order of their names: ``{name: label}``."""
        skipped = records._merge_skipped_fields() | set(records._merge_address_fields())
        described = records.fields_get(attributes=['string', 'type', 'readonly', 'store'])
        labels = {
            name: values['string'] for name, values in described.items()
            if values['type'] in CHOSEN_TYPES and values['store'] and not values['readonly']
            and name not in skipped
            and records._has_field_access(records._fields[name], 'write')
        }
        return dict(sorted(labels.items(), key=lambda item: item[1]))

    @api.model
    def _is_filled(self, value):
        return not is_html_empty(value) if isinstance(value, str) else bool(value)

    @api.model
    def _value_text(self, record, name):
        """A value as one reads it."""
        value, field = record[name], record._fields[name]
        if not value and field.type != 'boolean':
            return ''
        match field.type:
            case 'many2one':
                text = value.display_name
            case 'selection':
                text = dict(field._description_selection(self.env)).get(value, value)
            case 'boolean':
                text = self.env._("Yes") if value else self.env._("No")
            case 'date':
                text = format_date(self.env, value)
            case 'datetime':
                text = format_datetime(self.env, value)
            case 'monetary':
                currency = record[field.get_currency_field(record)]
                text = format_amount(self.env, value, currency or self.env.company.currency_id)
            case 'html':
                text = html2plaintext(value)
            case _:
                text = str(value)
        return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    def action_merge(self):
        """Merge the records as chosen, and open the one that stays."""
        self.ensure_one()
        records = self._records()
        survivor = records[:1]
        self.env['crm.merge']._merge(survivor, records[1:], self._chosen_values(records))
        return {
            'type': 'ir.actions.act_window',
            'res_model': survivor._name,
            'res_id': survivor.id,
            'views': [(False, 'form')],
        }

    def _chosen_values(self, records):
        """What to write on the record that stays."""
        survivor, choices = records[:1], self.choices or {}
        values = {}
        for row in self._compared_fields(records):
            chosen = choices.get(row['name'], row['winner'])
            if chosen == survivor.id:
                continue
            if chosen == ALL and row['both']:
                texts = [record[row['name']] for record in records]
                joint = '<br/>' if survivor._fields[row['name']].type == 'html' else '\n'
                values[row['name']] = joint.join(
                    text for text in dict.fromkeys(texts) if self._is_filled(text))
                continue
            record = records.filtered(lambda record, chosen=chosen: record.id == chosen)
            if not record:
                raise UserError(self.env._(
                    "Choose for %s a value of one of these records.", row['label']))
            names = (
                survivor._merge_address_fields() if row['name'] == ADDRESS else [row['name']])
            values.update(record._convert_to_write({name: record[name] for name in names}))
        return values
