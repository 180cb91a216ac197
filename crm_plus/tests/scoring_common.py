from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.fields import Domain

from .common import CrmPlusCommon


class ScoringCommon(CrmPlusCommon):
    """No rules but those of the test, and leads to score."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        # conditions are tried with the rights of who writes them, also where code has all of them
        cls.rules = cls.env(user=SUPERUSER_ID)['crm.score.rule']
        # what the demonstration brings would be in the way
        cls.rules.search(Domain.TRUE).active = False

    @classmethod
    def ago(cls, days):
        return cls.now - timedelta(days=days)

    @classmethod
    def make_rule(cls, name="Rule", **values):
        values = {'name': name, 'company_id': cls.company.id, **values}
        return cls.rules.create(values)

    @classmethod
    def event_rule(cls, event, **values):
        return cls.make_rule(**{
            'name': event, 'kind': 'engagement',
            'event': event, 'points': 10, 'half_life': 7, 'cap': 100, **values})

    @classmethod
    def fact_rule(cls, fact, **values):
        return cls.make_rule(**{
            'name': fact, 'kind': 'customer', 'fact': fact, 'points': 10, **values})

    @classmethod
    def make_message(cls, record, days_ago=0, **values):
        return cls.env['mail.message'].create({
            'model': record._name, 'res_id': record.id, 'message_type': 'email',
            'author_id': cls.contact.id, 'date': cls.ago(days_ago), 'body': "Hello", **values,
        })

    def given(self, lead, rule=None):
        """What the rules give the lead before the cap, by rule; or what one rule gives."""
        [(_lead, _score, given)] = self.env['crm.lead']._score_leads(lead.ids, self.now)
        if rule:
            return given[rule.id].points if rule.id in given else 0
        return {rule_id: found.points for rule_id, found in given.items()}

    def score(self, leads):
        """Score leads and keep the scores."""
        self.env['crm.lead']._store_lead_scores(leads.ids, fields.Datetime.now())
