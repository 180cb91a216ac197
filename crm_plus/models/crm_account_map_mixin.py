"""The map of a buying centre: its cards, and what it warns of."""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

#: How much influence somebody has whom one should not lose sight of.
MATTERS = '4'


class CrmAccountMapMixin(models.AbstractModel):
    """The map of the buying centre of ``crm.key.account``, which inherits from this."""

    _name = 'crm.account.map.mixin'
    _description = "Key Account: Map of the Buying Centre"

    def get_buying_centre(self, project_id=False, lead_id=False):
        """Everything on the map of the buying centre, with the rights of the reader.

        A fixed number of queries, whatever the number of people.

        :param int project_id: show the people as they stand in this procurement project
        :param int lead_id: show the people as they stand in this opportunity
        :return: dict with ``account``, ``cards``, ``scopes`` (for what else there are cards),
            ``warnings`` and the ``stances`` and ``levels`` of the legend
        """
        self.ensure_one()
        self.check_access('read')
        Role = self.env['crm.account.role']
        every_role = Role.search(Domain('account_id', '=', self.id), order='id')
        roles = self._buying_centre_roles(every_role, project_id, lead_id)
        return {
            'account': {
                'id': self.id,
                'partner_id': self.partner_id.id,
                # sudo: the name alone, of the customer of an account that the reader may read
                'name': self.partner_id.sudo().name,
                'can_edit': self.has_access('write') and Role.has_access('create'),
            },
            'cards': self._buying_centre_cards(roles, every_role),
            'scopes': self._buying_centre_scopes(every_role),
            'warnings': self._buying_centre_warnings(roles),
            'stances': self._selection_labels(Role, 'stance'),
            'levels': self._selection_labels(Role, 'influence'),
        }

    def _selection_labels(self, model, name):
        return [
            {'value': int(value), 'label': label}
            for value, label in model._fields[name]._description_selection(self.env)
        ]

    def _buying_centre_roles(self, every_role, project_id, lead_id):
        """The rows that hold in general, or instead of them those of the scope."""
        general = every_role.filtered(lambda role: not role.project_id and not role.lead_id)
        if not project_id and not lead_id:
            return general
        special = every_role.filtered(
            lambda role: role.project_id.id == project_id if project_id
            else role.lead_id.id == lead_id)
        replaced = special.contact_id
        return special | general.filtered(lambda role: role.contact_id not in replaced)

    # ------------------------------------------------------------
    # CARDS
    # ------------------------------------------------------------

    def _buying_centre_cards(self, roles, every_role):
        today = fields.Date.context_today(self)
        # whom one reports to may be shown by the card of the same person for this scope
        shown = {role.contact_id: role.id for role in roles}
        managers = {role: shown.get(role.contact_id, False) for role in every_role}
        return [
            self._buying_centre_card(role, today)
            | {'manager_id': managers.get(role.manager_id, False)}
            for role in roles
        ]

    def _buying_centre_card(self, role, today):
        # sudo: the name and job of people who are named on a card that the reader may read
        contact = role.contact_id.sudo()
        company = contact.commercial_partner_id
        date = role.last_contact_date and fields.Datetime.context_timestamp(
            self, role.last_contact_date).date()
        return {
            'id': role.id,
            'contact_id': contact.id,
            'name': contact.name or contact.display_name,
            'function': contact.function or '',
            'company': (company.name or '') if company != contact and role.is_external else '',
            'external': role.is_external,
            'roles': [
                # sudo: the name of a role that is given to the person
                {'id': each.id, 'name': each.name, 'color': each.color}
                for each in role.role_ids.sudo()
            ],
            'influence': int(role.influence),
            'stance': int(role.stance) if role.stance else None,
            'relation': int(role.relation) if role.relation else 0,
            'user': {
                'id': role.user_id.id,
                # sudo: the name of the colleague who looks after the person
                'name': role.user_id.sudo().name,
            } if role.user_id else False,
            'last_contact': format_date(self.env, date, date_format='medium') if date else '',
            'days': (today - date).days if date else None,
            'note': role.note or '',
            'scoped': bool(role.project_id or role.lead_id),
            'placed': role.is_placed,
            'x': role.position_x,
            'y': role.position_y,
        }

    def _buying_centre_scopes(self, every_role):
        """The projects and opportunities that one can look at: all projects, and the
        opportunities with cards of their own."""
        projects = self.env['crm.procurement.project'].search(
            Domain('account_id', '=', self.id), order='id desc')
        leads = every_role.lead_id._filtered_access('read')
        return [
            *({'model': 'project', 'id': project.id, 'name': project.name}
              for project in projects),
            *({'model': 'lead', 'id': lead.id, 'name': lead.name} for lead in leads),
        ]

    # ------------------------------------------------------------
    # WARNINGS
    # ------------------------------------------------------------

    def _buying_centre_warnings(self, roles) -> list[dict]:
        """What is dangerous about how the customer is known, one plain sentence each.

        Extended by other modules with ``super()``.

        :param roles: the ``crm.account.role`` on the map
        :return: list of ``{'key', 'text', 'card_ids'}``: which cards the sentence is about
        """
        if not roles:
            return []
        return [
            *self._decider_warnings(roles),
            *self._single_contact_warnings(roles),
            *self._blocker_warnings(roles),
            *self._silence_warnings(roles),
        ]

    def _buying_centre_warning(self, key, text, roles=()):
        return {'key': key, 'text': text, 'card_ids': [role.id for role in roles]}

    def _names(self, roles):
        # sudo: names of people on cards that the reader may read
        return ", ".join(roles.contact_id.sudo().mapped('name'))

    def _decider_warnings(self, roles):
        # sudo: what the roles mean that are given to people on the map
        if any(roles.role_ids.sudo().mapped('is_decider')):
            return []
        return [self._buying_centre_warning('decider', self.env._(
            "No decision maker known: find out who has the last word."))]

    def _single_contact_warnings(self, roles):
        known = roles.contact_id
        if len(known) > 1:
            return []
        return [self._buying_centre_warning('single', self.env._(
            "The only contact is one person: if %s leaves, nobody there knows you.",
            self._names(roles)), roles)]

    def _blocker_warnings(self, roles):
        blockers = roles.filtered(lambda role: not role.user_id and (
            role.stance == '-2'
            # sudo: what the roles mean that are given to people on the map
            or any(role.role_ids.sudo().mapped('is_blocker'))
        ))
        if not blockers:
            return []
        return [self._buying_centre_warning('blocker', self.env._(
            "Blockers without anyone of us assigned: %s.", self._names(blockers)), blockers)]

    def _silence_warnings(self, roles):
        """Nobody was in contact with anyone, or not with those who matter."""
        days = self.company_id.key_account_contact_days
        if days <= 0:
            return []
        limit = fields.Datetime.now() - timedelta(days=days)
        silent = roles.filtered(
            lambda role: not role.last_contact_date or role.last_contact_date < limit)
        if silent == roles:
            return [self._buying_centre_warning('silence', self.env._(
                "No contact with anybody here for %s days.", days), silent)]
        matter = silent.filtered(
            lambda role: role.influence >= MATTERS
            # sudo: what the roles mean that are given to people on the map
            or any(role.role_ids.sudo().mapped('is_decider')))
        if not matter:
            return []
        return [self._buying_centre_warning('silence_matter', self.env._(
            "No contact for %(days)s days with people who matter: %(names)s.",
            days=days, names=self._names(matter)), matter)]
