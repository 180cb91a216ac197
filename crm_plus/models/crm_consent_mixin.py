from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import hash_sign

#: What the signed links of the preference page are for, and how long they work.
LINK_SCOPE = 'crm_plus.consent'
LINK_HOURS = 2 * 365 * 24


class CrmConsentMixin(models.AbstractModel):
    """What a person has agreed to, on the records that stand for people: contacts and leads."""

    _name = 'crm.consent.mixin'
    _description = "Consent of a Person"

    consented_purpose_ids = fields.Many2many(
        'crm.consent.purpose', string="Agreed To", compute='_compute_consented_purpose_ids',
        search='_search_consented_purpose_ids', groups='crm_plus.group_user',
        help="The purposes for which this person has agreed to be written to, called or visited.",
    )
    refused_purpose_ids = fields.Many2many(
        'crm.consent.purpose', string="Refused", compute='_compute_consented_purpose_ids',
        groups='crm_plus.group_user',
        help="The purposes for which this person must be left alone.",
    )

    @api.depends_context('company', 'uid')
    def _compute_consented_purpose_ids(self):
        # sudo: of who may read the person, what they have decided in the reader's company
        decisions = self.env['crm.consent'].sudo()._read_decisions(self._origin)
        purposes = self.env['crm.consent.purpose']
        for record in self:
            states = decisions.get(record._origin.id, {})
            record.consented_purpose_ids = purposes.browse(
                purpose_id for purpose_id, state in states.items() if state == 'given')
            record.refused_purpose_ids = purposes.browse(
                purpose_id for purpose_id, state in states.items() if state == 'withdrawn')

    @api.model
    def _search_consented_purpose_ids(self, operator, value):
        if operator in ('any', 'any!'):
            value = self.env['crm.consent.purpose'].search(value).ids
        elif operator != 'in':
            return NotImplemented
        purpose_ids = [purpose_id for purpose_id in value if purpose_id]
        self._flush_consent_subjects()
        consents = self.env['crm.consent']
        consents.flush_model()
        decided = consents._get_decisions_sql(self._get_consent_subjects_sql(), SQL("TRUE"))
        consented = SQL(
            "(SELECT record_id FROM (%s) AS decision WHERE state = 'given' AND %s)", decided,
            SQL("purpose_id IN %s", tuple(purpose_ids)) if purpose_ids else SQL("TRUE"),
        )
        found = Domain('id', 'in', consented)
        if False not in value:
            return found if purpose_ids else Domain.FALSE
        # nothing agreed to, or one of these
        nothing = Domain('id', 'not in', SQL(
            "(SELECT record_id FROM (%s) AS decision WHERE state = 'given')", decided))
        return nothing | found if purpose_ids else nothing

    # ------------------------------------------------------------
    # WHO THE PERSON IS
    # ------------------------------------------------------------

    @api.model
    def _flush_consent_subjects(self):
        """Write what the person is known by to the database, before it is looked at by SQL."""
        self.flush_model(['email_normalized'])

    @api.model
    def _get_consent_subjects_sql(self):
        """Return by what decisions of the records are found; see ``crm.consent``."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # ASKED AND SHOWN
    # ------------------------------------------------------------

    def _check_consent(self, purpose, channel='email'):
        """Return those of the records that may be approached for the purpose.

        Whatever writes to people of its own accord asks this first: mails to many, surveys,
        plays. Answers to what somebody has asked, and what belongs to a contract, need not ask.
        One query, whatever the number of records.

        :param purpose: a ``crm.consent.purpose``; empty: everybody may
        :param str channel: how, one of 'email', 'phone', 'sms', 'post'
        """
        if not purpose:
            return self
        # sudo: only whether somebody may be written to, who the caller may read
        decisions = self.env['crm.consent'].sudo()._read_decisions(self, channel)
        return self.filtered(lambda record: purpose.sudo()._is_allowed(
            decisions.get(record.id, {}).get(purpose.id)))

    def _get_consent_url(self):
        """Return the address of the page where the person says what they want to get.

        False without an e-mail address. The link is signed and tells nothing to others.
        """
        self.ensure_one()
        if not self.email_normalized:
            return False
        return self.env['crm.consent.mixin']._make_consent_url(
            self.email_normalized, self.env.company)

    @api.model
    def _make_consent_url(self, email, company, page=''):
        # sudo: reads the secret of the database to sign with, which stays here
        token = hash_sign(
            self.env(su=True), LINK_SCOPE, [company.id, email], expiration_hours=LINK_HOURS)
        return f'{company.get_base_url()}/consent/{token}{page}'

    def action_record_consent(self):
        """Open a new entry about the person."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Record What They Have Decided"),
            'res_model': 'crm.consent',
            'views': [(False, 'form')],
            'target': 'new',
            'context': self._get_consent_defaults(),
        }

    def action_view_consents(self):
        """Open everything that the person has ever decided."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_consent_action'),
            'domain': list(self._get_consents_domain()),
            'context': self._get_consent_defaults(),
        }

    def _get_consents_domain(self):
        """Return the domain of all entries about the person."""
        raise NotImplementedError

    def _get_consent_defaults(self):
        raise NotImplementedError
