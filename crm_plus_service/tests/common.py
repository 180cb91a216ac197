from datetime import datetime

from odoo import Command
from odoo.tests import TransactionCase, new_test_user


class ServiceData:
    """A company with a team that promises 8 working hours, its people and its customers.

    Mixed into test cases of every kind; call :meth:`set_up_service` in ``setUpClass``.
    """

    @classmethod
    def set_up_service(cls):
        # the tests say themselves what exists: what demo data or a user added stays out of sight
        cls.env['service.team'].search([]).write({'use_in_portal': False, 'sequence': 1000})
        cls.company = cls.env.company
        cls.other_company = cls.env['res.company'].create({'name': 'Second Company'})
        cls.calendar = cls.create_calendar('Office Hours', 'Europe/Brussels')
        cls.team = cls.create_team('First Aid', cls.company)
        cls.other_team = cls.create_team('Far Away', cls.other_company)

        cls.stage_new = cls.team._get_stage(closed=False)
        cls.stage_solved = cls.team._get_stage(closed=True)

        cls.agent = cls.create_user('agent', 'crm_plus_service.group_agent', cls.company)
        cls.manager = cls.create_user('manager', 'crm_plus_service.group_manager', cls.company)
        cls.far_agent = cls.create_user(
            'far_agent', 'crm_plus_service.group_agent', cls.other_company
        )
        cls.salesperson = cls.create_user(
            'salesperson', 'sales_team.group_sale_salesman', cls.company
        )
        cls.accountant = cls.create_user('accountant', 'account.group_account_invoice', cls.company)
        cls.team.member_ids = cls.agent

        cls.customer = cls.env['res.partner'].create(
            {'name': 'Brook & Sons', 'is_company': True, 'email': 'office@brook.example.com'}
        )
        cls.contact = cls.create_contact('Bea Brook', 'bea@brook.example.com')
        cls.colleague = cls.create_contact('Ben Brook', 'ben@brook.example.com')
        cls.stranger = cls.env['res.partner'].create(
            {'name': 'Sten Strange', 'email': 'sten@strange.example.com'}
        )
        cls.portal = cls.create_portal_user('bea', cls.contact)
        cls.portal_colleague = cls.create_portal_user('ben', cls.colleague)
        cls.portal_stranger = cls.create_portal_user('sten', cls.stranger)

        cls.product = cls.env['product.product'].create({'name': 'Lamp', 'list_price': 50.0})
        cls.order = cls.create_order(cls.contact)

    # ------------------------------------------------------------
    # MAKERS
    # ------------------------------------------------------------

    @classmethod
    def create_calendar(cls, name, tz, days='01234', hours=((8, 12), (13, 17))):
        return cls.env['resource.calendar'].create(
            {
                'name': name,
                'tz': tz,
                'company_id': False,
                'attendance_ids': [
                    Command.create(
                        {
                            'name': f'{day} {start}',
                            'dayofweek': day,
                            'hour_from': start,
                            'hour_to': stop,
                            'day_period': 'morning' if start < 12 else 'afternoon',
                        }
                    )
                    for day in days
                    for start, stop in hours
                ],
            }
        )

    @classmethod
    def create_team(cls, name, company, **values):
        return cls.env['service.team'].create(
            {
                'name': name,
                'sequence': 1,
                'company_id': company.id,
                'resource_calendar_id': cls.calendar.id,
                'resolution_hours': 8,
                'warning_hours': 2,
                **values,
            }
        )

    @classmethod
    def create_user(cls, login, groups, company):
        return new_test_user(
            cls.env, login, groups, company_id=company.id, company_ids=[Command.set(company.ids)]
        )

    @classmethod
    def create_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            'base.group_portal',
            partner_id=partner.id,
            name=partner.name,
            email=partner.email,
        )

    @classmethod
    def create_contact(cls, name, email):
        return cls.env['res.partner'].create(
            {'name': name, 'email': email, 'parent_id': cls.customer.id}
        )

    @classmethod
    def create_order(cls, partner, company=None):
        company = company or cls.company
        order = (
            cls.env['sale.order']
            .with_company(company)
            .create(
                {
                    'partner_id': partner.id,
                    'company_id': company.id,
                    'order_line': [Command.create({'product_id': cls.product.id})],
                }
            )
        )
        order.action_confirm()
        return order

    @classmethod
    def create_case(cls, name='Lamp does not light', **values):
        return cls.env['service.case'].create(
            {
                'name': name,
                'partner_id': cls.contact.id,
                'team_id': cls.team.id,
                'user_id': False,
                **values,
            }
        )


class ServiceCommon(ServiceData, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()


def utc(text):
    """``2026-03-27 16:00`` as a naive moment in UTC, as the database keeps it."""
    return datetime.strptime(text, '%Y-%m-%d %H:%M')
