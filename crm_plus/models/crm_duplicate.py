from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: The links of a pair, of which two are set.
PAIRED = ('lead_id', 'other_lead_id', 'partner_id', 'other_partner_id')


class CrmDuplicate(models.Model):
    """Two records that seem to be the same, or that somebody has said are not.

    Found by the search through all records (see ``crm_duplicate_scan.py``), which writes them
    here for every company. Who may not read both records does not see the pair.
    """

    _name = 'crm.duplicate'
    _description = "Possible Duplicate"
    _order = 'score DESC, id DESC'

    lead_id = fields.Many2one('crm.lead', index=True, ondelete='cascade')
    other_lead_id = fields.Many2one(
        'crm.lead', string="Second Lead", index='btree_not_null', ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', string="Contact", index='btree_not_null', ondelete='cascade')
    other_partner_id = fields.Many2one(
        'res.partner', string="Second Contact", index='btree_not_null', ondelete='cascade')
    kind = fields.Selection(
        [
            ('lead', "Two leads"),
            ('contact', "Two contacts"),
            ('customer', "A lead and a contact"),
        ],
        compute='_compute_kind', store=True, index=True,
    )
    score = fields.Integer(
        aggregator='avg', help="From 0 to 100: how likely the two are the same.")
    reasons = fields.Json(help="What the two have in common, with the points for it.")
    reasons_text = fields.Char("In Common", compute='_compute_reasons_text')
    first_name = fields.Char("First", compute='_compute_names')
    second_name = fields.Char("Second", compute='_compute_names')
    state = fields.Selection(
        [
            ('open', "To Check"),
            ('different', "Not a Duplicate"),
            ('merged', "Merged"),
        ],
        required=True, default='open', index=True,
    )
    decided_by_id = fields.Many2one('res.users', readonly=True, ondelete='set null')
    decided_date = fields.Datetime("Decided On", readonly=True)
    company_id = fields.Many2one('res.company', index=True, ondelete='cascade')

    _pair_once = models.UniqueIndex(
        "(COALESCE(lead_id, 0), COALESCE(other_lead_id, 0), COALESCE(partner_id, 0),"
        " COALESCE(other_partner_id, 0))",
        "These two are on the list already.",
    )

    @api.depends('other_lead_id', 'other_partner_id')
    def _compute_kind(self):
        for pair in self:
            pair.kind = (
                'lead' if pair.other_lead_id
                else 'contact' if pair.other_partner_id
                else 'customer')

    @api.depends('reasons')
    @api.depends_context('lang')
    def _compute_reasons_text(self):
        finder = self.env['crm.duplicate.finder']
        for pair in self:
            pair.reasons_text = ', '.join(finder._words(pair.reasons or []))

    @api.depends(*PAIRED)
    def _compute_names(self):
        for pair in self:
            first, second = pair._records()
            pair.first_name = first.display_name
            pair.second_name = second.display_name

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    @api.model
    def _readable_domain(self):
        """The pairs of which the user may read both records."""
        domain = Domain.TRUE
        for fname in PAIRED:
            readable = Domain(fname, '=', False)
            if self.env[self._fields[fname].comodel_name].has_access('read'):
                readable |= Domain(fname, 'any', Domain.TRUE)
            domain &= readable
        return domain

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._readable_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        """Forbid the pairs of which the user may not read both records."""
        result = super()._check_access(operation)
        remaining = self - result[0] if result else self
        if self.env.su or not any(remaining._ids):
            return result
        forbidden = remaining - self.browse(remaining._search([('id', 'in', remaining.ids)]))
        if not forbidden:
            return result
        if result:
            forbidden |= result[0]
        return forbidden, lambda: self.env['ir.rule']._make_access_error(operation, forbidden)

    # ------------------------------------------------------------
    # PAIRS
    # ------------------------------------------------------------

    def _records(self):
        """The two records of the pair."""
        self.ensure_one()
        if self.other_lead_id:
            return self.lead_id, self.other_lead_id
        if self.other_partner_id:
            return self.partner_id, self.other_partner_id
        return self.lead_id, self.partner_id

    @api.model
    def _pair_values(self, one, other):
        """The links of the pair of two records, ``(model, id)`` each, in the order kept."""
        (model, first), (other_model, second) = sorted((one, other))
        values = dict.fromkeys(PAIRED, False)
        if model != other_model:
            values.update(lead_id=first, partner_id=second)
        elif model == 'crm.lead':
            values.update(lead_id=first, other_lead_id=second)
        else:
            values.update(partner_id=first, other_partner_id=second)
        return values

    @api.model
    def _dismissed_with(self, model, record_id, readable):
        """The records that are known to be no duplicate of this one: a set of pairs.

        :param readable: query that finds the record if the user may read it
        :return: ``None`` if it finds nothing
        """
        own, other = (
            ('lead_id', 'other_lead_id') if model == 'crm.lead'
            else ('partner_id', 'other_partner_id'))
        self.flush_model(['state', *PAIRED])
        # whatever the user may read of them: only what they have found themselves is left out
        pairs = self.env.execute_query(SQL(
            "SELECT %s FROM (%s) readable LEFT JOIN crm_duplicate pair"
            " ON pair.state = 'different' AND (%s = %s OR %s = %s)",
            SQL(", ").join(SQL.identifier('pair', fname) for fname in PAIRED), readable.select(),
            SQL.identifier('pair', own), record_id, SQL.identifier('pair', other), record_id,
        ))
        return None if not pairs else {
            (self._fields[fname].comodel_name, linked_id)
            for pair in pairs for fname, linked_id in zip(PAIRED, pair, strict=True) if linked_id
        } - {(model, record_id)}

    @api.model
    def _pairs_among(self, records):
        """The pairs on the list of which both are among these records."""
        fnames = (
            ('lead_id', 'other_lead_id') if records._name == 'crm.lead'
            else ('partner_id', 'other_partner_id'))
        return self.search(Domain.AND(Domain(fname, 'in', records.ids) for fname in fnames))

    @api.model
    def _dismiss(self, one, other):
        """Remember that two records are not the same; who may read both may say so."""
        (one + other if one._name == other._name else one).check_access('read')
        other.check_access('read')
        if one == other:
            raise UserError(self.env._("A record is not compared with itself."))
        values = self._pair_values((one._name, one.id), (other._name, other.id))
        # sudo: whoever reads both may decide; the list itself is written by nobody
        pairs = self.sudo()
        pair = pairs.search([(fname, '=', value) for fname, value in values.items()], limit=1)
        if not pair:
            pair = pairs.create({
                **values, 'company_id': (one.company_id or other.company_id).id,
            })
        pair._decide('different')

    def _decide(self, state):
        self.write({
            'state': state, 'decided_by_id': self.env.uid,
            'decided_date': fields.Datetime.now(),
        })

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_different(self):
        """Take the pairs off the list for good: they are not the same."""
        self.check_access('read')
        # sudo: who may read both records may decide
        self.sudo().filtered(lambda pair: pair.state == 'open')._decide('different')

    def action_reopen(self):
        """Put pairs back on the list."""
        self.check_access('read')
        # sudo: who may read both records may decide
        self.sudo().filtered(lambda pair: pair.state == 'different').write(
            {'state': 'open', 'decided_by_id': False, 'decided_date': False})

    def action_merge(self):
        """Open the merge of the two, or put the contact on the lead."""
        self.ensure_one()
        one, other = self._records()
        if self.kind != 'customer':
            return self.env['crm.merge.wizard']._open(one | other)
        self._link_customer()
        return self.action_open_first()

    def _link_customer(self):
        lead, partner = self._records()
        if lead.partner_id:
            raise UserError(self.env._(
                "%(lead)s has a contact already: %(contact)s.",
                lead=lead.name, contact=lead.partner_id.display_name))
        if lead.company_id and partner.company_id and lead.company_id != partner.company_id:
            raise AccessError(self.env._(
                "%(lead)s and %(contact)s belong to different companies.",
                lead=lead.name, contact=partner.display_name))
        lead.partner_id = partner
        # sudo: who may change the lead has decided
        self.sudo()._decide('merged')

    def action_open_first(self):
        """Open the first record."""
        return self._open_record(self._records()[0])

    def action_open_second(self):
        """Open the second record."""
        return self._open_record(self._records()[1])

    def _open_record(self, record):
        return {
            'type': 'ir.actions.act_window',
            'res_model': record._name,
            'res_id': record.id,
            'views': [(False, 'form')],
        }
