from odoo import api, fields, models
from odoo.exceptions import ValidationError

FIVE = [
    ('1', "Very low"), ('2', "Low"), ('3', "Medium"), ('4', "High"), ('5', "Very high"),
]
STANCES = [
    ('-2', "Opponent"), ('-1', "Sceptic"), ('0', "Neutral"), ('1', "Supporter"),
    ('2', "Champion"),
]
#: How far a card may lie from the middle of the map, in its pixels.
FARTHEST = 100_000


class CrmAccountRole(models.Model):
    """A person of a buying centre: what they do there, where they stand, who of us knows them.

    One row holds for everything the customer buys. A further row of the same person may hold
    for one procurement project or one opportunity, where they play another part.
    """

    _name = 'crm.account.role'
    _description = "Person in a Buying Centre"
    _order = 'account_id, influence desc, id'
    _rec_name = 'contact_id'
    _inherit = ['crm.last.contact.mixin']
    _check_company_auto = True

    account_id = fields.Many2one(
        'crm.key.account', "Key Account", required=True, index=True, ondelete='cascade',
    )
    customer_id = fields.Many2one(
        related='account_id.partner_id', string="Customer", store=True, precompute=True,
    )
    company_id = fields.Many2one(
        related='account_id.company_id', store=True, precompute=True, index=True,
    )
    contact_id = fields.Many2one(
        'res.partner', required=True, index=True, ondelete='cascade', check_company=True,
        domain="[('id', '!=', customer_id)]",
        help="Somebody of the customer, or an adviser from outside: a consultant, a planner, a "
             "bank.",
    )
    contact_function = fields.Char(related='contact_id.function', string="Job Position")
    is_external = fields.Boolean(
        "From Outside", compute='_compute_is_external',
        help="Does not belong to the customer: an adviser, or somebody who has left.",
    )
    role_ids = fields.Many2many(
        'crm.buying.role', string="Roles", ondelete='restrict',
        domain="[('company_id', 'in', (False, company_id))]",
    )
    influence = fields.Selection(
        FIVE, default='3', required=True, help="How much their word counts when it is decided.",
    )
    stance = fields.Selection(
        STANCES, help="Where they stand towards us. Leave empty as long as you do not know.",
    )
    relation = fields.Selection(
        FIVE, "Strength of Relation", help="How well our person knows them and is heard by them.",
    )
    user_id = fields.Many2one(
        'res.users', "Our Person", index='btree_not_null', check_company=True,
        domain="[('share', '=', False)]", help="Who of us looks after them.",
    )
    manager_id = fields.Many2one(
        'crm.account.role', "Reports to", index='btree_not_null', ondelete='set null',
        domain="[('account_id', '=', account_id), ('id', '!=', id)]",
    )
    project_id = fields.Many2one(
        'crm.procurement.project', "Only for Project", index='btree_not_null',
        ondelete='cascade', domain="[('account_id', '=', account_id)]",
        help="Leave empty when this holds for everything the customer buys.",
    )
    lead_id = fields.Many2one(
        'crm.lead', "Only for Opportunity", index='btree_not_null', ondelete='cascade',
        domain="[('partner_id', 'child_of', customer_id), ('type', '=', 'opportunity')]",
        help="Leave empty when this holds for everything the customer buys.",
    )
    note = fields.Text(
        help="What matters in business with them. Everybody in sales reads it: what is personal "
             "belongs into the personal profile.",
    )
    last_contact_date = fields.Datetime(
        "Last Contact", compute='_compute_last_contact_date',
        help="The latest meeting, message or call with this person, as far as you may see them.",
    )
    is_placed = fields.Boolean(
        "Placed by Hand", help="Stays where it was put on the map, instead of where it fits.",
    )
    position_x = fields.Integer(aggregator=None)
    position_y = fields.Integer(aggregator=None)

    @api.depends('contact_id.commercial_partner_id', 'customer_id')
    def _compute_is_external(self):
        for role in self:
            role.is_external = bool(role.contact_id) and (
                role.contact_id.commercial_partner_id != role.customer_id
            )

    @api.depends('contact_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_last_contact_date(self):
        dates = self._last_contacts(self.contact_id)
        for role in self:
            role.last_contact_date = dates.get(role.contact_id._origin.id, False)

    @api.constrains('manager_id', 'account_id')
    def _check_manager_id(self):
        if self._has_cycle('manager_id'):
            raise ValidationError(self.env._("Nobody can report to themselves, in no round-about "
                                             "way either."))
        for role in self:
            if role.manager_id and role.manager_id.account_id != role.account_id:
                raise ValidationError(self.env._(
                    "%(person)s and whom they report to must belong to the same key account.",
                    person=role.contact_id.name,
                ))

    @api.constrains('contact_id', 'account_id', 'project_id', 'lead_id')
    def _check_once(self):
        """Each person once: not in the database, for merged contacts may keep both rows."""
        siblings = self.search([
            ('account_id', 'in', self.account_id.ids), ('contact_id', 'in', self.contact_id.ids),
        ]).grouped(lambda role: (role.account_id, role.contact_id, role.project_id, role.lead_id))
        for role in self:
            key = (role.account_id, role.contact_id, role.project_id, role.lead_id)
            if len(siblings.get(key, role)) > 1:
                raise ValidationError(self.env._(
                    "%(person)s is in this buying centre already. Change their card instead, or "
                    "say for which project or opportunity alone this one holds.",
                    person=role.contact_id.name,
                ))

    @api.constrains('project_id', 'lead_id', 'account_id')
    def _check_scope(self):
        for role in self:
            if role.project_id and role.lead_id:
                raise ValidationError(self.env._(
                    "A card holds for a project or for an opportunity, not for both."))
            if role.project_id and role.project_id.account_id != role.account_id:
                raise ValidationError(self.env._(
                    "The project %s belongs to another key account.", role.project_id.name))

    @api.constrains('position_x', 'position_y')
    def _check_position(self):
        for role in self:
            if max(abs(role.position_x), abs(role.position_y)) > FARTHEST:
                raise ValidationError(self.env._("The card lies too far outside of the map."))
