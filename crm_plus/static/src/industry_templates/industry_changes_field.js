import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Fields with their values before and afterwards: line by line in a list, as a table in a form. */
export class IndustryChangesField extends Component {
    static template = "crm_plus.IndustryChangesField";
    static props = { ...standardFieldProps, isTable: { type: Boolean, optional: true } };

    get changes() {
        return this.props.record.data[this.props.name] || [];
    }

    get wasThere() {
        return this.props.record.data.kind === "changed";
    }
}

registry.category("fields").add("crm_industry_changes", {
    component: IndustryChangesField,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "kind", type: "selection" }],
    extractProps: ({ options }) => ({ isTable: Boolean(options.table) }),
});
