"""How agreements go on: follow-up agreements, and the opportunities to win them."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmAgreementRenewalMixin(models.AbstractModel):
    """The renewal of ``crm.agreement``, which inherits from this."""

    _name = 'crm.agreement.renewal.mixin'
    _description = "Agreement: Renewal"

    previous_id = fields.Many2one(
        'crm.agreement', "Follows", index='btree_not_null', copy=False, ondelete='set null',
        check_company=True, domain="[('partner_id', '=', partner_id), ('id', '!=', id)]",
        help="The former agreement, which this one renews.",
    )
    next_ids = fields.One2many('crm.agreement', 'previous_id', "Followed By")
    is_followed = fields.Boolean(
        "Has a Follow-Up", compute='_compute_is_followed', store=True,
        help="A further agreement follows this one, in force or in preparation.",
    )
    renewal_lead_id = fields.Many2one(
        'crm.lead', "Renewal Opportunity", index='btree_not_null', copy=False,
        ondelete='set null',
        domain="[('partner_id', 'child_of', partner_id), ('type', '=', 'opportunity')]",
        help="The opportunity in which the renewal is negotiated.",
    )

    @api.depends('next_ids.state', 'next_ids.active')
    def _compute_is_followed(self):
        for agreement in self:
            agreement.is_followed = any(
                follow_up.active and follow_up.state != 'cancelled'
                for follow_up in agreement.next_ids)

    @api.constrains('previous_id', 'partner_id')
    def _check_previous_id(self):
        if self._has_cycle('previous_id'):
            raise ValidationError(self.env._(
                "An agreement cannot follow itself, in no round-about way either."))
        for agreement in self:
            if agreement.previous_id and agreement.previous_id.partner_id != agreement.partner_id:
                raise ValidationError(self.env._(
                    "“%(name)s” follows an agreement with somebody else.", name=agreement.name))

    def _ends_for_good(self):
        """Whether the agreement ends, and nothing follows."""
        self.ensure_one()
        return bool(
            self.date_end and not self.is_followed
            and (not self.auto_renew or self.notice_given_date))

    # ------------------------------------------------------------
    # FOLLOW-UP AGREEMENTS
    # ------------------------------------------------------------

    def action_renew(self):
        """Prepare the follow-up agreement, or open the one that there is."""
        self.ensure_one()
        follow_up = self.next_ids.filtered(lambda each: each.state != 'cancelled')[:1]
        if not follow_up:
            follow_up = self._make_follow_up('draft')
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.agreement',
            'res_id': follow_up.id,
            'views': [(False, 'form')],
        }

    def _make_follow_up(self, state):
        """Return the agreement that follows: as long, from the day after the end on."""
        self.ensure_one()
        if not self.date_end:
            raise UserError(self.env._(
                "“%s” has no end, so there is nothing to renew. Enter its last day first.",
                self.name))
        start = self.date_end + timedelta(days=1)
        return self.copy({
            'name': self.name, 'state': state, 'previous_id': self.id, 'date_start': start,
            'date_end': start + self._renewal_term() - timedelta(days=1),
        })

    def _renewal_term(self):
        if self.renew_months:
            return relativedelta(months=self.renew_months)
        # as long as this one: in whole months where it is some
        end = self.date_end + timedelta(days=1)
        months = (end.year - self.date_start.year) * 12 + end.month - self.date_start.month
        if months and self.date_start + relativedelta(months=months) == end:
            return relativedelta(months=months)
        return end - self.date_start

    @api.model
    def _renew_by_themselves(self):
        """Make the follow-ups of agreements to which nobody has given notice."""
        # one that was not looked at for long may be followed by one that has ended as well
        while ended := self.search([
            ('state', '=', 'active'), ('date_end', '<', fields.Date.today()),
            ('auto_renew', '=', True), ('notice_given_date', '=', False),
            ('is_followed', '=', False),
        ]):
            for agreement in ended:
                follow_up = agreement._make_follow_up('active')
                follow_up._message_log(body=self.env._(
                    "Renewed by itself: nobody has given notice to the former agreement."))
            ended.state = 'ended'

    def action_view_chain(self):
        """Open the agreement with all that it follows and that follow it."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_agreement_action'),
            'name': self.env._("Renewals of %s", self.name),
            'domain': [('id', 'in', self._chain().ids)],
            'context': {'active_test': False},
        }

    def _chain(self):
        """Return all agreements that follow the same first one, with it."""
        first = self
        while first.previous_id:
            first = first.previous_id
        chain = later = first
        while (later := later.next_ids - chain):
            chain |= later
        return chain

    # ------------------------------------------------------------
    # RENEWAL PIPELINE
    # ------------------------------------------------------------

    def action_renewal_opportunity(self):
        """Open the opportunity of the renewal, a new one where there is none."""
        self.ensure_one()
        if not self.renewal_lead_id:
            self.check_access('write')
            self.renewal_lead_id = self.env['crm.lead'].create(self._prepare_renewal_lead())
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.lead',
            'res_id': self.renewal_lead_id.id,
            'views': [(False, 'form')],
        }

    def _prepare_renewal_lead(self):
        return {
            'name': self.env._("Renewal: %s", self.name),
            'type': 'opportunity',
            'partner_id': self.partner_id.id,
            'company_id': self.company_id.id,
            'user_id': self.user_id.id,
            'date_deadline': self.act_date,
            'expected_revenue': self.commitment_value or self.fulfilled_value,
        }
