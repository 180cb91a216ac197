from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    case_count = fields.Integer(
        string="Cases",
        compute="_compute_case_count",
        groups="crm_plus.group_user",
        help="Cases of this contact; of a company, those of all its contacts.",
    )

    def _compute_case_count(self):
        cases = self.env["service.case"]
        by_contact = dict(
            cases._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        )
        companies = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        by_company = dict(
            cases._read_group(
                [("commercial_partner_id", "in", companies.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            counts = by_company if partner in companies else by_contact
            partner.case_count = counts.get(partner._origin, 0)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_cases(self):
        """Open the cases of the contact, of a company those of all its contacts."""
        self.ensure_one()
        return self._case_action(self.env._("Cases of %s", self.display_name))

    def action_new_case(self):
        """Open the form of a new case of the contact."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Case"),
            "res_model": "service.case",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.id},
        }

    def _case_action(self, name, domain=()):
        """Return the action that lists the partner's cases within ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus_service.service_case_action"
        )
        is_company = self == self.commercial_partner_id
        field = "commercial_partner_id" if is_company else "partner_id"
        action["display_name"] = name
        action["domain"] = [(field, "=", self.id), *domain]
        action["context"] = {"default_partner_id": self.id}
        action["view_mode"] = "list,kanban,form"
        action["views"] = [(False, "list"), (False, "kanban"), (False, "form")]
        return action

    # ------------------------------------------------------------
    # CUSTOMER 360
    # ------------------------------------------------------------

    def _get_case_figures(self):
        """Return the number of open cases and of overdue ones in the ticked companies."""
        cases = self.env["service.case"]
        if not cases.has_access("read"):
            return None
        open_cases = [
            ("commercial_partner_id", "=", self.id),
            ("closed_date", "=", False),
            ("company_id", "in", self.env.companies.ids),
        ]
        overdue = [*open_cases, ("sla_state", "=", "overdue")]
        return cases.search_count(open_cases), cases.search_count(overdue)

    def _customer_360_figures(self):
        figures = super()._customer_360_figures()
        counts = self._get_case_figures()
        if counts is None:
            return figures
        open_count, overdue_count = counts
        companies = ("company_id", "in", self.env.companies.ids)
        open_domain = [("closed_date", "=", False), companies]
        return figures + [
            {
                "key": "open_cases",
                "group": "service",
                "label": self.env._("Open cases"),
                "display": str(open_count),
                "value": open_count,
                "hint": (
                    self.env._("%s overdue", overdue_count)
                    if overdue_count
                    else self.env._("none overdue") if open_count else False
                ),
                "tone": "danger" if overdue_count else False if open_count else "muted",
                "action": self._case_action(self.env._("Open cases"), open_domain),
                "help": self.env._(
                    "Cases of this customer that are not closed yet. Overdue ones have passed "
                    "the time that their team promised."
                ),
            }
        ]

    def _customer_360_highlights(self):
        highlights = super()._customer_360_highlights()
        overdue_count = (self._get_case_figures() or (0, 0))[1]
        if not overdue_count:
            return highlights
        domain = [
            ("sla_state", "=", "overdue"),
            ("company_id", "in", self.env.companies.ids),
        ]
        text = (
            self.env._("One case is overdue.")
            if overdue_count == 1
            else self.env._("%s cases are overdue.", overdue_count)
        )
        return highlights + [
            {
                "key": "overdue_cases",
                "text": text,
                "tone": "danger",
                "action": self._case_action(self.env._("Overdue cases"), domain),
            }
        ]
