import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, useState } from "@odoo/owl";

const SHOWN = 6;

/**
 * The customer of a case in a strip: tier, what to know first, and a few figures.
 *
 * Read when the form shows another customer; each figure opens what is behind it, the name opens
 * the Customer 360 page.
 */
export class CaseCustomer extends Component {
    static template = "crm_plus_service.CaseCustomer";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ customer: null });
        useRecordObserver((record) => {
            const customerId = record.data.commercial_partner_id?.id;
            if (customerId !== this.customerId) {
                this.customerId = customerId;
                this.state.customer = null;
                if (customerId) {
                    // not awaited: the form does not wait for the strip
                    this.load(customerId);
                }
            }
        });
    }

    async load(customerId) {
        try {
            const customer = await this.orm.silent.call("res.partner", "get_case_customer", [
                [customerId],
            ]);
            if (customerId === this.customerId) {
                this.state.customer = customer;
            }
        } catch {
            // who may not see the customer works on the case without the strip
            this.state.customer = null;
        }
    }

    get figures() {
        return this.state.customer.figures.slice(0, SHOWN);
    }

    openAction(action) {
        return action && this.action.doAction(action);
    }

    openCustomer() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: this.state.customer.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("service_case_customer", {
    component: CaseCustomer,
    additionalClasses: ["d-block", "w-100"],
    fieldDependencies: [{ name: "commercial_partner_id", type: "many2one" }],
});
