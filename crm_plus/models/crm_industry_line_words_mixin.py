from odoo import api, fields, models


class CrmIndustryLineWordsMixin(models.AbstractModel):
    """What a line of an applied template says to a person: section and values in words."""

    _name = 'crm.industry.line.words.mixin'
    _description = "Words of Lines of Applied Industry Templates"

    section_label = fields.Char("Part", compute='_compute_section_label')
    changes = fields.Json(
        "Before and After", compute='_compute_changes',
        help="Each field that was written, with its value before and afterwards.",
    )

    @api.depends('module', 'section')
    @api.depends_context('lang')
    def _compute_section_label(self):
        labels = self.env['crm.industry.application']._section_labels()
        for line in self:
            # the add-on that brought the section may be gone
            line.section_label = labels.get((line.module, line.section), line.section)

    @api.depends('before', 'after')
    @api.depends_context('lang')
    def _compute_changes(self):
        names = self._names_of_links()
        read = self.env['crm.industry.template']._readable
        for line in self:
            described = [
                {
                    'name': name,
                    'label': line._described_fields()[name]._description_string(self.env),
                    'before': read(line.model, name, (line.before or {}).get(name), names)
                    if line.kind == 'changed' else '',
                    'after': read(line.model, name, after, names),
                } for name, after in (line.after or {}).items()
                if name in line._described_fields()
            ]
            # of what was made, what was left empty tells nothing
            line.changes = [one for one in described if one['before'] or one['after']]

    def _described_fields(self):
        """Return the fields of the line's model, none where its add-on is gone."""
        self.ensure_one()
        return self.env[self.model]._fields if self.model in self.env else {}

    def _names_of_links(self):
        """Return what records are called that the values link to: ``{(model, id): name}``."""
        wanted = {}
        for line in self:
            for name, field in line._described_fields().items():
                if not field.relational:
                    continue
                for values in (line.before or {}, line.after or {}):
                    value = values.get(name)
                    wanted.setdefault(field.comodel_name, set()).update(
                        filter(None, value if isinstance(value, list) else [value]))
        return {
            (model, record.id): record.display_name
            for model, ids in wanted.items() if ids
            # sudo: names of configuration, for administrators, who alone read these lines
            for record in self.env[model].sudo().browse(sorted(ids)).exists()
        }
