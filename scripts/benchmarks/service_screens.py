"""What the web client asks of the server when a list, a board or the form of cases is opened."""

import json
import time

from odoo.api import Environment
from odoo.tools.json import json_default

from .screens import Opened, Request, Screens, opened

__all__ = ["CaseScreens", "Opened", "opened", "read_messages"]

MODEL = "service.case"
VIEWS = dict.fromkeys(("list", "kanban", "form", "search"), False)


class CaseScreens(Screens):
    """The requests with which a user opens views of cases."""

    def __init__(self, env, user_id: int):
        super().__init__(env, user_id, MODEL, VIEWS)

    def open_form(self, case) -> list[Request]:
        """Return what is read of a case, of its customer and of what was said on it."""
        requests = [
            Request(MODEL, "web_read", [case.ids, self._specification(self.arches["form"])],
                    {"context": {**self.context, "bin_size": True}}),
            Request("service.stage", "search_read", [], {
                "domain": ["|", ["team_ids", "=", False], ["team_ids", "in", case.team_id.ids]],
                "fields": ["display_name", "fold"], "context": self.context,
            }),
            Request(MODEL, "note_presence", [case.ids, "reading", True], {"context": self.context}),
        ]
        if case.commercial_partner_id:
            requests.append(Request("res.partner", "get_case_customer", [case.commercial_partner_id.ids],
                                    {"context": self.context}))
        return requests


def read_messages(env, screens: CaseScreens, case_id: int) -> Opened:
    """Read what was said on a case, as the form's own controller does."""
    from odoo.addons.mail.tools.discuss import Store  # found once Odoo knows its add-ons

    with env.registry.cursor() as cr:
        counted, started = cr.sql_log_count, time.perf_counter()
        user = Environment(cr, screens.user_id, screens.context)
        messages = user["mail.message"]._message_fetch(None, thread=user[MODEL].browse(case_id))["messages"]
        json.dumps(Store().add(messages).get_result(), default=json_default)
        spent, queries = time.perf_counter() - started, cr.sql_log_count - counted
        cr.rollback()
    return Opened(spent, queries, len(messages))
