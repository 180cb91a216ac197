import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.safe_cells import write_csv, write_xlsx

#: What a change of makes the preview out of date.
PREVIEWED = {
    'file', 'separator', 'type', 'team_id', 'salesperson_id', 'source_id', 'medium_id',
    'campaign_id', 'tag_ids', 'purpose_ids', 'known_mode', 'link_contacts', 'create_missing',
    'column_ids',
}


class CrmLeadImport(models.Model):
    """A file of leads: looked over before anything is made, and loaded whole or in part.

    The file is read (``crm.lead.import.read.mixin``) into columns and rows. Each row says what it
    will become, or what is wrong with it and how to mend it. Loading
    (``crm.lead.import.load.mixin``) works in batches with the rights of who imports. What could
    not be loaded is given back as a file that is corrected and loaded as it is.
    """

    _name = 'crm.lead.import'
    _inherit = ['crm.lead.import.read.mixin', 'crm.lead.import.load.mixin']
    _description = "Import of Leads"
    _order = 'id desc'
    _check_company_auto = True

    name = fields.Char(compute='_compute_name', store=True)
    file = fields.Binary(attachment=True, help="A CSV or Excel file with the names of its columns "
                                               "in the first row.")
    file_name = fields.Char(string="Name of the File")
    separator = fields.Selection(
        [(',', "Comma"), (';', "Semicolon"), ('\t', "Tabulator"), ('|', "Bar")],
        help="What stands between the cells of a CSV file. Empty: it is found out.",
    )
    state = fields.Selection(
        [
            ('draft', "File"),
            ('checked', "Preview"),
            ('loading', "Loading"),
            ('done', "Loaded"),
        ],
        required=True, readonly=True, default='draft', copy=False, index=True,
    )
    user_id = fields.Many2one(
        'res.users', string="Imported By", required=True, readonly=True, index=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True,
        default=lambda self: self.env.company,
    )
    column_ids = fields.One2many('crm.lead.import.column', 'import_id', string="Columns")
    line_ids = fields.One2many('crm.lead.import.line', 'import_id', string="Rows", readonly=True)

    # what every lead of the file gets where its row says nothing else
    type = fields.Selection(
        [('lead', "Leads"), ('opportunity', "Opportunities")], string="Make", required=True,
        default=lambda self: self.env['crm.lead'].default_get(['type']).get('type'),
    )
    team_id = fields.Many2one('crm.team', string="Sales Team", check_company=True)
    salesperson_id = fields.Many2one(
        'res.users', domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: nobody yet.",
    )
    source_id = fields.Many2one('utm.source', help="Where these people come from: a fair, a list.")
    medium_id = fields.Many2one('utm.medium')
    campaign_id = fields.Many2one('utm.campaign')
    tag_ids = fields.Many2many('crm.tag', string="Tags")
    purpose_ids = fields.Many2many(
        'crm.consent.purpose', string="All Have Agreed To", check_company=True,
        help="Only what everybody in the file has really agreed to. Where people differ, let a "
             "column of the file say it.",
    )
    consent_note = fields.Char(
        string="How They Have Agreed",
        help="Kept as the proof with each consent: the event, the form, the seller of the list.",
    )

    # what happens
    known_mode = fields.Selection(
        [
            ('skip', "Leave it as it is"),
            ('complete', "Fill in what is empty"),
            ('update', "Overwrite it"),
            ('create', "Make another lead"),
        ],
        string="Where There Is an Open Lead", required=True, default='complete',
        help="What becomes of a row whose person has an open lead already: one with the same "
             "e-mail address, or with the same phone number where one of the two has no address. "
             "A row with a reference that was loaded before never makes another lead.",
    )
    link_contacts = fields.Boolean(
        string="Link Known Contacts", default=True,
        help="Leads get the contact with their e-mail address, if there is one.",
    )
    create_missing = fields.Boolean(
        string="Make Missing Tags and Sources", default=False,
        help="Tags, sources, media and campaigns that the file names are made where there are "
             "none. Otherwise their rows need correction.",
    )
    load_mode = fields.Selection(
        [
            ('all', "Everything, or nothing if a row needs correction"),
            ('good', "The good rows; give me the others as a file"),
        ],
        string="Load", required=True, default='good',
    )

    line_count = fields.Integer(string="Rows in All", compute='_compute_counts')
    new_count = fields.Integer(string="New", compute='_compute_counts')
    known_count = fields.Integer(string="Known", compute='_compute_counts')
    error_count = fields.Integer(string="Need Correction", compute='_compute_counts')
    done_count = fields.Integer(string="Rows Loaded", compute='_compute_counts')
    left_count = fields.Integer(string="Left as They Are", compute='_compute_counts')
    progress = fields.Integer(readonly=True, copy=False, help="Rows gone through so far.")
    failure = fields.Text(
        readonly=True, copy=False,
        help="Why loading in the background was broken off. What was loaded until then stays.",
    )
    error_file = fields.Binary(
        string="Rows to Correct", compute='_compute_error_file',
        help="The rows that need correction, as they were in your file, with a column that says "
             "what is wrong. Correct them and load the file as it is.",
    )
    error_file_name = fields.Char(compute='_compute_error_file_name')

    @api.depends('file_name')
    def _compute_name(self):
        for one in self:
            one.name = one.file_name or self.env._("New Import")

    def _compute_counts(self):
        # not by depends: an import is looked at, the counts are those of that moment
        counts = {
            (one.id, state): count
            for one, state, count in self.env['crm.lead.import.line']._read_group(
                [('import_id', 'in', self.ids)], ['import_id', 'state'], ['__count'])
        }
        for one in self:
            for state in ('new', 'known', 'error', 'done', 'left'):
                one[f'{state}_count'] = counts.get((one._origin.id, state), 0)
            one.line_count = sum(
                count for (import_id, _state), count in counts.items()
                if import_id == one._origin.id)

    @api.depends('file_name')
    def _compute_error_file_name(self):
        for one in self:
            stem, _dot, ending = (one.file_name or '').rpartition('.')
            ending = 'csv' if ending.lower() in ('csv', 'txt', '') else 'xlsx'
            one.error_file_name = self.env._("%s to correct", stem or one.name) + f'.{ending}'

    def _compute_error_file(self):
        for one in self:
            rows = one._get_error_rows()
            if one.error_file_name.endswith('.csv'):
                content = write_csv(rows, (one.options or {}).get('separator') or ',')
            else:
                content = write_xlsx(rows)
            one.error_file = base64.b64encode(content)

    def _get_error_rows(self):
        """Return the rows that need correction as they were, with a column of what is wrong."""
        self.ensure_one()
        lines = self.env['crm.lead.import.line'].search([
            ('import_id', '=', self.id), ('state', '=', 'error'),
        ], order='row')
        headers = self.column_ids.sorted('sequence').mapped('name')
        return [
            [*headers, self._get_error_header()],
            *([*line.cells, line.message or ''] for line in lines),
        ]

    @api.model
    def _get_error_header(self):
        return self.env._("Errors")

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                # who imports is who loads: with their rights, and nobody else's
                vals.update(user_id=self.env.uid)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and 'user_id' in vals:
            raise UserError(self.env._("An import stays with who has begun it."))
        if PREVIEWED & vals.keys():
            if any(one.state in ('loading', 'done') for one in self):
                raise UserError(self.env._(
                    "This file is being loaded or was loaded. Import a file anew to change it."))
            vals = {**vals, 'state': 'draft'}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_loading(self):
        if any(one.state == 'loading' for one in self):
            raise UserError(self.env._("Wait until the file is loaded."))

    @api.constrains('purpose_ids', 'consent_note')
    def _check_consent_note(self):
        for one in self:
            if one.purpose_ids and not one.consent_note:
                raise ValidationError(self.env._(
                    "Say how the people in the file have agreed. Without that, their consent "
                    "proves nothing."))

    @api.autovacuum
    def _gc_rows(self):
        """Forget the files and rows of a month ago: people are in them, the leads are made."""
        old = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        imports = self.search([('write_date', '<', old), ('state', '!=', 'loading')])
        imports.unlink()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_check(self):
        """Read the file and show what would become of each row; nothing is made."""
        self.ensure_one()
        if self.state in ('loading', 'done'):
            raise UserError(self.env._("This file was loaded already."))
        self._check_rows()

    def action_load(self):
        """Load what was previewed: at once, or in the background where it takes long."""
        self.ensure_one()
        self.check_access('write')
        if self.state != 'checked':
            raise UserError(self.env._("Look over the preview before you load the file."))
        if self.load_mode == 'all' and self.error_count:
            raise UserError(self.env._(
                "%s rows need correction, and you want everything or nothing. Correct them, or "
                "load the good rows alone.", self.error_count))
        if self.user_id != self.env.user:
            raise UserError(self.env._("Only who has begun an import can load it."))
        # sudo: the state alone, of one's own import
        self.sudo().write({'state': 'loading', 'progress': 0, 'failure': False})
        if self.line_count <= self.DIRECT_ROWS:
            self._load()
        else:
            self.env.ref('crm_plus.ir_cron_lead_import')._trigger()

    def action_download_errors(self):
        """Give back the rows that need correction, as a file."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url',
            'url': f'/web/content/{self._name}/{self.id}/error_file'
                   f'?filename_field=error_file_name&download=true',
            'target': 'download',
        }

    def action_view_lines(self):
        """Open the rows of the state that the button says."""
        self.ensure_one()
        state = self.env.context.get('line_state')
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus.crm_lead_import_line_action')
        action['domain'] = list(
            Domain('import_id', '=', self.id)
            & (Domain('state', '=', state) if state else Domain.TRUE))
        return action

    def action_view_leads(self):
        """Open the leads that were made or changed."""
        self.ensure_one()
        leads = self.env['crm.lead.import.line'].search([
            ('import_id', '=', self.id), ('state', '=', 'done'),
        ]).lead_id
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Imported Leads"),
            'res_model': 'crm.lead',
            'views': [(False, 'list'), (False, 'form')],
            'domain': [('id', 'in', leads.ids)],
            'context': {'active_test': False},
        }
