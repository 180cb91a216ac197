import re

from odoo import api, fields, models
from odoo.tools import email_normalize, email_normalize_all
from odoo.tools.mail import email_split

# what separates words in a subject; a case number holds none of it, whatever its sequence says
SUBJECT_WORD = re.compile(r'[^\s()\[\]{}<>,;:!?"\'#]+')


class ServiceCaseIntakeMixin(models.AbstractModel):
    """How a message finds the case it belongs to, and a case the customer it comes from.

    Replies belong to the case that they refer to or, when a mail program has lost the reference,
    to the one whose number their subject names, provided that the sender has to do with it. A
    reply that comes long after the case was closed begins a new one, linked to the old.
    """

    _name = 'service.case.intake.mixin'
    _description = 'Case: Intake'

    intake_id = fields.Many2one(
        'service.intake',
        string='Made From',
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='crm_plus_service.group_agent',
        help='The message that needed attention and of which this case was made by hand.',
    )
    previous_case_id = fields.Many2one(
        'service.case',
        string='Follows',
        readonly=True,
        copy=False,
        index='btree_not_null',
        check_company=True,
        groups='base.group_user',
        help='The customer replied to this case so long after it was closed that the reply began '
        'a new one. How long that is, the team says.',
    )
    follow_up_ids = fields.One2many(
        'service.case',
        'previous_case_id',
        string='Followed By',
        readonly=True,
        groups='base.group_user',
    )

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        for case in cases:
            # sudo: the link alone, which not all who may create a case can read; settling it
            # asks for the user's own rights
            intake = case.sudo().intake_id
            if intake:
                intake.sudo(False)._settle(case)
        return cases

    # ------------------------------------------------------------
    # WHICH CASE
    # ------------------------------------------------------------

    @api.model
    def _route_messages(self, routes, message_dict):
        """Return the routes with those to cases led to where they belong, to each case once."""
        found = {}
        for index, route in enumerate(routes):
            if route[0] == self._name:
                route = self._route_message(route, message_dict)
                case_id = route[1] or (route[2] or {}).get('previous_case_id')
                found.setdefault(('case', case_id) if case_id else index, route)
            else:
                found[index] = route
        return list(found.values())

    @api.model
    def _route_message(self, route, message_dict):
        """Return the route that a message to a case takes: to the case that it belongs to.

        :param route: the gateway's ``(model, case id or none, values, user id, alias)``
        """
        model, case_id, values, user_id, alias = route
        # sudo: the gateway's own decision, whoever it runs as; only ids go back into the route
        case = self.browse(case_id or []).sudo()
        if not case_id:
            case = self._find_case_by_subject(message_dict, (values or {}).get('team_id'))
        if case and case._is_closed_for_good() and not self._is_sent_by_colleague(message_dict):
            values = {'team_id': case.team_id.id, 'previous_case_id': case.id}
            case = case.browse()
        return model, case.id, values, user_id, alias

    @api.model
    def _find_case_by_subject(self, message_dict, team_id):
        """Return the case of the team's company that the subject names, if the sender may."""
        words = SUBJECT_WORD.findall(message_dict.get('subject') or '')
        numbers = {word.rstrip('.') for word in words if any(map(str.isdigit, word))}
        if not numbers:
            return self.browse()
        # sudo: found for the gateway; whether the sender has to do with them is asked below
        cases = self.sudo().search(
            [
                ('number', 'in', [*numbers, *(number.upper() for number in numbers)]),
                ('company_id', '=', self._get_receiving_company(team_id).id),
            ],
            limit=10,
        )
        sender = email_normalize(message_dict.get('email_from') or '')
        return cases.filtered(lambda case: case._concerns(sender))[:1]

    @api.model
    def _get_receiving_company(self, team_id):
        # sudo: only the company of the team that the message was sent to
        return self.env['service.team'].sudo().browse(team_id or []).company_id or self.env.company

    def _concerns(self, sender):
        """Tell whether who has this address has to do with the case.

        That is who wrote it, its followers (colleagues among them), whoever else belongs to its
        customer, and who writes from a mail domain that is this customer's alone.
        """
        self.ensure_one()
        if not sender:
            return False
        customer = self.commercial_partner_id
        known = {self.email_normalized, customer.email_normalized, self.user_id.email_normalized}
        known.update(self.message_partner_ids.mapped('email_normalized'))
        if sender in known:
            return True
        partners = self.env['res.partner']
        if customer and partners.search_count(
            [('email_normalized', '=', sender), ('commercial_partner_id', '=', customer.id)],
            limit=1,
        ):
            return True
        found = partners._find_customer_by_domain(sender, self.company_id)
        return bool(customer) and found == customer

    def _is_closed_for_good(self):
        self.ensure_one()
        # sudo: customers, who ask for it by writing, cannot read the team's settings
        days = self.sudo().team_id.reopen_days
        return bool(
            days
            and self.closed_date
            and self.closed_date < fields.Datetime.subtract(fields.Datetime.now(), days=days)
        )

    @api.model
    def _is_sent_by_colleague(self, message_dict):
        sender = email_normalize(message_dict.get('email_from') or '')
        # sudo: the gateway's own decision; only whether there is such a colleague is told
        return bool(
            sender
            and self.env['res.users']
            .sudo()
            .search_count([('email_normalized', '=', sender), ('share', '=', False)], limit=1)
        )

    def _open_follow_up(self, message):
        """Make a new case of what a customer has just written on the portal page of this old one.

        Mail does not get here: it is led to a case of its own, see ``_route_message``.
        """
        # sudo: a customer may answer but not open a case; the new one is theirs like this one
        self, message = self.sudo(), message.sudo()
        case = self.create(
            {
                **self._get_follow_up_values(),
                'name': self.name,
                'partner_id': self.partner_id.id,
                'email_from': self.email_from,
                'team_id': self.team_id.id,
                'user_id': False,
                'previous_case_id': self.id,
                'description': message.body,
            }
        )
        for attachment in message.attachment_ids:
            attachment.copy({'res_model': case._name, 'res_id': case.id})
        case._note_customer_message()
        return case

    def _get_follow_up_values(self):
        """Return what a case that follows this one of the same customer is about."""
        return {
            name: self[name].id
            for name in ('sale_order_id', 'invoice_id', 'product_id', 'type_id')
        }

    # ------------------------------------------------------------
    # WHOSE CASE
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        values = dict(custom_values or {})
        # sudo: the gateway has found the case by what its customer answers to; what that case is
        # about goes over only when the same customer writes
        previous = self.browse(values.get('previous_case_id') or []).sudo()
        if previous:
            contact = self._get_sender_contact(msg_dict, values)
            if contact.commercial_partner_id == previous.commercial_partner_id:
                values = {**previous._get_follow_up_values(), **values}
        case = super(
            ServiceCaseIntakeMixin, self.with_context(service_by_sender=True)
        ).message_new(msg_dict, values)
        case._subscribe_copied_contacts(msg_dict)
        return case

    def message_update(self, msg_dict, update_vals=None):
        # for the gateway; a remote call must not add followers to a case of somebody else
        self.check_access('write')
        res = super().message_update(msg_dict, update_vals)
        self._subscribe_copied_contacts(msg_dict)
        return res

    @api.model
    def _get_sender_contact(self, msg_dict, values):
        contact = super()._get_sender_contact(msg_dict, values)
        if contact:
            return contact
        company = self._get_receiving_company(values.get('team_id'))
        sender = email_normalize(msg_dict.get('email_from') or '')
        return self.env['res.partner']._find_customer_by_domain(sender, company)

    def _is_sent_by_customer(self):
        """Tell whether the customer wrote the case themselves, and not somebody at their domain.

        Otherwise the answers belong to the sender, and the customer's own address is left alone.
        """
        self.ensure_one()
        return (
            not self.email_normalized or self.partner_id.email_normalized == self.email_normalized
        )

    def _subscribe_copied_contacts(self, msg_dict):
        """Let known contacts to whom the message also went follow the case.

        Colleagues who may see cases and contacts of the same customer do. Anybody else is kept as
        an address only: what is said about a customer's case is not for other customers, even if
        one of them was copied once. A team may decide otherwise.
        """
        addresses = email_normalize_all(
            ','.join(
                email
                for name in ('to_filtered', 'cc_filtered')
                for email in email_split(msg_dict.get(name) or '')
            )
        )
        if not addresses:
            return
        # sudo: the gateway's own doing, whoever it runs as; who may follow is asked of each
        for case in self.sudo():
            company_ids = (False, case.company_id.id)
            contacts = (
                self.env['res.partner']
                .sudo()
                .search([('email_normalized', 'in', addresses), ('company_id', 'in', company_ids)])
            )
            case.message_subscribe(partner_ids=contacts.filtered(case._may_follow).ids)

    def _may_follow(self, contact):
        if self.team_id.copied_follow == 'nobody':
            return False
        colleagues = contact.user_ids.filtered(lambda user: not user.share)
        if colleagues:
            return any(self.with_user(user).has_access('read') for user in colleagues)
        if self.team_id.copied_follow == 'known':
            return True
        customer = self.commercial_partner_id
        return bool(customer) and contact.commercial_partner_id == customer
