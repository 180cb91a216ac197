"""Groups of companies: who belongs to whom, above what Odoo's contacts know."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ResPartnerGroupMixin(models.AbstractModel):
    """The group that a customer belongs to, for ``res.partner``, which inherits from this.

    A company below another one as its contact (Odoo's ``parent_id``) is a customer of its own,
    and belongs to the group of the upper one. Where companies are no contacts of each other,
    ``group_parent_id`` says so; it goes before ``parent_id``.
    """

    _name = 'res.partner.group.mixin'
    _description = "Partner: Group of Companies"

    group_parent_id = fields.Many2one(
        'res.partner', "Belongs to Group", index='btree_not_null', ondelete='set null',
        copy=False, check_company=True,
        domain="[('id', '!=', id), '|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="The company above this one, whose group it belongs to. Leave empty where that is "
             "the company of which this one is a contact.",
    )
    group_child_ids = fields.One2many('res.partner', 'group_parent_id', "Subsidiaries")

    in_group = fields.Boolean(
        compute='_compute_in_group', groups='crm_plus.group_user',
        help="There are companies above or below this one.",
    )

    @api.depends('group_parent_id', 'group_child_ids', 'commercial_partner_id')
    def _compute_in_group(self):
        """Whether there is anything to show, without reading the whole group."""
        self.env.flush_all()
        found = set()
        if customers := self.commercial_partner_id._origin:
            found = {row[0] for row in self.env.execute_query(SQL(
                """
                SELECT partner.id FROM res_partner partner
                 WHERE partner.id = ANY(%(ids)s) AND %(parent)s IS NOT NULL
                 UNION
                SELECT %(parent)s FROM res_partner partner
                 WHERE (partner.group_parent_id = ANY(%(ids)s)
                        OR partner.parent_id IN (SELECT place.id FROM res_partner place
                                                  WHERE place.commercial_partner_id = ANY(%(ids)s)))
                   AND partner.id = partner.commercial_partner_id
                   AND partner.merged_into_id IS NULL
                """,
                ids=customers.ids, parent=self._group_parent_sql(),
            ))}
        for partner in self:
            partner.in_group = partner.commercial_partner_id._origin.id in found

    @api.constrains('group_parent_id', 'parent_id', 'is_company')
    def _check_group_parent_id(self):
        """Refuse groups that contain themselves: over both links, which Odoo looks at neither."""
        # contacts of a company make no group: nothing is asked for them
        linked = self.filtered(
            lambda partner: partner.group_parent_id or partner.parent_id and partner.is_company)
        for partner in linked:
            above = partner.group_parent_id
            if above and above.commercial_partner_id != above:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact of %(company)s. Choose the company as the group.",
                    contact=above.name, company=above.commercial_partner_id.name))
        if linked:
            self.env.flush_all()
            looped = self.env.execute_query(SQL(
                """
                WITH RECURSIVE above(member, id) AS (
                    SELECT partner.id, %(parent)s FROM res_partner partner
                     WHERE partner.id = ANY(%(ids)s)
                     UNION
                    SELECT above.member, %(parent)s
                      FROM above JOIN res_partner partner ON partner.id = above.id
                )
                SELECT member FROM above WHERE id = member LIMIT 1
                """,
                ids=linked.ids, parent=self._group_parent_sql(),
            ))
            if looped:
                raise ValidationError(self.env._(
                    "%s would belong to its own group. Choose another company above it.",
                    self.browse(looped[0][0]).name))

    @api.model
    def _group_parent_sql(self) -> SQL:
        """The company above ``partner``; NULL: none, also for contacts, who belong to theirs."""
        return SQL(
            """(CASE WHEN partner.id <> partner.commercial_partner_id THEN NULL
                     WHEN partner.group_parent_id IS NOT NULL THEN partner.group_parent_id
                     ELSE (SELECT upper.commercial_partner_id FROM res_partner upper
                            WHERE upper.id = partner.parent_id) END)""")

    def _group_tree(self) -> dict[int, int | None]:
        """Return the whole group of a customer: the id of the company above by id of the member.

        From the top downwards. Two statements, whatever the size of the group. A group that was
        made to contain itself, past the checks, comes to an end all the same.
        """
        self.ensure_one()
        self.env.flush_all()
        customer = self.commercial_partner_id
        rows = self.env.execute_query(SQL(
            """
            WITH RECURSIVE above(id, level, path) AS (
                SELECT %(customer)s, 0, ARRAY[%(customer)s]
                 UNION ALL
                SELECT owner.id, above.level + 1, above.path || owner.id
                  FROM above
                  JOIN res_partner partner ON partner.id = above.id
                 CROSS JOIN LATERAL (SELECT %(parent)s AS id) owner
                 WHERE owner.id IS NOT NULL AND NOT owner.id = ANY(above.path)
            )
            SELECT id FROM above ORDER BY level DESC LIMIT 1
            """,
            customer=customer.id, parent=self._group_parent_sql(),
        ))
        top = rows[0][0]
        members = self.env.execute_query(SQL(
            """
            WITH RECURSIVE member(id, parent_id, level, path) AS (
                SELECT %(top)s, NULL::int, 0, ARRAY[%(top)s]
                 UNION ALL
                SELECT below.id, member.id, member.level + 1, member.path || below.id
                  FROM member
                 CROSS JOIN LATERAL (
                       SELECT owned.id FROM res_partner owned
                        WHERE owned.group_parent_id = member.id
                          AND owned.id = owned.commercial_partner_id
                          AND owned.merged_into_id IS NULL
                        UNION
                       SELECT child.id
                         FROM res_partner place
                         JOIN res_partner child ON child.parent_id = place.id
                        WHERE place.commercial_partner_id = member.id
                          AND child.group_parent_id IS NULL
                          AND child.id = child.commercial_partner_id
                          AND child.merged_into_id IS NULL) below
                 WHERE NOT below.id = ANY(member.path)
            )
            SELECT id, parent_id FROM member ORDER BY level, id
            """,
            top=top,
        ))
        return dict(members)

    def action_open_group(self):
        """Open the figures of the whole group of companies."""
        self.ensure_one()
        return {
            'type': 'ir.actions.client',
            'tag': 'crm_plus.group_rollup',
            'name': self.env._("Group of %s", self.commercial_partner_id.name),
            'context': {'active_id': self.commercial_partner_id.id},
        }
