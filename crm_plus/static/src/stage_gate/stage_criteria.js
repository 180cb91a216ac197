import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

/** Exit criteria with their ticks, and what can be done about those that are not met. */
export class StageCriteria extends Component {
    static template = "crm_plus.StageCriteria";
    static props = {
        criteria: { type: Array, element: Object },
        // what cannot be opened because one is looking at it is not offered
        inLead: { type: Boolean, optional: true },
        onMeet: { type: Function, optional: true },
        onDecide: { type: Function, optional: true },
    };

    /** What the button says that helps to meet the criterion; nothing where there is none. */
    meetLabel({ kind, document, met, approval }) {
        if (met || !this.props.onMeet) {
            return "";
        }
        if (kind === "approval") {
            if (approval && approval.state === "asked") {
                return "";
            }
            return approval ? _t("Ask again") : _t("Ask for approval");
        }
        if (kind === "activity") {
            return _t("Schedule");
        }
        if (kind === "document" && document !== "attachment") {
            return _t("Quotations");
        }
        return this.props.inLead ? "" : _t("Open");
    }

    approvalText({ approval }) {
        const { amount, state, by, date, reason } = approval;
        const text = {
            outdated: _t("Approved for %(amount)s by %(person)s on %(date)s: the amount has changed", {
                amount,
                person: by,
                date,
            }),
            asked: _t("%(person)s was asked on %(date)s", { person: by, date }),
            approved: _t("Approved by %(person)s on %(date)s", { person: by, date }),
            refused: _t("Refused by %(person)s on %(date)s", { person: by, date }),
        }[amount ? "outdated" : state];
        return reason ? `${text}: ${reason}` : text;
    }
}
