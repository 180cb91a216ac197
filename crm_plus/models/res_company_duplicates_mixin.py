from odoo import api, fields, models
from odoo.tools import ormcache


class ResCompanyDuplicatesMixin(models.AbstractModel):
    """From which score a company is warned of duplicates, and how long merges can be undone."""

    _name = 'res.company.duplicates.mixin'
    _description = "Company: Duplicates"

    duplicate_warn_score = fields.Integer(
        "Warn From", default=50,
        help="From this score on, from 0 to 100, you are warned while you type.",
    )
    duplicate_list_score = fields.Integer(
        "List From", default=70,
        help="From this score on, from 0 to 100, two records are put on the list of possible "
             "duplicates.",
    )
    duplicate_likeness = fields.Integer(
        "Names Alike From", default=70,
        help="From how many percent on two names are taken for similar.",
    )
    merge_undo_days = fields.Integer(
        "Undo Merges For", default=365,
        help="For so many days it is kept what a merge has changed, so that it can be undone. "
             "0 keeps it for good.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {'duplicate_likeness', 'duplicate_warn_score'} & vals.keys():
            # the finder remembers them together with the points
            self.env.registry.clear_cache()
        return result

    @api.model
    def _warm_hierarchy(self):
        """Know where the ticked companies stand in the tree, which record rules will ask for."""
        companies = self.env.companies
        # only what is not known yet: what this transaction has changed stays
        self._fields['parent_path']._insert_cache(
            companies, self._get_parent_paths(tuple(companies.ids)))

    @api.model
    @ormcache('company_ids')
    def _get_parent_paths(self, company_ids):
        # sudo: ids of companies above the user's own; creating a company clears the cache
        return self.sudo().browse(company_ids).mapped(lambda company: company.parent_path)
