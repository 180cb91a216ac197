"""The methods and dialogs of the add-on, called about what one must not see."""

import inspect
from contextlib import closing

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .access_common import REFUSALS, AccessCommon
from .access_sides import DIGITS, SECRETS, SIDES

#: the ORM's own, tried in test_access_sales.py
ORM = {'copy_data', 'create', 'default_get', 'export_data', 'search', 'unlink', 'write'}
#: methods of Odoo's models that the add-on changes: these models are Odoo's to try
HOST = {'get_bindings', 'message_new', 'message_route', 'send_mail', 'send_mail_batch'}
FILTERS = {'unit': 'month', 'group': 'user'}


@tagged('post_install', '-at_install')
class TestAccessSalesMethods(AccessCommon):
    """Each public method is tried, and a new one with it: it must be refused or be harmless.

    Harmless is what tells nothing that is hidden from the caller and leaves it as it is.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # something to be found: expected in the past, and still open
        for lead in cls.leads.values():
            lead.date_deadline = '2020-01-01'
        cls.attempts = (
            (cls.salesperson, 'theirs'), (cls.salesperson, 'abroad'), (cls.boss, 'abroad'))

    # ------------------------------------------------------------
    # WHICH METHODS THERE ARE
    # ------------------------------------------------------------

    def public_methods(self):
        """Return what other programs may call of the add-on: ``{(model, name): method}``."""
        return {
            (model, name): getattr(records, name)
            for model, records in self.env.registry.items()
            for cls in records.__mro__ if cls.__module__.startswith('odoo.addons.crm_plus.')
            for name, method in vars(cls).items()
            if inspect.isfunction(method) and not name.startswith('_')
            and not getattr(getattr(records, name), '_api_private', False)
            and name not in ORM | HOST
        }

    def arguments(self, side):
        """What is given to methods that ask for something: ``{(model, name) or name: args}``."""
        lead, mine = self.leads[side], self.leads['mine']
        typed = {'email_from': lead.email_from, 'name': "Typed", 'email': lead.email_from}
        snapshot = self.records['mine']['crm.forecast.snapshot']
        criterion = self.records[side]['crm.stage.criterion']
        return {
            'find_duplicates': (typed, False, True),
            'find_duplicates_of_many': ([typed],),
            'not_a_duplicate': ('crm.lead', mine.id),
            'capture': ({'email_from': lead.email_from, 'name': "Captured"},),
            'get_stage_criteria': (criterion.ids,),
            'action_meet_criterion': (criterion.id,),
            'open_for': ('crm.lead', (lead | mine).ids),
            'get_changes': (FILTERS, snapshot.id),
            'open_change': (FILTERS, snapshot.id, 'open', 'removed'),
            'open_figure': (FILTERS, 'commit'),
            'get_page': ('idic',),
            'action_open_health_records': ('pipeline',),
            'action_open_group_records': ('pipeline',),
            ('crm.score.calibration', 'action_open_leads'): ('bands', 'hot', 12),
            'apply_template': ([], {}, [], 'fingerprint'),
            'apply_template_by_key': (self.records[side]['crm.industry.template'].key,),
        }

    def arguments_of(self, side, model, name):
        arguments = self.arguments(side)
        return arguments.get((model, name), arguments.get(name, ()))

    def test_there_is_something_to_try_each_with(self):
        methods = self.public_methods()
        self.assertGreater(len(methods), 60, "the search for methods finds them")
        self.assertIn(('crm.lead', 'get_lead_score_details'), methods)
        missing = set()
        for (model, name), method in methods.items():
            args = self.arguments_of('theirs', model, name)
            try:
                inspect.signature(method).bind(None, *args)
            except TypeError:
                missing.add(f'{model}.{name}')
        self.assertEqual(missing, set(), "say with which arguments the method is tried")

    # ------------------------------------------------------------
    # WHAT MUST STAY AS IT IS
    # ------------------------------------------------------------

    def rows_of(self, lead):
        """Everything that the database has about the lead, in one statement."""
        self.env.flush_all()
        links = self.env['crm.merge.mover']._links('crm.lead')
        selects = [SQL("SELECT 'lead', to_jsonb(named)::text FROM crm_lead named WHERE id = %s",
                       lead.id)]
        selects += [
            SQL("SELECT %s, to_jsonb(named)::text FROM %s named WHERE %s",
                f'{link.table}.{link.column}', SQL.identifier(link.table),
                link.condition('crm.lead', [link.value('crm.lead', lead.id)]))
            for link in links
        ]
        return sorted(self.env.execute_query(SQL(" UNION ALL ").join(selects)))

    def assertHarmless(self, user, side, call, refusals=UserError):
        """The call is refused, or tells nothing; either way the lead stays as it is."""
        lead = self.leads[side]
        before = self.rows_of(lead)
        self.env.invalidate_all()
        with closing(self.env.cr.savepoint()):
            try:
                with self.env.cr.savepoint():
                    env = self.env(user=user, su=False, context={
                        'allowed_company_ids': user.company_ids.ids})
                    answer = call(env)
                    env.flush_all()
            except refusals as refusal:
                answer = refusal
            answer = str(answer)
            self.env.invalidate_all()
            self.assertEqual(self.rows_of(lead), before)
        for hidden in SIDES:
            if not self.sees(user, 'crm.touch', hidden):
                self.assertNotIn(SECRETS[hidden], answer)
                self.assertNotIn(DIGITS[hidden], answer)

    # ------------------------------------------------------------
    # TRIED
    # ------------------------------------------------------------

    def target(self, model, side):
        """What the method is called on: the record of the model, else the lead or customer."""
        if model == 'customer.360.mixin' or model.startswith('res.partner'):
            return self.customers[side].ids
        return self.records[side].get(model, self.leads[side]).ids

    def is_shown(self, user, model, side):
        """A customer of one's own company is everybody's who sells there; so is what the table
        of scopes says."""
        if model == 'customer.360.mixin' or model.startswith('res.'):
            return side == 'theirs'
        return model in self.records[side] and self.sees(user, model, side)

    def refusals_of(self, model):
        """How calls end: a mixin has no records, which it says in many ways."""
        return Exception if model.endswith('.mixin') else UserError

    @mute_logger(*REFUSALS, 'odoo.sql_db')
    def test_methods_of_records(self):
        tried = 0
        for user, side in self.attempts:
            for (model, name), method in self.public_methods().items():
                if (self.env[model]._transient or getattr(method, '_api_model', False)
                        or self.is_shown(user, model, side)):
                    continue
                ids, args = self.target(model, side), self.arguments_of(side, model, name)
                with self.subTest(user=user.login, side=side, method=f'{model}.{name}'):
                    tried += 1
                    self.assertHarmless(
                        user, side,
                        lambda env, model=model, name=name, ids=ids, args=args: getattr(
                            env[model].browse(ids), name)(*args),
                        refusals=self.refusals_of(model))
        self.assertGreater(tried, 100)

    @mute_logger(*REFUSALS)
    def test_methods_of_models(self):
        methods = {
            key: method for key, method in self.public_methods().items()
            if getattr(method, '_api_model', False) and not self.env[key[0]]._transient}
        self.assertIn(('crm.forecast', 'get_forecast'), methods)
        for user, side in self.attempts:
            for model, name in methods:
                args = self.arguments_of(side, model, name)
                with self.subTest(user=user.login, side=side, method=f'{model}.{name}'):
                    self.assertHarmless(
                        user, side,
                        lambda env, model=model, name=name, args=args: getattr(
                            env[model], name)(*args),
                        refusals=self.refusals_of(model))

    # ------------------------------------------------------------
    # DIALOGS
    # ------------------------------------------------------------

    @mute_logger(*REFUSALS)
    def test_dialogs_about_what_is_hidden(self):
        """Filled in by hand with the numbers of what one must not see, and confirmed."""
        names = {
            model: [name for of_model, name in self.public_methods() if of_model == model]
            for model in self.dialogs['theirs']}
        self.assertTrue(all(names.values()), names)
        for user, side in self.attempts:
            for model, values in self.dialogs[side].items():
                for name in names[model]:
                    args = self.arguments_of(side, model, name)
                    with self.subTest(user=user.login, side=side, method=f'{model}.{name}'):
                        self.assertHarmless(
                            user, side,
                            lambda env, model=model, name=name, args=args, values=values:
                            getattr(env[model].create(values), name)(*args))

    @mute_logger(*REFUSALS)
    def test_dialogs_tell_nothing_while_they_are_filled_in(self):
        for user, side in self.attempts:
            for model, values in self.dialogs[side].items():
                described = {
                    name: {'fields': {'display_name': {}}} if field.relational else {}
                    for name, field in self.env[model]._fields.items()}
                with self.subTest(user=user.login, side=side, model=model):
                    self.assertHarmless(
                        user, side,
                        lambda env, model=model, values=values, described=described:
                        env[model].onchange(values, list(values), described))

    @mute_logger(*REFUSALS)
    def test_no_findings_of_hidden_leads(self):
        for user, side in self.attempts:
            found = {}

            def fill_in(env, found=found, values=self.dialogs[side]['crm.quality.waive']):
                found.update(env['crm.quality.waive'].onchange(
                    values, list(values), {'found_text': {}})['value'])
                return found

            with self.subTest(user=user.login, side=side):
                self.assertHarmless(user, side, fill_in)
                self.assertFalse(found.get('found_text'))
        dialog = self.as_user(self.env['crm.quality.waive'], self.salesperson)
        self.assertTrue(
            dialog.new(self.dialogs['mine']['crm.quality.waive']).found_text, "of one's own it is")

    @mute_logger(*REFUSALS)
    def test_merges_of_another_company_are_not_described(self):
        merge = self.records['abroad']['crm.merge']
        undo = self.as_user(self.env['crm.merge.undo'], self.boss)
        with self.assertRaises(UserError):
            undo.create({'merge_id': merge.id}).read(['reasons'])
        with self.assertRaises(UserError):
            undo.create({'merge_id': merge.id}).action_undo()
        self.assertFalse(merge.undone_date)

    def test_quick_entry_names_no_lead_of_a_colleague(self):
        entry = self.as_user(self.env['crm.lead.quick.entry'], self.salesperson)
        for side, owner in (('mine', self.salesperson), ('theirs', self.env['res.users'])):
            with self.subTest(side=side):
                known = entry.new({'email_from': self.leads[side].email_from}).known_lead_id
                self.assertEqual(known.sudo().user_id, owner)
