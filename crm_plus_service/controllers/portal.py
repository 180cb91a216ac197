from odoo import fields, http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import plaintext2html


class ServicePortal(CustomerPortal):
    """The customer's own cases. What is theirs is decided by the record rule of the case."""

    SUBJECT_LENGTH = 150
    DESCRIPTION_LENGTH = 10_000
    CASES_PER_DAY = 20
    ORDERS_OFFERED = 100

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'case_count' in counters:
            cases = request.env['service.case']
            values['case_count'] = cases.search_count([]) if cases.has_access('read') else 0
        return values

    # ------------------------------------------------------------
    # LIST
    # ------------------------------------------------------------

    def _get_case_sortings(self):
        return {
            'date': {'label': request.env._('Newest'), 'order': 'opened_date desc, id desc'},
            'name': {'label': request.env._('Subject'), 'order': 'name, id desc'},
            'stage': {
                'label': request.env._('Status'),
                'order': 'closed_date desc, stage_id, id desc',
            },
        }

    def _get_case_filters(self):
        return {
            'all': {'label': request.env._('All'), 'domain': Domain.TRUE},
            'open': {'label': request.env._('Open'), 'domain': Domain('closed_date', '=', False)},
            'closed': {
                'label': request.env._('Closed'),
                'domain': Domain('closed_date', '!=', False),
            },
        }

    def _get_case_inputs(self):
        return {
            'all': {'input': 'all', 'label': request.env._('Search in Cases')},
            'order': {'input': 'order', 'label': request.env._('Search in Orders')},
        }

    def _get_case_search_domain(self, search_in, search):
        if search_in == 'order':
            return Domain('sale_order_id.name', 'ilike', search)
        return Domain('name', 'ilike', search) | Domain('number', 'ilike', search)

    @http.route(['/my/cases', '/my/cases/page/<int:page>'], type='http', auth='user', website=True)
    def portal_my_cases(
        self, page=1, sortby=None, filterby=None, search=None, search_in='all', **kwargs
    ):
        """List the customer's cases."""
        sortings, filters = self._get_case_sortings(), self._get_case_filters()
        sortby = sortby if sortby in sortings else 'date'
        filterby = filterby if filterby in filters else 'all'
        search_in = search_in if search_in in self._get_case_inputs() else 'all'
        domain = filters[filterby]['domain']
        if search:
            domain &= self._get_case_search_domain(search_in, search)

        cases = request.env['service.case']
        readable = cases.has_access('read')
        pager = portal_pager(
            url='/my/cases',
            url_args={
                'sortby': sortby,
                'filterby': filterby,
                'search_in': search_in,
                'search': search,
            },
            total=cases.search_count(domain) if readable else 0,
            page=page,
            step=self._items_per_page,
        )
        if readable:
            cases = cases.search(
                domain,
                order=sortings[sortby]['order'],
                limit=self._items_per_page,
                offset=pager['offset'],
            )
        request.session['my_cases_history'] = cases.ids[:100]
        values = self._prepare_portal_layout_values()
        values.update(
            # sudo: the user's own cases, found with their rights; the page also names the stage
            cases=cases.sudo(),
            page_name='case',
            default_url='/my/cases',
            pager=pager,
            sortby=sortby,
            searchbar_sortings=sortings,
            filterby=filterby,
            searchbar_filters=filters,
            search=search,
            search_in=search_in,
            searchbar_inputs=self._get_case_inputs(),
            can_open_case=bool(self._get_portal_team()),
        )
        return request.render('crm_plus_service.portal_my_cases', values)

    # ------------------------------------------------------------
    # ONE CASE
    # ------------------------------------------------------------

    @http.route('/my/cases/<int:case_id>', type='http', auth='public', website=True)
    def portal_my_case(self, case_id, access_token=None, **kwargs):
        """Show one case to its customer, or to who holds its token."""
        try:
            case_sudo = self._document_check_access('service.case', case_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        values = {
            'case': case_sudo,
            'page_name': 'case',
            'order_url': self._get_document_url(case_sudo.sale_order_id),
            'invoice_url': self._get_document_url(case_sudo.invoice_id),
        }
        values = self._get_page_view_values(
            case_sudo, access_token, values, 'my_cases_history', False, **kwargs
        )
        return request.render('crm_plus_service.portal_my_case', values)

    @http.route(
        '/my/cases/<int:case_id>/rate/<int:rate>', type='http', auth='public', website=True
    )
    def portal_rate_case(self, case_id, rate, access_token=None, **kwargs):
        """Lead the customer of a closed case to the page where they rate it."""
        try:
            case_sudo = self._document_check_access('service.case', case_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        if not case_sudo._is_ratable() or rate not in (1, 3, 5):
            return request.redirect(case_sudo.get_portal_url())
        return request.redirect(f'/rate/{case_sudo._get_rating_token()}/{rate}')

    def _get_document_url(self, document_sudo):
        """Return the document's portal page if the visitor may open it."""
        document = document_sudo.with_user(request.env.user)
        if document and document.has_access('read'):
            return document_sudo.access_url
        return False

    # ------------------------------------------------------------
    # NEW CASE
    # ------------------------------------------------------------

    @http.route('/my/cases/new', type='http', auth='user', website=True, methods=['GET', 'POST'])
    def portal_new_case(self, **post):
        """Show the form of a new case, or open the case that was filled in."""
        team_sudo = self._get_portal_team()
        if not team_sudo:
            return request.redirect('/my/cases')
        errors = {}
        if request.httprequest.method == 'POST':
            values, errors = self._parse_case_form(post)
            if not errors:
                case_sudo = self._create_case(team_sudo, values)
                return request.redirect(case_sudo.access_url)
        layout = self._prepare_portal_layout_values()
        layout.update(
            page_name='new_case',
            types=self._get_offered_types(),
            orders=self._get_offered_orders(),
            errors=errors,
            form=post,
            subject_length=self.SUBJECT_LENGTH,
            description_length=self.DESCRIPTION_LENGTH,
        )
        return request.render('crm_plus_service.portal_new_case', layout)

    def _get_portal_team(self):
        # sudo: customers cannot read teams; that one accepts portal cases is no secret
        teams_sudo = request.env['service.team'].sudo()
        return teams_sudo._get_portal_team(request.env.user.company_id)

    def _get_offered_types(self):
        # sudo: the names of the types that are meant for customers
        return request.env['service.case.type'].sudo().search([('portal_visible', '=', True)])

    def _get_offered_orders(self):
        """Return the orders that the customer may choose: those of their portal, latest first."""
        orders = request.env['sale.order']
        if not orders.has_access('read'):
            return orders
        partner = request.env.user.partner_id.commercial_partner_id
        return orders.search(
            [
                ('partner_id', 'child_of', partner.ids),
                ('state', '=', 'sale'),
                ('company_id', '=', request.env.user.company_id.id),
            ],
            limit=self.ORDERS_OFFERED,
        )

    def _parse_case_form(self, post):
        """Return the values of the new case and what is wrong with the form, by field."""
        errors = {}
        subject = (post.get('name') or '').strip()
        description = (post.get('description') or '').strip()
        if not subject:
            errors['name'] = request.env._('Please say in a few words what it is about.')
        elif len(subject) > self.SUBJECT_LENGTH:
            errors['name'] = request.env._(
                'Please use at most %s characters here and say the rest below.',
                self.SUBJECT_LENGTH,
            )
        if not description:
            errors['description'] = request.env._('Please describe what you need.')
        elif len(description) > self.DESCRIPTION_LENGTH:
            errors['description'] = request.env._(
                'Please use at most %s characters. You can add the rest as a message afterwards.',
                self.DESCRIPTION_LENGTH,
            )
        values = {'name': subject, 'description': plaintext2html(description)}
        for field, offered, message in (
            (
                'type_id',
                self._get_offered_types(),
                request.env._('Please choose one of the topics.'),
            ),
            (
                'sale_order_id',
                self._get_offered_orders(),
                request.env._('Please choose one of your orders.'),
            ),
        ):
            chosen = post.get(field) or ''
            record = offered.filtered(lambda record, chosen=chosen: str(record.id) == chosen)
            if chosen and not record:
                errors[field] = message
            values[field] = record.id
        if not errors and self._has_too_many_cases():
            errors['name'] = request.env._(
                'You have opened many cases today. Please add to one of them instead.'
            )
        return values, errors

    def _has_too_many_cases(self):
        # sudo: counts what the customer's own contact has opened, archived cases included
        cases_sudo = request.env['service.case'].sudo().with_context(active_test=False)
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        domain = [
            ('partner_id', '=', request.env.user.partner_id.id),
            ('create_date', '>=', since),
        ]
        return cases_sudo.search_count(domain, limit=self.CASES_PER_DAY) >= self.CASES_PER_DAY

    def _create_case(self, team_sudo, values):
        # sudo: customers cannot create cases elsewhere; the values were checked one by one, and
        # contact and team are not theirs to choose
        return (
            request.env['service.case']
            .sudo()
            .create(
                {
                    **values,
                    'partner_id': request.env.user.partner_id.id,
                    'team_id': team_sudo.id,
                    'user_id': False,
                }
            )
        )
