from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import clean_context


class ServiceCaseMergeMixin(models.AbstractModel):
    """Cases that are about the same go on as one, and can be taken apart again.

    What was said, the files, activities, followers, tags and the time spent go over to the case
    that stays. The merged one is closed and archived, so that no list or figure counts it; its
    own log and the targets that it kept or missed stay with it. What went over is written into
    :class:`service.merge`, by which :meth:`action_undo_merge` puts it back.
    """

    _name = 'service.case.merge.mixin'
    _description = 'Case: Merge'

    #: the messages that people have written; what the system has logged stays where it was
    MOVED_MESSAGES = ('comment', 'email', 'email_outgoing', 'auto_comment')
    #: what goes over of a message by somebody who does not see the case that it goes to
    CARRIED_OVER = (
        'body', 'subject', 'subtype_id', 'subtype_xmlid', 'attachments', 'attachment_ids',
        'message_id')

    merged_into_id = fields.Many2one(
        'service.case',
        string='Goes On As',
        readonly=True,
        copy=False,
        index='btree_not_null',
        ondelete='set null',
        groups='base.group_user',
        help='The case that this one was merged into.',
    )
    merge_ids = fields.One2many(
        'service.merge', 'into_id', string='Merged Cases', groups='base.group_user'
    )

    @api.constrains('merged_into_id', 'active', 'stage_id')
    def _check_merged(self):
        # sudo: portal users close and reopen their cases, and may not see what those were merged
        # into; the message names the case by its number alone
        for case in self.sudo():
            if case.merged_into_id and (case.active or not case.closed_date):
                raise ValidationError(
                    self.env._(
                        '%(case)s goes on as %(other)s. Work there, or undo the merge first.',
                        case=case.number,
                        other=case.merged_into_id.number,
                    )
                )

    def message_post(self, **kwargs):
        """Post on the case that this one goes on as, unless it is a note."""
        survivor = self._get_survivor() if len(self) == 1 else self
        if survivor == self or not self._is_for_customer(kwargs):
            return super().message_post(**kwargs)
        # who may write here may write there, and nobody else
        self.check_access(self._mail_post_access)
        if survivor.has_access('read'):
            return survivor.message_post(**kwargs)
        if kwargs.get('attachment_ids'):
            self.env['ir.attachment'].browse(kwargs['attachment_ids']).check_access('read')
        carried_over = {name: kwargs[name] for name in self.CARRIED_OVER if name in kwargs}
        # sudo: the customer who answers a merged case reaches the one that goes on, without seeing
        # it; with their own words and files, and in no other name than theirs
        return survivor.sudo().with_context(clean_context(self.env.context)).message_post(
            **carried_over, message_type='comment', author_id=self.env.user.partner_id.id)

    @api.model
    def _check_field_access(self, field, operation):
        # what is said on a case is said where it goes on: nobody points that elsewhere by hand
        if field.name == 'merged_into_id' and operation == 'write' and not self.env.su:
            raise AccessError(self.env._('A case goes on as another one by merging them.'))
        return super()._check_field_access(field, operation)

    def _get_survivor(self):
        """Return the case that this one goes on as: itself unless it was merged."""
        # sudo: where a case goes on is for the caller to show or not
        case = self.sudo()
        while case.merged_into_id:
            case = case.merged_into_id
        return case.with_env(self.env)

    @api.model
    def _is_for_customer(self, post_values):
        subtype = self.env['mail.message.subtype'].browse(post_values.get('subtype_id') or [])
        if not subtype and post_values.get('subtype_xmlid'):
            subtype = self.env.ref(post_values['subtype_xmlid'], raise_if_not_found=False)
        # sudo: what kind a message is of is no secret
        return bool(subtype) and not subtype.sudo().internal

    # ------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------

    def _merge_into(self, survivor):
        """Let these cases go on as ``survivor``.

        :raise AccessError: when the user may not change one of the cases
        :raise UserError: when they cannot be merged
        """
        survivor.ensure_one()
        merged = (self - survivor).sorted('id')
        (merged | survivor).check_access('write')
        (merged | survivor).lock_for_update()
        merged._check_mergeable(survivor)
        for case in merged:
            case._merge_one_into(survivor)

    def _check_mergeable(self, survivor):
        if not self:
            raise UserError(self.env._('Choose at least two cases to merge.'))
        gone = (self | survivor).filtered('merged_into_id')
        if gone:
            raise UserError(self.env._(
                '%s has been merged already.', ', '.join(gone.mapped('number'))))
        if self.company_id != survivor.company_id:
            raise UserError(self.env._('Cases of different companies cannot be merged.'))
        if survivor.closed_date and not all(self.mapped('closed_date')):
            raise UserError(self.env._(
                '%s is closed. Reopen it, or let an open case stay.', survivor.number))
        strange = self.filtered(lambda case: not case._is_of_same_customer(survivor))
        if strange and not self.env.user.has_group('crm_plus_service.group_manager'):
            raise UserError(self.env._(
                '%(cases)s is of another customer than %(other)s, who would read what the '
                'other has written. Only an administrator of the service may merge them.',
                cases=', '.join(strange.mapped('number')), other=survivor.number))

    def _is_of_same_customer(self, other):
        self.ensure_one()
        if self.commercial_partner_id and other.commercial_partner_id:
            return self.commercial_partner_id == other.commercial_partner_id
        return bool(self.email_normalized) and self.email_normalized == other.email_normalized

    def _merge_one_into(self, survivor):
        # sudo: what others have written, attached and planned goes along; the user may change
        # both cases, which was checked
        case, into = self.sudo(), survivor.sudo()
        stage = case.stage_id if case.closed_date else case.team_id._get_closing_stage()
        moved = case._prepare_merge(into)
        for model, ids in moved['records'].items():
            self.env[model].sudo().browse(ids).res_id = into.id
        into.message_subscribe(moved['followers'])
        into.tag_ids |= case.tag_ids
        into.time_spent += case.time_spent
        if moved['waits_since']:
            into.awaiting_since = moved['waits_since']
            into._sync_targets()
        case._running_targets()._withdraw(
            self.env._('Goes on as %s', into.number), fields.Datetime.now())
        case.write({
            'time_spent': 0, 'merged_into_id': into.id, 'active': False, 'stage_id': stage.id,
        })
        # sudo: the ledger is written by merging alone, and tells only what went over
        self.env['service.merge'].sudo().create(
            {'case_id': case.id, 'into_id': into.id, 'moved': moved})
        case._log_merge(into)

    def _prepare_merge(self, into):
        """Return what goes over to ``into``, and how the case stands: the values of the ledger."""
        self.ensure_one()
        waits_since = False
        if into.first_response_date and not into.awaiting_since and not self.closed_date:
            # who waits for an answer here goes on waiting there
            waits_since = self.awaiting_since or (
                not self.first_response_date and self.opened_date)
        # sudo: ids of what hangs on a case that the user may change, whoever wrote or attached
        # it; nothing of the contents is read
        messages, files = self.env['mail.message'].sudo(), self.env['ir.attachment'].sudo()
        return {
            'records': {
                'mail.message': messages.search([
                    ('model', '=', self._name), ('res_id', '=', self.id),
                    ('message_type', 'in', self.MOVED_MESSAGES)]).ids,
                'ir.attachment': files.search([
                    ('res_model', '=', self._name), ('res_id', '=', self.id)]).ids,
                'mail.activity': self.activity_ids.ids,
            },
            'followers': (self.message_partner_ids - into.message_partner_ids).ids,
            'tags': (self.tag_ids - into.tag_ids).ids,
            'time_spent': self.time_spent,
            'waits_since': fields.Datetime.to_string(waits_since),
            'targets': self._running_targets().ids,
            'stage': self.stage_id.id,
            'awaiting_since': fields.Datetime.to_string(self.awaiting_since),
            'reopen_count': self.reopen_count,
        }

    def _log_merge(self, into):
        link = into._get_html_link(title=into.number)
        self._message_log(body=Markup('<p>%s</p>') % self.env._('Merged into %s.', link))
        own_link = self._get_html_link(title=self.display_name)
        body = Markup('<p>%s</p>') % self.env._('%s was merged into this case.', own_link)
        if self.description:
            body += Markup('<blockquote>%s</blockquote>') % self.description
        into._message_log(body=body)

    # ------------------------------------------------------------
    # UNDO
    # ------------------------------------------------------------

    def action_undo_merge(self):
        """Take apart what was merged: each case gets back what it brought along.

        What was written since stays on the case that went on.
        """
        for case in self.filtered('merged_into_id'):
            into = case.merged_into_id
            (case | into).check_access('write')
            (case | into).lock_for_update()
            if into.merged_into_id:
                raise UserError(self.env._(
                    '%(case)s has itself been merged into %(other)s. Undo that merge first.',
                    case=into.number, other=into.merged_into_id.number))
            case._undo_merge()

    def _undo_merge(self):
        # sudo: as when merging
        case, into = self.sudo(), self.merged_into_id.sudo()
        merge = self.env['service.merge'].sudo().search([
            ('case_id', '=', case.id), ('undone_date', '=', False)], limit=1)
        moved = merge.moved
        for model, ids in moved['records'].items():
            # deleted since, or moved on: no longer to be put back
            # sudo: goes back to where it came from, between cases that the user may change
            self.env[model].sudo().search([
                ('id', 'in', ids), ('res_id', '=', into.id),
                (self._moved_model_field(model), '=', self._name)]).res_id = case.id
        into.message_unsubscribe(moved['followers'])
        into.tag_ids -= self.env['service.case.tag'].browse(moved['tags'])
        into.time_spent -= min(moved['time_spent'], into.time_spent)
        if moved['waits_since'] and into.awaiting_since == fields.Datetime.to_datetime(
            moved['waits_since']
        ):
            into.awaiting_since = False
            into._sync_targets(self.env._('The merge was undone.'))
        case._restore(moved)
        merge.write({'undone_date': fields.Datetime.now(), 'undone_by_id': self.env.uid})
        link = into._get_html_link(title=into.number)
        case._message_log(body=self.env._('No longer merged into %s.', link))
        into._message_log(body=self.env._(
            '%s is no longer merged into this case.', case._get_html_link(title=case.number)))

    @api.model
    def _moved_model_field(self, model):
        return 'model' if model == 'mail.message' else 'res_model'

    def _restore(self, moved):
        """Open the case as it stood; the time in which it was merged does not count."""
        # sudo: nobody writes targets by hand; these are the case's own, and run on as before
        targets = self.env['service.case.target'].sudo().browse(moved['targets']).exists()
        # before the stage: what runs again is not promised a second time
        targets.write({
            'withdrawn_date': False, 'reason': self.env._('The merge was undone.')})
        stage = self.env['service.stage'].browse(moved['stage']).exists()
        self.write({
            'merged_into_id': False,
            'active': True,
            'stage_id': stage.id or self.team_id._get_stage(closed=False).id,
            'time_spent': moved['time_spent'],
            'awaiting_since': moved['awaiting_since'],
        })
        self.reopen_count = moved['reopen_count']
