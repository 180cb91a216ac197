import secrets
from datetime import timedelta

from odoo import fields, http
from odoo.addons.crm_plus.tools.once import one_at_a_time, submission_hash
from odoo.addons.crm_plus.tools.uploads import ACCEPT, MAX_BYTES, attach_uploads, read_uploads
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
    # orders, invoices and products each, latest first
    DOCUMENTS_OFFERED = 100

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
        filters = {
            'all': {'label': request.env._('All'), 'domain': Domain.TRUE},
            'open': {'label': request.env._('Open'), 'domain': Domain('closed_date', '=', False)},
            'closed': {
                'label': request.env._('Closed'),
                'domain': Domain('closed_date', '!=', False),
            },
        }
        if self._sees_company_cases():
            filters['mine'] = {
                'label': request.env._('Mine'),
                'domain': Domain('partner_id', '=', request.env.user.partner_id.id),
            }
        return filters

    def _sees_company_cases(self):
        # sudo: a setting of the user's own company
        return request.env.user.sudo().commercial_partner_id.portal_company_cases

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
            sees_company_cases=self._sees_company_cases(),
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
            'files': case_sudo._get_portal_files(),
            'is_closed_for_good': case_sudo._is_closed_for_good(),
            'access_token': access_token,
        }
        values = self._get_page_view_values(
            case_sudo, access_token, values, 'my_cases_history', False, **kwargs
        )
        return request.render('crm_plus_service.portal_my_case', values)

    @http.route(
        '/my/cases/<int:case_id>/rate/<int:rate>', type='http', auth='public', website=True
    )
    def portal_rate_case(self, case_id, rate, access_token=None, **kwargs):
        """Lead the customer of a closed case to the page where they rate it; no colleague."""
        try:
            case_sudo = self._document_check_access('service.case', case_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        is_colleague = request.env.user._is_internal()
        if is_colleague or not case_sudo._is_ratable() or rate not in (1, 3, 5):
            return request.redirect(case_sudo.get_portal_url())
        return request.redirect(f'/rate/{case_sudo._get_rating_token()}/{rate}')

    @http.route(
        '/my/cases/<int:case_id>/<any(close, reopen):wish>',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
    )
    def portal_close_or_reopen(self, case_id, wish, access_token=None, **post):
        """Close the case because it is solved for the customer, or open it again."""
        try:
            case_sudo = self._document_check_access('service.case', case_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        user = request.env.user
        if user._is_internal() and not case_sudo.with_user(user).has_access('write'):
            return request.redirect(case_sudo.access_url)
        # sudo: the customer may not change a case, and may say whether it is solved
        if wish == 'close' and not case_sudo.closed_date:
            case_sudo.action_close()
            self._log_wish(case_sudo, request.env._('Closed by the customer.'))
        elif wish == 'reopen' and case_sudo.closed_date and not case_sudo._is_closed_for_good():
            case_sudo.action_reopen()
            case_sudo._note_customer_message()
            self._log_wish(case_sudo, request.env._('Opened again by the customer.'))
        return request.redirect(case_sudo.get_portal_url() if access_token else case_sudo.access_url)

    def _log_wish(self, case_sudo, text):
        user = request.env.user
        author = case_sudo.partner_id if user._is_public() else user.partner_id
        case_sudo._message_log(body=text, author_id=author.id)

    def _get_document_url(self, document_sudo):
        """Return the document's portal page if the visitor may open it."""
        document = document_sudo.with_user(request.env.user)
        if document and document.has_access('read'):
            return document_sudo.access_url
        return False

    # ------------------------------------------------------------
    # NEW CASE
    # ------------------------------------------------------------

    @http.route(
        '/my/cases/new',
        type='http',
        auth='user',
        website=True,
        methods=['GET', 'POST'],
        # the files, and room for the words and the wrapping
        max_content_length=MAX_BYTES + 1024 * 1024,
    )
    def portal_new_case(self, **post):
        """Show the form of a new case, or open the case that was filled in."""
        team_sudo = self._get_portal_team()
        if not team_sudo:
            return request.redirect('/my/cases')
        errors = {}
        if request.httprequest.method == 'POST':
            values, errors = self._parse_case_form(post)
            uploads, wrong_files = read_uploads(
                request.env, request.httprequest.files.getlist('files')
            )
            if wrong_files:
                errors['files'] = wrong_files
            if not errors:
                case_id = self._open_case(team_sudo, values, uploads, post.get('form_key'))
                if case_id:
                    return request.redirect(f'/my/cases/{case_id}')
                errors['name'] = request.env._(
                    'You have opened many cases today. Please add to one of them instead.'
                )
        layout = self._prepare_portal_layout_values()
        layout.update(
            page_name='new_case',
            types=self._get_offered_types(),
            orders=self._get_offered_orders(),
            invoices=self._get_offered_invoices(),
            products=self._get_offered_products(),
            accept=ACCEPT,
            errors=errors,
            form=post,
            # stays with the form while it is corrected
            form_key=post.get('form_key') or secrets.token_urlsafe(16),
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
        return self._search_offered('sale.order', Domain('state', '=', 'sale'))

    def _get_offered_invoices(self):
        """Return the invoices and credit notes of the customer, as in their portal."""
        return self._search_offered(
            'account.move',
            Domain('move_type', 'in', ('out_invoice', 'out_refund'))
            & Domain('state', '=', 'posted'),
        )

    def _search_offered(self, model, domain):
        """Return the customer's own documents of a model, none where they may read none."""
        documents = request.env[model]
        if not documents.has_access('read'):
            return documents
        partner = request.env.user.partner_id.commercial_partner_id
        return documents.search(
            domain
            & Domain('partner_id', 'child_of', partner.ids)
            & Domain('company_id', '=', request.env.user.company_id.id),
            limit=self.DOCUMENTS_OFFERED,
        )

    def _get_offered_products(self):
        """Return what the customer has bought, by the documents that they may choose."""
        # sudo: only the names of products on the customer's own orders and invoices
        products = (
            self._get_offered_orders().sudo().order_line.product_id
            | self._get_offered_invoices().sudo().invoice_line_ids.product_id
        )
        return products.with_context(display_default_code=False)[: self.DOCUMENTS_OFFERED]

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
            (
                'invoice_id',
                self._get_offered_invoices(),
                request.env._('Please choose one of your invoices.'),
            ),
            (
                'product_id',
                self._get_offered_products(),
                request.env._('Please choose one of your products.'),
            ),
        ):
            chosen = post.get(field) or ''
            record = offered.filtered(lambda record, chosen=chosen: str(record.id) == chosen)
            if chosen and not record:
                errors[field] = message
            values[field] = record.id
        return values, errors

    def _open_case(self, team_sudo, values, uploads, form_key):
        """Open a case, once however often the browser sends the form; return its id.

        :return: False when the customer has opened too many today
        """
        partner = request.env.user.partner_id
        submission = submission_hash(form_key, {**values, 'partner_id': partner.id}, uploads)
        reference = submission and f'portal {submission}'
        with one_at_a_time(request.env, f'service.case of {partner.id}') as env:
            # sudo: the customer's own cases, archived ones included, found and counted
            own_sudo = env['service.case'].sudo().with_context(active_test=False)
            own = Domain('partner_id', '=', partner.id)
            sent_before = reference and own_sudo.search(
                own & Domain('client_reference', '=', reference), limit=1
            )
            if sent_before:
                return sent_before.id
            today = Domain('create_date', '>=', fields.Datetime.now() - timedelta(days=1))
            limit = team_sudo.company_id.service_portal_cases_per_day
            if own_sudo.search_count(own & today, limit=limit) >= limit:
                return False
        case_sudo = self._create_case(team_sudo, {**values, 'client_reference': reference})
        attach_uploads(case_sudo, uploads)
        return case_sudo.id

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
