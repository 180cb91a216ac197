from odoo import api, fields, models
from odoo.tools import email_normalize, plaintext2html

from ..tools.signature import parse_signature


class CrmLeadQuickEntry(models.TransientModel):
    """Enter leads one after the other, by keyboard alone, from signatures that are pasted.

    What the leads have in common, such as their source and team, stays from one to the next.
    """

    _name = 'crm.lead.quick.entry'
    _description = "Quick Entry of Leads"

    #: What is filled in from a signature where it is empty.
    READ = ('contact_name', 'function', 'partner_name', 'email_from', 'phone', 'website')
    #: What stays from one lead to the next.
    KEPT = ('type', 'team_id', 'user_id', 'source_id', 'medium_id', 'campaign_id', 'tag_ids')

    signature = fields.Text(
        help="Paste the end of a mail, or type what stands on a card. What can be read in it is "
             "filled in below, where nothing stands yet.",
    )
    name = fields.Char(string="Subject")
    contact_name = fields.Char()
    function = fields.Char(string="Position")
    partner_name = fields.Char(string="Company")
    email_from = fields.Char(string="E-mail")
    phone = fields.Char()
    website = fields.Char()
    description = fields.Text(string="Notes")
    type = fields.Selection(
        [('lead', "Lead"), ('opportunity', "Opportunity")], required=True,
        default=lambda self: self.env['crm.lead'].default_get(['type']).get('type'),
    )
    team_id = fields.Many2one(
        'crm.team', string="Sales Team",
        domain="[('company_id', 'in', (False, current_company_id))]",
        default=lambda self: self.env['crm.team']._get_default_team_id(user_id=self.env.uid),
    )
    user_id = fields.Many2one(
        'res.users', string="Salesperson", domain=[('share', '=', False)],
        default=lambda self: self.env.user,
    )
    source_id = fields.Many2one('utm.source', help="Where these people come from.")
    medium_id = fields.Many2one('utm.medium')
    campaign_id = fields.Many2one('utm.campaign')
    tag_ids = fields.Many2many('crm.tag', string="Tags")
    purpose_ids = fields.Many2many(
        'crm.consent.purpose', string="Has Agreed To",
        domain="[('company_id', 'in', (False, current_company_id))]",
    )
    consent_note = fields.Char(
        string="How They Have Agreed", help="Kept as the proof: at the fair, on the phone.")
    known_lead_id = fields.Many2one(
        'crm.lead', string="Open Lead", compute='_compute_known',
        help="The open lead of the same person. What you enter is added to it.",
    )
    known_partner_id = fields.Many2one(
        'res.partner', string="Known Contact", compute='_compute_known',
        help="The contact with this e-mail address, which the lead gets.",
    )
    saved_lead_id = fields.Many2one(
        'crm.lead', string="Saved Before", readonly=True,
        help="The lead that you have just entered.",
    )

    @api.onchange('signature')
    def _onchange_signature(self):
        for name, value in parse_signature(self.signature).items():
            self[name] = self[name] or value

    @api.depends('email_from')
    def _compute_known(self):
        leads = self.env['crm.lead']
        for entry in self:
            email = email_normalize(entry.email_from)
            entry.known_lead_id = leads._find_open_lead(email, self.env.company)
            entry.known_partner_id = leads._find_contact_by_address(email, self.env.company)

    def action_save(self):
        """Save the lead and open it."""
        lead = self._save()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.lead',
            'res_id': lead.id,
            'views': [(False, 'form')],
        }

    def action_save_and_new(self):
        """Save the lead and go on with the next, from where this one comes from."""
        lead = self._save()
        kept = {
            f'default_{name}': self[name].ids if name == 'tag_ids'
            else self[name].id if self._fields[name].relational else self[name]
            for name in self.KEPT
        }
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_lead_quick_entry_action'),
            'context': {**kept, 'default_saved_lead_id': lead.id},
        }

    def _save(self):
        self.ensure_one()
        lead, _created = self.env['crm.lead']._capture(
            self._prepare_lead_values(), 'manual', self.team_id.company_id or self.env.company,
            {
                name: self[name].id for name in ('source_id', 'medium_id', 'campaign_id')
                if self[name]
            },
        )
        self.env['crm.consent']._record(
            self.purpose_ids, 'meeting', lead_id=lead.id, note=self.consent_note,
            company_id=(lead.company_id or self.env.company).id)
        return lead

    def _prepare_lead_values(self):
        values = {name: self[name] for name in (*self.READ, 'name', 'type') if self[name]}
        if self.description:
            values['description'] = plaintext2html(self.description)
        if self.tag_ids:
            values['tag_ids'] = [fields.Command.set(self.tag_ids.ids)]
        return {**values, 'team_id': self.team_id.id, 'user_id': self.user_id.id}
