from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty

#: what has to be filled in for each kind of criterion
NEEDED = {
    'field': 'field_id',
    'domain': 'domain',
    'document': 'document',
    'activity': 'activity_type_id',
}
#: the states of an order that prove a document
ORDER_STATES = {'quotation': ('sent', 'sale'), 'order': ('sale',)}


class CrmStageCriterion(models.Model):
    """What must be so before an opportunity leaves a stage forwards.

    Whoever moves an opportunity over several stages meets the criteria of all of them. Each kind
    of criterion is asked of all opportunities of a move together: see the methods ``_met_*``.
    """

    _name = 'crm.stage.criterion'
    _description = "Exit Criterion"
    _order = 'sequence, id'

    name = fields.Char(
        "Criterion", required=True, translate=True,
        help="What the salesperson reads, e.g. \"The budget is known\".",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    stage_id = fields.Many2one(
        'crm.stage', required=True, index=True, ondelete='cascade',
        help="The stage that is not left before the criterion is met.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Only opportunities of this company have to meet it. Empty: those of all companies.",
    )
    team_ids = fields.Many2many(
        'crm.team', 'crm_stage_criterion_team_rel', string="Sales Teams",
        help="Only opportunities of these teams have to meet it. Empty: those of all teams.",
    )
    kind = fields.Selection(
        [
            ('field', "A field is filled in"),
            ('domain', "The opportunity matches a filter"),
            ('document', "A document is there"),
            ('activity', "An activity has been done"),
            ('approval', "Somebody has approved"),
        ],
        "Met When", required=True, default='field',
    )
    field_id = fields.Many2one(
        'ir.model.fields', ondelete='cascade',
        domain="[('model', '=', 'crm.lead'), "
        "('ttype', 'not in', ('json', 'properties', 'properties_definition', 'binary'))]",
        help="Amounts and numbers count as filled in when they are not zero, boxes when ticked.",
    )
    domain = fields.Char("Filter", help="The opportunity has to be among those found by it.")
    document = fields.Selection([
        ('quotation', "A quotation has been sent"),
        ('order', "An order is confirmed"),
        ('attachment', "A file is attached"),
    ])
    attachment_name = fields.Char(
        "Name of the File", help="A part of the name, e.g. \"drawing\". Empty: any file.")
    activity_type_id = fields.Many2one('mail.activity.type', ondelete='restrict')
    approver_ids = fields.Many2many(
        'res.users', 'crm_stage_criterion_approver_rel', string="Approvers",
        domain="[('share', '=', False)]",
        help="Each of them may approve.",
    )
    approver_group_id = fields.Many2one(
        'res.groups', ondelete='restrict', help="Everybody in this group may approve as well.")
    for_any_amount = fields.Boolean(
        "Holds for Any Amount",
        help="Otherwise it has to be approved again when the expected revenue changes.",
    )

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains(
        'kind', 'field_id', 'domain', 'document', 'activity_type_id', 'approver_ids',
        'approver_group_id')
    def _check_complete(self):
        for criterion in self:
            needed = NEEDED.get(criterion.kind)
            if needed and not criterion[needed]:
                raise ValidationError(self.env._(
                    "Fill in \"%(field)s\" of the criterion \"%(criterion)s\".",
                    field=criterion._fields[needed].get_description(self.env)['string'],
                    criterion=criterion.name))
            if criterion.kind == 'approval' and not (
                    criterion.approver_ids or criterion.approver_group_id):
                raise ValidationError(self.env._(
                    "Say who may approve \"%s\": people, a group, or both.", criterion.name))
            if criterion.kind == 'domain':
                criterion._check_domain()

    def _check_domain(self):
        try:
            self._get_domain().validate(self.env['crm.lead'])
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(self.env._(
                "The filter of the criterion \"%(criterion)s\" cannot be used: %(error)s",
                criterion=self.name, error=error)) from error

    @api.constrains('field_id')
    def _check_field(self):
        for field in self.field_id:
            if field.model != 'crm.lead':
                raise ValidationError(self.env._(
                    "\"%s\" is not a field of opportunities.", field.field_description))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        # sudo: who may delete the criterion learns only that approvals stand in the way
        if self.env['crm.stage.approval'].sudo().search_count(
                [('criterion_id', 'in', self.ids)], limit=1):
            raise UserError(self.env._(
                "Approvals have been asked for by this criterion. Archive it instead: the "
                "history of the opportunities stays complete."))

    # ------------------------------------------------------------
    # WHICH CRITERIA
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _between(self, leads, origins):
        """Return the criteria that each lead has to meet for having gone where it is now.

        :param dict origins: id of the stage from which each lead comes, by id; False when new
        :return: dict of criteria by lead, without those that have none to meet
        """
        # sudo: the order of all stages and all their criteria; the leads are the caller's
        stages = self.env['crm.stage'].sudo().search(Domain.TRUE)
        none = self.sudo()
        of_stage = none.search(Domain.TRUE).grouped('stage_id')
        position = {stage.id: index for index, stage in enumerate(stages)}
        found = {}
        for (origin, target, team, company), moved in leads.grouped(
            lambda lead: (origins[lead.id], lead.stage_id, lead.team_id, lead.company_id)
        ).items():
            if not target or target.gate_free:
                continue
            passed = stages[position.get(origin, 0):position[target.id]]
            criteria = none.union(*(
                of_stage.get(stage, none) for stage in passed
                # a stage that the team does not have is not on its way
                if stage.id == origin or not stage.team_ids or team in stage.team_ids
            )).filtered(
                lambda criterion, team=team, company=company: criterion._concerns(team, company))
            if criteria:
                found.update(dict.fromkeys(moved, criteria))
        return found

    def _concerns(self, team, company):
        """Return whether the opportunities of the team and company have to meet the criterion."""
        self.ensure_one()
        return (not self.team_ids or team in self.team_ids) and (
            not self.company_id or self.company_id == company)

    # ------------------------------------------------------------
    # ARE THEY MET
    # ------------------------------------------------------------

    def _met_by(self, leads):
        """Return the ids of those leads that meet the criterion: one question for all of them."""
        self.ensure_one()
        # sudo: yes or no about leads that the user may change, whatever proves it
        return getattr(self.sudo(), f'_met_{self.kind}')(leads.sudo())

    @api.model
    def _get_missing(self, asked):
        """Return the criteria that are not met.

        :param dict asked: criteria by lead
        :return: the same, without what is met
        """
        leads_of = {}
        for lead, criteria in asked.items():
            for criterion in criteria:
                leads_of.setdefault(criterion, []).append(lead.id)
        lead_model = self.env['crm.lead']
        met = {
            criterion: criterion._met_by(lead_model.browse(ids))
            for criterion, ids in leads_of.items()
        }
        missing = {
            lead: criteria.filtered(
                lambda criterion, lead=lead: lead.id not in met[criterion])
            for lead, criteria in asked.items()
        }
        return {lead: criteria for lead, criteria in missing.items() if criteria}

    def _met_field(self, leads):
        field = leads._fields.get(self.field_id.name)
        if not field:
            # of an add-on that is being removed: it cannot be filled in any more
            return set(leads.ids)
        filled = is_filled_html if field.type == 'html' else bool
        return {lead.id for lead in leads if filled(lead[field.name])}

    def _get_domain(self):
        return Domain(literal_eval(self.domain or '[]'))

    def _met_domain(self, leads):
        return set(leads.with_context(active_test=False).search(
            Domain('id', 'in', leads.ids) & self._get_domain()).ids)

    def _met_document(self, leads):
        if self.document == 'attachment':
            attached = Domain([('res_model', '=', leads._name), ('res_id', 'in', leads.ids)])
            if self.attachment_name:
                attached &= Domain('name', 'ilike', self.attachment_name)
            return {lead_id for [lead_id] in self.env['ir.attachment']._read_group(
                attached, ['res_id'])}
        return {lead.id for [lead] in self.env['sale.order']._read_group([
            ('opportunity_id', 'in', leads.ids),
            ('state', 'in', ORDER_STATES[self.document]),
        ], ['opportunity_id'])}

    def _met_activity(self, leads):
        # what has been done stays in the messages, also when Odoo deletes the activity
        return {lead_id for [lead_id] in self.env['mail.message']._read_group([
            ('model', '=', leads._name), ('res_id', 'in', leads.ids),
            ('mail_activity_type_id', '=', self.activity_type_id.id),
        ], ['res_id'])}

    def _met_approval(self, leads):
        approvals = self.env['crm.stage.approval'].search([
            ('lead_id', 'in', leads.ids), ('criterion_id', '=', self.id),
            ('state', '=', 'approved'),
        ])
        return {approval.lead_id.id for approval in approvals if approval._is_valid()}

    # ------------------------------------------------------------
    # WHAT TO DO
    # ------------------------------------------------------------

    def _get_hint(self):
        """Return in words what meets the criterion."""
        self.ensure_one()
        criterion = self.sudo()  # sudo: the names of what was set up, for those who must do it
        if criterion.kind == 'field':
            return self.env._("fill in \"%s\"", criterion.field_id.field_description)
        if criterion.kind == 'activity':
            return self.env._("do an activity \"%s\"", criterion.activity_type_id.name)
        if criterion.kind == 'approval':
            names = [*criterion.approver_ids.mapped('name')]
            if criterion.approver_group_id:
                names.append(criterion.approver_group_id.full_name)
            return self.env._("ask for the approval of %s", self.env._(" or ").join(names))
        if criterion.kind == 'document':
            return {
                'quotation': self.env._("send a quotation"),
                'order': self.env._("have an order confirmed"),
                'attachment': criterion.attachment_name and self.env._(
                    "attach a file named \"%s\"", criterion.attachment_name)
                or self.env._("attach a file"),
            }[criterion.document]
        return ''

    def _may_decide(self):
        """Return whether the user is one of those who may approve."""
        criterion = self.sudo()  # sudo: only compared with the user
        user = self.env.user
        return user in criterion.approver_ids or bool(
            criterion.approver_group_id & user.all_group_ids)

    def _choose_approver(self, lead):
        """Return who is asked to approve: of several, the head of the team, else who has least.

        :raise UserError: nobody is left who could
        """
        criterion = self.sudo()  # sudo: finds a colleague by what the consultant has set up
        able = (criterion.approver_ids | criterion.approver_group_id.all_user_ids).filtered(
            lambda user: user.active and not user.share
            and (not lead.company_id or lead.company_id in user.company_ids))
        if not able:
            raise UserError(self.env._(
                "Nobody can approve \"%s\" any more. Ask your administrator to name somebody.",
                self.name))
        if lead.team_id.user_id in able:
            return lead.team_id.user_id
        waiting = dict(self.env['crm.stage.approval'].sudo()._read_group(  # sudo: counts alone
            [('state', '=', 'asked'), ('approver_id', 'in', able.ids)],
            ['approver_id'], ['__count']))
        return min(able, key=lambda user: (waiting.get(user, 0), user.id))


def is_filled_html(value):
    return not is_html_empty(value)
