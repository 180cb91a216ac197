from odoo.exceptions import UserError


class StageGateError(UserError):
    """Opportunities may not go where somebody moves them, because criteria are not met.

    :param str message: what is missing, in words: imports, calls and logs show it
    :param dict context: the same in pieces, from which the web client makes a dialog
    """

    def __init__(self, message: str, context: dict):
        super().__init__(message)
        self.context = context
