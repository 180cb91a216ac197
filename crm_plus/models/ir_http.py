from datetime import timedelta

from odoo import fields, models
from odoo.http import Response, request

from ..tools.first_touch import COOKIE, MAX_AGE_DAYS, make_touch, write_cookie


class IrHttp(models.AbstractModel):
    _inherit = 'ir.http'

    @classmethod
    def _set_utm(cls, response):
        """Have the browser remember by what link a visitor came first, beside the last one."""
        result = super()._set_utm(response)
        if request.httprequest.method == 'GET' and any(
            parameter in request.params
            for parameter, _field, _cookie in request.env['utm.mixin'].tracking_fields()
        ):
            cls._remember_first_touch(Response.load(response))
        return result

    @classmethod
    def _remember_first_touch(cls, response):
        """Set the cookie of the first touch, unless the browser has one."""
        if COOKIE in request.cookies:
            return
        touch = make_touch(
            request.params, request.httprequest.referrer, request.httprequest.url)
        response.set_cookie(
            COOKIE, write_cookie(touch, fields.Datetime.now()),
            max_age=int(timedelta(days=MAX_AGE_DAYS).total_seconds()),
            httponly=True, samesite='Lax', cookie_type='optional',
        )
