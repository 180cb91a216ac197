import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";

import { conflictFields } from "./preview_selection";

/** What a badge says of an item. */
export const stateNames = () => ({
    new: _t("New"),
    changed: _t("Changed"),
    conflict: _t("Your decision"),
    same: _t("Already so"),
});

export const STATE_CLASSES = {
    new: "text-bg-success",
    changed: "text-bg-info",
    conflict: "text-bg-warning",
    same: "text-bg-light",
};

/** One thing that the template brings: its tick, its state and, unfolded, field by field. */
export class PreviewItem extends Component {
    static template = "crm_plus.IndustryPreview.Item";
    static props = {
        item: Object,
        name: String,
        depth: Number,
        selection: Object,
        isOpen: Boolean,
        onToggle: Function,
        onToggleField: Function,
        onUnfold: Function,
        onOpenRecord: Function,
    };

    setup() {
        this.stateNames = stateNames();
    }

    get canTick() {
        return this.props.item.state !== "same";
    }

    get isChosen() {
        return this.props.selection.isChosen(this.props.item);
    }

    /** Some of what can be written is ticked, but not all of it. */
    get isPartly() {
        const { item } = this.props;
        return this.isChosen && conflictFields(item).some((field) => !this.isOverwritten(field));
    }

    get stateName() {
        return this.stateNames[this.props.item.state];
    }

    get stateClass() {
        return STATE_CLASSES[this.props.item.state];
    }

    /** Settings have no form of their own. */
    get canOpen() {
        return this.props.item.res_id && this.props.item.model !== "res.company";
    }

    get hasOld() {
        return this.props.item.state !== "new";
    }

    /** What a folded item says of itself: the one value that changes, else which fields do. */
    get summary() {
        const { item } = this.props;
        if (item.state === "new" || !item.fields.length) {
            return "";
        }
        if (item.fields.length > 1) {
            return formatList(item.fields.map(({ label }) => label));
        }
        const [field] = item.fields;
        const change = `${field.old || "–"} → ${field.new || "–"}`;
        return field.label === item.name ? change : `${field.label}: ${change}`;
    }

    isOverwritten(field) {
        return this.props.selection.isOverwritten(this.props.item, field.name);
    }
}
