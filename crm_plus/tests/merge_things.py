from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from .merge_common import MergeCommon


class MergeThings(MergeCommon):
    """What may hang on a lead or a contact, each by a method ``hang_…(record, number)``."""

    #: what hangs on records of both kinds, on leads, on contacts
    ON_BOTH = (
        'message', 'tracked', 'scheduled', 'activity', 'file', 'follower', 'tag', 'order',
        'meeting', 'reference', 'rating', 'consent', 'waiver', 'touch', 'import', 'role',
        'duplicate',
    )
    ON_LEADS = (
        'contact', 'score', 'approval', 'override', 'snapshot', 'competitor', 'factor',
        'web_request', 'renewal',
    )
    ON_CONTACTS = (
        'child', 'invoice', 'bank', 'author', 'lead', 'account', 'competitor_at',
        'rival', 'personal', 'tier', 'picture', 'agreement', 'due', 'group',
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env['crm.consent.purpose'].create({'name': "News", 'text': "News"})
        cls.rival = cls.env['crm.competitor'].create({'name': "Rival"})
        cls.factor = cls.env['crm.decision.factor'].create({'name': "Price"})
        cls.tag = cls.env['crm.tag'].create({'name': "Shared tag"})
        cls.category = cls.env['res.partner.category'].create({'name': "Shared category"})
        cls.stage = cls.env['crm.stage'].create({'name': "Asked", 'sequence': 900})
        cls.criterion = cls.env['crm.stage.criterion'].create({
            'name': "Approved", 'stage_id': cls.stage.id, 'kind': 'approval',
            'approver_ids': [Command.set(cls.manager.ids)]})
        cls.key_account = cls.env['crm.key.account'].create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id, 'user_id': False})
        cls.sales_team = cls.env['crm.team'].create(
            {'name': "Form", 'company_id': cls.company.id})

    def example(self):
        """Undo an example, so that the next one finds what the first one found."""
        return closing(self.env.cr.savepoint())

    def later(self, days):
        """What happens now, happens so many days later."""
        return patch.object(self.env.cr, '_now', self.env.cr.now() + timedelta(days=days))

    def make_leads(self, *values_list):
        return self.env['crm.lead'].union(*(
            self.make_request(f"Lead {number}", **values)
            for number, values in enumerate(values_list)))

    def make_contacts(self, *values_list):
        return self.env['res.partner'].create([
            {'name': f"Contact {number}", **values} for number, values in enumerate(values_list)])

    def hang(self, record, things, number):
        for thing in things:
            getattr(self, f'hang_{thing}')(record, number)
        self.env.flush_all()

    def is_lead(self, record):
        return record._name == 'crm.lead'

    # ------------------------------------------------------------
    # OF ODOO
    # ------------------------------------------------------------

    def hang_message(self, record, number):
        record.message_post(
            body=f"Message {number}", message_type='comment', attachments=[("a.txt", b'x')],
            partner_ids=self.colleague.partner_id.ids, subtype_xmlid='mail.mt_comment')

    def hang_tracked(self, record, number):
        name = 'user_id' if self.is_lead(record) else 'email'
        record.message_post(body="Tracked", tracking_value_ids=[Command.create({
            'field_id': self.env['ir.model.fields']._get(record._name, name).id,
            'old_value_char': "Old", 'new_value_char': str(number)})])

    def hang_scheduled(self, record, number):
        self.env['mail.scheduled.message'].create({
            'model': record._name, 'res_id': record.id, 'body': f"Later {number}",
            'author_id': self.manager.partner_id.id,
            'scheduled_date': fields.Datetime.add(fields.Datetime.now(), days=2)})

    def hang_activity(self, record, number):
        record.activity_schedule(
            'mail.mail_activity_data_todo', summary=f"Do {number}", user_id=self.manager.id)

    def hang_file(self, record, number):
        self.env['ir.attachment'].create({
            'name': f"{number}.txt", 'raw': b'x', 'res_model': record._name,
            'res_id': record.id})

    def hang_follower(self, record, number):
        # the same for each record: the survivor has it already
        record.message_subscribe((self.manager.partner_id | self.contact).ids)

    def hang_tag(self, record, number):
        if self.is_lead(record):
            record.tag_ids = [Command.link(self.tag.id), Command.create({
                'name': f"Tag {self.env['crm.tag'].search_count([])}"})]
        else:
            record.category_id = [
                Command.link(self.category.id), Command.create({'name': f"Tag {number}"})]

    def hang_order(self, record, number):
        if self.is_lead(record):
            self.make_order(
                self.customer, 10, '2024-01-01 10:00:00', confirm=False
            ).opportunity_id = record
        else:
            self.make_order(record, 10, '2024-01-01 10:00:00', confirm=bool(number % 2))

    def hang_meeting(self, record, number):
        if self.is_lead(record):
            self.make_meeting(self.contact, opportunity_id=record.id)
        else:
            # attendees are unique: the survivor is invited already
            self.make_meeting(record | self.contact)

    def hang_reference(self, record, number):
        self.env['ir.model.data'].create({
            'module': '__import__', 'name': f"merge_{record._name}_{record.id}_{number}_"
            f"{self.env['ir.model.data'].search_count([('module', '=', '__import__')])}",
            'model': record._name, 'res_id': record.id})

    def hang_rating(self, record, number):
        self.env['rating.rating'].create({
            'res_model_id': self.env['ir.model']._get_id(record._name), 'res_id': record.id,
            'partner_id': self.contact.id if self.is_lead(record) else record.id})

    def hang_child(self, record, number):
        self.env['res.partner'].create({
            'name': f"Child {number}", 'parent_id': record.id, 'email': f'{number}@child.test'})

    def hang_contact(self, record, number):
        record.partner_id = self.contact

    def hang_invoice(self, record, number):
        invoice = self.make_invoice(record, 10, '2024-01-31')
        if number:
            self.pay(invoice, '2024-02-10')

    def hang_bank(self, record, number):
        # an account number is unique for each contact, and all have the same
        if not record.bank_ids:
            self.env['res.partner.bank'].create({
                'acc_number': "BE71096123456769", 'partner_id': record.id})

    def hang_author(self, record, number):
        self.customer.message_post(
            body="Written", author_id=record.id, message_type='email',
            partner_ids=record.ids, subtype_xmlid='mail.mt_comment')

    def hang_picture(self, record, number):
        record.image_1920 = (
            'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhf'
            'DwAChwGA60e6kgAAAABJRU5ErkJggg==')

    # ------------------------------------------------------------
    # OF THE ADD-ON
    # ------------------------------------------------------------

    def _names(self, record):
        return {'lead_id' if self.is_lead(record) else 'partner_id': record.id}

    def hang_lead(self, record, number):
        self.make_request(f"Lead of {number}", partner_id=record.id)

    def hang_consent(self, record, number):
        self.env['crm.consent'].create({'purpose_id': self.purpose.id, **self._names(record)})

    def hang_waiver(self, record, number):
        self.env['crm.quality.waiver'].create({
            'kind': 'incomplete', 'reason': "Known", 'detail': str(number + self._count(
                'crm.quality.waiver', record)), **self._names(record)})

    def _count(self, model, record):
        return self.env[model].search_count([
            (name, '=', value) for name, value in self._names(record).items()])

    def hang_touch(self, record, number):
        lead = record if self.is_lead(record) else self.make_request(
            f"Touched {number}", partner_id=record.id)
        lead._add_touch('manual', note=str(number))

    def hang_import(self, record, number):
        self.env['crm.lead.import'].create({
            'type': 'lead', 'line_ids': [Command.create(
                {'row': 2, 'cells': ["x"], 'state': 'done', **self._names(record)})]})

    def hang_role(self, record, number):
        if self.is_lead(record):
            person = self.env['res.partner'].create({'name': f"Person {number}"})
            values = {'contact_id': person.id, 'lead_id': record.id}
        else:
            # a card of its own for each project: the contacts may be on the same map
            values = {'contact_id': record.id, 'project_id': self.env[
                'crm.procurement.project'].create({
                    'name': f"Project {number}", 'account_id': self.key_account.id}).id}
        self.env['crm.account.role'].create({'account_id': self.key_account.id, **values})

    def hang_duplicate(self, record, number):
        other = record.copy()
        Pair = self.env['crm.duplicate']
        Pair.create(Pair._pair_values((record._name, record.id), (record._name, other.id)))

    def hang_score(self, record, number):
        # the same month for each: a lead has one row of a month and stage
        self.env['crm.score.history'].create({
            'lead_id': record.id, 'score': 10 * number, 'band': 'cold', 'stage_key':
            self._count('crm.score.history', record), 'month': '2024-01-01',
            'date': '2024-01-15 10:00:00'})

    def hang_approval(self, record, number):
        if not self._count('crm.stage.approval', record):
            self.env['crm.stage.approval']._ask(record, self.criterion)

    def hang_override(self, record, number):
        self.env['crm.stage.override'].create({
            'lead_id': record.id, 'reason': str(number), 'user_id': self.manager.id})

    def hang_snapshot(self, record, number):
        self.env['crm.forecast.snapshot'].create({'name': str(number)})

    def hang_competitor(self, record, number):
        record.competitor_ids = [Command.link(self.rival.id)]
        record.lost_to_id = self.rival

    def hang_factor(self, record, number):
        record.decision_factor_ids = [Command.link(self.factor.id)]

    def hang_web_request(self, record, number):
        self.env['crm.web.request'].create({
            'team_id': self.sales_team.id, 'company_id': self.company.id,
            'contact_name': "Visitor", 'email': 'visitor@x.example', 'description': "x",
            'lead_id': record.id, 'token_hash': f'{record.id}-{number}'})

    def hang_account(self, record, number):
        """A key account, which each company has one of for a customer, with all that is on it."""
        if self.env['crm.key.account'].with_context(active_test=False).search_count(
                [('partner_id', '=', record.id)]):
            return
        person, head = self.env['res.partner'].create([
            {'name': f"{name} {number}", 'parent_id': record.id} for name in ("Buyer", "Head")])
        profile = self.env['crm.account.profile'].create({
            'name': f"Industry {number}", 'properties_definition': [
                {'name': f'fact{number}', 'type': 'char', 'string': "Fact"}]})
        accounts = self.env['crm.key.account'].create([{
            'partner_id': record.id, 'company_id': company.id, 'user_id': False,
            'profile_id': profile.id, 'properties': {f'fact{number}': "Known"},
            'habits': f"Habits {number}" if number else False,
            'market_country_ids': [Command.set(self.env['res.country'].search(
                [], limit=2 + number).ids)],
            'figure_ids': [Command.create(
                {'annual_purchases': 100 + number, 'date': f'2024-01-{number + 1:02}'})],
        } for company in (self.company | self.company_b)[:1 + number % 2]])
        for account in accounts:
            account.message_post(body="Of the account", message_type='comment')
            account.activity_schedule('mail.mail_activity_data_todo', user_id=self.manager.id)
            account.message_subscribe(self.manager.partner_id.ids)
            project = self.env['crm.procurement.project'].create({
                'name': "Line", 'account_id': account.id,
                'step_ids': [Command.create({'name': "Offer"})]})
            boss = self.env['crm.account.role'].create({
                'account_id': account.id, 'contact_id': head.id})
            role = self.env['crm.account.role'].create({
                'account_id': account.id, 'contact_id': person.id, 'manager_id': boss.id})
            project.decider_ids = role
            plan = self.env['crm.account.plan'].create({
                'account_id': account.id, 'date_start': '2026-01-01', 'date_end': '2026-12-31',
                'goal_ids': [Command.create({'measure': 'revenue', 'target_value': 100})],
                'action_ids': [Command.create({
                    'name': "Visit", 'user_id': self.manager.id,
                    'date_deadline': '2026-06-30'})]})
            plan.action_start()
            self.env['crm.account.plan.review'].create({'plan_id': plan.id}).action_freeze()

    def hang_competitor_at(self, record, number):
        account = self.env['crm.account.competitor'].create({
            'partner_id': record.id, 'competitor_id': self.rival.id, 'price': 1 + number,
            'company_id': self.company.id})
        self.env['crm.competitor.sample'].create({
            'name': "Sample", 'account_competitor_id': account.id})

    def hang_rival(self, record, number):
        self.env['crm.competitor'].create({'name': "Other", 'partner_id': record.id})

    def hang_personal(self, record, number):
        self.env['crm.personal.profile'].create({
            'contact_id': record.id, 'company_id': self.company.id, 'value': "Plays",
            'purpose': "Talk", 'source': "Said"})

    def hang_tier(self, record, number):
        record._set_customer_tier((self.tier_a, self.tier_b)[number % 2], "Test")

    def hang_agreement(self, record, number):
        self.make_agreement(number, partner_id=record.id)

    def hang_renewal(self, record, number):
        self.make_agreement(number, partner_id=self.customer.id, renewal_lead_id=record.id)

    def make_agreement(self, number, **values):
        kind = self.env['crm.agreement.kind'].create({'name': f"Frame {number}"})
        self.env['crm.agreement'].create({
            'name': "Frame", 'kind_id': kind.id, 'company_id': self.company.id, **values})

    def hang_due(self, record, number):
        record._set_customer_tier(self.tier_a, "Test")
        cadences = self.env['crm.contact.cadence']
        if not cadences.search_count([('tier_id', '=', self.tier_a.id)]):
            cadences.create({
                'tier_id': self.tier_a.id, 'interval': 30, 'company_id': self.company.id})
        self.env['crm.contact.due']._refresh(self.company, record)

    def hang_group(self, record, number):
        self.env['res.partner'].create({
            'name': f"Subsidiary {number}", 'is_company': True, 'group_parent_id': record.id})
