import { Component, onWillStart, status, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** A group of companies: a line for each member with its figures, and their sum. */
export class GroupFigures extends Component {
    static template = "crm_plus.GroupFigures";
    static props = { partnerId: { type: [Number, Boolean] } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ group: null, failed: false });
        // not awaited: the form does not wait for the figures
        onWillStart(() => void this.load());
    }

    async load() {
        const { partnerId } = this.props;
        if (!partnerId) {
            return;
        }
        try {
            const group = await this.orm.silent.call("res.partner", "get_group_figures", [
                [partnerId],
            ]);
            if (status(this) !== "destroyed") {
                this.state.group = group;
            }
        } catch {
            this.state.failed = true;
        }
    }

    get hiddenText() {
        const { hidden } = this.state.group;
        return hidden === 1
            ? _t("One company of the group is left out: you may not see it.")
            : _t("%s companies of the group are left out: you may not see them.", hidden);
    }

    isBad({ key }, { values }) {
        return values[key] < 0 || (key === "overdue" && values[key] > 0);
    }

    /** The whole group, or one of its members. */
    async open(key, memberId = false) {
        const action = await this.orm.call("res.partner", "action_open_group_records", [
            [this.props.partnerId],
            key,
            memberId,
        ]);
        if (action) {
            await this.action.doAction(action);
        }
    }

    openMember(member) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: member.id,
            views: [[false, "form"]],
        });
    }
}

/** The group on the form of a key account. */
export class GroupFiguresWidget extends Component {
    static template = "crm_plus.GroupFiguresWidget";
    static components = { GroupFigures };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ partnerId: false });
        useRecordObserver((record) => {
            this.state.partnerId = record.data.partner_id?.id || false;
        });
    }
}

registry.category("view_widgets").add("crm_group_figures", {
    component: GroupFiguresWidget,
    additionalClasses: ["d-block", "w-100"],
    fieldDependencies: [{ name: "partner_id", type: "many2one" }],
});

/** The group on a page of its own, opened from a customer. */
export class GroupFiguresPage extends Component {
    static template = "crm_plus.GroupFiguresPage";
    static components = { GroupFigures, Layout };
    static props = { ...standardActionServiceProps };
    static path = "company-group";
    static displayName = _t("Group of Companies");

    get partnerId() {
        return this.props.action.context?.active_id || false;
    }
}

registry.category("actions").add("crm_plus.group_rollup", GroupFiguresPage);
