import { Component, markRaw, onWillStart, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { IndustryUndoDialog } from "./industry_undo_dialog";
import { PreviewItem, stateNames } from "./preview_item";
import { CONFLICTS, countStates, EVERYTHING, linesOf, sectionId, shownSections } from "./preview_filter";
import { conflictFields, PreviewSelection } from "./preview_selection";

/** So many names are told of what comes along with a tick. */
const NAMED = 5;

/**
 * What an industry template would create and change in this company, to be ticked and applied.
 *
 * Nothing is written before "Apply"; what somebody has changed by hand is overwritten only where
 * that is ticked field by field.
 */
export class IndustryPreview extends Component {
    static template = "crm_plus.IndustryPreview";
    static components = { Layout, PreviewItem };
    static props = { ...standardActionServiceProps };
    static path = "industry-preview";
    static displayName = _t("Preview of an Industry Template");

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.content = useRef("content");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.EVERYTHING = EVERYTHING;
        this.CONFLICTS = CONFLICTS;
        this.linesOf = linesOf;
        this.stateNames = stateNames();
        const earlier = this.props.state || {};
        this.filter = useState({
            place: EVERYTHING,
            query: "",
            states: { new: true, changed: true, conflict: true, same: false },
            ...earlier.filter,
        });
        this.earlierTicks = earlier.ticks;
        this.state = useState({
            phase: "reading",
            failure: null,
            preview: null,
            selection: null,
            languages: { ...earlier.languages },
            unfolded: {},
            isPartsOpen: false,
            notice: "",
            result: null,
        });
        useSetupAction({
            getLocalState: () => ({
                filter: { ...this.filter, states: { ...this.filter.states } },
                languages: { ...this.state.languages },
                ticks: this.ticks,
            }),
        });
        // not awaited: the page stands while the database is compared
        onWillStart(() => void this.load());
    }

    // -------------------------------------------------------------------------
    // Reading and writing
    // -------------------------------------------------------------------------

    get templateId() {
        const { context, params } = this.props.action;
        return Number(params?.template_id || context?.active_id) || false;
    }

    get ticks() {
        const { selection } = this.state;
        return selection && { chosen: { ...selection.chosen }, overwrite: selection.overwriteArgument };
    }

    /** Compare the template with the database; what was ticked stays ticked. */
    async load() {
        if (!this.templateId) {
            // an address that names none
            return this.openTemplates();
        }
        const ticks = this.ticks || this.earlierTicks;
        Object.assign(this.state, { phase: "reading", failure: null, notice: "", result: null });
        try {
            const preview = await this.keepLast.add(
                this.orm.silent.call("crm.industry.template", "get_preview", [[this.templateId]])
            );
            Object.assign(this.state, {
                phase: "preview",
                preview: markRaw(preview),
                selection: new PreviewSelection(preview.modules, ticks),
            });
            this.env.config.setDisplayName(_t("Preview: %s", preview.template.name));
        } catch (error) {
            this.fail(error);
        }
    }

    async apply() {
        const { preview, selection } = this.state;
        Object.assign(this.state, { phase: "applying", failure: null, notice: "" });
        try {
            const result = await this.orm.silent.call("crm.industry.template", "apply_template", [
                [preview.template.id],
                selection.itemIds,
                selection.overwriteArgument,
                this.newLanguages.map(({ code }) => code),
                preview.fingerprint,
            ]);
            Object.assign(this.state, { phase: "done", result, selection: null });
            this.earlierTicks = undefined;
        } catch (error) {
            this.fail(error);
        }
    }

    /** Say why it did not work; what there was to see stays. */
    fail(error) {
        Object.assign(this.state, {
            phase: this.state.selection ? "preview" : "unread",
            failure:
                error.data?.message || _t("The server could not be reached. Try again in a moment."),
        });
        this.scrollUp();
    }

    // -------------------------------------------------------------------------
    // What the template shows
    // -------------------------------------------------------------------------

    get hasProblems() {
        return this.state.preview.problems.length > 0;
    }

    get stateCounts() {
        return countStates(this.state.preview.modules);
    }

    get stateFilters() {
        const counts = this.stateCounts;
        return Object.entries(this.stateNames)
            .map(([key, name]) => ({ key, name, count: counts[key] }))
            .filter(({ count }) => count);
    }

    get isNothingToDo() {
        const counts = this.stateCounts;
        return !counts.new && !counts.changed && !counts.conflict;
    }

    /** The modules with their sections, as the list on the left shows them. */
    get places() {
        return this.state.preview.modules
            .map((module) => ({
                ...module,
                items: module.sections.flatMap((section) => section.items),
                sections: module.sections
                    .filter((section) => section.items.length)
                    .map((section) => ({ ...section, id: sectionId(module, section) })),
            }))
            .filter((module) => module.sections.length);
    }

    get allItems() {
        return this.places.flatMap((module) => module.items);
    }

    get sections() {
        return shownSections(this.state.preview.modules, this.filter);
    }

    /** The add-ons that the template has a part for, but that are not installed. */
    get missingModules() {
        const missing = this.state.preview.template.modules.filter(({ installed }) => !installed);
        return missing.length ? formatList(missing.map(({ label }) => label)) : "";
    }

    get offeredLanguages() {
        return this.state.preview.languages.filter((language) => language.in_template && !language.active);
    }

    get activeLanguages() {
        const active = this.state.preview.languages.filter((language) => language.in_template && language.active);
        return formatList(active.map(({ name }) => name));
    }

    get newLanguages() {
        return this.offeredLanguages.filter(({ code }) => this.state.languages[code]);
    }

    get canApply() {
        return (
            this.state.phase === "preview" &&
            !this.hasProblems &&
            this.state.selection.itemIds.length + this.newLanguages.length > 0
        );
    }

    /** What "Apply" would do, in one sentence. */
    get promise() {
        const { created, changed, overwritten } = this.state.selection.counts;
        const parts = [
            created && _t("%s new", created),
            changed && _t("%s changed", changed),
            overwritten && _t("%s overwritten", overwritten),
        ].filter(Boolean);
        return parts.length ? _t("Ticked: %s.", formatList(parts)) : _t("Nothing is ticked.");
    }

    get languagePromise() {
        const names = this.newLanguages.map(({ name }) => name);
        return names.length ? _t("Adds to this database: %s.", formatList(names)) : "";
    }

    tickLabel(label) {
        return _t("All of %s", label);
    }

    /** At first that is unfolded which has to be decided, or changes in more than one place. */
    isOpen(item) {
        const wantsLook =
            item.state === "conflict" || (item.state === "changed" && item.fields.length > 1);
        return this.state.unfolded[item.id] ?? wantsLook;
    }

    get isAllOpen() {
        return this.sections.every(({ shown }) => shown.every((item) => this.isOpen(item)));
    }

    conflictsOf(section) {
        return section.shown.filter((item) => conflictFields(item).length);
    }

    // -------------------------------------------------------------------------
    // What the reader does
    // -------------------------------------------------------------------------

    show(place) {
        this.filter.place = place;
        this.state.isPartsOpen = false;
        this.scrollUp();
    }

    toggleState(state) {
        this.filter.states[state] = !this.filter.states[state];
    }

    chooseLanguage(code, isOn) {
        this.state.languages[code] = isOn;
    }

    toggle(item, isOn) {
        this.tell(this.state.selection.toggle(item, isOn), isOn);
    }

    toggleAll(items, isOn) {
        this.tell(this.state.selection.toggleAll(items, isOn), isOn);
    }

    toggleField(item, name, isOn) {
        this.tell(this.state.selection.toggleField(item, name, isOn), isOn);
    }

    toggleConflicts(section, isOn) {
        this.state.selection.toggleConflicts(this.conflictsOf(section), isOn);
    }

    scrollUp() {
        // on a small screen all of the page scrolls
        for (const scrolled of [".o_content", ".o_action"]) {
            this.content.el?.closest(scrolled)?.scrollTo({ top: 0 });
        }
    }

    /** Say what else a tick has ticked, so that nobody wonders. */
    tell(others, isOn) {
        const names = others.slice(0, NAMED).map(({ name }) => name);
        if (others.length > NAMED) {
            names.push(_t("%s more", others.length - NAMED));
        }
        const values = { names: formatList(names) };
        this.state.notice = !others.length
            ? ""
            : isOn
              ? _t("Ticked as well, because it is needed: %(names)s.", values)
              : _t("No longer ticked either, because it needs this: %(names)s.", values);
    }

    unfold(item, isOpen) {
        this.state.unfolded[item.id] = isOpen;
    }

    unfoldAll(isOpen) {
        for (const { shown } of this.sections) {
            for (const item of shown) {
                this.unfold(item, isOpen);
            }
        }
    }

    /** Go through the list with the arrow keys: up and down among items, right and left unfold. */
    onKeydown(ev) {
        const row = ev.target.closest(".o_industry_row");
        const kind = [".o_industry_tick", ".o_industry_name"].find((name) => ev.target.matches(name));
        if (!row || !kind || ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        const isOpen = { ArrowRight: true, ArrowLeft: false }[ev.key];
        if (step) {
            const all = [...this.content.el.querySelectorAll(`.o_industry_list ${kind}:enabled`)];
            all[all.indexOf(ev.target) + step]?.focus();
        } else if (isOpen !== undefined) {
            const { item } = row.closest("[data-item]").dataset;
            this.state.unfolded[item] = isOpen;
        } else {
            return;
        }
        ev.preventDefault();
    }

    // -------------------------------------------------------------------------
    // Going elsewhere
    // -------------------------------------------------------------------------

    openRecord(item) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: item.model,
            res_id: item.res_id,
            views: [[false, "form"]],
        });
    }

    openJournal() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.industry.application",
            res_id: this.state.result.application_id,
            views: [[false, "form"]],
        });
    }

    openTemplates() {
        return this.action.doAction("crm_plus.crm_industry_template_action", { clearBreadcrumbs: true });
    }

    undo() {
        this.dialog.add(IndustryUndoDialog, {
            applicationId: this.state.result.application_id,
            onUndone: () => this.load(),
        });
    }
}

registry.category("actions").add("crm_plus_industry_preview", IndustryPreview);
