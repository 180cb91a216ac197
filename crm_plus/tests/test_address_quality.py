"""E-mail addresses and VAT numbers that can be right, and those that cannot."""

from odoo.tests import BaseCase, tagged

from ..tools import email_problem, vat_is_plausible

TYPOS = {'gmial.com': 'gmail.com'}
DISPOSABLE = frozenset(('mailinator.com',))


@tagged('post_install', '-at_install')
class TestAddressQuality(BaseCase):

    def problem(self, value):
        return email_problem(value, TYPOS, DISPOSABLE)

    def test_addresses_that_can_work(self):
        for value in (
            'a@example.com', 'A.B+c@Sub.Example.CO.UK', '"Ann Bell" <ann@example.com>',
            'info@müller.de', 'x@xn--mller-kva.de', 'o@a-b.museum', 'me@mailinator.community',
        ):
            with self.subTest(value):
                self.assertIsNone(self.problem(value))

    def test_addresses_that_cannot_work(self):
        for value, word in (
            ('nobody', 'syntax'), ('@example.com', 'syntax'), ('a@', 'syntax'),
            ('a..b@example.com', 'syntax'), ('.a@example.com', 'syntax'),
            ('a.@example.com', 'syntax'), (f'{"a" * 65}@example.com', 'syntax'),
            ('a@-example.com', 'domain'), ('a@example-.com', 'domain'),
            ('a@example.c', 'domain'), ('a@example.123', 'domain'),
            ('a@server.local', 'domain'), ('a@example.invalid', 'domain'),
            (f'a@{"b" * 64}.com', 'domain'),
        ):
            with self.subTest(value):
                self.assertEqual((self.problem(value) or ('fine',))[0], word)

    def test_a_typo_says_what_is_meant(self):
        self.assertEqual(self.problem('Ann@Gmial.com'), ('typo', 'ann@gmail.com'))

    def test_parts_of_a_disposable_domain_are_disposable(self):
        self.assertEqual(self.problem('x@mailinator.com'), ('disposable', 'mailinator.com'))
        self.assertEqual(
            self.problem('x@eu.mailinator.com'), ('disposable', 'eu.mailinator.com'))
        self.assertIsNone(self.problem('x@notmailinator.com'))

    def test_one_good_address_among_several_is_enough(self):
        self.assertIsNone(self.problem('x@gmial.com, y@example.com'))
        self.assertEqual(self.problem('x@gmial.com, y@example.local'), ('typo', 'x@gmail.com'))

    def test_vat_numbers(self):
        for vat, country, plausible in (
            # the number names its country, whatever the address is
            ('BE0477472701', 'BE', True), ('BE0477472702', 'BE', False),
            ('be 0477.472.701', None, True), ('BE0477472701', 'FR', True),
            ('EL094259216', 'GR', True), ('XI110305878', 'GB', True),
            # without it, that of the address
            ('0477472701', 'BE', True), ('0477472702', 'BE', False),
            ('CHE107787577IVA', 'CH', True), ('CHE107787578IVA', 'CH', False),
            # nothing to hold it to
            ('12345678', None, True), ('1', None, False), ('/', 'BE', True),
        ):
            with self.subTest(vat=vat, country=country):
                self.assertEqual(vat_is_plausible(vat, country), plausible)

    def test_the_word_of_another_module_counts(self):
        asked = []

        def check(country, number):
            asked.append((country, number))
            return False

        self.assertFalse(vat_is_plausible('BE0477472701', 'BE', check))
        self.assertEqual(asked, [('BE', '0477472701')])
