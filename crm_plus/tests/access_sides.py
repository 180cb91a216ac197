"""What there is in a company of three owners: everything that hangs on leads and customers."""

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import CrmPlusCommon

#: Whose things there are: of the salesperson, of a colleague, of somebody in another company.
SIDES = ('mine', 'theirs', 'abroad')
#: stands in what is entered on the leads of each side, so that one finds it wherever it leaks
SECRETS = {'mine': "Abacus", 'theirs': "Zyzzyva", 'abroad': "Quixotry"}
#: what they bring; added to anything that is smaller, the sum begins with the same digits
AMOUNTS = {'mine': 1, 'theirs': 98_765_432, 'abroad': 7_171_717_000_000_000}
DIGITS = {'theirs': '987654', 'abroad': '717171'}


class AccessSides(CrmPlusCommon):
    """For each side a lead, a customer and a record of each model of the add-on.

    ``cls.records[side][model]`` is the record, ``cls.dialogs[side][model]`` what is entered in a
    dialog about the side's records.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller_abroad = new_test_user(
            cls.env, 'access_abroad', groups='sales_team.group_sale_salesman',
            company_id=cls.company_b.id, company_ids=[Command.set(cls.company_b.ids)])
        owners = {
            'mine': (cls.salesperson, cls.company), 'theirs': (cls.colleague, cls.company),
            'abroad': (cls.seller_abroad, cls.company_b)}
        cls.leads, cls.customers, cls.records = {}, {}, {}
        for side, (owner, company) in owners.items():
            env = cls.env(context={**cls.env.context, 'allowed_company_ids': company.ids})
            cls.side, cls.secret = side, SECRETS[side]
            # customers and what is known of them is everybody's of the company
            cls.known = cls.secret if side == 'abroad' else f"Known {side}"
            cls.known_amount = AMOUNTS[side] if side == 'abroad' else 5
            cls._make_side(env, side, owner, company)
        cls._read_what_was_written()
        cls.dialogs = {side: cls._dialog_values(side) for side in SIDES}
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _make_side(cls, env, side, owner, company):
        customer = env['res.partner'].create({
            'name': f"{cls.known} Ltd", 'is_company': True, 'company_id': company.id,
            'email': f'{side}@zyzzyva.example'})
        lead = cls._make_access_lead(
            env, "main", owner, company, customer, expected_revenue=AMOUNTS[side],
            email_from=f'{side}@zyzzyva.example')
        cls.customers[side], cls.leads[side] = customer, lead
        made = [
            *cls._make_process(env, lead, company), *cls._make_quality(env, lead, company),
            *cls._make_duplicates(env, lead), *cls._make_capture(env, lead, owner, company),
            *cls._make_competition(env, lead, customer, company),
            *cls._make_account(env, lead, customer, owner, company),
            *cls._make_personal(env, customer, company),
            *cls._make_industry(env, company),
        ]
        cls.records[side] = {record._name: record for record in made}

    @classmethod
    def _make_access_lead(cls, env, name, owner, company, customer, **values):
        return env['crm.lead'].create({
            'name': f"{cls.secret} {name}", 'type': 'opportunity', 'company_id': company.id,
            'user_id': owner.id, 'team_id': False, 'partner_id': customer.id,
            'date_deadline': fields.Date.today(), **values})

    @classmethod
    def _make_process(cls, env, lead, company):
        # before those of the sides that were made earlier: what goes backwards is free
        before = -10 * len(cls.leads)
        first, second = env['crm.stage'].create([
            {'name': f"Stage {number}", 'sequence': number} for number in (before, before + 1)])
        lead.stage_id = first
        approver = new_test_user(
            cls.env, f'access_approver_{lead.id}', groups='sales_team.group_sale_manager',
            company_id=company.id, company_ids=[Command.set(company.ids)])
        criterion = env['crm.stage.criterion'].create({
            'name': "Approved", 'stage_id': first.id, 'company_id': company.id,
            'kind': 'approval', 'approver_ids': [Command.set(approver.ids)]})
        action = env['crm.stage.action'].create({
            'name': "Mail", 'stage_id': first.id, 'company_id': company.id, 'kind': 'mail',
            'active': False, 'mail_template_id': env['mail.template'].create({
                'name': "Mail", 'model_id': env['ir.model']._get_id('crm.lead')}).id})
        approval = env['crm.stage.approval']._ask(lead, criterion)
        approval.reason = cls.secret
        lead.with_user(cls.manager).with_company(company).write(
            {'stage_id': second.id, 'stage_override_reason': cls.secret})
        rule = env(user=cls.env.ref('base.user_root'))['crm.score.rule'].create(
            {'name': cls.secret, 'company_id': company.id})
        env['crm.lead']._store_lead_scores(lead.ids, fields.Datetime.now())
        return [
            criterion, action, approval, rule,
            env['crm.stage.override'].search([('lead_id', '=', lead.id)]),
            env['crm.score.history'].search([('lead_id', '=', lead.id)]),
        ]

    @classmethod
    def _make_quality(cls, env, lead, company):
        source = env['utm.source'].create({'name': f"Source {lead.id}"})
        promise = env['crm.response.promise'].create({
            'name': "Promise", 'source_id': source.id, 'company_id': company.id,
            'escalation_ids': [Command.create({'moment': 'at'})]})
        asking = cls._make_access_lead(
            env, "asking", lead.user_id, company, lead.partner_id, type='lead',
            source_id=source.id)
        env.flush_all()
        return [
            env['crm.quality.check'].create({
                'field_id': env['ir.model.fields']._get('crm.lead', 'referred').id,
                'company_id': company.id}),
            env['crm.quality.mail.domain'].create({
                'name': f'zyzzyva{lead.id}.example', 'kind': 'disposable'}),
            env['crm.quality.waiver'].create({
                'lead_id': lead.id, 'kind': 'stale', 'reason': cls.secret}),
            promise, promise.escalation_ids,
            env['crm.response.report'].search([('lead_id', '=', asking.id)]),
        ]

    @classmethod
    def _make_duplicates(cls, env, lead):
        values = (lead.user_id, lead.company_id, lead.partner_id)
        twin, kept, gone = (
            cls._make_access_lead(env, name, *values) for name in ("twin", "kept", "gone"))
        Pair = env['crm.duplicate']
        merges = env['crm.merge'].with_user(cls.manager).with_company(lead.company_id)
        return [
            Pair.create({
                **Pair._pair_values(('crm.lead', lead.id), ('crm.lead', twin.id)),
                'company_id': lead.company_id.id}),
            merges._merge(
                kept.with_env(merges.env), gone.with_env(merges.env), {}).with_env(env),
            env['crm.duplicate.rule'].create({
                # one of a kind in each company
                'kind': 'phone' if cls.side == 'theirs' else 'email', 'points': 70,
                'company_id': lead.company_id.id}),
            env['crm.duplicate.scan'].create({'finished_date': fields.Datetime.now()}),
        ]

    @classmethod
    def _make_capture(cls, env, lead, owner, company):
        purpose = env['crm.consent.purpose'].create({
            'name': f"Purpose {lead.id}", 'text': cls.known, 'company_id': company.id})
        lead_import = env['crm.lead.import'].create({
            'company_id': company.id, 'type': 'lead', 'user_id': owner.id,
            'file': 'Wnl6enl2YQ==', 'file_name': f'{cls.secret}.csv',
            'column_ids': [Command.create({'sequence': 0, 'name': cls.secret})],
            'line_ids': [Command.create({
                'row': 2, 'cells': [cls.secret], 'state': 'error', 'lead_id': lead.id})],
        })
        team = env['crm.team'].create({'name': "Form", 'company_id': company.id})
        return [
            purpose,
            env['crm.consent'].create({
                'purpose_id': purpose.id, 'lead_id': lead.id, 'company_id': company.id,
                'note': cls.secret, 'proof': 'Wnl6enl2YQ==', 'proof_name': "proof.txt"}),
            lead._add_touch('manual', note=cls.secret, referrer=cls.secret),
            lead_import, lead_import.column_ids, lead_import.line_ids,
            env['crm.web.request'].create({
                'team_id': team.id, 'company_id': company.id, 'contact_name': cls.secret,
                'email': 'a@zyzzyva.example', 'description': cls.secret,
                'token_hash': f'access-{lead.id}'}),
        ]

    @classmethod
    def _make_competition(cls, env, lead, customer, company):
        competitor = env['crm.competitor'].create({
            'name': f"{cls.known} rival", 'company_id': company.id})
        product = env['crm.competitor.product'].create({
            'name': cls.known, 'competitor_id': competitor.id})
        at_account = env['crm.account.competitor'].create({
            'partner_id': customer.id, 'competitor_id': competitor.id, 'price': cls.known_amount,
            'company_id': company.id})
        cls._make_access_lead(
            env, "lost", lead.user_id, company, customer,
        ).action_set_lost(lost_to_id=competitor.id)
        return [
            competitor, product, at_account, at_account.observation_ids,
            env['crm.competitor.sample'].create({
                'name': cls.known, 'account_competitor_id': at_account.id}),
            env['crm.decision.factor'].create({'name': cls.known, 'company_id': company.id}),
        ]

    @classmethod
    def _make_account(cls, env, lead, customer, owner, company):
        account = env['crm.key.account'].create({
            'partner_id': customer.id, 'company_id': company.id, 'user_id': owner.id,
            'figure_ids': [Command.create({'annual_purchases': cls.known_amount, 'source': cls.known})]})
        project = env['crm.procurement.project'].create({
            'name': cls.known, 'account_id': account.id,
            'step_ids': [Command.create({'name': cls.known})]})
        person = env['res.partner'].create({
            'name': cls.known, 'parent_id': customer.id, 'company_id': company.id})
        tier = env['crm.customer.tier'].create({'name': cls.known, 'company_id': company.id})
        customer.with_env(env)._set_customer_tier(tier, cls.known)
        env.flush_all()
        return [
            account, account.figure_ids, project, project.step_ids, tier,
            *cls._make_plan(env, account), *cls._make_health(env, account, customer, company),
            env['crm.account.role'].create({
                'account_id': account.id, 'contact_id': person.id, 'lead_id': lead.id,
                'note': cls.secret}),
            env['crm.account.profile'].create({'name': cls.known, 'company_id': company.id}),
            env['crm.buying.role'].create({'name': cls.known, 'company_id': company.id}),
            env['crm.key.account.report'].browse(account.id),
            env['crm.customer.tier.change'].search(
                [('partner_id', '=', customer.id), ('company_id', '=', company.id)]),
        ]

    @classmethod
    def _make_health(cls, env, account, customer, company):
        kind = env['crm.agreement.kind'].create({'name': cls.known, 'company_id': company.id})
        cadence = env['crm.contact.cadence'].create({
            'tier_id': customer.with_env(env).customer_tier_id.id, 'interval': 30,
            'company_id': company.id})
        env['crm.contact.due']._refresh(company, customer)
        env['crm.key.account']._store_health(
            [(account.id, 50, 'amber', [])], fields.Date.today())
        env.flush_all()
        return [
            kind, cadence, env['crm.contact.due'].search([('cadence_id', '=', cadence.id)])[:1],
            env['crm.agreement'].create({
                'name': cls.known, 'kind_id': kind.id, 'partner_id': customer.id,
                'user_id': account.user_id.id, 'company_id': company.id}),
            env['crm.health.history'].search([('account_id', '=', account.id)]),
            # one of a kind in each company
            env['crm.health.measure'].create({
                'kind': 'late' if cls.side == 'theirs' else 'overdue', 'good': 0, 'bad': 60,
                'company_id': company.id}),
        ]

    @classmethod
    def _make_plan(cls, env, account):
        plan = env['crm.account.plan'].create({
            'name': cls.known, 'account_id': account.id, 'date_start': '2026-01-01',
            'date_end': '2026-12-31', 'strategy': cls.known,
            'goal_ids': [Command.create({'measure': 'revenue', 'target_value': 100})],
            'phase_ids': [Command.create({
                'name': cls.known, 'date_start': '2026-01-01', 'date_end': '2026-03-31'})],
            'action_ids': [Command.create({
                'name': cls.known, 'date_deadline': '2026-03-31'})]})
        plan.action_start()
        review = env['crm.account.plan.review'].create({'plan_id': plan.id})
        review.action_freeze()
        return [plan, plan.goal_ids, plan.phase_ids, plan.action_ids, review, review.line_ids]

    @classmethod
    def _make_personal(cls, env, customer, company):
        entry, erased = env['crm.personal.profile'].create([{
            'contact_id': customer.child_ids[:1].id, 'company_id': company.id,
            'value': cls.secret, 'purpose': cls.secret, 'source': cls.secret} for _number in range(2)])
        erased.unlink()
        return [entry, env['crm.personal.profile.log'].search(
            [('company_id', '=', company.id)], limit=1)]

    @classmethod
    def _make_industry(cls, env, company):
        template = env['crm.industry.template'].create(
            {'key': f'access_{cls.side}', 'name': cls.secret})
        application = env['crm.industry.application'].create({
            'template_id': template.id, 'template_key': template.key, 'name': cls.secret,
            'company_id': company.id, 'line_ids': [Command.create({
                'item': 'crm_plus/tiers/a', 'kind': 'created', 'model': 'crm.customer.tier',
                'res_id': cls.tier_a.id})]})
        return [template, application, application.line_ids]

    @classmethod
    def _read_what_was_written(cls):
        """Add what is written about all leads at once, and the reports."""
        snapshot = cls.env['crm.forecast.snapshot'].create({'name': "All"})
        cls.env.flush_all()
        everything = cls.env(context={
            **cls.env.context, 'active_test': False,
            'allowed_company_ids': (cls.company | cls.company_b).ids})
        for side, lead in cls.leads.items():
            lost = everything['crm.lead'].search(
                [('partner_id', '=', cls.customers[side].id), ('won_status', '=', 'lost')])
            of_lead, of_lost = [('lead_id', '=', lead.id)], [('lead_id', '=', lost.id)]
            cls.records[side].update({
                record._name: record[:1] for record in (
                    snapshot,
                    snapshot.line_ids.filtered(lambda line, lead=lead: line.lead_id == lead),
                    everything['crm.lead.stage.time'].search(of_lead),
                    everything['crm.stage.conversion'].search(of_lead),
                    everything['crm.pipeline.report'].search(of_lead),
                    everything['crm.win.loss.report'].search(of_lost),
                    everything['crm.win.loss.product.report'].search(of_lost),
                    everything['customer.timeline'].search([
                        ('res_model', '=', 'crm.lead'), ('res_id', '=', lead.id)]),
                )
            })

    @classmethod
    def _dialog_values(cls, side):
        """What is entered in each dialog about the things of a side: ``{model: values}``."""
        lead, records = cls.leads[side], cls.records[side]
        pair = records['crm.duplicate']
        return {
            'crm.account.page.send': {'account_id': records['crm.key.account'].id},
            'crm.customer.tier.assign': {
                'partner_ids': [Command.set(cls.customers[side].ids)], 'reason': "x",
                'tier_id': records['crm.customer.tier'].id},
            'crm.industry.export': {
                'company_id': lead.company_id.id, 'name': "Ours", 'key': 'ours',
                'summary': "x", 'version': '1'},
            'crm.industry.import': {'file': b'UEs=', 'file_name': 'x.zip'},
            'crm.lead.hand.out': {
                'lead_ids': [Command.set(lead.ids)], 'user_id': cls.salesperson.id},
            'crm.lead.quick.entry': {
                'email_from': lead.email_from, 'contact_name': "Somebody",
                'saved_lead_id': False},
            'crm.lead.won': {'lead_id': lead.id, 'competitor_price': 1},
            'crm.merge.undo': {'merge_id': records['crm.merge'].id},
            'crm.merge.wizard': {
                'kind': 'crm.lead', 'survivor_id': lead.id,
                'lead_ids': [Command.set((pair.lead_id | pair.other_lead_id).ids)]},
            'crm.quality.waive': {'lead_ids': [Command.set(lead.ids)], 'reason': "x"},
            'crm.stage.approval.decide': {
                'approval_ids': [Command.set(records['crm.stage.approval'].ids)],
                'state': 'approved'},
        }
