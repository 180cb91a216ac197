from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmConsentPurpose(models.Model):
    """What people are asked to agree to: a newsletter, calls about offers, a yearly survey."""

    _name = 'crm.consent.purpose'
    _description = "Purpose of Consent"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index=True, help="Empty: every company may ask for it and use it.",
    )
    basis = fields.Selection(
        [
            ('opt_in', "Only people who have agreed"),
            ('opt_out', "Everybody who has not refused"),
        ],
        string="Who May Be Written To",
        required=True,
        default='opt_in',
        help="Whom messages for this purpose may be sent to. People who have refused never get "
             "one. Let only people who have agreed get one unless a lawyer told you otherwise.",
    )
    text = fields.Text(
        string="What People Agree To", required=True, translate=True,
        help="The words that stand beside the box to tick. Every consent keeps them as they were "
             "when it was given.",
    )
    text_version = fields.Integer(
        string="Version", default=1, readonly=True, copy=False,
        help="Goes up by one whenever the words change.",
    )
    months_valid = fields.Integer(
        string="Valid for Months",
        help="After so many months a consent counts no longer and has to be asked for anew. "
             "0: it counts until it is withdrawn.",
    )

    _months_not_negative = models.Constraint(
        'CHECK (months_valid >= 0)', "A consent cannot be valid for less than 0 months.",
    )

    @api.constrains('company_id')
    def _check_company_of_consents(self):
        for purpose in self.filtered('company_id'):
            # sudo: whether there are any; none of them is shown
            if self.env['crm.consent'].sudo().search_count([
                ('purpose_id', '=', purpose.id), ('company_id', '!=', purpose.company_id.id),
            ], limit=1):
                raise ValidationError(self.env._(
                    "%(purpose)s is used by other companies already. Leave its company empty, or "
                    "make a purpose of its own for %(company)s.",
                    purpose=purpose.name, company=purpose.company_id.name,
                ))

    def write(self, vals):
        changed = self.filtered(
            lambda purpose: 'text' in vals and (vals['text'] or '') != (purpose.text or ''))
        result = super().write(vals)
        for purpose in changed:
            super(CrmConsentPurpose, purpose).write({'text_version': purpose.text_version + 1})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: whether there are any; none of them is shown
        if self.env['crm.consent'].sudo().search_count([('purpose_id', 'in', self.ids)], limit=1):
            raise ValidationError(self.env._(
                "Somebody has agreed to it or refused it, and that must stay on record. Archive "
                "the purpose instead of deleting it."))

    def _get_expiry(self, moment):
        """Return the day from which a consent given at the moment counts no longer, or False."""
        self.ensure_one()
        if not self.months_valid:
            return False
        return fields.Date.to_date(moment) + relativedelta(months=self.months_valid)

    def _is_allowed(self, state):
        """Tell whether somebody may be written to for the purpose.

        :param state: what counts now, see ``crm.consent``; none where nothing was decided
        """
        self.ensure_one()
        return state == 'given' or (self.basis == 'opt_out' and state != 'withdrawn')
