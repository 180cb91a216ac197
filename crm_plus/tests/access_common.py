"""Who may see what of the records in ``access_sides.py``, and each door to try."""

from contextlib import closing

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from .access_sides import SECRETS, SIDES, AccessSides

LEAD, OWN, COMPANY, MANAGER, MEMBER, SHARED, ADMIN, DIALOG = (
    'as the lead', 'one\'s own, managers all', 'of the company', 'managers of the company',
    'members of the company', 'of all companies', 'of administrators', 'of who has opened it',
)
#: Who reads the records of each model. What they may change: ``access_table.py`` of the matrix.
SCOPES = {
    'crm.duplicate': LEAD,
    'crm.forecast.snapshot.line': LEAD,
    'crm.lead.stage.time': LEAD,
    'crm.pipeline.report': LEAD,
    'crm.quality.waiver': LEAD,
    'crm.response.report': LEAD,
    'crm.score.history': LEAD,
    'crm.stage.approval': LEAD,
    'crm.stage.conversion': LEAD,
    'crm.stage.override': LEAD,
    'crm.touch': LEAD,
    'crm.win.loss.product.report': LEAD,
    'crm.win.loss.report': LEAD,
    # of a lead here; otherwise everybody's of the company
    'crm.account.role': LEAD,
    'crm.consent': LEAD,
    'customer.timeline': LEAD,
    'crm.lead.import': OWN,
    'crm.lead.import.column': OWN,
    'crm.lead.import.line': OWN,
    'crm.account.competitor': COMPANY,
    'crm.account.figure': COMPANY,
    'crm.account.plan': COMPANY,
    'crm.account.plan.action': COMPANY,
    'crm.account.plan.goal': COMPANY,
    'crm.account.plan.phase': COMPANY,
    'crm.account.plan.review': COMPANY,
    'crm.account.plan.review.line': COMPANY,
    'crm.account.profile': COMPANY,
    'crm.agreement': COMPANY,
    'crm.agreement.kind': COMPANY,
    'crm.buying.role': COMPANY,
    'crm.competitor': COMPANY,
    'crm.competitor.observation': COMPANY,
    'crm.competitor.product': COMPANY,
    'crm.competitor.sample': COMPANY,
    'crm.consent.purpose': COMPANY,
    'crm.contact.cadence': COMPANY,
    'crm.contact.due': COMPANY,
    'crm.customer.tier': COMPANY,
    'crm.customer.tier.change': COMPANY,
    'crm.decision.factor': COMPANY,
    'crm.duplicate.rule': COMPANY,
    'crm.health.history': COMPANY,
    'crm.health.measure': COMPANY,
    'crm.key.account': COMPANY,
    'crm.key.account.report': COMPANY,
    'crm.procurement.project': COMPANY,
    'crm.procurement.step': COMPANY,
    'crm.quality.check': COMPANY,
    'crm.response.escalation': COMPANY,
    'crm.response.promise': COMPANY,
    'crm.stage.action': COMPANY,
    'crm.stage.criterion': COMPANY,
    'crm.merge': MANAGER,
    'crm.score.rule': MANAGER,
    'crm.web.request': MANAGER,
    'crm.personal.profile': MEMBER,
    'crm.personal.profile.log': MEMBER,
    'crm.industry.application': ADMIN,
    'crm.industry.application.line': ADMIN,
    'crm.industry.template': ADMIN,
    'crm.duplicate.scan': SHARED,
    'crm.forecast.snapshot': SHARED,
    'crm.quality.mail.domain': SHARED,
    'crm.account.page.send': DIALOG,
    'crm.customer.tier.assign': DIALOG,
    'crm.industry.export': DIALOG,
    'crm.industry.import': DIALOG,
    'crm.lead.hand.out': DIALOG,
    'crm.lead.quick.entry': DIALOG,
    'crm.lead.won': DIALOG,
    'crm.merge.undo': DIALOG,
    'crm.merge.wizard': DIALOG,
    'crm.quality.waive': DIALOG,
    'crm.stage.approval.decide': DIALOG,
}
#: What is refused in so many words, whoever asks.
REFUSED_TO_ALL = {
    ('crm.consent', 'write'), ('crm.consent', 'web_save'), ('crm.account.plan.review', 'write'),
    ('crm.account.plan.review.line', 'write'),
}
REFUSALS = ('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')


