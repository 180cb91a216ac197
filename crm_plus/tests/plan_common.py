from dateutil.relativedelta import relativedelta

from odoo import fields

from .common import CrmPlusCommon


class AccountPlanCommon(CrmPlusCommon):
    """A key account with a draft of a plan whose time is half over: 100 days of 200 gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.account = cls.env['crm.key.account'].create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id,
            'user_id': cls.salesperson.id})
        cls.plan = cls.make_plan(cls.account)

    @classmethod
    def make_plan(cls, account, **values):
        return cls.env['crm.account.plan'].create({
            'account_id': account.id,
            'date_start': cls.day(100), 'date_end': cls.day(-100), **values,
        })

    @classmethod
    def make_goal(cls, measure, target, plan=None, **values):
        return cls.env['crm.account.plan.goal'].create({
            'plan_id': (plan or cls.plan).id, 'measure': measure, 'target_value': target,
            **values,
        })

    @classmethod
    def make_action(cls, owner, **values):
        return cls.env['crm.account.plan.action'].create({
            'name': "Do", 'plan_id': cls.plan.id, 'user_id': owner.id,
            'date_deadline': cls.day(-10), **values,
        })

    @classmethod
    def day(cls, ago):
        """The day so many days ago."""
        return cls.today - relativedelta(days=ago)

    @classmethod
    def closed_lead(cls, ago, *, won, **values):
        lead = cls.make_lead(cls.customer, 100, user_id=cls.salesperson.id, **values)
        if won:
            lead.action_set_won()
        else:
            lead.action_set_lost()
        lead.date_closed = fields.Datetime.to_datetime(cls.day(ago))
        return lead

    def cost(self, read):
        """How many queries it takes to read something with no record in memory.

        The second time, when what is kept between requests is known.
        """
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            read()
        return self.env.cr.sql_log_count - before
