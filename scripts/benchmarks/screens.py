"""What the web client asks of the server when a list or a board is opened.

Which fields it reads is taken from the views as the user gets them, as the client itself does (``getFieldsSpec`` and the
fields that its widgets add).
"""

import json
import time
from typing import NamedTuple

from lxml import etree

from odoo.api import Environment
from odoo.service.model import call_kw
from odoo.tools.json import json_default
from odoo.tools.safe_eval import safe_eval

#: The client's own limits: records of a list or a column, and how far it counts.
LIST_LIMIT, COLUMN_LIMIT, SUB_LIMIT, COUNT_LIMIT = 80, 40, 40, 10_001
#: Fields that widgets read of the records that a field refers to, or beside a field.
TAGS = "many2many_tags"
ACTIVITY = ("activity_exception_decoration", "activity_exception_icon", "activity_state", "activity_summary",
            "activity_type_icon", "activity_type_id")
BESIDE = {"list_activity": ACTIVITY, "kanban_activity": ACTIVITY}
INVISIBLE = ("1", "True")


class Request(NamedTuple):
    """A call by the client: a method with its arguments."""

    model: str
    method: str
    args: list
    kwargs: dict


class Screens:
    """The requests with which a user opens views of a model.

    :param views: by kind the id of a view, False for the model's own
    """

    def __init__(self, env, user_id: int, model: str, views: dict[str, int | bool]):
        self.user_id, self.model = user_id, model
        self.context = {"lang": "en_US", "tz": "UTC", "uid": user_id, "allowed_company_ids": env.company.ids}
        self.env = Environment(env.cr, user_id, self.context)
        views = self.env[model].get_views([(view, kind) for kind, view in views.items()])
        self.fields = {model: info["fields"] for model, info in views["models"].items()}
        self.arches = {kind: etree.fromstring(view["arch"]) for kind, view in views["views"].items()}

    # -- views

    def open_list(self, domain: list) -> list[Request]:
        return [Request(self.model, "web_search_read", [], {
            "domain": domain, "specification": self._specification(self.arches["list"]), "offset": 0, "order": "",
            "limit": LIST_LIMIT, "count_limit": COUNT_LIMIT, "context": {**self.context, "bin_size": True},
        })]

    def open_kanban(self, domain: list) -> list[Request]:
        board = self.arches["kanban"]
        requests = [Request(self.model, "web_read_group", [domain, [board.get("default_group_by")], []], {
            "offset": 0, "order": "", "auto_unfold": True, "opening_info": [],
            "unfold_read_specification": self._specification(board), "unfold_read_default_limit": COLUMN_LIMIT,
            "groupby_read_specification": {}, "context": {**self.context, "read_group_expand": True},
        })]
        bar = board.find("progressbar")
        if bar is not None:
            requests.append(Request(self.model, "read_progress_bar", [], {
                "domain": domain, "group_by": board.get("default_group_by"), "context": self.context,
                "progress_bar": {"field": bar.get("field"), "colors": json.loads(bar.get("colors"))},
            }))
        return requests

    def saved(self, action: str) -> list:
        """Return the domain with which a menu opens the cases: that of the filters that its action ticks."""
        context = safe_eval(self.env.ref(action).sudo().context, {"uid": self.user_id})
        parts = [
            safe_eval(self.arches["search"].find(f".//filter[@name='{name.removeprefix('search_default_')}']")
                      .get("domain"), {"uid": self.user_id})
            for name, wanted in context.items() if name.startswith("search_default_") and wanted
        ]
        return [part for domain in parts for part in domain]

    # -- what is read

    def _specification(self, arch, model: str = "") -> dict:
        """Return what the client reads for a view: the fields, and what of the records that they refer to."""
        model = model or self.model
        specification = {}
        for node in arch.iterfind(".//field"):
            if _is_in_sub_view(node, arch):
                continue
            name, info = node.get("name"), self.fields[model].get(node.get("name"))
            if info is None:
                continue
            wanted = self._related(node, info)
            if name not in specification or wanted:
                specification[name] = wanted
            specification.update(dict.fromkeys(
                (it for it in BESIDE.get(node.get("widget"), ()) if it not in specification), {}))
        return specification

    def _related(self, node, info: dict) -> dict:
        is_invisible = node.get("invisible") in INVISIBLE or node.get("column_invisible") in INVISIBLE
        if info["type"] == "many2one":
            return {"fields": {} if is_invisible else {"display_name": {}}}
        if info["type"] not in ("one2many", "many2many") or is_invisible:
            return {}
        if node.get("widget") == TAGS:
            color = safe_eval(node.get("options") or "{}").get("color_field")
            return {"fields": {"display_name": {}, **({color: {}} if color else {})}}
        sub_view = next((child for child in node if child.tag in ("list", "kanban")), None)
        if sub_view is None:
            return {}
        return {"fields": self._specification(sub_view, info["relation"]), "limit": SUB_LIMIT}


def _is_in_sub_view(node, arch) -> bool:
    parent = node.getparent()
    while parent is not arch:
        if parent.tag == "field":
            return True
        parent = parent.getparent()
    return False


class Opened(NamedTuple):
    """What opening a view took, and how much it showed."""

    seconds: float
    queries: int
    shown: int


def opened(env, screens: Screens, requests: list[Request]) -> Opened:
    """Make the requests one by one, each in a transaction of its own with nothing kept but what Odoo keeps."""
    seconds = queries = shown = 0
    for number, request in enumerate(requests):
        with env.registry.cursor() as cr:
            counted, started = cr.sql_log_count, time.perf_counter()
            model = Environment(cr, screens.user_id, {})[request.model]
            answer = call_kw(model, request.method, request.args, dict(request.kwargs))
            text = json.dumps(answer, default=json_default)
            seconds += time.perf_counter() - started
            queries += cr.sql_log_count - counted
            cr.rollback()
        if not number:
            shown = _count(answer) if text else 0
    return Opened(seconds, queries, shown)


def _count(answer) -> int:
    """Return how many records an answer shows."""
    if isinstance(answer, dict) and "groups" in answer:
        return sum(len(group.get("__records", ())) for group in answer["groups"])
    return len(answer["records"] if isinstance(answer, dict) else answer)
