from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.similarity import similarity, trigrams

#: from here on two subjects count as similar, as pg_trgm has it
SIMILAR = 0.3
#: so many of the customer's newest open cases are compared, and the best of them shown
COMPARED, SHOWN = 200, 5


class ServiceCaseRelationMixin(models.AbstractModel):
    """Cases that belong together: below one another, beside one another, or perhaps the same."""

    _name = 'service.case.relation.mixin'
    _description = 'Case: Relations'

    parent_id = fields.Many2one(
        'service.case',
        string='Parent Case',
        index='btree_not_null',
        copy=False,
        check_company=True,
        ondelete='set null',
        groups='base.group_user',
        domain="[('id', '!=', id), ('company_id', '=', company_id), ('closed_date', '=', False)]",
        help='The larger case that this one is a part of.',
    )
    child_ids = fields.One2many(
        'service.case', 'parent_id', string='Parts', groups='base.group_user'
    )
    child_count = fields.Integer(
        string='Number of Parts', compute='_compute_child_progress', groups='base.group_user')
    open_child_count = fields.Integer(
        string='Open Parts', compute='_compute_child_progress', groups='base.group_user')
    child_progress = fields.Float(
        string='Parts Done', compute='_compute_child_progress', groups='base.group_user',
        help='Share of the parts that are closed.')

    related_to_ids = fields.Many2many(
        'service.case', 'service_case_related_rel', 'case_id', 'other_id',
        copy=False, groups='base.group_user')
    related_by_ids = fields.Many2many(
        'service.case', 'service_case_related_rel', 'other_id', 'case_id',
        copy=False, groups='base.group_user')
    related_case_ids = fields.Many2many(
        'service.case',
        string='Related Cases',
        compute='_compute_related_case_ids',
        inverse='_inverse_related_case_ids',
        search='_search_related_case_ids',
        groups='base.group_user',
        domain="[('id', '!=', id), ('company_id', '=', company_id)]",
        help='Cases that one should know about together. Each names the other.',
    )
    similar_case_ids = fields.Many2many(
        'service.case',
        string='Similar Open Cases',
        compute='_compute_similar_case_ids',
        groups='base.group_user',
        help='Open cases of the same customer with a subject like this one.',
    )

    # ------------------------------------------------------------
    # PARENT AND PARTS
    # ------------------------------------------------------------

    @api.constrains('parent_id')
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._(
                'A case cannot be a part of itself. Choose another parent case.'))

    @api.depends('child_ids.closed_date')
    def _compute_child_progress(self):
        counts = {
            parent.id: (total, closed)
            for parent, total, closed in self.env['service.case']._read_group(
                [('parent_id', 'in', self.ids)], ['parent_id'], ['__count', 'closed_date:count'])
        }
        for case in self:
            total, closed = counts.get(case._origin.id, (0, 0))
            case.child_count = total
            case.open_child_count = total - closed
            case.child_progress = closed / total if total else 0.0

    def action_close_asking(self):
        """Close the case; when parts of it are open, ask whether they are to be closed too."""
        if not any(self.mapped('open_child_count')):
            return self.action_close()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Close'),
            'res_model': 'service.case.close',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_case_ids': self.ids},
        }

    def _get_open_parts(self):
        """Return the open cases below these, at any depth."""
        return self.search([
            ('id', 'child_of', self.ids), ('id', 'not in', self.ids), ('closed_date', '=', False)])

    # ------------------------------------------------------------
    # RELATED
    # ------------------------------------------------------------

    @api.depends('related_to_ids', 'related_by_ids')
    def _compute_related_case_ids(self):
        for case in self:
            case.related_case_ids = case.related_to_ids | case.related_by_ids

    def _inverse_related_case_ids(self):
        for case in self:
            wanted = case.related_case_ids - case
            if wanted.company_id - case.company_id:
                raise ValidationError(self.env._(
                    'Cases of different companies cannot be related.'))
            # each pair stands once, whichever of the two it was entered on
            case.related_to_ids = wanted - (case.related_by_ids & wanted)
            case.related_by_ids &= wanted

    @api.model
    def _search_related_case_ids(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('related_to_ids', 'in', value) | Domain('related_by_ids', 'in', value)

    # ------------------------------------------------------------
    # SIMILAR
    # ------------------------------------------------------------

    @api.depends(
        'name', 'commercial_partner_id', 'email_normalized', 'company_id', 'closed_date')
    def _compute_similar_case_ids(self):
        for case in self:
            case.similar_case_ids = case._find_similar()

    def _find_similar(self):
        """Return the open cases of the same customer with the most similar subjects.

        Within the company of the case, and of what the reader may read.
        """
        self.ensure_one()
        own = trigrams(self.name)
        if self.commercial_partner_id:
            customer = Domain('commercial_partner_id', '=', self.commercial_partner_id.id)
        elif self.email_normalized:
            customer = Domain('email_normalized', '=', self.email_normalized)
        else:
            return self.browse()
        if not own or self.closed_date:
            return self.browse()
        others = self.search_fetch(
            customer
            & Domain('company_id', '=', self.company_id.id)
            & Domain('closed_date', '=', False)
            & Domain('id', '!=', self._origin.id or 0),
            ['name'], limit=COMPARED, order='id desc')
        likeness = {other: similarity(own, trigrams(other.name)) for other in others}
        similar = others.filtered(lambda other: likeness[other] >= SIMILAR)
        return similar.sorted(lambda other: (-likeness[other], -other.id))[:SHOWN]

    def action_relate_to(self):
        """Relate this case to the one that the context names (``case_id``)."""
        self.ensure_one()
        self.related_case_ids |= self.browse(self.env.context['case_id'])

    def action_merge_with(self):
        """Open the dialog that merges this case with the one that the context names."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Merge'),
            'res_model': 'service.case.merge',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_case_ids': [self.id, self.env.context['case_id']]},
        }
