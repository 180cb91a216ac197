from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache


class Promise(NamedTuple):
    """A promise as it is applied: what a new lead needs, without asking the database."""

    id: int
    source_id: int
    team_id: int
    company_id: int
    lead_type: str
    calendar_id: int


class CrmResponsePromise(models.Model):
    """How soon a person answers a new lead, in working hours: by its source, or by its team."""

    _name = 'crm.response.promise'
    _description = "Response Time Promise"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first promise in the list that fits a lead is the one that counts.",
    )
    source_id = fields.Many2one(
        'utm.source', index='btree_not_null', ondelete='cascade',
        help="Leads that came from here. Leave empty for leads of any source.",
    )
    team_id = fields.Many2one(
        'crm.team', "Sales Team", index='btree_not_null', ondelete='cascade', check_company=True,
        help="Leads of this team. Leave empty for leads of any team.",
    )
    lead_type = fields.Selection(
        [('lead', "Leads"), ('opportunity', "Opportunities")], "Only",
        help="Leave empty for both. What is already an opportunity when it is entered has often "
             "been talked about before.",
    )
    hours = fields.Float(
        "Working Hours Promised", required=True, default=4,
        help="Within how many working hours a person answers. Lunch, nights, weekends and "
             "holidays do not count.",
    )
    calendar_id = fields.Many2one(
        'resource.calendar', "Counted In", check_company=True, ondelete='restrict',
        help="The working hours to count in. Leave empty to use those of the lead's team, or of "
             "its company.",
    )
    escalation_ids = fields.One2many(
        'crm.response.escalation', 'promise_id', "Escalations", copy=True)
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade', default=lambda self: self.env.company,
        help="Leave empty to promise this in every company.",
    )
    active = fields.Boolean(default=True)

    _hours_positive = models.Constraint(
        'CHECK (hours > 0)', "Promise an answer within more than zero hours.",
    )

    # ------------------------------------------------------------
    # CRUD: deadlines follow the promises
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        self.env.registry.clear_cache('stable')
        return promises

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache('stable')
        if {'hours', 'calendar_id'} & vals.keys():
            self._plan_again()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache('stable')
        return result

    def _plan_again(self):
        """Move the deadlines of the leads that still wait for what was promised here."""
        # sudo: whoever may change a promise changes it for all leads; nothing of them is shown
        leads = self.env['crm.lead'].sudo().with_context(active_test=False).search(
            Domain('response_promise_id', 'in', self.ids)
            & Domain('response_state', '=', 'waiting'))
        leads._plan_response()

    # ------------------------------------------------------------
    # THE PROMISES, READ ONCE
    # ------------------------------------------------------------

    @api.model
    @ormcache(cache='stable')
    def _get_promises(self):
        """Return what is promised, in the order in which it counts, as :class:`Promise`."""
        # sudo: asked on behalf of whoever creates a lead, a visitor of a website too
        return tuple(
            Promise(
                promise.id, promise.source_id.id, promise.team_id.id, promise.company_id.id,
                promise.lead_type, promise.calendar_id.id,
            )
            for promise in self.sudo().search(Domain.TRUE)
        )
