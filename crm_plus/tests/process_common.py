from odoo.fields import Command

from .common import CrmPlusCommon


class ProcessCommon(CrmPlusCommon):
    """A team with four stages of its own: First, Second, Third and Won."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env['crm.team'].create({
            'name': "Projects", 'company_id': False,
            'member_ids': [Command.set((cls.salesperson | cls.colleague).ids)],
        })
        cls.first, cls.second, cls.third, cls.won = cls.env['crm.stage'].create([
            {'name': name, 'sequence': 1000 + number, 'is_won': name == "Won",
             'team_ids': [Command.set(cls.team.ids)]}
            for number, name in enumerate(("First", "Second", "Third", "Won"))
        ])
        # what the demonstration data ask for is not tested here
        cls.env['crm.stage.criterion'].search([]).active = False
        cls.env['crm.stage.action'].search([]).active = False
        cls.revenue_field = cls.env['ir.model.fields']._get('crm.lead', 'expected_revenue')

    @classmethod
    def lead(cls, name="Lead", stage=None, **values):
        return cls.make_lead(cls.customer, values.pop('revenue', 0), **{
            'name': name, 'team_id': cls.team.id, 'stage_id': (stage or cls.first).id,
            'user_id': cls.salesperson.id, **values,
        })

    @classmethod
    def criterion(cls, stage, name="The revenue is known", **values):
        if 'kind' not in values:
            values.update(kind='field', field_id=cls.revenue_field.id)
        return cls.env['crm.stage.criterion'].create({
            'stage_id': stage.id, 'name': name, **values})

    def queries(self, function):
        """Return how many queries the function takes."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
