import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { isVisible } from "@web/core/utils/ui";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, useRef } from "@odoo/owl";

const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve()));

/** How complete a record is, and what is missing: a click leads to the field. */
export class QualityField extends Component {
    static template = "crm_plus.QualityField";
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("root");
        this.notification = useService("notification");
    }

    get problems() {
        return this.props.record.data[this.props.name] || [];
    }

    get score() {
        return this.props.record.data.quality_score;
    }

    get tone() {
        if (this.score >= 80) {
            return "success";
        }
        return this.score >= 50 ? "warning" : "danger";
    }

    /** Put the cursor into a field, on whichever page of the form it is. */
    async goTo(name) {
        const form = this.root.el.closest(".o_form_view");
        const find = () =>
            [...form.querySelectorAll(`.o_field_widget[name="${name}"]`)].find(isVisible);
        const tabs = [...form.querySelectorAll(".o_notebook_headers .nav-link")];
        const opened = tabs.find((tab) => tab.classList.contains("active"));
        let field = find();
        for (const tab of field ? [] : tabs) {
            tab.click();
            await frame();
            field = find();
            if (field) {
                break;
            }
        }
        if (!field) {
            opened?.click();
            this.notification.add(_t("This field is not on the form."), { type: "warning" });
            return;
        }
        field.scrollIntoView({ block: "center" });
        field.querySelector("input, textarea, select, [contenteditable='true']")?.focus();
    }
}

registry.category("fields").add("crm_plus_quality", {
    component: QualityField,
    displayName: _t("Quality"),
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "quality_score", type: "integer" }],
});
