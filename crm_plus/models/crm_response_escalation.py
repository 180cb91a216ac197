from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResponseEscalation(models.Model):
    """What happens by itself before a response time runs out, and when it has: once each."""

    _name = 'crm.response.escalation'
    _description = "Response Time Escalation"
    _order = 'promise_id, moment desc, id'

    promise_id = fields.Many2one(
        'crm.response.promise', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='promise_id.company_id')
    moment = fields.Selection(
        [('before', "Before the deadline"), ('at', "At the deadline")], "When",
        required=True, default='at',
    )
    hours = fields.Float(
        "Hours Before", default=1, help="Working hours before the deadline.",
    )
    notify_salesperson = fields.Boolean("Tell the Salesperson", default=True)
    notify_leader = fields.Boolean("Tell the Team Leader")
    activity_type_id = fields.Many2one(
        'mail.activity.type', "Activity for the Leader",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        help="Planned for today, for the team leader; for the salesperson where a team has no "
             "leader.",
    )
    reassign = fields.Selection(
        [('leader', "To the team leader"), ('user', "To somebody else")], "Hand Over",
        help="Leave empty to let the lead stay with its salesperson.",
    )
    user_id = fields.Many2one(
        'res.users', "Hand Over To", domain="[('share', '=', False)]",
    )

    _once = models.Constraint(
        'UNIQUE (promise_id, moment)',
        "A promise escalates once before the deadline and once at it.",
    )

    @api.constrains('moment', 'hours', 'promise_id')
    def _check_hours(self):
        for escalation in self:
            promised = escalation.promise_id.hours
            if escalation.moment == 'before' and not 0 < escalation.hours < promised:
                raise ValidationError(self.env._(
                    "“%(promise)s” is promised within %(promised)s working hours: say how many "
                    "of them before the deadline something is to happen.",
                    promise=escalation.promise_id.name, promised=f'{promised:g}',
                ))

    @api.constrains('reassign', 'user_id', 'promise_id')
    def _check_user(self):
        for escalation in self:
            if escalation.reassign == 'user' and not escalation.user_id:
                raise ValidationError(self.env._("Say to whom the leads are handed over."))
            company = escalation.promise_id.company_id
            if escalation.user_id and company and company not in escalation.user_id.company_ids:
                raise ValidationError(self.env._(
                    "%(user)s does not work for %(company)s.",
                    user=escalation.user_id.name, company=company.name))

    @api.model_create_multi
    def create(self, vals_list):
        escalations = super().create(vals_list)
        escalations.promise_id._plan_again()
        return escalations

    def write(self, vals):
        result = super().write(vals)
        if {'moment', 'hours', 'promise_id'} & vals.keys():
            self.promise_id._plan_again()
        return result

    def unlink(self):
        promises = self.promise_id
        result = super().unlink()
        promises._plan_again()
        return result

    # ------------------------------------------------------------
    # WHAT HAPPENS
    # ------------------------------------------------------------

    def _happen(self, lead):
        """Do on a lead what is to be done."""
        self.ensure_one()
        leader = lead.team_id.user_id
        salesperson = lead.user_id
        subject = self._subject(lead)
        people = (
            (salesperson if self.notify_salesperson else salesperson.browse())
            | (leader if self.notify_leader else leader.browse())
        ).filtered(lambda user: self._may_have(user, lead))
        if people:
            lead.message_notify(
                partner_ids=people.partner_id.ids, subject=subject, body=self._body(lead),
                subtype_xmlid='mail.mt_note',
            )
        owner = next(
            (user for user in (leader, salesperson) if user and self._may_have(user, lead)), None)
        if self.activity_type_id and owner:
            lead.activity_schedule(
                activity_type_id=self.activity_type_id.id, summary=subject, user_id=owner.id)
        heir = {'leader': leader, 'user': self.user_id}.get(self.reassign)
        if heir and heir != salesperson and self._may_have(heir, lead):
            lead.user_id = heir

    def _may_have(self, user, lead):
        """Say whether a user may be told of a lead, or be given it."""
        return user.active and (not lead.company_id or lead.company_id in user.company_ids)

    def _subject(self, lead):
        if self.moment == 'before':
            return self.env._("%s must be answered soon", lead.name)
        return self.env._("%s has not been answered in time", lead.name)

    def _body(self, lead):
        # sudo: the promise of the lead that the reader is told of
        promise = self.promise_id.sudo()
        return self.env._(
            "%(customer)s has been promised an answer within %(hours)s working hours "
            "(%(promise)s).",
            customer=lead.contact_name or lead.partner_name or lead.email_from or lead.name,
            hours=f'{promise.hours:g}', promise=promise.name,
        )
