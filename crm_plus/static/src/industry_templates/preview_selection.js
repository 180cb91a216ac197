import { markRaw } from "@odoo/owl";

/** The fields of an item that are written without overwriting what somebody changed by hand. */
export const freeFields = (item) => item.fields.filter(({ state }) => ["new", "changed"].includes(state));

/** The fields that somebody changed by hand, or that other companies use too. */
export const conflictFields = (item) => item.fields.filter(({ state }) => state === "conflict");

/** Whether the item can be taken without overwriting anything. */
export const isFree = (item) =>
    item.state === "new" || (item.state !== "same" && freeFields(item).length > 0);

/**
 * What is ticked of a preview, and what that brings with it.
 *
 * At first all is ticked that overwrites nothing. A field in conflict is written only where it is
 * ticked itself. What needs something that is not there yet takes it along, and goes with it.
 */
export class PreviewSelection {
    /**
     * @param {Object[]} modules as `get_preview` gives them
     * @param {{chosen: Object, overwrite: Object}} [earlier] what was ticked before
     */
    constructor(modules, earlier) {
        // not watched: what there is to tick never changes, what is ticked does
        const items = modules.flatMap(({ sections }) => sections.flatMap((section) => section.items));
        this.items = markRaw(Object.fromEntries(items.map((item) => [item.id, item])));
        this.dependents = markRaw({});
        for (const item of items) {
            for (const id of item.needs) {
                (this.dependents[id] ||= []).push(item);
            }
        }
        this.chosen = {};
        this.overwrite = {};
        if (earlier) {
            this.restore(earlier);
        } else {
            this.toggleAll(Object.values(this.items), true);
        }
    }

    /** Tick what was ticked before, as far as it is still there to be ticked. */
    restore({ chosen, overwrite }) {
        for (const item of Object.values(this.items)) {
            if (chosen[item.id] && isFree(item)) {
                this.take(item);
            }
            for (const name of overwrite[item.id] || []) {
                if (conflictFields(item).some((field) => field.name === name)) {
                    this.toggleField(item, name, true);
                }
            }
        }
    }

    // -------------------------------------------------------------------------
    // Reading
    // -------------------------------------------------------------------------

    isChosen(item) {
        return Boolean(this.chosen[item.id]);
    }

    isOverwritten(item, name) {
        return Boolean(this.overwrite[item.id]?.includes(name));
    }

    /** How many of the items that can be ticked together are: "all", "some", "none", or "" of none. */
    stateOf(items) {
        const free = items.filter(isFree);
        const count = free.filter((item) => this.isChosen(item)).length;
        if (!free.length) {
            return "";
        }
        return count === free.length ? "all" : count ? "some" : "none";
    }

    get itemIds() {
        return Object.keys(this.items).filter((id) => this.chosen[id]);
    }

    /** The chosen conflicts, as the server wants them: `{item id: [field, …]}`. */
    get overwriteArgument() {
        return Object.fromEntries(
            Object.entries(this.overwrite).map(([id, names]) => [id, [...names]])
        );
    }

    /** How many items are made and changed, and how many values of somebody are overwritten. */
    get counts() {
        const chosen = this.itemIds.map((id) => this.items[id]);
        const created = chosen.filter(({ state }) => state === "new").length;
        const overwritten = Object.values(this.overwrite).reduce(
            (total, names) => total + names.length,
            0
        );
        return { created, changed: chosen.length - created, overwritten };
    }

    // -------------------------------------------------------------------------
    // Ticking
    // -------------------------------------------------------------------------

    /**
     * Tick an item or take its tick away.
     *
     * @returns {Object[]} the other items that are ticked or not because of it
     */
    toggle(item, isOn) {
        if (!isOn) {
            return this.leave(item);
        }
        if (!isFree(item)) {
            this.overwrite[item.id] = conflictFields(item).map(({ name }) => name);
        }
        return this.take(item);
    }

    /**
     * Tick all that overwrites nothing, or take all ticks away.
     *
     * @returns {Object[]} the other items that are ticked or not because of it
     */
    toggleAll(items, isOn) {
        const own = new Set(items.map(({ id }) => id));
        return items
            .filter((item) => !isOn || isFree(item))
            .flatMap((item) => (isOn ? this.take(item) : this.leave(item)))
            .filter(({ id }) => !own.has(id));
    }

    /** Choose the template's value of a field in conflict, or keep the present one. */
    toggleField(item, name, isOn) {
        const names = (this.overwrite[item.id] || []).filter((other) => other !== name);
        if (isOn) {
            this.overwrite[item.id] = [...names, name];
            return this.take(item);
        }
        if (names.length) {
            this.overwrite[item.id] = names;
            return [];
        }
        delete this.overwrite[item.id];
        return isFree(item) ? [] : this.leave(item);
    }

    /** Choose the template's values of all conflicts of the items, or keep the present ones. */
    toggleConflicts(items, isOn) {
        for (const item of items) {
            for (const { name } of conflictFields(item)) {
                this.toggleField(item, name, isOn);
            }
        }
    }

    /** Tick the item and, as far as it is not there yet, what it needs; returns what comes along. */
    take(item) {
        const along = [];
        const waiting = [item];
        while (waiting.length) {
            const next = waiting.pop();
            if (this.chosen[next.id]) {
                continue;
            }
            this.chosen[next.id] = true;
            if (next.id !== item.id) {
                along.push(next);
            }
            waiting.push(...this.missingFor(next));
        }
        return along;
    }

    /** What the item needs that the database does not have yet. */
    missingFor(item) {
        return item.needs.map((id) => this.items[id]).filter((needed) => needed?.state === "new");
    }

    /** Take away the item's tick and those of what needs it; returns what goes with it. */
    leave(item) {
        const dropped = [];
        const waiting = [item];
        while (waiting.length) {
            const next = waiting.pop();
            if (!this.chosen[next.id]) {
                continue;
            }
            delete this.chosen[next.id];
            delete this.overwrite[next.id];
            if (next.id !== item.id) {
                dropped.push(next);
            }
            if (next.state === "new") {
                waiting.push(...(this.dependents[next.id] || []));
            }
        }
        return dropped;
    }
}
