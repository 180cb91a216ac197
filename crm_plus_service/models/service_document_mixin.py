from odoo import fields, models


class ServiceDocumentMixin(models.AbstractModel):
    """What cases can be about, or of: a counter of the cases, and buttons to them.

    Orders, invoices, products and customers share it.
    """

    _name = 'service.document.mixin'
    _description = 'Document with Cases'

    # the field of service.case that points to the document
    _case_field = None

    case_count = fields.Integer(
        string='Cases', compute='_compute_case_count', groups='crm_plus.group_user'
    )

    def _compute_case_count(self):
        counts = dict(
            self.env['service.case']._read_group(
                [(self._case_field, 'in', self.ids)], [self._case_field], ['__count']
            )
        )
        for document in self:
            document.case_count = counts.get(document._origin, 0)

    def action_open_cases(self):
        """Open the document's cases; a new one there starts prefilled."""
        self.ensure_one()
        return self._case_action(self.env._('Cases of %s', self.display_name))

    def action_new_case(self):
        """Open the form of a new case about the document."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('New Case'),
            'res_model': 'service.case',
            'views': [(False, 'form')],
            'context': self._prepare_case_context(),
        }

    def _case_action(self, name, domain=()):
        """Return the action that lists the document's cases within ``domain``."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_service.service_case_action'
        )
        action['display_name'] = name
        action['domain'] = [*self._get_case_domain(), *domain]
        action['context'] = self._prepare_case_context()
        action['view_mode'] = 'list,kanban,form'
        action['views'] = [(False, 'list'), (False, 'kanban'), (False, 'form')]
        return action

    def _get_case_domain(self):
        return [(self._case_field, '=', self.id)]

    def _prepare_case_context(self):
        """Return the defaults of a new case about the document."""
        return {
            'default_partner_id': self.partner_id.id,
            f'default_{self._case_field}': self.id,
            'default_team_id': self.env['service.team']._get_default_team(self.company_id).id,
        }
