from odoo import fields, models

#: What is kept of the first time that somebody came to us; kept together, or not at all.
FIRST_TOUCH = (
    'first_touch_date', 'first_source_id', 'first_medium_id', 'first_campaign_id',
    'first_referrer', 'first_landing_page',
)


class CrmFirstTouchMixin(models.AbstractModel):
    """By what somebody came to us first, on leads and contacts: kept as it was."""

    _name = 'crm.first.touch.mixin'
    _description = "First Touch"

    first_touch_date = fields.Datetime(
        string="First Touch", readonly=True, copy=False, groups='base.group_user',
        help="When this person came to us for the first time.",
    )
    first_source_id = fields.Many2one(
        'utm.source', readonly=True, copy=False, ondelete='set null', groups='base.group_user',
        index='btree_not_null',
        help="Where this person came from the first time. It stays when the source changes.",
    )
    first_medium_id = fields.Many2one(
        'utm.medium', readonly=True, copy=False, ondelete='set null', groups='base.group_user',
        index='btree_not_null', help="How they came the first time: e-mail, search, a fair.",
    )
    first_campaign_id = fields.Many2one(
        'utm.campaign', readonly=True, copy=False, ondelete='set null', groups='base.group_user',
        index='btree_not_null', help="The campaign that brought them the first time.",
    )
    first_referrer = fields.Char(
        readonly=True, copy=False, groups='base.group_user',
        help="The page from which they came to our website.",
    )
    first_landing_page = fields.Char(
        readonly=True, copy=False, groups='base.group_user',
        help="The page of our website that they saw first.",
    )

    def _get_first_touch(self):
        """Return the values of the first touch; empty where nothing is known of it."""
        self.ensure_one()
        # sudo: copied between records of the same person, shown to nobody
        record = self.sudo()
        values = {
            name: record[name].id if record._fields[name].relational else record[name]
            for name in FIRST_TOUCH
        }
        known = any(values[name] for name in FIRST_TOUCH if name != 'first_touch_date')
        return values if known else {}
