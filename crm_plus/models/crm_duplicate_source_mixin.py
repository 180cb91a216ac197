from odoo import api, fields, models
from odoo.addons.iap.tools import iap_tools
from odoo.exceptions import AccessError
from odoo.tools import SQL, email_normalize

from ..matching.keys import name_key, web_domain


def is_private_domain(domain):
    """Whether a mail domain belongs to somebody, as far as Odoo's list of providers tells."""
    return iap_tools.mail_prepare_for_domain_search(f'x@{domain}') == f'@{domain}'


class CrmDuplicateSourceMixin(models.AbstractModel):
    """A record that may exist twice: its match keys, and how to ask who else has them.

    The keys are computed from the record's own fields and stored with an index, so that a
    record costs no statement more to save and a look-up reads a handful of rows of millions.
    """

    _name = 'crm.duplicate.source.mixin'
    _inherit = ['crm.guarded.fields.mixin']
    _description = "What May Exist Twice"

    #: the stored fields that hold a key, each with an index
    MATCH_FIELDS = ('email_normalized', 'phone_sanitized', 'match_web_domain', 'match_name')

    #: the stored fields of which a reader is told, see :meth:`_duplicate_details`
    SHOWN_FIELDS = ()

    match_name = fields.Char(
        "Name to Compare", compute='_compute_match_name', store=True, copy=False,
        index='btree_not_null', export_string_translation=False,
        help="The name in lower case without accents, punctuation and legal form.",
    )
    match_web_domain = fields.Char(
        "Web Domain to Compare", compute='_compute_match_web_domain', store=True, copy=False,
        index='btree_not_null', export_string_translation=False,
    )

    _match_name_alike_idx = models.Index(lambda registry: (
        "USING gin (match_name gin_trgm_ops) WHERE match_name IS NOT NULL"
        if registry.has_trigram else ''
    ))
    _match_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL")

    def _match_name_fields(self):
        """The fields that hold a name, the first one filled counts."""
        return []

    @api.depends(lambda self: self._match_name_fields())
    def _compute_match_name(self):
        names = self._match_name_fields()
        for record in self:
            name = next((record[fname] for fname in names if record[fname]), False)
            record.match_name = name_key(name) or False

    @api.depends('website')
    def _compute_match_web_domain(self):
        for record in self:
            domain = web_domain(record.website)
            record.match_web_domain = domain if domain and is_private_domain(domain) else False

    # ------------------------------------------------------------
    # WHAT THE SEARCH FOR DUPLICATES READS
    # ------------------------------------------------------------

    @api.model
    def _duplicate_domain(self, open_only):
        """Which records are proposed as duplicates.

        :param bool open_only: only those that one would merge, not what is closed
        """
        raise NotImplementedError

    @api.model
    def _match_column(self, query, fname):
        """A stored column, as plainly as it is: which companies see what is the query's."""
        return SQL.identifier(query.table, fname, to_flush=self._fields[fname])

    @api.model
    def _duplicate_columns(self, query):
        """What is compared of a record, in the order of :meth:`_duplicate_profile`."""
        raise NotImplementedError

    @api.model
    def _duplicate_columns_shown(self, query):
        """What is read of a record: what is compared, then the :attr:`SHOWN_FIELDS` as a list."""
        return [
            *self._duplicate_columns(query),
            SQL("json_build_array(%s)", SQL(", ").join(
                self._match_column(query, fname) for fname in self.SHOWN_FIELDS)),
        ]

    @api.model
    def _duplicate_profile(self, row):
        """The :class:`Profile` of what :meth:`_duplicate_columns_shown` has read."""
        raise NotImplementedError

    @api.model
    def _duplicate_details(self, profiles):
        """How the records are shown as possible duplicates: ``{id: values}``.

        :param profiles: list of :class:`Profile` that were found among what the user may read
        """
        raise NotImplementedError

    @api.model
    def _duplicates_shown(self, profiles):
        """What the profiles tell to show, by field: ``{id: {field: value}}``."""
        return {
            profile.id: dict(zip(self.SHOWN_FIELDS, profile.shown, strict=True))
            for profile in profiles
        }

    @api.model
    def _names_shown(self, fname, shown):
        """Names of what the records link to: ``{id: name}``."""
        linked = self.env[self._fields[fname].comodel_name].browse(
            {values[fname] for values in shown.values()} - {None})
        return {record.id: record.name for record in linked}

    @api.model
    def _domains_of(self, mail_domain, web):
        """The domains that belong to somebody; Odoo keeps a whole address of public ones."""
        mail_domain = mail_domain[1:] if (mail_domain or '').startswith('@') else None
        return frozenset(filter(None, (mail_domain, web)))

    @api.model
    def _typed_profile(self, values, record_id=None):
        """The :class:`Profile` of values that are not saved yet.

        :param dict values: as for ``write``, of the fields in :meth:`_typed_fields`
        """
        raise NotImplementedError

    @api.model
    def _typed_fields(self):
        """The fields whose values decide whether a record is there already."""
        raise NotImplementedError

    @api.model
    def _typed_keys(self, values, email, name):
        """The part of the profile that is typed in the same way everywhere."""
        email = email_normalize(email or '', strict=False) or None
        mail_domain = email and email.rpartition('@')[2]
        domains = {
            domain for domain in (mail_domain, web_domain(values.get('website')))
            if domain and is_private_domain(domain)
        }
        return {
            'company_id': self._typed_id(values.get('company_id')) or None,
            'email': email,
            'phone': self._typed_phone(values),
            'domains': frozenset(domains),
            'name': name_key(name) or None,
            'city': (values.get('city') or '').strip().lower() or None,
        }

    @api.model
    def _typed_phone(self, values):
        number = (values.get('phone') or '').strip()
        country = self.env['res.country'].browse(self._typed_id(values.get('country_id')))
        if number and not number.startswith('+'):
            country = country or self.env.company.country_id
        return self._phone_format_number(number, country) or None

    @api.model
    def _typed_id(self, value):
        """The id of a many2one in values of the web client or of ``write``."""
        if isinstance(value, dict):
            value = value.get('id')
        elif isinstance(value, list | tuple):
            value = value[0] if value else False
        return value if isinstance(value, int) else False

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def find_duplicates(self, values, record_id=False, thorough=False):
        """Say who else has the values that somebody is typing, among what they may read.

        :param dict values: of the fields in :meth:`_typed_fields`
        :param int record_id: the record that is edited, which is no duplicate of itself
        :param bool thorough: take longer to find names that are alike as well
        :return: see :meth:`CrmDuplicateFinder._describe`
        """
        # few columns are asked for: to read all of them takes longer than the search itself
        self = self.with_context(prefetch_fields=False)
        # of a record that the user may not read nothing is told, not even this
        dismissed = self._dismissed_with(record_id) if record_id else set()
        known = set(self._typed_fields())
        profile = self._typed_profile(
            {name: value for name, value in values.items() if name in known},
            record_id or None,
        )
        return self.env['crm.duplicate.finder']._describe(profile, dismissed, thorough)

    @api.model
    def _dismissed_with(self, record_id):
        """The records that are no duplicate of this one, of which the user may read more.

        :raise AccessError: the user may not read this record
        """
        records = self.with_context(active_test=False)
        readable = records._search([('id', '=', record_id)])
        dismissed = self.env['crm.duplicate']._dismissed_with(self._name, record_id, readable)
        if dismissed is None:
            records.browse(record_id).check_access('read')
        return dismissed or set()

    @api.model
    @api.readonly
    def find_duplicates_of_many(self, values_list):
        """Say for each of many records that are about to be created who has its values already.

        The number of statements does not depend on how many there are: made for imports.

        :param values_list: list of dicts, as for :meth:`find_duplicates`
        :return: for each a list of ``{'model', 'id', 'score', 'reasons'}``, best first; for an
            earlier one of the list ``{'row', ...}`` with its index instead of model and id
        """
        known = set(self._typed_fields())
        self._warm_typed_values(values_list)
        profiles = [
            # negative ids tell the new ones apart from each other and from those that exist
            self._typed_profile(
                {name: value for name, value in values.items() if name in known}, -1 - row)
            for row, values in enumerate(values_list)
        ]
        return self.env['crm.duplicate.finder']._describe_many(profiles)

    @api.model
    def _warm_typed_values(self, values_list):
        """Read at once what the values name, which is asked for one by one afterwards."""
        for fname in self._typed_fields():
            field = self._fields[fname]
            if field.type == 'many2one':
                ids = {self._typed_id(values.get(fname)) for values in values_list} - {False}
                records = self.env[field.comodel_name].browse(ids)._filtered_access('read')
                records.mapped('display_name' if fname != 'country_id' else 'code')
                if field.comodel_name == 'res.partner':
                    records.mapped('commercial_partner_id')

    def not_a_duplicate(self, other_model, other_id):
        """Remember that this record and another one are not the same."""
        self.ensure_one()
        # customers with an account read their own contacts: who works with the list decides
        self.env['crm.duplicate'].check_access('read')
        if other_model not in self.env['crm.duplicate.finder']._models():
            raise AccessError(self.env._("Only leads and contacts are compared."))
        other = self.env[other_model].browse(other_id)
        self.env['crm.duplicate']._dismiss(self, other)
        return True

    def _check_mergeable(self, survivor):
        """Refuse, with the reason, what must not go on as ``survivor``."""
        raise NotImplementedError

    def _merge_order(self):
        """The records, the one that should stay first."""
        raise NotImplementedError

    @api.model
    def _merge_skipped_fields(self):
        """Fields that stay as the surviving record has them."""
        return {
            'id', 'active', 'create_date', 'create_uid', 'write_date', 'write_uid',
            'company_id', 'merged_into_id', 'message_main_attachment_id', 'color',
        }

    @api.model
    def _merge_address_fields(self):
        """The fields that make up an address, which is taken as a whole."""
        return ['street', 'street2', 'zip', 'city', 'state_id', 'country_id']

    @api.model
    def _tables_staying_with_merged(self):
        """Tables whose rows tell of the merged record alone and do not go over.

        Extended by the models that keep a history of their own per record.
        """
        return {'crm_duplicate', 'crm_merge', 'crm_quality_waiver', 'crm_contact_due'}

    @api.model
    def _merge_moving_rows(self, table):
        """Return which rows of a table, called ``named``, go over: a condition as SQL."""
        return SQL("TRUE")

    def _merge_move_more(self, survivor):
        """Turn what can name two of them no longer, now that they are one.

        :return: list of moves, see ``crm.merge.mover``
        """
        return []

    def _merge_after_move(self, survivor):
        """Bring in order what depends on the links that have gone over to ``survivor``."""

    @api.model
    def _guarded_fields(self):
        # a record goes on as another one by merging alone
        return super()._guarded_fields() | {'merged_into_id'}
