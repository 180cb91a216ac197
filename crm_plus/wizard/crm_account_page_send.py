from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

PAGE = 'crm_plus.report_key_account_page'


class CrmAccountPageSend(models.TransientModel):
    """Send the page about a key account, as the sender sees it, to those who go there.

    It goes to the recipients alone: in the chatter of the account, where others may read it who
    may not see all the figures, stands only that it was sent.
    """

    _name = 'crm.account.page.send'
    _description = "Send the Page About a Key Account"

    account_id = fields.Many2one(
        'crm.key.account', "Key Account", required=True, ondelete='cascade')
    partner_ids = fields.Many2many(
        'res.partner', string="To", compute='_compute_partner_ids', store=True, readonly=False,
        # with the rights of the sender, who may have named an account by its number
        compute_sudo=False,
    )
    outsider_names = fields.Char(compute='_compute_outsider_names')
    subject = fields.Char(
        compute='_compute_subject', store=True, readonly=False, required=True, precompute=True,
        compute_sudo=False,
    )
    body = fields.Html("Message", sanitize=True)

    @api.depends('account_id')
    def _compute_partner_ids(self):
        """The key account manager, and who of us looks after somebody there."""
        for wizard in self:
            account = wizard.account_id
            wizard.partner_ids = (
                account.user_id | account.role_ids.user_id).partner_id - self.env.user.partner_id

    @api.depends('account_id')
    def _compute_subject(self):
        for wizard in self:
            wizard.subject = self.env._(
                "%s: page for the visit", wizard.account_id.display_name)

    @api.depends('partner_ids')
    def _compute_outsider_names(self):
        for wizard in self:
            # sudo: whether a recipient is a colleague, nothing else of the users
            outsiders = wizard.partner_ids.filtered(lambda partner: not any(
                not user.share for user in partner.sudo().user_ids))
            wizard.outsider_names = ", ".join(outsiders.mapped('name'))

    def action_send(self):
        """Send the page to the recipients, and note on the account that it was sent."""
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose to whom the page is sent."))
        account = self.account_id
        content, _kind = self.env['ir.actions.report']._render_qweb_pdf(PAGE, account.ids)
        self.env['mail.thread'].message_notify(
            partner_ids=self.partner_ids.ids,
            subject=self.subject,
            body=self.body or Markup(),
            attachments=[(f"{account.display_name}.pdf", content)],
            email_layout_xmlid='mail.mail_notification_light',
        )
        # sudo: a note that it was sent, also by those who only read the account
        account.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=self.env._(
                "Page for the visit sent to %s.", ", ".join(self.partner_ids.mapped('name'))),
        )
        return {'type': 'ir.actions.act_window_close'}
