"""What opens by a token alone: each token its own door; and who has to do with ratings."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_common import COLLEAGUES, EVERYBODY, AccessCase


@tagged('post_install', '-at_install')
class TestAccessTokens(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.use_web_form = True
        cls.case.action_close()
        cls.stranger_case.action_close()
        cls.nps = cls.env['service.nps.answer'].create(
            {'company_id': cls.company.id, 'partner_id': cls.contact.id})
        requests = cls.env['service.web.request']
        cls.form_token = 'a-token-of-the-form'
        cls.form = requests.create({
            'name': 'By the form', 'team_id': cls.team.id, 'contact_name': 'Bea',
            'email': 'bea@brook.example.com', 'description': 'Dark',
            'token_hash': requests._hash(cls.form_token),
            'valid_until': fields.Datetime.now() + timedelta(hours=1),
        })

    # ------------------------------------------------------------
    # ONE DOOR EACH
    # ------------------------------------------------------------

    def test_each_token_opens_its_own_door_alone(self):
        tokens = {
            'case': self.case._portal_ensure_token(),
            'other case': self.stranger_case._portal_ensure_token(),
            'rating': self.case._get_rating_token(),
            'nps': self.nps.token,
            'form': self.form_token,
            'guess': 'guess',
            'nothing': '%20',
        }
        doors = {
            'case': f'/my/cases/{self.case.id}?access_token=%s',
            'other case': f'/my/cases/{self.stranger_case.id}?access_token=%s',
            'rating': '/rate/%s/5',
            'nps': '/service/nps/%s',
            'form': '/service/confirm/%s',
        }
        self.log_in('public')
        for door, path in doors.items():
            for name, token in tokens.items():
                with self.subTest(door=door, token=name):
                    response = self.url_open(path % token)
                    opened = response.status_code == 200 and '/web/login' not in response.url
                    self.assertEqual(opened, name == door, response.url)

    def test_hash_of_the_form_is_no_token(self):
        self.log_in('public')
        self.assertEqual(
            self.url_open(f'/service/confirm/{self.form.token_hash}').status_code, 404)

    def test_asking_without_a_form_or_a_team(self):
        self.log_in('public')
        for team, status in ((self.team, 200), (self.second_team, 404), (self.other_team, 404)):
            self.assertEqual(self.url_open(f'/service/team-{team.id}/new').status_code, status)
        self.team.active = False
        self.assertEqual(self.url_open(f'/service/team-{self.team.id}/new').status_code, 404)

    # ------------------------------------------------------------
    # RATINGS
    # ------------------------------------------------------------

    def test_who_is_led_to_rating(self):
        path = f'/my/cases/{self.case.id}/rate/5'
        self.assert_only({'bea'}, lambda login: '/rate/' in self.lead_to(path))
        token = self.case._portal_ensure_token()
        self.assert_only(
            {'public', 'bea', 'ben', 'sten'},
            lambda login: '/rate/' in self.lead_to(f'{path}?access_token={token}'))
        foreign = self.stranger_case._portal_ensure_token()
        self.assert_only(
            {'bea'}, lambda login: '/rate/' in self.lead_to(f'{path}?access_token={foreign}'))

    def lead_to(self, path):
        address = self.url_open(path, allow_redirects=False).headers.get('Location', '')
        return address.partition('/my/cases/')[0]

    def test_rating_rates_its_own_case(self):
        self.log_in('public')
        token = self.stranger_case._get_rating_token()
        self.assertEqual(self.post('/rate/guess/submit_feedback', rate=1).status_code, 404)
        self.assertEqual(self.post(f'/rate/{token}/submit_feedback', rate=1).status_code, 200)
        self.assertEqual(self.stranger_case.rating_ids.mapped('rating'), [1])
        self.assertFalse(self.case.rating_ids.filtered('consumed'))

    def test_who_reads_ratings(self):
        rating = self.rated()
        for login in EVERYBODY:
            with self.subTest(login=login):
                ratings = self.env['rating.rating'].with_user(self.user(login))
                reads = ratings.has_access('read') and rating in ratings.search([])
                self.assertEqual(reads, login in COLLEAGUES)
                self.assertEqual(rating.with_user(self.user(login)).has_access('read'), reads)
        far = self.env['rating.rating'].sudo().create({
            'res_model_id': self.env['ir.model']._get_id('service.case'),
            'res_id': self.far_case.id, 'rating': 1, 'consumed': True})
        self.assertTrue(far.with_user(self.far_agent).has_access('read'))
        self.assertNotIn(far, self.env['rating.rating'].with_user(self.manager).search([]))

    def test_ratings_of_anything_else_are_as_they_were(self):
        rating = self.env['rating.rating'].create({
            'res_model_id': self.env['ir.model']._get_id('res.partner'),
            'res_id': self.contact.id, 'rating': 5})
        found = self.env['rating.rating'].with_user(self.accountant).search([])
        self.assertIn(rating, found)
        rating.with_user(self.accountant).feedback = 'Odoo lets them'

    def test_nobody_makes_up_what_a_customer_said(self):
        rating = self.rated()
        values = {
            'res_model_id': self.env['ir.model']._get_id('service.case'),
            'res_id': self.case.id, 'rating': 5, 'consumed': True,
        }
        for login in set(EVERYBODY) - {'manager'}:
            ratings = self.env['rating.rating'].with_user(self.user(login))
            with self.subTest(login=login):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    ratings.browse(rating.id).write({'rating': 5})
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    ratings.create(values)
        self.assertEqual(self.case.rating_ids.mapped('rating'), [1])

    def rated(self):
        self.log_in('public')
        self.post(f'/rate/{self.case._get_rating_token()}/submit_feedback', rate=1)
        return self.case.rating_ids
