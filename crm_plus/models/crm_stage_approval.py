from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmStageApproval(models.Model):
    """Somebody is asked to let an opportunity pass a criterion: who, by whom, with what answer.

    Written by its own methods alone. What was decided stays; it can be asked again.
    """

    _name = 'crm.stage.approval'
    _inherit = ['crm.stage.log.mixin']
    _description = "Approval of an Opportunity"
    _order = 'id desc'
    _rec_name = 'lead_id'

    lead_id = fields.Many2one(
        'crm.lead', "Opportunity", required=True, readonly=True, index=True, ondelete='cascade')
    # not stored: that would cost every change of the lead a query
    company_id = fields.Many2one(related='lead_id.company_id')
    criterion_id = fields.Many2one(
        'crm.stage.criterion', required=True, readonly=True, index=True, ondelete='restrict')
    stage_id = fields.Many2one(related='criterion_id.stage_id')
    state = fields.Selection(
        [('asked', "Asked"), ('approved', "Approved"), ('refused', "Refused")],
        "Answer", required=True, readonly=True, default='asked',
    )
    requester_id = fields.Many2one(
        'res.users', "Asked by", readonly=True, index=True, default=lambda self: self.env.user)
    approver_id = fields.Many2one(
        'res.users', "Asked", readonly=True, index=True,
        help="Who got the activity. Others may answer as well when the criterion names several.",
    )
    decider_id = fields.Many2one('res.users', "Answered by", readonly=True)
    decision_date = fields.Datetime("Answered On", readonly=True)
    reason = fields.Char(readonly=True)
    currency_id = fields.Many2one(related='lead_id.company_currency')
    amount = fields.Monetary(
        readonly=True, help="The expected revenue for which the answer was given.")
    activity_id = fields.Many2one(
        'mail.activity', readonly=True, index='btree_not_null', ondelete='set null')
    may_decide = fields.Boolean(compute='_compute_may_decide')

    _asked_once = models.UniqueIndex(
        "(lead_id, criterion_id) WHERE state = 'asked'",
        "This approval has been asked for already.",
    )

    @api.depends('state', 'criterion_id')
    @api.depends_context('uid')
    def _compute_may_decide(self):
        for approval in self:
            approval.may_decide = (
                approval.state == 'asked' and approval.criterion_id._may_decide())

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def _ask(self, lead, criterion):
        """Ask for the approval of the lead, unless it is being asked for.

        :return: the approval that is waiting for an answer
        """
        lead.check_access('write')
        approvals = self.sudo()  # sudo: written here alone, for whoever may change the lead
        waiting = approvals.search([
            ('lead_id', '=', lead.id), ('criterion_id', '=', criterion.id),
            ('state', '=', 'asked'),
        ])
        if waiting:
            return waiting.with_env(self.env)
        approver = criterion._choose_approver(lead)
        activity = lead.sudo().activity_schedule(  # sudo: asks a colleague, as said above
            'mail.mail_activity_data_todo', user_id=approver.id,
            summary=self.env._("Approve: %s", criterion.name),
            note=self.env._(
                "%(person)s asks for your approval. Answer on the opportunity, under Progress, "
                "or in the list Approvals.", person=self.env.user.name),
        )
        return approvals.create({
            'lead_id': lead.id,
            'criterion_id': criterion.id,
            'approver_id': approver.id,
            'activity_id': activity.id,
        }).with_env(self.env)

    # ------------------------------------------------------------
    # ANSWERING
    # ------------------------------------------------------------

    def action_approve(self):
        """Let the opportunities pass."""
        return self._open_decision('approved', self.env._("Approve"))

    def action_refuse(self):
        """Do not let them pass, and say why."""
        return self._open_decision('refused', self.env._("Refuse"))

    def _open_decision(self, state, title):
        return {
            'type': 'ir.actions.act_window',
            'name': title,
            'res_model': 'crm.stage.approval.decide',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_approval_ids': self.ids, 'default_state': state},
        }

    def _decide(self, state, reason):
        """Answer: only approvers can, and only what has not been answered."""
        for approval in self:
            if not approval.criterion_id._may_decide():
                raise AccessError(self.env._(
                    "You are not among those who may approve \"%s\".",
                    approval.criterion_id.name))
            if approval.state != 'asked':
                raise UserError(self.env._(
                    "\"%(criterion)s\" of \"%(lead)s\" has been answered already by %(person)s.",
                    criterion=approval.criterion_id.name, lead=approval.lead_id.name,
                    person=approval.decider_id.name))
        approvals = self.sudo()  # sudo: whoever may decide was found out above
        approvals.write({
            'state': state,
            'reason': reason,
            'decider_id': self.env.uid,
            'decision_date': fields.Datetime.now(),
        })
        for approval in approvals:
            approval.amount = approval.lead_id.expected_revenue
        approvals.activity_id.unlink()
        for approval in approvals:
            approval._tell()

    def _is_valid(self):
        """Whether it was approved, and for the amount that the opportunity has now."""
        self.ensure_one()
        if self.state != 'approved':
            return False
        currency = self.currency_id or self.env.company.currency_id
        return self.criterion_id.for_any_amount or not currency.compare_amounts(
            self.amount, self.lead_id.expected_revenue)

    def _tell(self):
        """Say on the opportunity what was decided, to who asked."""
        message = {
            'approved': self.env._("Approved: %s", self.criterion_id.name),
            'refused': self.env._("Not approved: %s", self.criterion_id.name),
        }[self.state]
        body = Markup('<p>%s</p>') % message
        if self.reason:
            body += Markup('<p>%s</p>') % self.reason
        asker = self.requester_id.partner_id
        self.lead_id.message_post(
            body=body,
            author_id=self.env.user.partner_id.id,
            partner_ids=(asker - self.env.user.partner_id).ids,
            subtype_xmlid='mail.mt_note',
        )

    def action_open_lead(self):
        """Open the opportunity."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
