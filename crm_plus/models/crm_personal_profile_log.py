from odoo import api, fields, models

from .crm_personal_profile import KINDS


class CrmPersonalProfileLog(models.Model):
    """That personal entries were erased, when, by whom and why: not what they said of whom."""

    _name = 'crm.personal.profile.log'
    _description = "Erased Personal Entry"
    _order = 'date desc, id desc'
    _rec_name = 'date'

    date = fields.Datetime("Erased on", required=True, readonly=True, default=fields.Datetime.now)
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True, ondelete='cascade',
    )
    entry_number = fields.Integer(
        readonly=True, aggregator=None, help="The number that the entry had.",
    )
    kind = fields.Selection(KINDS, readonly=True)
    reason = fields.Selection(
        [
            ('hand', "By hand"), ('retention', "Kept long enough"),
            ('contact', "Contact deleted"), ('privacy', "Privacy request"),
        ],
        required=True, readonly=True,
    )
    user_id = fields.Many2one('res.users', "Erased by", readonly=True, ondelete='set null')

    @api.model
    def _log(self, entries):
        """Write down that the entries are being erased."""
        reason = self.env.context.get('personal_profile_reason') or 'hand'
        # sudo: what kind of entry it was and when it was erased; erasing itself has been checked
        entries = entries.sudo()
        # sudo: the log is written by the system alone
        self.sudo().create([
            {
                'company_id': entry.company_id.id,
                'entry_number': entry.id,
                'kind': entry.kind,
                'reason': reason,
                'user_id': self.env.uid,
            }
            for entry in entries
        ])
