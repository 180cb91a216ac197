from odoo import http
from odoo.http import request

COMMENT_LENGTH = 5_000


class ServiceNps(http.Controller):
    """Pages behind the links of the question how likely customers are to recommend us.

    Nothing happens on opening a link: programs that check mails open all of them.
    """

    @http.route(
        '/service/nps/<string:token>', type='http', auth='public', methods=['GET', 'POST'],
        website=True, sitemap=False,
    )
    def answer(self, token, score=None, comment='', **kwargs):
        """Show the question with the score that was clicked on, or note the answer."""
        answer = self._find(token)
        number = int(score) if score and score.isdecimal() and len(score) <= 2 else None
        valid = number is not None and number <= 10
        done = request.httprequest.method == 'POST' and valid
        if done:
            answer._answer(number, comment.strip()[:COMMENT_LENGTH])
        elif not valid:
            number = answer.score if answer.answered_date else None
        return self._render(answer, 'crm_plus_service.nps_page', {
            'number': number, 'done': done,
            'missing': request.httprequest.method == 'POST' and not done,
            'comment_length': COMMENT_LENGTH,
        })

    @http.route(
        '/service/nps/<string:token>/stop', type='http', auth='public', methods=['GET', 'POST'],
        website=True, sitemap=False,
    )
    def stop(self, token, **kwargs):
        """Ask whether the contact wants no more such mails, or see to it."""
        answer = self._find(token)
        done = request.httprequest.method == 'POST'
        if done:
            # sudo: whoever has the link had the mail, and only its own address is blocked
            request.env['mail.blacklist'].sudo()._add(answer.partner_id.email_normalized)
        return self._render(answer, 'crm_plus_service.nps_stop_page', {'done': done})

    def _find(self, token):
        # sudo: the token, sent to one contact only, stands for the right to this one answer
        answer = request.env['service.nps.answer'].sudo().search([('token', '=', token)], limit=1)
        if not answer:
            raise request.not_found()
        return answer

    def _render(self, answer, template, values):
        request.update_context(lang=answer.partner_id.lang or request.env.lang)
        response = request.render(template, {
            'answer': answer, 'company': answer.company_id, **values,
        })
        # the address of the page is the right to answer: it is told to nobody
        response.headers['Referrer-Policy'] = 'no-referrer'
        response.headers['Cache-Control'] = 'no-store'
        return response
