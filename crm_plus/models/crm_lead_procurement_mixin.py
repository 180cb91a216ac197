from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLeadProcurementMixin(models.AbstractModel):
    """The procurement project of the customer in which an opportunity takes part."""

    _name = 'crm.lead.procurement.mixin'
    _description = "Lead: Procurement Project"

    procurement_project_id = fields.Many2one(
        'crm.procurement.project', index='btree_not_null',
        ondelete='set null',
        help="The project of the key account in which they decide about this opportunity.",
    )

    @api.constrains('procurement_project_id')
    def _check_procurement_project_id(self):
        for lead in self:
            company = lead.procurement_project_id.company_id
            if company and lead.company_id and lead.company_id != company:
                raise ValidationError(self.env._(
                    "The procurement project %(project)s belongs to %(company)s, the opportunity "
                    "does not.",
                    project=lead.procurement_project_id.name, company=company.name,
                ))
