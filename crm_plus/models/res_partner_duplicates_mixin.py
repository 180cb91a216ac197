from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..matching.keys import vat_key
from ..matching.likeness import Profile
from .crm_duplicate_source_mixin import CrmDuplicateSourceMixin, is_private_domain


class ResPartnerDuplicatesMixin(models.AbstractModel):
    """Contacts that are there already, and contacts that go on as another one."""

    _name = 'res.partner.duplicates.mixin'
    _inherit = ['crm.duplicate.source.mixin']
    _description = "Contact: Duplicates"

    MATCH_FIELDS = (
        *CrmDuplicateSourceMixin.MATCH_FIELDS, 'match_mail_domain', 'match_vat')
    SHOWN_FIELDS = ('complete_name', 'email', 'city', 'country_id', 'is_company')

    match_mail_domain = fields.Char(
        "Mail Domain to Compare", compute='_compute_match_mail_domain', store=True, copy=False,
        index='btree_not_null', export_string_translation=False,
        help="What stands behind the @, with it; nothing where anybody may have an address.",
    )
    match_vat = fields.Char(
        "Tax ID to Compare", compute='_compute_match_vat', store=True, copy=False,
        index='btree_not_null', export_string_translation=False,
    )
    merged_into_id = fields.Many2one(
        'res.partner', readonly=True, copy=False, index='btree_not_null', ondelete='set null',
        help="The contact that this one goes on as. An administrator can undo that.",
    )

    _match_phone_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    def _match_name_fields(self):
        return ['name']

    @api.depends('email_normalized')
    def _compute_match_mail_domain(self):
        for partner in self:
            domain = (partner.email_normalized or '').rpartition('@')[2]
            partner.match_mail_domain = (
                f'@{domain}' if domain and is_private_domain(domain) else False)

    @api.depends('vat')
    def _compute_match_vat(self):
        for partner in self:
            partner.match_vat = vat_key(partner.vat) or False

    # ------------------------------------------------------------
    # LOOKING UP
    # ------------------------------------------------------------

    @api.model
    def _public_domains(self, domains):
        """Those of the mail domains where anybody has an address; extended by other modules."""
        return {domain for domain in domains if not is_private_domain(domain)}

    @api.model
    def _duplicate_domain(self, open_only):
        # addresses of a company share everything with it and are no duplicates
        return Domain('active', '=', True) & Domain('type', '=', 'contact')

    @api.model
    def _duplicate_columns(self, query):
        def column(fname):
            return self._match_column(query, fname)

        return [
            column('id'), column('company_id'), column('commercial_partner_id'),
            column('email_normalized'), column('phone_sanitized'), column('match_vat'),
            column('match_mail_domain'), column('match_web_domain'), column('match_name'),
            SQL("COALESCE(%s, FALSE)", column('is_company')), column('city'), SQL("NULL"),
            SQL("COALESCE(%s, %s)", column('group_parent_id'), column('parent_id')),
        ]

    @api.model
    def _duplicate_profile(self, row):
        (record_id, company_id, customer_id, email, phone, vat, mail_domain, web, name,
         is_company, city, _title, above_id, shown) = row
        return Profile(
            'res.partner', record_id, company_id, customer_id, record_id == customer_id, email,
            phone, vat, self._domains_of(mail_domain, web), name, is_company,
            (city or '').strip().lower() or None, None, shown, above_id,
        )

    @api.model
    def _typed_fields(self):
        return [
            'email', 'phone', 'website', 'name', 'vat', 'city', 'country_id', 'company_id',
            'is_company', 'parent_id', 'type',
        ]

    @api.model
    def _typed_group(self, record_id):
        """The company above a record whose form is open; new ones have none yet."""
        if not record_id or record_id < 0:
            return None
        # sudo: only compared with what the reader may see
        return self.browse(record_id).sudo().group_parent_id.id or None

    @api.model
    def _typed_profile(self, values, record_id=None):
        parent = self.browse(self._typed_id(values.get('parent_id')))
        is_company = bool(values.get('is_company'))
        # of a company that the reader may not read nothing is told
        customer_id = record_id if is_company else (
            parent._filtered_access('read').commercial_partner_id.id or record_id)
        return Profile(
            model='res.partner', id=record_id, customer_id=customer_id,
            is_customer=bool(record_id) and customer_id == record_id,
            vat=vat_key(values.get('vat')) or None, is_company=is_company,
            above_id=parent.id or self._typed_group(record_id),
            **self._typed_keys(values, values.get('email'), values.get('name')),
        )

    @api.model
    def _duplicate_details(self, profiles):
        partners = self._duplicates_shown(profiles)
        countries = self._names_shown('country_id', partners)
        return {
            partner_id: {
                'name': partner['complete_name'] or partner['email'] or '',
                'detail': ' · '.join(filter(None, (
                    partner['city'], countries.get(partner['country_id']), partner['email']))),
                'badge': '',
                'kind': (self.env._("Company") if partner['is_company']
                         else self.env._("Contact")),
                'can_merge': True,
            }
            for partner_id, partner in partners.items()
        }

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    def _check_mergeable(self, survivor):
        contacts = self | survivor
        if not self.env.user.has_group('base.group_partner_manager'):
            raise UserError(self.env._(
                "You need the right to create contacts to merge them. Ask an administrator."))
        gone = contacts.filtered('merged_into_id')
        if gone:
            raise UserError(self.env._(
                "%s has been merged already.", ', '.join(gone.mapped('name'))))
        self._check_companies(survivor)
        if any(one in other.commercial_partner_id | self._ancestors(other)
               for one in contacts for other in contacts - one):
            raise UserError(self.env._(
                "A contact cannot be merged with the company that it belongs to."))
        self._check_kept_links(survivor)

    def _check_companies(self, survivor):
        """Refuse what would take a contact away from a company that uses it."""
        contacts = self | survivor
        if len(contacts.company_id) > 1:
            raise UserError(self.env._(
                "These contacts belong to different companies and cannot be merged: %s.",
                ', '.join(f"{contact.display_name} ({contact.company_id.name})"
                          for contact in contacts if contact.company_id)))
        shared = self.filtered(lambda contact: not contact.company_id)
        if survivor.company_id and shared:
            raise UserError(self.env._(
                "%(shared)s is shared by all companies and %(kept)s is not. Keep the shared one.",
                shared=shared[0].display_name, kept=survivor.display_name))

    def _check_kept_links(self, survivor):
        """Refuse to merge away who logs in, and whose entries are sealed."""
        # sudo: whether somebody logs in as a contact, or books for it, is all that is asked
        merged = self.sudo().with_context(active_test=False)
        user = merged.user_ids[:1]
        if user:
            raise UserError(self.env._(
                "%s logs in to the system. Keep this contact.", user.partner_id.display_name))
        if merged.env['res.company'].search_count([('partner_id', 'in', self.ids)], limit=1):
            raise UserError(self.env._("This is the address of one of your companies. Keep it."))
        sealed = merged.env['account.move.line'].search(
            [('partner_id', 'in', self.ids), ('move_id.inalterable_hash', '!=', False)], limit=1)
        if sealed:
            raise UserError(self.env._(
                "%s has accounting entries that are sealed and name it. Keep this contact.",
                sealed.partner_id.display_name))

    @api.model
    def _ancestors(self, contact):
        found = self.browse()
        while contact.parent_id and contact.parent_id not in found:
            contact = contact.parent_id
            found |= contact
        return found

    def _merge_order(self):
        """The one that logs in, then the oldest customer."""
        # sudo: only whether somebody logs in as the contact
        return self.sudo().sorted(lambda contact: (
            not contact.with_context(active_test=False).user_ids, bool(contact.company_id),
            -contact.customer_rank, contact.create_date or fields.Datetime.now(), contact.id,
        )).with_env(self.env)

    @api.model
    def _merge_skipped_fields(self):
        return super()._merge_skipped_fields() | {
            'parent_id', 'commercial_partner_id', 'type', 'partner_share', 'signup_type',
            'customer_rank', 'supplier_rank',
        }

    def _merge_after_move(self, survivor):
        """Let the contacts below follow their new company, in all that they take from it."""
        result = super()._merge_after_move(survivor)
        # sudo: contacts follow their company, whoever merges
        survivor = survivor.sudo()
        children = survivor.with_context(active_test=False).child_ids
        for name in ('commercial_partner_id', 'complete_name', 'commercial_company_name'):
            self.env.add_to_compute(self._fields[name], children)
        children.modified(['parent_id'])
        if children and survivor.commercial_partner_id == survivor:
            companies = survivor.env['res.company'].search(Domain.TRUE)
            for company in companies:
                survivor.with_company(company)._commercial_sync_to_descendants(
                    ['customer_tier_id'])
        return result
