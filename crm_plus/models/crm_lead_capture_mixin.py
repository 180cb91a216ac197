from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, is_html_empty, plaintext2html

from ..tools.once import one_at_a_time
from .crm_first_touch_mixin import FIRST_TOUCH


class CrmLeadCaptureMixin(models.AbstractModel):
    """How leads are taken in: by forms, other programs, entered by hand.

    Whoever has an open lead in the company gets no second one: what they say now is added to it,
    as a message and a touch. A contact with the address is linked, never one of another company.
    """

    _name = 'crm.lead.capture.mixin'
    _inherit = ['crm.duplicate.source.mixin', 'client.reference.mixin']
    _description = "Lead: Capture"

    @api.model
    def _merge_skipped_fields(self):
        # each keeps what its sender calls it
        return super()._merge_skipped_fields() | {'client_reference'}

    # ------------------------------------------------------------
    # BY OTHER PROGRAMS
    # ------------------------------------------------------------

    @api.model
    def capture(self, values, client_reference=None, source=None, medium=None, campaign=None,
                referrer=None, landing_page=None, consents=None):
        """Take in a lead from another program, once however often it is sent.

        :param dict values: fields of the lead, such as ``name``, ``contact_name``,
            ``partner_name``, ``email_from``, ``phone``, ``description``, ``team_id``
        :param str client_reference: what the sender calls it; sent again, nothing happens
        :param str source: name of the source, made if there is none; so ``medium``, ``campaign``
        :param list consents: what the person has decided, each a dict of ``purpose`` (id or
            name), and ``state`` ('given' without, or 'withdrawn'), ``channel``, ``date``, ``note``
        :return: dict of ``id`` and ``created``, which is false where it was added to a lead that
            there is
        :raises ValidationError: if nothing says who it is, or a purpose is not known
        """
        self.check_access('create')
        forbidden = values.keys() & {*FIRST_TOUCH, 'client_reference', 'company_id'}
        if forbidden:
            raise ValidationError(self.env._(
                "%s cannot be given among the values.", ", ".join(sorted(forbidden))))
        consents = self._read_captured_consents(consents or [])
        company = self._get_captured_company(values)
        if client_reference:
            key = (company.id, client_reference)
            found = self._find_sent_before({key})
            if key in found:
                return {'id': found[key], 'created': False}
        lead, created = self._capture(
            {**values, **({'client_reference': client_reference} if client_reference else {})},
            'api', company,
            {
                **self._find_utm(source=source, medium=medium, campaign=campaign),
                'referrer': referrer, 'landing_page': landing_page,
            },
        )
        for purpose, entry in consents:
            self.env['crm.consent']._record(
                purpose, 'api', lead_id=lead.id, company_id=company.id, **entry)
        return {'id': lead.id, 'created': created}

    @api.model
    def _get_captured_company(self, values):
        team = self.env['crm.team'].browse(values.get('team_id'))
        return team.company_id or self.env.company

    @api.model
    def _read_captured_consents(self, consents):
        """Return the purposes with the values of their entries."""
        found = []
        for consent in consents:
            consent = dict(consent)
            name = consent.pop('purpose', None)
            domain = Domain('id' if isinstance(name, int) else 'name', '=', name)
            purpose = self.env['crm.consent.purpose'].search(domain, limit=1)
            if not purpose:
                raise ValidationError(self.env._("There is no purpose %s to agree to.", name))
            unknown = consent.keys() - {'state', 'channel', 'date', 'note'}
            if unknown:
                raise ValidationError(self.env._(
                    "A consent has no %s.", ", ".join(sorted(unknown))))
            found.append((purpose, consent))
        return found

    @api.model
    def _find_utm(self, source=None, medium=None, campaign=None):
        """Return the values for the names of a source, a medium and a campaign."""
        utm = self.env['utm.mixin']
        names = {
            'source_id': ('utm.source', source),
            'medium_id': ('utm.medium', medium),
            'campaign_id': ('utm.campaign', campaign),
        }
        return {
            field: utm._find_or_create_record(model, name.strip()[:100]).id
            for field, (model, name) in names.items()
            if name and name.strip()
        }

    # ------------------------------------------------------------
    # BY E-MAIL
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Note where the lead comes from, as its team says; link no other company's contact."""
        values = dict(custom_values or {})
        # sudo: the team that the mail was sent to, whoever the gateway runs as
        team = self.env['crm.team'].sudo().browse(values.get('team_id') or [])
        source = team.email_source_id
        touch = {'source_id': source.id, 'medium_id': self._get_email_medium().id} if source else {}
        author = self.env['res.partner'].sudo().browse(msg_dict.get('author_id') or [])
        if author.company_id and team.company_id and author.company_id != team.company_id:
            values.setdefault('partner_id', self._find_contact_by_address(
                email_normalize(msg_dict.get('from')), team.company_id).id)
        lead = super().message_new(msg_dict, custom_values={**touch, **values})
        if touch:
            lead._add_touch('email', note=msg_dict.get('subject'), **touch)
        return lead

    @api.model
    def _get_email_medium(self):
        return self.env.ref('utm.utm_medium_email', raise_if_not_found=False) or self.env[
            'utm.mixin']._find_or_create_record('utm.medium', "Email")

    # ------------------------------------------------------------
    # BY WHATEVER WAY
    # ------------------------------------------------------------

    @api.model
    def _capture(self, values, kind, company, touch=None, first_touch=None):
        """Make a lead of the values, or add them to the open one of the same person.

        :param dict values: of the lead
        :param str kind: by what way, see ``crm.touch``
        :param company: the company whose lead it is
        :param dict touch: what brought the person this time: values of ``crm.touch``
        :param dict first_touch: what brought them the first time, if that is known
        :return: the lead, and whether it is new
        """
        touch = touch or {}
        email = email_normalize(values.get('email_from'))
        if not any(values.get(name) for name in (
            'email_from', 'phone', 'contact_name', 'partner_name', 'partner_id', 'name',
        )):
            raise ValidationError(self.env._(
                "Say who it is: a name, a company, an e-mail address or a phone number."))
        lead = self._find_open_lead(email, company)
        if lead:
            lead._capture_again(values)
        created = not lead
        if created:
            self._wait_for_others(email, company)
            partner = self._find_contact_by_address(email, company)
            lead = self.create(self._prepare_captured_values(
                values, company, partner, touch, first_touch or {}))
        lead._add_touch(kind, **touch)
        return lead, created

    @api.model
    def _wait_for_others(self, email, company):
        """Let no two make a lead of the same person at the same moment.

        :raises ConcurrencyError: there is one since this transaction began, which cannot see it
            and is begun again by Odoo
        """
        if not email:
            return
        with one_at_a_time(self.env, f'{self._name} of {email} in {company.id}') as env:
            if self.with_env(env)._find_open_lead(email, company.with_env(env)):
                raise ConcurrencyError('A lead of this person was made at the same moment')

    @api.model
    def _find_open_lead(self, email, company):
        """Return the newest open lead with a normalized address that the user may see."""
        if not email:
            return self.browse()
        return self.search([
            ('email_normalized', '=', email), ('won_status', '=', 'pending'),
            ('company_id', 'in', (False, company.id)),
        ], order='id desc', limit=1)

    @api.model
    def _find_contact_by_address(self, email, company):
        """Return the contact with a normalized address, never one of another company."""
        partners = self.env['res.partner']
        if not email:
            return partners
        return partners.search([
            ('email_normalized', '=', email), ('company_id', 'in', (False, company.id)),
        ], order='company_id, id', limit=1)

    @api.model
    def _prepare_captured_values(self, values, company, partner, touch, first_touch):
        who = values.get('partner_name') or values.get('contact_name') or values.get('email_from')
        utm = {name: touch[name] for name in ('source_id', 'medium_id', 'campaign_id')
               if touch.get(name)}
        first = first_touch or {
            'first_referrer': touch.get('referrer'),
            'first_landing_page': touch.get('landing_page'),
        }
        return self._link_contact({
            'name': values.get('name') or self.env._("Request by %s", who or values.get('phone')),
            'company_id': company.id,
            **utm,
            **values,
            **{name: value for name, value in first.items() if value},
        }, partner)

    @api.model
    def _link_contact(self, values, partner):
        """Link the contact, without changing its phone number to the one that is given.

        Odoo keeps the two the same: the number that differs goes into the notes instead.
        """
        if not partner or values.get('partner_id'):
            return values
        values = {**values, 'partner_id': partner.id}
        phone = values.get('phone')
        if phone and partner.phone and not self._is_same_phone(phone, partner):
            values['description'] = Markup("{}{}").format(
                Markup(values.get('description') or ''),
                plaintext2html(self.env._("Phone: %s", phone)))
            del values['phone']
        return values

    @api.model
    def _is_same_phone(self, phone, partner):
        sanitized = partner._phone_format(number=phone) or phone
        return sanitized in (partner.phone_sanitized, partner.phone)

    def _capture_again(self, values):
        """Add to the lead what the person says now: what was empty as values, all as a message."""
        self.ensure_one()
        self.write({
            name: value for name, value in values.items()
            if value and name in ('contact_name', 'partner_name', 'phone', 'function', 'website')
            and not self[name]
        })
        said = [
            f'{self._fields[name]._description_string(self.env)}: {values[name]}'
            for name in ('name', 'contact_name', 'partner_name', 'phone', 'website')
            if values.get(name)
        ]
        description = values.get('description')
        body = plaintext2html('\n'.join(said)) if said else Markup()
        if not is_html_empty(description):
            # sanitized when it is posted
            body += Markup(description)
        self.message_post(
            body=body,
            author_id=self.partner_id.id or False,
            email_from=values.get('email_from') or self.email_from,
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
        )
