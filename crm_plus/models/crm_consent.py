from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, email_normalize

#: How a decision was obtained.
ORIGINS = [
    ('web_form', "Web form"),
    ('preferences', "Preference page"),
    ('unsubscribe', "Unsubscribe link"),
    ('import', "Import"),
    ('api', "Other program"),
    ('email', "E-mail"),
    ('phone', "Phone call"),
    ('meeting', "Meeting"),
    ('written', "Signed paper"),
]
CHANNELS = [
    ('any', "Any way"),
    ('email', "E-mail"),
    ('phone', "Phone"),
    ('sms', "Text message"),
    ('post', "Post"),
]


class CrmConsent(models.Model):
    """The ledger of what people have agreed to and refused: who, when, how, for what.

    Entries are added, never changed: the newest one about a purpose and a channel counts. It is
    found by the person's address, so that a contact and a lead of the same person agree, and by
    the contact or lead it was noted on, for people without an address.
    """

    _name = 'crm.consent'
    _description = "Consent"
    _order = 'date desc, id desc'
    _rec_name = 'purpose_id'
    _check_company_auto = True

    partner_id = fields.Many2one(
        'res.partner', string="Contact", index='btree_not_null', ondelete='set null',
        check_company=True,
    )
    lead_id = fields.Many2one(
        'crm.lead', index='btree_not_null', ondelete='set null', check_company=True,
    )
    email = fields.Char(
        compute='_compute_email', store=True, readonly=False, precompute=True,
        help="The address it is about. Taken from the contact or the lead.",
    )
    email_normalized = fields.Char(
        string="Normalized Email", compute='_compute_email_normalized', store=True,
        precompute=True, index='btree_not_null',
    )
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
        help="Who may use it: what was agreed with one company is not agreed with another.",
    )
    purpose_id = fields.Many2one(
        'crm.consent.purpose', required=True, index=True, ondelete='restrict', check_company=True,
    )
    channel = fields.Selection(CHANNELS, required=True, default='any')
    state = fields.Selection(
        [('given', "Agreed"), ('withdrawn', "Refused")],
        string="Decision", required=True, default='given',
    )
    date = fields.Datetime(
        string="Decided On", required=True, default=fields.Datetime.now,
        help="When the person decided, which may be before it was recorded.",
    )
    expiry_date = fields.Date(
        string="Valid Until", compute='_compute_expiry_date', store=True, readonly=False,
        precompute=True, help="The last day on which it counts. Empty: until it is withdrawn.",
    )
    origin = fields.Selection(ORIGINS, string="How", required=True, default='phone')
    note = fields.Char(
        help="What helps to prove it: the event, the page, the name of the list that was bought.",
    )
    user_id = fields.Many2one(
        'res.users', string="Recorded By", required=True, readonly=True,
        default=lambda self: self.env.user,
    )
    text = fields.Text(
        string="Words", readonly=True,
        help="What the person has agreed to, in the words that they were shown.",
    )
    text_version = fields.Integer(string="Version of the Words", readonly=True, aggregator=None)
    proof = fields.Binary(
        attachment=True, help="A signed form, a screenshot, the message in which they agreed.",
    )
    proof_name = fields.Char(string="Name of the Proof")
    message_id = fields.Many2one(
        'mail.message', index='btree_not_null', readonly=True, ondelete='set null',
        help="The message in which the person decided.",
    )

    _subject_date_idx = models.Index(
        '(email_normalized, purpose_id, date DESC, id DESC) WHERE email_normalized IS NOT NULL')

    @api.depends('partner_id', 'lead_id')
    def _compute_email(self):
        for consent in self:
            consent.email = (
                consent.email or consent.partner_id.email_normalized
                or consent.lead_id.email_normalized
            )

    @api.depends('email')
    def _compute_email_normalized(self):
        for consent in self:
            consent.email_normalized = email_normalize(consent.email) or False

    @api.depends('purpose_id', 'date', 'state')
    def _compute_expiry_date(self):
        for consent in self:
            consent.expiry_date = (
                consent.purpose_id and consent.date and consent.state == 'given'
                and consent.purpose_id._get_expiry(consent.date)
            )

    @api.constrains('date')
    def _check_date(self):
        for consent in self:
            # clocks differ, and a moment that the database has noted is finer than a second
            if consent.date > fields.Datetime.now() + timedelta(minutes=1):
                raise ValidationError(self.env._("Nobody can have decided in the future."))

    # ------------------------------------------------------------
    # CRUD: entries are added, never changed
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create([
            {
                **vals,
                **self._get_words(vals),
                **({} if self.env.su else {'user_id': self.env.uid}),
            }
            for vals in vals_list
        ])
        for consent in consents:
            if not (consent.email_normalized or consent.partner_id or consent.lead_id):
                raise ValidationError(self.env._(
                    "Say who has decided: choose a contact or a lead, or enter a valid e-mail "
                    "address."))
        return consents

    @api.model
    def _get_words(self, vals):
        """Keep the words of the purpose as they are now, unless others were shown."""
        if vals.get('text') and self.env.su:
            return {}
        purpose = self.env['crm.consent.purpose'].browse(vals.get('purpose_id'))
        return {'text': purpose.text, 'text_version': purpose.text_version}

    def write(self, vals):
        # merging contacts moves entries along: that is the only thing that may happen to them
        if not (self.env.su and vals.keys() <= {'partner_id', 'lead_id'}):
            raise UserError(self.env._(
                "What somebody has decided stays on record as it was. Record a new decision "
                "instead."))
        return super().write(vals)

    @api.autovacuum
    def _gc_without_subject(self):
        """Delete entries of people without an address whose contact or lead was deleted."""
        self.search([
            ('email_normalized', '=', False), ('partner_id', '=', False), ('lead_id', '=', False),
        ]).unlink()

    # ------------------------------------------------------------
    # WHAT COUNTS NOW
    # ------------------------------------------------------------

    @api.model
    def _read_decisions(self, records, channel=None):
        """Return what counts now for contacts or leads in the current company, in one query.

        :param records: of a model with the fields of ``crm.consent.mixin``
        :param channel: one of :data:`CHANNELS`; without, the newest entry of any channel counts
        :return: dict of the id of a record to a dict of the id of a purpose to its state:
            'given', 'withdrawn', or 'expired'
        """
        if not records.ids:
            return {}
        records._flush_consent_subjects()
        self.flush_model()
        decisions = defaultdict(dict)
        for record_id, purpose_id, state in self.env.execute_query(self._get_decisions_sql(
            records._get_consent_subjects_sql(), SQL(
                "subject.id IN %s", tuple(records.ids)), channel,
        )):
            decisions[record_id][purpose_id] = state
        return dict(decisions)

    @api.model
    def _get_decisions_sql(self, subjects, condition, channel=None):
        """Return the select of what counts now: id of the record, id of the purpose, state.

        :param SQL subjects: select of ``id``, ``email``, ``partner_id``, ``lead_id``: by what the
            entries about a record are found; several rows for a record, empty columns allowed
        :param SQL condition: which subjects, a condition on ``subject``
        """
        found = SQL(" UNION ALL ").join(
            SQL(
                "SELECT subject.id AS record_id, consent.* FROM subject"
                " JOIN crm_consent consent ON consent.%s = subject.%s",
                SQL.identifier(key), SQL.identifier(column),
            )
            for key, column in (
                ('email_normalized', 'email'), ('partner_id', 'partner_id'), ('lead_id', 'lead_id'),
            )
        )
        return SQL(
            """
            WITH subject AS (SELECT * FROM (%(subjects)s) AS subject WHERE %(condition)s)
            SELECT DISTINCT ON (record_id, purpose_id)
                   record_id, purpose_id,
                   CASE WHEN state = 'given' AND expiry_date < CURRENT_DATE
                        THEN 'expired' ELSE state END AS state
              FROM (%(found)s) AS found
             WHERE company_id = %(company)s AND %(channel)s
             ORDER BY record_id, purpose_id, date DESC, id DESC
            """,
            subjects=subjects,
            condition=condition,
            found=found,
            company=self.env.company.id,
            channel=SQL("channel IN ('any', %s)", channel) if channel else SQL("TRUE"),
        )

    @api.model
    def _read_states_of_addresses(self, emails, channel=None):
        """Return what counts now for normalized addresses in the current company, in one query.

        :return: dict of address and id of a purpose to 'given', 'withdrawn', or 'expired'
        """
        emails = tuple(set(filter(None, emails)))
        if not emails:
            return {}
        self.flush_model()
        rows = self.env.execute_query(SQL(
            """
            SELECT DISTINCT ON (email_normalized, purpose_id) email_normalized, purpose_id,
                   CASE WHEN state = 'given' AND expiry_date < CURRENT_DATE
                        THEN 'expired' ELSE state END
              FROM crm_consent
             WHERE email_normalized IN %s AND company_id = %s AND %s
             ORDER BY email_normalized, purpose_id, date DESC, id DESC
            """,
            emails, self.env.company.id,
            SQL("channel IN ('any', %s)", channel) if channel else SQL("TRUE"),
        ))
        return {(email, purpose_id): state for email, purpose_id, state in rows}

    @api.model
    def _get_refusing(self, purpose, emails, channel='email'):
        """Return those of the normalized addresses that must not be used for the purpose.

        :param purpose: a ``crm.consent.purpose``
        :param emails: iterable of normalized addresses
        :rtype: set
        """
        states = self._read_states_of_addresses(emails, channel)
        return {
            email for email in filter(None, emails)
            if not purpose._is_allowed(states.get((email, purpose.id)))
        }

    # ------------------------------------------------------------
    # RECORDED BY PROGRAMS
    # ------------------------------------------------------------

    @api.model
    def _record(self, purposes, origin, state='given', **values):
        """Add an entry for each of the purposes; return them.

        :param values: further values, such as ``email``, ``partner_id``, ``company_id``, ``note``
        """
        return self.create([
            {'purpose_id': purpose.id, 'origin': origin, 'state': state, **values}
            for purpose in purposes
        ])
