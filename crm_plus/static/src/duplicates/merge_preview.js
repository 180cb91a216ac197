import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** Stands for the values of all records, one below the other. */
const ALL = 0;

/**
 * Records side by side: which of them stays, and whose value stays of each field.
 */
export class MergePreview extends Component {
    static template = "crm_plus.MergePreview";
    static props = { ...standardFieldProps };

    setup() {
        this.ALL = ALL;
    }

    get preview() {
        return this.props.record.data[this.props.name] || { records: [], fields: [], links: [] };
    }

    get survivorId() {
        return this.props.record.data.survivor_id;
    }

    chosen(field) {
        return (this.props.record.data.choices || {})[field.name] ?? field.winner;
    }

    keep(recordId) {
        if (recordId !== this.survivorId) {
            return this.props.record.update({ survivor_id: recordId, choices: {} });
        }
    }

    choose(field, recordId) {
        const choices = { ...this.props.record.data.choices, [field.name]: recordId };
        return this.props.record.update({ choices });
    }
}

export const mergePreview = {
    component: MergePreview,
    supportedTypes: ["json"],
    fieldDependencies: [
        { name: "survivor_id", type: "integer" },
        { name: "choices", type: "json" },
    ],
};

registry.category("fields").add("crm_merge_preview", mergePreview);
