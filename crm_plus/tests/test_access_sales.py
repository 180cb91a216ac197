"""Own leads, all leads, managers, two companies, personal profiles: each forbidden thing tried."""

from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import DIALOG, REFUSALS, SCOPES, SHARED, AccessCommon
from .access_sides import SECRETS, SIDES


@tagged('post_install', '-at_install')
class TestAccessSales(AccessCommon):
    """What the ORM gives away, by each of its doors, as other programs call it."""

    # ------------------------------------------------------------
    # NOTHING IS FORGOTTEN
    # ------------------------------------------------------------

    def test_each_model_has_its_row(self):
        ours = {
            name for name, model in self.env.registry.items()
            if model._original_module == 'crm_plus' and not model._abstract}
        self.assertEqual(ours, SCOPES.keys(), "say in access_common.py who reads the new model")

    def test_there_is_a_record_of_each_model_to_try(self):
        kept = {model for model, scope in SCOPES.items() if scope != DIALOG}
        for side in SIDES:
            with self.subTest(side=side):
                self.assertEqual(
                    {model for model, record in self.records[side].items() if record}, kept)
                self.assertEqual(self.dialogs[side].keys(), SCOPES.keys() - kept)

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    @mute_logger(*REFUSALS)
    def test_each_finds_what_is_theirs_and_nothing_else(self):
        for user in self.readers:
            for model in self.records['mine']:
                expected = {
                    self.records[side][model].id for side in SIDES
                    if self.sees(user, model, side)}
                every = [self.records[side][model].id for side in SIDES]
                with self.subTest(user=user.login, model=model):
                    self.assertEqual(self.found(user, model, every), expected)

    def found(self, user, model, ids):
        """The records that the user finds, by searching as by grouping; none without a right."""
        domain = [('id', 'in', ids)]
        context = {'context': {'active_test': False}}
        try:
            found = set(self.call(user, model, 'search', domain, **context))
        except AccessError:
            self.assertRefused(user, model, 'search_count', domain)
            self.assertRefused(user, model, 'formatted_read_group', domain, [], ['__count'])
            return set()
        self.assertEqual(self.call(user, model, 'search_count', domain, **context), len(found))
        groups = self.call(
            user, model, 'formatted_read_group', domain, [], ['__count'], **context)
        self.assertEqual(sum(group['__count'] for group in groups), len(found))
        return found

    @mute_logger(*REFUSALS)
    def test_leads_themselves(self):
        """The table's scopes are those of the leads: Odoo's own rules are the measure."""
        every = [lead.id for lead in self.leads.values()]
        for user in self.readers:
            expected = {
                self.leads[side].id for side in SIDES if self.sees(user, 'crm.touch', side)}
            with self.subTest(user=user.login):
                self.assertEqual(set(self.call(
                    user, 'crm.lead', 'search', [('id', 'in', every)])), expected)

    @mute_logger(*REFUSALS)
    def test_with_one_company_ticked_the_other_is_closed(self):
        for user in (self.boss_of_both, self.seller_of_both):
            for model, scope in SCOPES.items():
                if scope in (SHARED, DIALOG):
                    continue
                with self.subTest(user=user.login, model=model):
                    records = self.as_user(self.env[model], user, self.company)
                    abroad = records.browse(self.records['abroad'][model].id)
                    self.assertFalse(abroad.has_access('read'))

    # ------------------------------------------------------------
    # EACH DOOR
    # ------------------------------------------------------------

    def some_field(self, model):
        """A field that one would write: of the record itself, stored."""
        fields = self.env[model]._fields
        return next(
            name for name in ('note', 'name', *fields)
            if name in fields and fields[name].store and fields[name].column_type
            and name not in (*MAGIC_COLUMNS, 'display_name'))

    @mute_logger(*REFUSALS)
    def test_what_is_hidden_is_refused_by_each_door(self):
        for user in (self.salesperson, self.boss, self.configurator):
            for model, side, record in self.hidden(user):
                with self.subTest(user=user.login, model=model, side=side):
                    self.try_doors(user, model, record.id)

    def try_doors(self, user, model, record_id):
        ids, name = [record_id], self.some_field(model)
        for method, *args in (
            ('read', ['display_name']), ('read', [name]), ('web_read', {name: {}}),
            ('export_data', ['.id', name]), ('write', {name: False}), ('web_save', {}, {name: {}}),
            ('unlink',),
            ('copy',), ('action_archive',),
        ):
            if method == 'action_archive' and 'active' not in self.env[model]._fields:
                continue
            self.assertRefused(user, model, method, ids, *args)
        domain = [('id', '=', record_id)]
        for method, *args in (
            ('search_read', domain, [name]), ('web_search_read', domain, {name: {}}),
            ('name_search', '', domain),
        ):
            self.assertNothingFound(user, model, method, *args)

    @mute_logger(*REFUSALS)
    def test_nothing_is_hung_on_what_is_hidden(self):
        """No new record names a lead that its author does not see."""
        waiver = {'kind': 'stale', 'detail': "Else", 'reason': "x"}
        purpose = self.env['crm.consent.purpose'].create({'name': "Everybody's", 'text': "x"})
        for user, side in (
            (self.salesperson, 'theirs'), (self.salesperson, 'abroad'), (self.boss, 'abroad'),
        ):
            records, lead_id = self.records[side], self.leads[side].id
            for model, values in (
                ('crm.quality.waiver', {**waiver, 'lead_id': lead_id}),
                ('crm.consent', {
                    'purpose_id': purpose.id, 'lead_id': lead_id, 'company_id':
                    self.leads[side].company_id.id}),
                ('crm.touch', {'lead_id': lead_id, 'kind': 'manual'}),
                ('crm.account.role', {
                    'account_id': records['crm.key.account'].id,
                    'contact_id': self.contact.id}),
                ('crm.account.figure', {'account_id': records['crm.key.account'].id}),
                ('crm.procurement.project', {
                    'name': "x", 'account_id': records['crm.key.account'].id}),
                ('crm.procurement.step', {
                    'name': "x", 'project_id': records['crm.procurement.project'].id}),
            ):
                with self.subTest(user=user.login, side=side, model=model):
                    self.assertRefused(user, model, 'create', [values])

    @mute_logger(*REFUSALS)
    def test_a_colleagues_key_account_is_read_and_left_as_it_is(self):
        for model in (
            'crm.key.account', 'crm.account.figure', 'crm.procurement.project',
            'crm.procurement.step', 'crm.account.plan', 'crm.account.plan.action',
            'crm.account.plan.goal', 'crm.account.plan.phase', 'crm.account.plan.review',
        ):
            record = self.records['theirs'][model]
            with self.subTest(model=model):
                self.assertTrue(self.call(self.salesperson, model, 'read', record.ids, ['id']))
                name = self.some_field(model)
                self.assertRefused(
                    self.salesperson, model, 'write', record.ids, {name: False})
                self.assertRefused(self.salesperson, model, 'unlink', record.ids)

    @mute_logger(*REFUSALS)
    def test_what_is_written_by_nobody(self):
        """Logs and reports stay as they are, for managers too."""
        for model in (
            'crm.score.history', 'crm.stage.approval', 'crm.stage.override', 'crm.touch',
            'crm.merge', 'crm.duplicate', 'crm.forecast.snapshot.line', 'crm.lead.import.line',
            'crm.lead.stage.time', 'crm.pipeline.report', 'crm.stage.conversion',
            'crm.response.report', 'crm.win.loss.report', 'crm.win.loss.product.report',
            'customer.timeline', 'crm.customer.tier.change', 'crm.personal.profile.log',
            'crm.account.plan.review.line',
        ):
            record, name = self.records['mine'][model], self.some_field(model)
            for user in (self.salesperson, self.boss, self.member):
                with self.subTest(user=user.login, model=model):
                    self.assertRefused(user, model, 'write', record.ids, {name: False})
                    self.assertRefused(user, model, 'unlink', record.ids)
                    self.assertRefused(user, model, 'create', [{}])

    @mute_logger(*REFUSALS)
    def test_what_one_sees_leads_to_nothing_that_one_does_not_see(self):
        """A card of a colleague's opportunity in one's own key account, their lead of one's own
        customer: neither is told by the ways of related fields."""
        theirs = self.leads['theirs']
        theirs.partner_id = self.customers['mine']
        mine = self.records['mine']['crm.account.role']
        mine.copy({'lead_id': theirs.id, 'contact_id': self.contact.id})
        for method, *args in (
            ('export_data', mine.ids, ['account_id/role_ids/lead_id/name']),
            ('export_data', mine.ids, ['lead_id/partner_id/opportunity_ids/name']),
            ('web_read', mine.ids, {'account_id': {'fields': {'role_ids': {
                'fields': {'note': {}, 'lead_id': {'fields': {'display_name': {}}}}}}}}),
        ):
            with self.subTest(method=method, args=args):
                answer = str(self.call(self.salesperson, mine._name, method, *args))
                self.assertIn(self.leads['mine'].name, answer, "what is one's own is told")
                self.assertNotIn(theirs.name, answer)
        for path in ('lead_id.partner_id.opportunity_ids.name', 'account_id.role_ids.lead_id.name'):
            with self.subTest(path=path):
                self.assertFalse(self.call(
                    self.salesperson, mine._name, 'search', [(path, 'ilike', SECRETS['theirs'])]))

    def test_readers_differ(self):
        """The test would prove nothing if all readers saw the same."""
        hidden = {
            frozenset((model, side) for model, side, _record in self.hidden(user))
            for user in self.readers}
        self.assertEqual(len(hidden), len(self.readers))
