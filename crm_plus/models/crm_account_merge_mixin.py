"""Key accounts of customers that turn out to be one."""

from odoo import api, models
from odoo.tools import SQL

#: types of fields that one fills in, where a value is either there or not
FILLED_TYPES = frozenset((
    'char', 'text', 'html', 'selection', 'many2one', 'date', 'datetime', 'integer', 'float',
))
#: what is each account's own, and what means something together with another field only
OWN_FIELDS = frozenset((
    'active', 'company_id', 'message_main_attachment_id', 'partner_id', 'profile_id',
    'sales_currency_id', 'team_id', 'user_id',
))


class CrmAccountMergeMixin(models.AbstractModel):
    """How ``crm.key.account``, which inherits from this, goes on with what another one knows.

    A company has one account of a customer. When customers are merged who have one each, what
    hangs on the second goes over to the first, and the second is archived as it is: so that
    merging can be undone.
    """

    _name = 'crm.account.merge.mixin'
    _description = "Key Account: Merging"

    @api.model
    def _tables_staying_with_merged(self):
        """Tables whose rows tell of the merged account alone; see ``crm.merge.mover``."""
        return set()

    @api.model
    def _merge_moving_rows(self, table):
        """All rows of a table go over; see ``crm.merge.mover``."""
        return SQL("TRUE")

    def _second_accounts(self, survivor):
        """These accounts by that of the ``survivor`` in the same company, which goes on."""
        kept = {account.company_id: account for account in self._of_customers(survivor)}
        seconds = {}
        for account in self:
            if account.company_id in kept:
                first = kept[account.company_id]
                seconds[first] = seconds.get(first, self.browse()) | account
        return seconds

    @api.model
    def _of_customers(self, customers):
        return self.with_context(active_test=False).search(
            [('partner_id', 'in', customers.ids)], order='id')

    @api.model
    def _move_merged(self, merged, survivor):
        """Turn what hangs on the second accounts of merged customers to the first ones.

        :return: the moves, as ``crm.merge.mover`` understands them
        """
        mover = self.env['crm.merge.mover']
        return [
            move
            for first, seconds in self._of_customers(merged)._second_accounts(survivor).items()
            for move in mover._move(seconds, first)
        ]

    @api.model
    def _archive_merged(self, merged, survivor):
        """Bring the first accounts in order and archive the second ones."""
        for first, seconds in self._of_customers(merged)._second_accounts(survivor).items():
            first._go_on_with(seconds)
            for account in seconds:
                account._message_log(body=self.env._(
                    "Goes on as %s.", first._get_html_link(title=first.display_name)))
            seconds.with_context(tracking_disable=True).active = False

    def _go_on_with(self, merged):
        """Take what is not known here from accounts whose records have come over."""
        self.ensure_one()
        self.env.invalidate_all()  # what hangs on them was moved in SQL
        for field in self._fields.values():
            if field.type == 'one2many' and self._is_moved(field):
                lines = self.with_context(active_test=False)[field.name]
                lines.modified([field.inverse_name])
        values = {}
        for account in merged:
            values = {**account._known_values(), **values}
        values = {
            name: value for name, value in values.items()
            if name == 'active' or not self[name]
        }
        if self.profile_id or 'profile_id' not in values:
            # properties mean something on their own profile only
            values.pop('profile_id', None)
            values.pop('properties', None)
        if 'sales_price' not in values:
            values.pop('sales_currency_id', None)
        self.with_context(tracking_disable=True).write(values)
        self._recompute_latest_figures()

    @api.model
    def _is_moved(self, field):
        inverse = self.env[field.comodel_name]._fields.get(field.inverse_name)
        return inverse is not None and inverse.type == 'many2one' and inverse.store

    def _known_values(self):
        """What somebody has entered on the account itself, as for ``write``."""
        self.ensure_one()
        known = {
            name: self[name] for name, field in self._fields.items()
            if field.store and not field.readonly and not field.related
            and name not in models.MAGIC_COLUMNS
            and field.type in (*FILLED_TYPES, 'monetary') and name not in OWN_FIELDS
            and self[name]
        }
        if self.profile_id:
            known['profile_id'] = self.profile_id
            known['properties'] = self.properties
        if self.sales_price:
            known['sales_currency_id'] = self.sales_currency_id
        if self.active:
            known['active'] = True
        return self._convert_to_write(known)
