from odoo import api, models
from odoo.tools import email_normalize


class CrmLeadImportMatchMixin(models.AbstractModel):
    """Whom the rows of a file are about: the leads and contacts there are, and each other.

    In batches, with the rights of who imports: by the reference of a row, by the e-mail address
    and the phone number. What is merely alike is named, for a person to look at.
    """

    _name = 'crm.lead.import.match.mixin'
    _description = "Import of Leads: Matching"

    def _match(self, rows, leads):
        """Find the leads and contacts there are, by the same few queries for all the rows."""
        rows = [row for row in rows if not row.errors]
        keys = {id(row): self._get_keys(row, leads) for row in rows}
        self._match_references(rows, leads)
        known = self._find_known_leads(
            {key for found in keys.values() for key in found}, leads)
        emails = [key for found in keys.values() for kind, key in found if kind == 'email']
        contacts = {}
        if self.link_contacts and emails:
            for partner in self.env['res.partner'].search([
                ('email_normalized', 'in', emails),
                ('company_id', 'in', (False, self.company_id.id)),
            ], order='company_id, id'):
                contacts.setdefault(('email', partner.email_normalized), partner.id)
        for row in rows:
            for key in keys[id(row)]:
                row.lead_id = row.lead_id or known.get(key, False)
                row.partner_id = row.partner_id or contacts.get(key, False)
            if row.errors or not row.lead_id:
                continue
            lead = leads.browse(row.lead_id)
            row.notes.append({
                'skip': self.env._("There is the open lead “%s”: it stays as it is.", lead.name),
                'complete': self.env._(
                    "There is the open lead “%s”: what is empty is filled in.", lead.name),
                'update': self.env._("The open lead “%s” is overwritten.", lead.name),
                'create': self.env._("There is the open lead “%s” as well.", lead.name),
            }[self.known_mode] if not row.by_reference else self.env._(
                "It was loaded before as “%s”.", lead.name))

    @api.model
    def _get_keys(self, row, leads):
        """Return by what the person of a row is known, the surest first.

        Colleagues share the number of their company: of two people with different e-mail
        addresses it tells nothing, so that a row with an address is known by its number only
        where the other has none ('only_phone').
        """
        keys = []
        if row.values.get('email_from'):
            keys.append(('email', email_normalize(row.values['email_from'])))
        if row.values.get('phone'):
            country = self.env['res.country'].browse(row.values.get('country_id') or [])
            number = leads._phone_format(
                number=row.values['phone'], country=country or self.company_id.country_id)
            keys.append(('only_phone' if keys else 'phone', number or row.values['phone']))
        return keys

    @api.model
    def _get_known_by(self, email, phone):
        """Return by which keys of rows somebody with the address and the number is known."""
        keys = [('email', email)] if email else []
        if phone:
            keys += [('phone', phone)] if email else [('phone', phone), ('only_phone', phone)]
        return keys

    def _find_known_leads(self, keys, leads):
        """Return the newest open lead that the user may see by key, in one query."""
        if not keys:
            return {}
        emails = [key for kind, key in keys if kind == 'email']
        phones = [key for kind, key in keys if kind != 'email']
        known = {}
        for lead in leads.search_fetch([
            ('won_status', '=', 'pending'), ('company_id', 'in', (False, self.company_id.id)),
            '|', ('email_normalized', 'in', emails), ('phone_sanitized', 'in', phones),
        ], ['name', 'email_normalized', 'phone_sanitized'], order='id desc'):
            for key in self._get_known_by(lead.email_normalized, lead.phone_sanitized):
                known.setdefault(key, lead.id)
        return known

    def _match_references(self, rows, leads):
        """Find the leads that were loaded before, by the reference of their rows."""
        references = {row.values.get('client_reference') for row in rows} - {None, ''}
        if not references:
            return
        # sudo: a reference is taken whoever may see its lead; who may not is not told which
        found = leads.sudo().with_context(active_test=False).search_fetch([
            ('client_reference', 'in', list(references)),
            ('company_id', '=', self.company_id.id),
        ], ['client_reference'])
        visible = leads.browse(found.ids)._filtered_access('read')
        ids = {lead.client_reference: lead.id for lead in found}
        for row in rows:
            lead_id = ids.get(row.values.get('client_reference'))
            if not lead_id:
                continue
            if lead_id in visible.ids:
                row.lead_id, row.by_reference = lead_id, True
            else:
                row.errors.append(self.env._(
                    "Reference: “%s”. There is a lead with this reference, which you may not see. "
                    "Use another one.", row.values['client_reference']))

    def _note_same(self, row, reader, seen):
        """Note where the file has the same person, or the same reference, twice."""
        if row.errors:
            return
        reference = row.values.get('client_reference')
        if reference and seen.setdefault(('reference', reference), row.number) != row.number:
            row.errors.append(self.env._(
                "Reference: “%(reference)s”. Row %(row)s has the same. Give each row its own.",
                reference=reference, row=seen['reference', reference]))
            return
        if self.known_mode == 'create':
            return
        keys = self._get_keys(row, reader.leads)
        first = min((seen[key] for key in keys if key in seen), default=None)
        email = next((key for kind, key in keys if kind == 'email'), None)
        phone = next((key for kind, key in keys if kind != 'email'), None)
        for key in self._get_known_by(email, phone):
            seen.setdefault(key, row.number)
        if first and not row.lead_id:
            row.same_as = first
            row.notes.append(self.env._("The same person is in row %s of the file.", first))

    def _note_likely(self, rows, leads):
        """Say of new rows whom they may be already, by names and whatever else is alike.

        They are loaded all the same: what is merely alike, a person must look at.
        """
        rows = [row for row in rows if not (row.errors or row.lead_id or row.same_as)]
        if not rows:
            return
        likely = []
        for row, matches in zip(rows, leads.find_duplicates_of_many([
            {**row.values, 'company_id': self.company_id.id} for row in rows
        ]), strict=True):
            match = next((
                one for one in matches
                # the contact that the lead gets is no duplicate of it
                if 'model' in one and (one['model'], one['id']) != ('res.partner', row.partner_id)
            ), None)
            if match:
                likely.append((row, match))
        for model in {match['model'] for _row, match in likely}:
            # of all of them at once
            self.env[model].browse({
                match['id'] for _row, match in likely if match['model'] == model
            }).mapped('display_name')
        for row, match in likely:
            row.notes.append(self.env._(
                "Looks like “%(name)s” (%(reasons)s).",
                name=self.env[match['model']].browse(match['id']).display_name,
                reasons=", ".join(match['reasons'])))
