from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..exceptions import StageGateError

#: so many opportunities are named when many are refused together
NAMED = 20


class CrmLeadGateMixin(models.AbstractModel):
    """An opportunity leaves a stage forwards only when the criteria of the stage are met.

    Checked when a stage is written, by whichever door: the pipeline, a list, an import, a call,
    an automation. What is written with the stage counts, so all is judged afterwards; a refusal
    takes everything back. Going backwards and losing are free.
    """

    _name = 'crm.lead.gate.mixin'
    _description = "Opportunity behind Exit Criteria"

    stage_override_reason = fields.Char(
        "Reason to Override Exit Criteria", store=False,
        groups='sales_team.group_sale_manager',
        help="Given together with a stage, e.g. in a column of an import: the opportunity moves "
        "although criteria are not met, and the reason is logged.",
    )
    stage_checklist = fields.Json(compute='_compute_stage_checklist', exportable=False)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list, reasons = self._take_override_reasons(vals_list)
        leads = super().create(vals_list)
        # a stage that Odoo chose is the first one, there is nothing to pass
        by_default = self.env.context.get('default_stage_id')
        chosen = [
            index for index, vals in enumerate(vals_list)
            if vals.get('stage_id', by_default)
        ]
        if chosen and self.env['crm.stage']._get_process_in_use().gated:
            created = leads.browse([leads[index].id for index in chosen])
            created._check_gates(
                dict.fromkeys(created.ids, False),
                {leads[index].id: reasons[index] for index in chosen})
        return leads

    def write(self, vals):
        [vals], [reason] = self._take_override_reasons([vals])
        moving = 'stage_id' in vals or vals.get('type') == 'opportunity'
        gated = moving and self.env['crm.stage']._get_process_in_use().gated
        if not gated or ('stage_id' in vals and vals['stage_id'] not in gated):
            return super().write(vals)
        origins = {
            lead.id: lead.stage_id.id if lead.type == 'opportunity' else None for lead in self}
        # what the others need to be moved without those that are refused
        only_stage = vals.keys() <= {'stage_id', 'probability'}
        result = super().write(vals)
        self._check_gates(origins, dict.fromkeys(self.ids, reason), only_stage)
        return result

    def _get_gate_origins(self, origins):
        """Return the id of the stage from which each comes; a lead begins with the first one."""
        return {
            lead.id: lead._stage_find(domain=[('fold', '=', False)]).id
            if origins[lead.id] is None else origins[lead.id]
            for lead in self
        }

    @api.model
    def _take_override_reasons(self, vals_list):
        """Take the reasons to override out of the values.

        :raise AccessError: somebody gives one who may not
        """
        reasons = [vals.get('stage_override_reason') for vals in vals_list]
        if not any('stage_override_reason' in vals for vals in vals_list):
            return vals_list, reasons
        if any(reasons) and not self._may_override_gates():
            raise AccessError(self.env._(
                "Only a sales administrator moves opportunities whose criteria are not met."))
        return [
            {name: value for name, value in vals.items() if name != 'stage_override_reason'}
            for vals in vals_list
        ], reasons

    @api.model
    def _may_override_gates(self):
        return self.env.user.has_group('sales_team.group_sale_manager')

    def _merge_dependences(self, opportunities):
        """Keep what was overridden and decided of the opportunities that are merged into one."""
        result = super()._merge_dependences(opportunities)
        self.env['crm.stage.override']._move_to(self, opportunities)
        self.env['crm.stage.approval']._move_to(
            self, opportunities, Domain('state', '!=', 'asked'))
        return result

    # ------------------------------------------------------------
    # JUDGING
    # ------------------------------------------------------------

    def _check_gates(self, origins, reasons, only_stage=False):
        """Refuse the move when a criterion is not met that nobody overrides.

        :param dict origins: id of the stage from which each opportunity comes, by id; False when
            new, None when it was a lead
        :param dict reasons: why criteria are overridden, by id
        :param bool only_stage: nothing but the stage was written, so that the other leads can
            be moved alone afterwards
        :raise StageGateError: says of each lead exactly what is missing
        """
        # sudo: stage, team and company of leads that the user has just been allowed to write
        gated = self.env['crm.stage']._get_process_in_use().gated
        reached = self.sudo().filtered(
            lambda lead: lead.type == 'opportunity' and lead.stage_id.id in gated)
        origins |= reached._get_gate_origins(origins)
        moved = reached.filtered(lambda lead: lead.stage_id.id != origins[lead.id])
        if not moved:
            return
        criteria = self.env['crm.stage.criterion']
        asked = criteria._between(moved, origins)
        missing = criteria._get_missing(asked)
        overridden = {lead: needs for lead, needs in missing.items() if reasons.get(lead.id)}
        refused = {lead: needs for lead, needs in missing.items() if lead not in overridden}
        if refused:
            others = self.ids if only_stage else []
            raise self._prepare_gate_error(refused, origins, others)
        if overridden:
            self.env['crm.stage.override']._log(overridden, origins, reasons)

    def _prepare_gate_error(self, refused, origins, others):
        """Return the error that says what is missing, in words and in pieces."""
        named = dict(list(refused.items())[:NAMED])
        # leads that are being created are gone when the error is read
        exists = any(origins.values())
        refused_ids = {lead.id for lead in refused}
        return StageGateError(self._get_gate_text(named, len(refused) - len(named)), {
            'stage_id': next(iter(refused)).stage_id.id,
            'lead_ids': sorted(refused_ids) if exists else [],
            'other_ids': [lead_id for lead_id in others if lead_id not in refused_ids],
            'more': len(refused) - len(named),
            'can_override': self._may_override_gates(),
            'leads': [
                {
                    'id': exists and lead.id,
                    'name': lead.name,
                    'stage': lead.stage_id.name,
                    'criteria': criteria,
                }
                for lead, criteria in self._get_criteria_data(named, named).items()
            ],
        })

    def _get_gate_text(self, named, more):
        lines = []
        for lead, criteria in named.items():
            lines.append(self.env._(
                "\"%(lead)s\" cannot move to \"%(stage)s\" yet. Still missing:",
                lead=lead.name, stage=lead.stage_id.name))
            for criterion in criteria:
                hint = criterion._get_hint()
                lines.append(f'- {criterion.name}: {hint}' if hint else f'- {criterion.name}')
        if more:
            lines.append(self.env._("The same holds for %s more opportunities.", more))
        return '\n'.join(lines)

    # ------------------------------------------------------------
    # SHOWING
    # ------------------------------------------------------------

    def _compute_stage_checklist(self):
        """The criteria of the present stage with what is met, for the form alone."""
        self.stage_checklist = False
        criteria_model = self.env['crm.stage.criterion']
        guarded = self.env['crm.stage']._get_process_in_use().guarded
        leads = self.filtered(
            lambda lead: lead.id and lead.stage_id.id in guarded
            and lead.type == 'opportunity' and lead.active and lead.won_status == 'pending')
        if not leads:
            return
        # sudo: criteria are for those who have to meet them, which are these leads' readers
        of_stage = criteria_model.sudo().search(
            [('stage_id', 'in', leads.stage_id.ids)]).grouped('stage_id')
        asked = {}
        for lead in leads:
            criteria = of_stage[lead.stage_id].filtered(
                lambda criterion, lead=lead: criterion._concerns(lead.team_id, lead.company_id))
            if criteria:
                asked[lead] = criteria
        missing = criteria_model._get_missing(asked)
        for lead, data in self._get_criteria_data(asked, missing).items():
            lead.stage_checklist = data

    def get_stage_criteria(self, criterion_ids):
        """Return the criteria as they are now, for the dialog that shows what was missing.

        :return: list of dicts, see ``_get_criteria_data``
        """
        self.ensure_one()
        self.check_access('read')
        criteria = self.env['crm.stage.criterion'].browse(criterion_ids)
        criteria.check_access('read')
        asked = {self: criteria}
        missing = self.env['crm.stage.criterion']._get_missing(asked)
        return self._get_criteria_data(asked, missing)[self]

    @api.model
    def _get_criteria_data(self, asked, missing):
        """Return what the web client shows of criteria.

        :param dict asked: criteria by lead
        :param dict missing: those that are not met, by lead
        :return: list of dicts by lead
        """
        # sudo: the last answer to what was asked about these leads
        approvals = self.env['crm.stage.approval'].sudo().search([
            ('lead_id', 'in', [lead.id for lead in asked]),
            ('criterion_id', 'in', [
                criterion.id for criteria in asked.values() for criterion in criteria
                if criterion.kind == 'approval'
            ]),
        ], order='id')
        answers = {(approval.lead_id.id, approval.criterion_id): approval
                   for approval in approvals}
        return {
            lead: [
                {
                    'id': criterion.id,
                    'name': criterion.name,
                    'kind': criterion.kind,
                    'document': criterion.document,
                    'hint': criterion._get_hint(),
                    'met': criterion not in missing.get(lead, criterion.browse()),
                    'approval': self._get_approval_data(answers.get((lead.id, criterion))),
                }
                for criterion in criteria
            ]
            for lead, criteria in asked.items()
        }

    @api.model
    def _get_approval_data(self, approval):
        if not approval:
            return False
        date = approval.decision_date or approval.create_date
        return {
            'id': approval.id,
            'state': approval.state,
            'by': (approval.decider_id or approval.approver_id).name,
            'date': format_date(self.env, fields.Datetime.context_timestamp(self, date).date()),
            'reason': approval.reason or '',
            'amount': approval.state == 'approved' and not approval._is_valid() and format_amount(
                self.env, approval.amount, approval.currency_id or self.env.company.currency_id),
            'may_decide': approval.state == 'asked'
            and approval.criterion_id.with_env(self.env)._may_decide(),
        }

    # ------------------------------------------------------------
    # MEETING
    # ------------------------------------------------------------

    def action_meet_criterion(self, criterion_id):
        """Ask for the approval, or open where the criterion is met.

        :return: an action, or False when nothing is to be opened
        """
        self.ensure_one()
        criterion = self.env['crm.stage.criterion'].browse(criterion_id)
        if criterion.kind == 'approval':
            self.env['crm.stage.approval']._ask(self, criterion)
            return False
        if criterion.kind == 'activity':
            return self._open_activity_of(criterion.activity_type_id)
        if criterion.kind == 'document' and criterion.document != 'attachment':
            if self.quotation_count:
                return self.action_view_sale_quotation()
            return self.action_sale_quotations_new()
        return self.get_formview_action()

    def _open_activity_of(self, activity_type):
        """Plan the activity, or show the lead where it is planned already."""
        if activity_type in self.activity_ids.activity_type_id:
            return self.get_formview_action()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Schedule Activity"),
            'res_model': 'mail.activity.schedule',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'active_model': 'crm.lead',
                'active_id': self.id,
                'active_ids': self.ids,
                'default_activity_type_id': activity_type.id,
            },
        }

    def action_view_stage_time(self):
        """Show the stages that the opportunity went through."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus.crm_lead_stage_time_action')
        action['domain'] = [('lead_id', 'in', self.ids)]
        action['views'] = [(False, 'list')]
        # read of these alone, however many others there are
        action['context'] = {'stage_time_of': self.ids}
        return action
