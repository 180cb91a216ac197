import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";

import { depthOf } from "./preview_filter";
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
        selection: Object,
        isOpen: Boolean,
        isLocked: Boolean,
        onToggle: Function,
        onToggleField: Function,
        onUnfold: Function,
        onOpenRecord: Function,
    };

    setup() {
        this.stateNames = stateNames();
    }

    get depth() {
        return depthOf(this.props.item);
    }

    get canTick() {
        return this.props.item.state !== "same" && !this.props.isLocked;
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

    get hasOld() {
        return this.props.item.state !== "new";
    }

    /** What a folded item says of itself: which fields are concerned. */
    get summary() {
        const { item } = this.props;
        return item.state === "new" ? "" : formatList(item.fields.map(({ label }) => label));
    }

    isOverwritten(field) {
        return this.props.selection.isOverwritten(this.props.item, field.name);
    }
}
