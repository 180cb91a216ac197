"""By what leads came to us first, and every time after that."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestFirstTouch(CrmPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fair, cls.search = cls.env['utm.source'].create([
            {'name': "Fair 2027"}, {'name': "Some Search"}])
        cls.medium = cls.env['utm.medium'].create({'name': "Booth"})
        cls.no_one = cls.env['res.partner']

    def lead(self, **values):
        return self.make_lead(self.no_one, 0, **values)

    def test_first_source_stays(self):
        lead = self.lead(source_id=self.fair.id, medium_id=self.medium.id)
        self.assertEqual(lead.first_source_id, self.fair)
        date = lead.first_touch_date
        self.assertTrue(date)
        lead.write({'source_id': self.search.id, 'medium_id': False})
        self.assertEqual((lead.first_source_id, lead.first_medium_id), (self.fair, self.medium))
        self.assertEqual(lead.first_touch_date, date)

    def test_first_source_that_is_known_later(self):
        lead = self.lead()
        self.assertFalse(lead.first_source_id)
        lead.source_id = self.fair
        self.env.flush_all()
        lead.medium_id = self.medium
        self.assertEqual(lead.first_source_id, self.fair)
        self.assertFalse(lead.first_medium_id, "of the same touch, or of none")

    def test_first_touch_is_not_overwritten_by_hand(self):
        lead = self.lead(source_id=self.fair.id, user_id=self.salesperson.id)
        with self.assertRaisesRegex(UserError, "stays as it was"):
            lead.with_user(self.salesperson).write({'first_source_id': self.search.id})
        with self.assertRaisesRegex(UserError, "stays as it was"):
            lead.with_user(self.salesperson).write({'first_touch_date': '2090-01-01 00:00:00'})

    def test_copy_is_another_lead(self):
        lead = self.lead(source_id=self.fair.id)
        lead.source_id = self.search
        self.assertEqual(lead.copy().first_source_id, self.search)

    def test_merged_leads_keep_the_earliest(self):
        first = self.lead(
            source_id=self.fair.id, first_touch_date='2026-01-01 10:00:00', type='lead',
            user_id=self.manager.id)
        second = self.lead(
            source_id=self.search.id, first_touch_date='2026-02-01 10:00:00',
            user_id=self.manager.id)
        touches = first._add_touch('manual') | second._add_touch('form')
        merged = (first | second).with_user(self.manager).merge_opportunity()
        self.assertEqual(merged, second, "the opportunity is the one that stays")
        self.assertEqual(merged.first_source_id, self.fair)
        self.assertEqual(str(merged.first_touch_date), '2026-01-01 10:00:00')
        self.assertEqual(merged.touch_ids, touches)

    def test_merge_that_can_be_undone_keeps_the_earliest(self):
        kept = self.lead(source_id=self.search.id, first_touch_date='2026-02-01 10:00:00')
        gone = self.lead(
            source_id=self.fair.id, first_touch_date='2026-01-01 10:00:00',
            client_reference="A1")
        touch = gone._add_touch('manual')
        merge = self.env['crm.merge'].with_user(self.manager)._merge(
            kept.with_user(self.manager), gone.with_user(self.manager), {})
        self.assertEqual(kept.first_source_id, self.fair)
        self.assertEqual(str(kept.first_touch_date), '2026-01-01 10:00:00')
        self.assertEqual(touch.lead_id, kept)
        self.assertFalse(kept.client_reference)
        merge.action_undo()
        self.env.invalidate_all()
        self.assertEqual(kept.first_source_id, self.search)
        self.assertEqual(touch.lead_id, gone)

    def test_copied_to_the_contact_at_conversion(self):
        lead = self.lead(
            type='lead', source_id=self.fair.id, user_id=self.salesperson.id,
            contact_name="Nora New", first_referrer="https://search.example/")
        lead = lead.with_user(self.salesperson)
        lead._handle_partner_assignment()
        lead.convert_opportunity(lead.partner_id)
        partner = lead.partner_id
        self.assertEqual(partner.first_source_id, self.fair)
        self.assertEqual(partner.first_referrer, "https://search.example/")
        self.assertEqual(partner.first_touch_date, lead.first_touch_date)
        later = self.lead(
            type='lead', source_id=self.search.id, partner_id=partner.id,
            first_touch_date='2090-01-01 00:00:00')
        later.convert_opportunity(partner)
        self.assertEqual(partner.first_source_id, self.fair)

    def test_lead_without_a_source_tells_the_contact_nothing(self):
        lead = self.lead(type='lead', partner_id=self.stranger.id)
        lead.convert_opportunity(self.stranger)
        self.assertFalse(self.stranger.first_touch_date)

    def test_nothing_configured_costs_no_query(self):
        lead = self.lead()
        self.env.flush_all()
        self.env.invalidate_all()
        leads = self.env['crm.lead']
        leads.search_fetch([('id', '=', lead.id)])
        with self.assertQueryCount(1):
            lead.description = "<p>x</p>"
            self.env.flush_all()
        with self.assertQueryCount(1):
            lead.medium_id = self.medium
            self.env.flush_all()

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_access_to_touches(self):
        own = self.lead(user_id=self.salesperson.id)._add_touch('manual')
        others = self.lead(user_id=self.colleague.id)._add_touch('manual')
        abroad = self.lead(company_id=self.company_b.id, team_id=False)._add_touch('manual')

        def seen(user):
            return self.as_user(self.env['crm.touch'], user).search(
                [('id', 'in', (own | others | abroad).ids)])

        self.assertEqual(seen(self.salesperson), own)
        self.assertEqual(seen(self.manager), own | others | abroad)
        self.assertFalse(abroad.with_user(self.salesperson).has_access('read'))
        with self.assertRaises(AccessError):
            own.with_user(self.salesperson).write({'kind': 'form'})
        with self.assertRaises(AccessError):
            own.with_user(self.viewer).read(['kind'])
        with self.assertRaises(AccessError):
            others.lead_id.with_user(self.salesperson)._add_touch('manual')
