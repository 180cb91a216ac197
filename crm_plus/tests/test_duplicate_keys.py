import doctest

from odoo.tests import BaseCase, tagged

from ..matching import keys, likeness
from ..matching.keys import name_key, vat_key, web_domain
from ..matching.likeness import Profile, Rules, compare

RULES = Rules({
    'email': 80, 'vat': 90, 'phone': 60, 'domain': 50, 'company_name': 50, 'person_name': 30,
    'city': 10,
}, 0.7)


def lead(lead_id=None, **values):
    return Profile('crm.lead', lead_id, **values)


def contact(contact_id=None, **values):
    return Profile('res.partner', contact_id, **values)


@tagged('crm_plus_duplicates')
class TestDuplicateKeys(BaseCase):
    """Names, tax numbers and web addresses as they are compared; worked out by hand."""

    def test_examples_in_the_documentation(self):
        for module in (keys, likeness):
            self.assertFalse(doctest.testmod(module).failed, module.__name__)

    def test_names(self):
        for name, expected in {
            "ACME, Inc.": 'acme',
            "Acme Ltd": 'acme',
            "Bar Sp. z o.o.": 'bar',
            "S.A. Foo S.p.A.": 'sa foo',
            "Łódź spółka z o.o.": 'lodz',
            "Ærø Øl A/S": 'aero ol',
            "Smith & Sons Co., Ltd.": 'smith sons',
            "PT Astra Tbk": 'astra',
            "トヨタ自動車株式会社": 'トヨタ自動車',
            "株式会社トヨタ自動車": 'トヨタ自動車',
            "深圳华为技术有限公司": '深圳华为技术',
            "ООО «Ромашка»": 'ромашка',
            "AG": 'ag',
            "Co": 'co',
            "  ": '',
            None: '',
        }.items():
            with self.subTest(name=name):
                self.assertEqual(name_key(name), expected)

    def test_tax_numbers(self):
        self.assertEqual(vat_key("DE 123 456 789"), vat_key("123456789"))
        self.assertEqual(vat_key("XI-GB"), '', "no number at all")
        self.assertEqual(vat_key("none"), '')
        self.assertEqual(vat_key("/"), '')
        self.assertEqual(vat_key("US12-3456789"), 'US123456789', "no prefix in that country")

    def test_websites(self):
        self.assertEqual(web_domain("WWW.Globex.com/contact"), 'globex.com')
        self.assertEqual(web_domain("https://shop.globex.com:8080"), 'shop.globex.com')
        self.assertEqual(web_domain("http://bücher.de"), 'xn--bcher-kva.de')
        for nothing in ("https://www.linkedin.com/company/globex", "localhost", "10.0.0.1",
                        "http://[", "", None, "acme.wixsite.com/home"):
            with self.subTest(website=nothing):
                self.assertEqual(web_domain(nothing), '')


@tagged('crm_plus_duplicates')
class TestDuplicateScore(BaseCase):
    """The score and its reasons; worked out by hand."""

    def reasons(self, one, other):
        score, reasons = compare(one, other, RULES)
        return score, [reason.kind for reason in reasons]

    def test_reasons_add_up_to_a_hundred(self):
        self.assertEqual(
            self.reasons(lead(email='a@x.test'), lead(email='a@x.test')), (80, ['email']))
        self.assertEqual(
            self.reasons(lead(email='a@x.test', phone='+1'), lead(email='a@x.test', phone='+1')),
            (100, ['email', 'phone']))

    def test_empty_values_tell_nothing(self):
        self.assertEqual(self.reasons(lead(), contact()), (0, []))

    def test_domain_counts_unless_the_address_is_the_same(self):
        domains = frozenset(['x.test'])
        self.assertEqual(
            self.reasons(lead(email='a@x.test', domains=domains),
                         contact(email='b@x.test', domains=domains)), (50, ['domain']))
        self.assertEqual(
            self.reasons(lead(email='a@x.test', domains=domains),
                         contact(email='a@x.test', domains=domains)), (80, ['email']))

    def test_companies_of_one_group_share_their_domain(self):
        def company(contact_id, **values):
            return contact(contact_id, is_company=True, domains=frozenset(['x.test']), **values)

        alone = (50, ['domain'])
        self.assertEqual(self.reasons(company(1), company(2)), alone)
        self.assertEqual(self.reasons(company(1, vat='1'), company(2)), alone)
        for one, other in (
                (company(1, vat='1'), company(2, vat='2')),
                (company(1), company(2, above_id=1)), (company(1, above_id=2), company(2)),
                (company(1, above_id=3), company(2, above_id=3))):
            self.assertEqual(self.reasons(one, other), (0, []))
        self.assertEqual(
            self.reasons(company(1, name='globex'), company(2, name='globex', above_id=1)),
            (50, ['company_name']), "the same name still counts")
        self.assertEqual(
            self.reasons(company(1, vat='1'), lead(2, is_company=True, vat='2',
                         domains=frozenset(['x.test']))), alone, "a lead is no company yet")

    def test_names_count_as_far_as_they_are_alike(self):
        # globex: 7 groups of letters, globexx: 8, six of them shared: 2 * 6 / 15 = 80 %
        one, other = lead(name='globex', is_company=True), lead(name='globexx', is_company=True)
        score, [reason] = compare(one, other, RULES)
        self.assertEqual((score, reason.kind, reason.likeness), (40, 'company_name', 80))
        self.assertEqual(self.reasons(one, lead(name='initech', is_company=True)), (0, []))

    def test_the_same_city_confirms_a_name_and_tells_nothing_alone(self):
        one = lead(name='globex', is_company=True, city='bern')
        self.assertEqual(
            self.reasons(one, lead(name='globex', is_company=True, city='bern')),
            (60, ['company_name', 'city']))
        self.assertEqual(self.reasons(one, lead(city='bern')), (0, []))

    def test_people_share_names_more_often_than_companies(self):
        self.assertEqual(
            self.reasons(lead(name='john smith'), contact(name='john smith')),
            (30, ['person_name']))

    def test_companies_of_ours_are_apart(self):
        self.assertEqual(
            self.reasons(lead(email='a@x.test', company_id=1),
                         lead(email='a@x.test', company_id=2)), (0, []))
        self.assertEqual(
            self.reasons(lead(email='a@x.test', company_id=1), lead(email='a@x.test'))[0], 80)

    def test_a_lead_is_no_duplicate_of_its_own_customer(self):
        self.assertEqual(
            self.reasons(lead(email='a@x.test', customer_id=7),
                         contact(9, email='a@x.test', customer_id=7)), (0, []))

    def test_one_customer_has_many_opportunities(self):
        def deal(title):
            return lead(email='a@x.test', customer_id=7, title=title)

        self.assertEqual(self.reasons(deal("Ten lorries"), deal("Spare parts")), (0, []))
        self.assertEqual(self.reasons(deal("Ten lorries"), deal("Ten lorries"))[0], 80)

    def test_colleagues_share_what_is_their_companys(self):
        shared = {'customer_id': 7, 'phone': '+1', 'domains': frozenset(['x.test'])}
        self.assertEqual(
            self.reasons(contact(8, **shared), contact(9, **shared)), (0, []))
        self.assertEqual(
            self.reasons(contact(7, is_customer=True, email='a@x.test', **shared),
                         contact(9, email='a@x.test', **shared)), (0, []),
            "the company itself and somebody who works there")
        self.assertEqual(
            self.reasons(contact(8, email='a@x.test', **shared),
                         contact(9, email='a@x.test', **shared)), (80, ['email']))
