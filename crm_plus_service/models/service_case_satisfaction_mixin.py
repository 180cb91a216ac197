from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

#: A case that closed longer ago is not asked about any more.
ASK_WITHIN = timedelta(days=7)


class ServiceCaseSatisfactionMixin(models.AbstractModel):
    """How satisfied the customer was: asked once when the case is closed, by Odoo's ratings.

    A bad rating opens a follow-up, as the team says.
    """

    _name = 'service.case.satisfaction.mixin'
    _description = 'Case: Satisfaction'

    satisfaction_asked_date = fields.Datetime(
        string='Asked for Satisfaction On',
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='base.group_user',
        help='When the customer was asked by mail how satisfied they are. Each case is asked '
        'about once.',
    )
    follow_up_date = fields.Datetime(
        string='Followed Up On',
        readonly=True,
        copy=False,
        groups='base.group_user',
        help='When a bad rating of this case opened a follow-up.',
    )
    follow_up_of_id = fields.Many2one(
        'service.case',
        string='Follow-Up Of',
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='base.group_user',
        help='The case whose bad rating opened this one.',
    )

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    def _cron_ask_satisfaction(self, batch=200):
        """Ask the customers of cases that were closed long enough ago, each case once."""
        now = fields.Datetime.now()
        remaining = False
        for team in self.env['service.team'].search([('ask_satisfaction', '=', True)]):
            due = now - timedelta(hours=team.satisfaction_delay)
            cases = self.search([
                ('team_id', '=', team.id),
                ('closed_date', '<=', due),
                ('closed_date', '>=', max(due - ASK_WITHIN, team.satisfaction_since or due)),
                ('satisfaction_asked_date', '=', False),
                ('stage_id.is_cancelled', '=', False),
                ('partner_id.email_normalized', '!=', False),
                '!', ('rating_ids.consumed', '=', True),
            ], order='closed_date, id')
            cases = cases.filtered(lambda case: not case.partner_id.is_blacklisted)
            cases[:batch]._ask_satisfaction()
            remaining = remaining or len(cases) > batch
        if remaining:
            self.env.ref('crm_plus_service.ir_cron_ask_satisfaction')._trigger()

    def _ask_satisfaction(self):
        """Send the team's question to the customers of these cases."""
        self.satisfaction_asked_date = fields.Datetime.now()
        for case in self:
            case.rating_send_request(
                case.team_id.satisfaction_template_id,
                lang=case.partner_id.lang or False,
                force_send=False,
            )

    def _rating_apply_get_default_subtype_id(self):
        # a note: what the customer says of a closed case must not open it again
        return self.env['ir.model.data']._xmlid_to_res_id('mail.mt_note')

    def _is_ratable(self):
        """Tell whether the customer may say how satisfied they are with the handling."""
        self.ensure_one()
        return bool(self.closed_date and self.partner_id and not self.stage_id.is_cancelled)

    def _get_rating_token(self):
        """Return the token by which the customer rates the case, or changes their rating."""
        self.ensure_one()
        # sudo: called for who may see the case, to rate it in the name of its customer
        rated = self.sudo().rating_ids.filtered(
            lambda rating: rating.partner_id == self.sudo().partner_id)[:1]
        return rated.access_token or self._rating_get_access_token()

    # ------------------------------------------------------------
    # BAD RATINGS
    # ------------------------------------------------------------

    def _note_rating(self, rating):
        """Open a follow-up when the rating is bad, once on each case."""
        self.ensure_one()
        team = self.team_id
        if (
            self.follow_up_date
            or not 1 <= rating.rating <= float(team.bad_rating)
            or team.bad_rating_follow_up == 'nothing'
        ):
            return
        self.follow_up_date = fields.Datetime.now()
        if team.bad_rating_follow_up == 'case':
            self.create(self._prepare_follow_up(rating))
        else:
            self.activity_schedule(
                'mail.mail_activity_data_todo',
                summary=self.env._('Bad rating: ask the customer what went wrong'),
                note=plaintext2html(rating.feedback or ''),
                user_id=self._get_follow_up_user().id,
            )

    def _get_follow_up_user(self):
        team = self.team_id
        wanted = team.follow_up_user_id or self.user_id
        return wanted.filtered('active') or team._get_responsible_user()

    def _prepare_follow_up(self, rating):
        return {
            'name': self.env._('Bad rating: %s', self.name),
            'description': plaintext2html(rating.feedback or ''),
            'team_id': self.team_id.id,
            'partner_id': self.partner_id.id,
            'user_id': self.team_id.follow_up_user_id.id,
            'sale_order_id': self.sale_order_id.id,
            'invoice_id': self.invoice_id.id,
            'product_id': self.product_id.id,
            'type_id': self.type_id.id,
            'priority': '2',
            'follow_up_of_id': self.id,
        }