class AccessCommon(AccessSides):
    """Who reads it, of eight readers, and how it is tried."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        # what is not refused for another reason
        (cls.salesperson | cls.colleague).group_ids += cls.env.ref('base.group_allow_export')

        def user(login, groups, companies=cls.company):
            return new_test_user(
                cls.env, login=login, groups=f'{groups},base.group_allow_export',
                company_id=companies[0].id, company_ids=[Command.set(companies.ids)], tz='UTC')

        both = cls.company | cls.company_b
        cls.seller_of_both = user('access_both', 'sales_team.group_sale_salesman', both)
        cls.all_leads = user('access_all', 'sales_team.group_sale_salesman_all_leads')
        cls.boss = user('access_boss', 'sales_team.group_sale_manager')
        cls.boss_of_both = user('access_boss_both', 'sales_team.group_sale_manager', both)
        cls.member = user(
            'access_member', 'sales_team.group_sale_manager,crm_plus.group_personal_profile')
        cls.member_abroad = user(
            'access_member_abroad',
            'sales_team.group_sale_manager,crm_plus.group_personal_profile', cls.company_b)
        cls.configurator = user(
            'access_config', 'sales_team.group_sale_salesman,crm_plus.group_manager')
        cls.readers = (
            cls.salesperson | cls.seller_of_both | cls.all_leads | cls.boss | cls.boss_of_both
            | cls.member | cls.member_abroad | cls.configurator)

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    def sees(self, user, model, side):
        """Whether the user is to see the record of the model that is of this side."""
        scope = SCOPES[model]
        company = self.company_b if side == 'abroad' else self.company
        if scope == ADMIN:
            # none of the readers is one: see test_industry_undo.py
            return user.has_group('base.group_system')
        if scope == SHARED:
            return model != 'crm.duplicate.scan' or user.has_group('crm_plus.group_manager')
        if company not in user.company_ids:
            return False
        if scope == MEMBER:
            return user.has_group('crm_plus.group_personal_profile')
        own = (side, user) == ('mine', self.salesperson)
        if scope == OWN:
            return own or user.has_group('sales_team.group_sale_manager')
        sees_lead = own or user.has_group('sales_team.group_sale_salesman_all_leads')
        if scope == MANAGER:
            return user.has_group('crm_plus.group_manager') and (
                sees_lead if model == 'crm.merge'
                else model != 'crm.web.request' or user.has_group('sales_team.group_sale_manager'))
        return scope == COMPANY or sees_lead

    def hidden(self, user):
        """The records that the user must not see: a list of ``(model, side, record)``."""
        return [
            (model, side, record)
            for side in SIDES for model, record in self.records[side].items()
            if not self.sees(user, model, side)
        ]

    # ------------------------------------------------------------
    # TRYING
    # ------------------------------------------------------------

    def call(self, user, model, method, *args, context=None):
        """Call a method as other programs do, and undo what it did; return the answer."""
        self.env.invalidate_all()
        env = self.env(user=user, su=False, context={})
        context = {'allowed_company_ids': user.company_ids.ids, **(context or {})}
        with closing(self.env.cr.savepoint()):
            answer = call_kw(env[model], method, list(args), {'context': context})
            env.flush_all()
        return answer

    def assertRefused(self, user, model, method, *args):
        # what nobody may do is refused with other words than what one must not see
        refusal = UserError if (model, method) in REFUSED_TO_ALL else AccessError
        with self.assertRaises(refusal, msg=f"{model}.{method}") as refused:
            self.call(user, model, method, *args)
        for secret in SECRETS.values():
            self.assertNotIn(secret, str(refused.exception))

    def assertNothingFound(self, user, model, method, *args):
        """The search is refused, or nothing is found."""
        try:
            answer = self.call(user, model, method, *args)
        except AccessError:
            return
        found = answer['records'] if isinstance(answer, dict) else answer
        self.assertEqual(found, [], f"{model}.{method}")
