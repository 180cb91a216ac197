"""Who may do what with a case: every kind of user against every operation, in two companies."""

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon

OPERATIONS = ('read', 'write', 'create', 'unlink')


@tagged('post_install', '-at_install')
class TestAccess(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.create_case()
        cls.far_case = cls.create_case(team_id=cls.other_team.id)
        cls.employee = new_test_user(cls.env, 'employee', 'base.group_user')
        cls.public = cls.env.ref('base.public_user')

    def allowed(self, record, user):
        record = record.with_user(user)
        return {operation for operation in OPERATIONS if record.has_access(operation)}

    def assert_matrix(self, record, expected):
        for user, operations in expected.items():
            with self.subTest(user=user.login, record=record.display_name):
                self.assertEqual(self.allowed(record, user), set(operations.split()))

    def test_case(self):
        self.assert_matrix(
            self.case,
            {
                self.manager: 'read write create unlink',
                self.agent: 'read write create',
                self.salesperson: 'read',
                self.far_agent: '',
                self.employee: '',
                self.portal: 'read',
                self.portal_colleague: '',
                self.portal_stranger: '',
                self.public: '',
            },
        )

    def test_case_of_another_company(self):
        self.assert_matrix(
            self.far_case,
            {
                self.far_agent: 'read write create',
                self.manager: '',
                self.agent: '',
                self.salesperson: '',
                self.portal: '',
            },
        )

    def test_target(self):
        readers = (self.manager, self.agent, self.salesperson)
        outsiders = (
            self.far_agent,
            self.employee,
            self.portal,
            self.portal_stranger,
            self.public,
        )
        self.assert_matrix(
            self.case.target_ids,
            {**dict.fromkeys(readers, 'read'), **dict.fromkeys(outsiders, '')},
        )

    def test_team(self):
        self.assert_matrix(
            self.team,
            {
                self.manager: 'read write create unlink',
                self.agent: 'read',
                self.salesperson: 'read',
                self.far_agent: '',
                self.employee: '',
                self.portal: '',
                self.public: '',
            },
        )

    def test_configuration(self):
        tag = self.env['service.case.tag'].create({'name': 'Label'})
        case_type = self.env.ref('crm_plus_service.type_question')
        for record in (self.stage_new, case_type, tag):
            agent = 'read write create' if record == tag else 'read'
            self.assert_matrix(
                record,
                {
                    self.manager: 'read write create unlink',
                    self.agent: agent,
                    self.salesperson: 'read',
                    self.employee: '',
                    self.portal: '',
                    self.public: '',
                },
            )

    def test_customer_searches_only_own_cases(self):
        cases = self.env['service.case']
        self.assertEqual(cases.with_user(self.portal).search([]), self.case)
        for user in (self.portal_colleague, self.portal_stranger):
            self.assertFalse(cases.with_user(user).search([]))

    def test_customer_who_is_the_company_sees_its_contacts_cases(self):
        user = self.create_portal_user('office', self.customer)
        self.assertEqual(self.env['service.case'].with_user(user).search([]), self.case)

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_customer_reads_nothing_internal(self):
        case = self.case.with_user(self.portal)
        self.assertEqual(case.read(['name', 'number'])[0]['name'], 'Lamp does not light')
        for field in ('target_ids', 'deadline', 'sla_state', 'tag_ids', 'source_message_id'):
            with self.assertRaises(AccessError, msg=field):
                case.read([field])

    def test_customer_sees_no_notes(self):
        self.case.message_post(body='Difficult one.', subtype_xmlid='mail.mt_note')
        answer = self.case.message_post(body='Which bulb?', subtype_xmlid='mail.mt_comment')
        messages = self.env['mail.message'].with_user(self.portal)
        found = messages.search([('model', '=', 'service.case'), ('res_id', '=', self.case.id)])
        self.assertEqual(found, answer)
        stranger = self.env['mail.message'].with_user(self.portal_stranger)
        self.assertFalse(stranger.search([('id', '=', answer.id)]))

    def test_agent_works_on_a_whole_case(self):
        case = self.case.with_user(self.agent)
        case.action_assign_to_me()
        case.write({'priority': '2', 'sale_order_id': self.order.id})
        case.message_post(body='Which bulb?', subtype_xmlid='mail.mt_comment')
        case.action_close()
        case.action_reopen()
        self.assertEqual(case.sale_order_id.name, self.order.name)
        self.assertEqual(case.user_id, self.agent)

    def test_agent_cannot_move_a_case_to_a_team_out_of_sight(self):
        with self.assertRaises(AccessError):
            self.case.with_user(self.agent).team_id = self.other_team
            self.env.flush_all()

    def test_salesperson_comments_but_changes_nothing(self):
        case = self.case.with_user(self.salesperson)
        case.message_post(body='They called me too.')
        with self.assertRaises(AccessError):
            case.priority = '3'

    def test_documents_open_without_the_right_to_see_cases(self):
        self.product.invoice_policy = 'order'
        invoice = self.order._create_invoices()
        for document, user in (
            (invoice, self.accountant),
            (self.customer, self.accountant),
            (self.customer, self.employee),
        ):
            views = document.with_user(user).get_views([(False, 'form')])
            self.assertNotIn('case_count', views['views']['form']['arch'])
            Form(document.with_user(user))

    def test_manager_sets_up_a_team(self):
        team = (
            self.env['service.team']
            .with_user(self.manager)
            .create(
                {
                    'name': 'Spare Parts',
                    'resource_calendar_id': self.calendar.id,
                    'alias_name': 'spare-parts-test',
                    'resolution_hours': 4,
                }
            )
        )
        team.resolution_hours = 6
        self.assertEqual(team.alias_defaults, str({'team_id': team.id}))
        self.calendar.with_user(self.manager).attendance_ids[0].hour_from = 9
