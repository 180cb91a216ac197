from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from ..report.timeline_source import TimelineSource
from .common import CrmPlusCommon


class AccountHealthCommon(CrmPlusCommon):
    """A key account of tier A, and nothing that the demonstration has set up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        for model in ('crm.health.measure', 'crm.contact.cadence'):
            cls.env[model].with_context(active_test=False).search(Domain.TRUE).unlink()
        # jobs commit after each batch, which a test must not
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda *args, **kwargs: 1)
        cls.company.key_account_contact_days = 0
        cls.customer._set_customer_tier(cls.tier_a, "Test")
        cls.account = cls.make_account(cls.customer, user=cls.salesperson)

    @classmethod
    def day(cls, ago):
        """So many days ago."""
        return cls.today - timedelta(days=ago)

    @classmethod
    def make_account(cls, partner, company=None, user=None, **values):
        return cls.env['crm.key.account'].create({
            'partner_id': partner.id, 'company_id': (company or cls.company).id,
            'user_id': user.id if user else False, **values,
        })

    @classmethod
    def measure(cls, kind, good, bad, weight=10, **values):
        return cls.env['crm.health.measure'].create({
            'kind': kind, 'good': good, 'bad': bad, 'weight': weight,
            'company_id': cls.company.id, **values})

    @classmethod
    def cadence(cls, interval, **values):
        return cls.env['crm.contact.cadence'].create({
            'tier_id': cls.tier_a.id, 'interval': interval, 'company_id': cls.company.id,
            **values})

    @classmethod
    def role(cls, contact, **values):
        return cls.env['crm.account.role'].create({
            'account_id': cls.account.id, 'contact_id': contact.id, **values})

    @classmethod
    def agreement(cls, **values):
        kind = cls.env['crm.agreement.kind'].create({
            'name': "Plain", 'company_id': cls.company.id})
        return cls.env['crm.agreement'].create({
            'name': "Frame", 'kind_id': kind.id, 'partner_id': cls.customer.id,
            'company_id': cls.company.id, 'user_id': cls.salesperson.id, 'state': 'active',
            'date_start': cls.day(320), 'date_end': cls.day(-45), **values})

    @classmethod
    def call(cls, partner, ago):
        """A call of ours, done so many days ago."""
        return cls.env['mail.message'].create({
            'model': partner._name, 'res_id': partner.id, 'message_type': 'notification',
            'author_id': cls.salesperson.partner_id.id, 'date': cls.day(ago),
            'mail_activity_type_id': cls.env.ref('mail.mail_activity_data_call').id,
            'subtype_id': cls.env.ref('mail.mt_activities').id, 'body': "Called",
        })

    def add_cases(self, *partners, satisfaction=None):
        """Let the timeline tell of a case of each of them that is not settled, rated or not."""
        sources = self.timeline()._timeline_sources() | {'trial': TimelineSource(
            'meeting', 'res.partner', SQL(
                """SELECT contact.id AS source_id, contact.id AS res_id,
                          contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                          %s::int AS company_id, %s::timestamp AS date, 'Case' AS name,
                          0 AS amount, TRUE AS is_open, %s::float8 AS satisfaction
                     FROM res_partner contact WHERE contact.id = ANY(%s)""",
                self.company.id, self.day(3), satisfaction,
                [partner.id for partner in partners],
            ), ('is_open', 'satisfaction'))}
        self.patch(
            self.env.registry['customer.timeline'], '_timeline_sources', lambda timeline: sources)
