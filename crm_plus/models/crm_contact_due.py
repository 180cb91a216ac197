from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

#: How many customers are looked at in one transaction.
BATCH = 1000


class CrmContactDue(models.Model):
    """By when there is to be contact with a customer, or with a person there.

    Written by a nightly job, and for single customers whenever somebody looks. A row says too
    much only until then: contact since may have settled it. So lists of what is overdue look at
    those anew that they would show, and never miss one, for the day of a row that is not due
    can only be later than it says.
    """

    _name = 'crm.contact.due'
    _description = "Contact Due"
    _inherit = ['crm.human.contact.mixin']
    _order = 'due_date, id'
    _rec_name = 'partner_id'
    _log_access = False

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, readonly=True, ondelete='cascade')
    contact_id = fields.Many2one(
        'res.partner', "Person", readonly=True, index='btree_not_null', ondelete='cascade',
        help="Empty: anybody of the customer.",
    )
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True, ondelete='cascade')
    account_id = fields.Many2one(
        'crm.key.account', "Key Account", readonly=True, index='btree_not_null',
        ondelete='cascade')
    cadence_id = fields.Many2one(
        'crm.contact.cadence', readonly=True, required=True, index=True, ondelete='cascade')
    tier_id = fields.Many2one(related='cadence_id.tier_id', store=True, string="Tier")
    user_id = fields.Many2one(
        'res.users', "Our Person", readonly=True, index='btree_not_null', ondelete='set null',
        help="Who looks after the person or manages the key account; else the salesperson.",
    )
    last_date = fields.Datetime(
        "Last Contact", readonly=True,
        help="The latest meeting, call or message between somebody of us and somebody of them. "
             "Notes among ourselves, mass mails and automatic mails do not count.",
    )
    due_date = fields.Date("Contact Due", required=True, readonly=True, index=True)
    days_overdue = fields.Integer(
        compute='_compute_days_overdue', help="For how many days contact has been due.")
    checked_date = fields.Date("Checked On", readonly=True)
    activity_id = fields.Many2one(
        'mail.activity', "Planned Activity", readonly=True, index='btree_not_null',
        ondelete='set null')
    planned_date = fields.Date(
        "Planned For", readonly=True, help="For which due date an activity was planned.")

    _once = models.UniqueIndex("(partner_id, company_id, COALESCE(contact_id, 0))")

    @api.depends('due_date')
    def _compute_days_overdue(self):
        today = fields.Date.context_today(self)
        for row in self:
            row.days_overdue = max((today - row.due_date).days, 0)

    @api.depends('partner_id', 'contact_id')
    def _compute_display_name(self):
        for row in self:
            row.display_name = (row.contact_id or row.partner_id).display_name

    # ------------------------------------------------------------
    # REFRESHING
    # ------------------------------------------------------------

    @api.model
    def _cron_contacts(self):
        """Work out with whom contact is due in every company, and plan it where asked to."""
        cron = self.env['ir.cron']
        for company in self.env['res.company'].search(Domain.TRUE, order='id'):
            customers = self._customers_with_cadence(company)
            # a job that was stopped goes on where it was
            waiting = customers - self.search([
                ('company_id', '=', company.id), ('checked_date', '=', fields.Date.today()),
            ]).partner_id
            cron._commit_progress(remaining=len(waiting))
            for start in range(0, len(waiting), BATCH):
                batch = waiting[start:start + BATCH]
                self._refresh(company, batch)
                if not cron._commit_progress(len(batch)):
                    return
            self._delete_others(company, customers)
            self._plan_activities(company)
            cron._commit_progress()

    @api.model
    def _customers_with_cadence(self, company):
        tiers = {tier_id for tier_id, _role_id in
                 self.env['crm.contact.cadence']._cadences_of(company)}
        # sudo: whom the company's tiers are about, for rows that the record rule shows
        return self.env['res.partner'].sudo().with_company(company).search(
            Domain('customer_tier_id', 'in', list(tiers))
            & Domain('company_id', 'in', [company.id, False])
            & (Domain('parent_id', '=', False) | Domain('is_company', '=', True)),
            order='id',
        )

    @api.model
    def _refresh(self, company, customers):
        """Write anew when contact with the customers is due in a company.

        A fixed number of queries, whatever the number of customers.
        """
        # sudo: rows are written by nobody else; their record rule shows them to the company
        customers = customers.sudo().with_company(company)
        rows = self.sudo()._rows_of(company, customers)
        self._store(company, customers, rows)

    @api.model
    def _rows_of(self, company, customers):
        """Return the values of the rows that the customers should have, by their key."""
        Cadence = self.env['crm.contact.cadence']
        cadences = Cadence._cadences_of(company)
        working_days = Cadence.union(*cadences.values())._working_days(
            company, fields.Date.today())
        by_person = self._last_human_contacts(company, customers)
        by_customer = {}
        for (customer_id, _contact_id), moment in by_person.items():
            by_customer[customer_id] = max(moment, by_customer.get(customer_id, moment))
        accounts = {
            account.partner_id: account for account in self.env['crm.key.account'].search([
                ('partner_id', 'in', customers.ids), ('company_id', '=', company.id)])
        }
        rows = {}
        for customer in customers:
            cadence = cadences.get((customer.customer_tier_id.id, 0))
            if cadence:
                account = accounts.get(customer)
                user = account.user_id if account else customer.user_id
                rows[customer.id, None] = (account, cadence, user, self._due_of(
                    company, cadence, working_days, by_customer.get(customer.id),
                    customer.create_date))
        for role in self._roles_with_cadence(accounts, cadences):
            customer, person = role.customer_id, role.contact_id
            cadence = min(
                self._cadences_of_role(role, customer.with_company(company), cadences),
                key=lambda each: each._due_date(fields.Date.today(), working_days))
            rows[customer.id, person.id] = (
                role.account_id, cadence, role.user_id or role.account_id.user_id, self._due_of(
                    company, cadence, working_days, by_person.get((customer.id, person.id)),
                    person.create_date))
        return rows

    @api.model
    def _roles_with_cadence(self, accounts, cadences):
        roles = self.env['crm.account.role'].search([
            ('account_id', 'in', [account.id for account in accounts.values()]),
            ('role_ids', 'in', [role_id for _tier_id, role_id in cadences if role_id]),
            ('project_id', '=', False), ('lead_id', '=', False), ('contact_id.active', '=', True),
        ])
        return roles.filtered(lambda role: self._cadences_of_role(
            role, role.customer_id.with_company(role.company_id), cadences))

    @api.model
    def _cadences_of_role(self, role, customer, cadences):
        tier = customer.customer_tier_id
        return [
            cadences[tier.id, each.id] for each in role.role_ids if (tier.id, each.id) in cadences]

    @api.model
    def _store(self, company, customers, rows):
        """Keep rows, and forget those of the customers that are none any more."""
        self.env.flush_all()
        columns = [
            (customer_id, contact_id, account.id if account else None, cadence.id,
             cadence.tier_id.id, user.id or None, due.last, due.due)
            for (customer_id, contact_id), (account, cadence, user, due) in rows.items()
        ]
        values = list(zip(*columns, strict=True)) or [[]] * 8
        self.env.cr.execute(SQL(
            """
            INSERT INTO crm_contact_due AS due
                   (partner_id, contact_id, account_id, cadence_id, tier_id, user_id, last_date,
                    due_date, company_id, checked_date)
            SELECT *, %s, %s
              FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[],
                          %s::timestamp[], %s::date[])
                ON CONFLICT (partner_id, company_id, COALESCE(contact_id, 0)) DO UPDATE
               SET account_id = EXCLUDED.account_id, cadence_id = EXCLUDED.cadence_id,
                   tier_id = EXCLUDED.tier_id, user_id = EXCLUDED.user_id,
                   last_date = EXCLUDED.last_date, due_date = EXCLUDED.due_date,
                   checked_date = EXCLUDED.checked_date
            """,
            company.id, fields.Date.today(), *(list(column) for column in values),
        ))
        self.env.cr.execute(SQL(
            """
            DELETE FROM crm_contact_due due
             WHERE due.company_id = %s AND due.partner_id = ANY(%s)
               AND NOT EXISTS (SELECT FROM unnest(%s::int[], %s::int[]) AS kept(customer, person)
                                WHERE kept.customer = due.partner_id
                                  AND kept.person IS NOT DISTINCT FROM due.contact_id)
            """,
            company.id, customers.ids, list(values[0]), list(values[1]),
        ))
        self.env.invalidate_all(flush=False)  # rows, and what customers and accounts show of them

    @api.model
    def _delete_others(self, company, customers):
        """Forget the customers that have lost their tier, or its cadence."""
        # sudo: rows are written by nobody else
        self.sudo().search(
            Domain('company_id', '=', company.id)
            & Domain('partner_id', 'not in', customers.ids)
        ).unlink()

    @api.model
    def _forget(self, partners):
        """Forget the rows of partners that are merged into others, who have rows of their own."""
        # sudo: rows are written by nobody else, and the job makes them anew
        self.sudo().search(
            Domain('partner_id', 'in', partners.ids) | Domain('contact_id', 'in', partners.ids)
        ).unlink()

    # ------------------------------------------------------------
    # ACTIVITIES
    # ------------------------------------------------------------

    @api.model
    def _plan_activities(self, company):
        """Plan contact that is due, once, and take back what has become idle since."""
        # sudo: rows and activities of the job's own, seen by whom they are assigned to
        rows = self.sudo().with_context(mail_activity_quick_update=True)
        # what somebody has done or deleted is theirs; what contact has settled is taken back
        settled = rows.search([
            ('company_id', '=', company.id), ('activity_id', '!=', False),
        ]).filtered(lambda row: row.planned_date != row.due_date)
        settled.activity_id.filtered('active').unlink()
        if not company.contact_plan_activities:
            return
        last = fields.Date.today() + timedelta(days=company.contact_plan_days)
        rows = rows.search([
            ('company_id', '=', company.id), ('due_date', '<=', last),
            ('user_id.active', '=', True), ('user_id.share', '=', False),
        ]).filtered(
            lambda row: row.planned_date != row.due_date
            and company in row.user_id.company_ids)
        # sudo: activities of the job's own, see above
        activities = self.env['mail.activity'].sudo().with_context(
            mail_activity_quick_update=True,
        ).create([row._prepare_activity() for row in rows])
        for row, activity in zip(rows, activities, strict=True):
            row.write({'activity_id': activity.id, 'planned_date': row.due_date})

    def _prepare_activity(self):
        """On the person or the customer: when it is done, the timeline counts it as contact."""
        partner = self.contact_id or self.partner_id
        env = self.with_context(lang=self.user_id.lang).env
        if self.last_date:
            text = env._("Talk to %(name)s: the last contact was on %(date)s", name=partner.name,
                         date=format_date(env, self.last_date))
        else:
            text = env._("Talk to %s: there was no contact yet", partner.name)
        return {
            'res_model_id': self.env['ir.model']._get_id('res.partner'),
            'res_id': partner.id,
            'activity_type_id': self.cadence_id.activity_type_id.id
            or self.env.ref('mail.mail_activity_data_todo').id,
            'summary': text,
            'date_deadline': max(self.due_date, fields.Date.today()),
            'user_id': self.user_id.id,
            'automated': True,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @api.model
    def action_open_overdue(self):
        """Open with whom contact is overdue, after a look at whether it still is."""
        self.check_access('read')
        today = fields.Date.context_today(self)
        overdue = self.search([
            ('due_date', '<', today), ('company_id', 'in', self.env.companies.ids)])
        for company, rows in overdue.grouped('company_id').items():
            self._refresh(company, rows.partner_id)
        return self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_contact_due_action')

    def action_open_customer(self):
        """Open the key account, or the customer where there is none."""
        self.ensure_one()
        record = self.account_id or self.partner_id
        return {
            'type': 'ir.actions.act_window',
            'res_model': record._name,
            'res_id': record.id,
            'views': [(False, 'form')],
        }

    def action_schedule(self):
        """Open the dialog that plans a call, a meeting …"""
        partner = self.contact_id or self.partner_id
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Plan Contact"),
            'res_model': 'mail.activity.schedule',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'active_model': 'res.partner',
                'active_ids': partner.ids,
                'active_id': partner.id,
                # sudo: what the cadence plans
                'default_activity_type_id': self.cadence_id.sudo().activity_type_id.id,
            },
        }
