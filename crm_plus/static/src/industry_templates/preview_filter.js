import { normalize } from "@web/core/l10n/utils/normalize";

import { conflictFields } from "./preview_selection";

/** What can be shown of a section: all of it, or what waits for a decision. */
export const EVERYTHING = "";
export const CONFLICTS = "conflicts";

export const sectionId = (module, section) => `${module.name}/${section.key}`;

const texts = new WeakMap();

/** All that is to be read of an item, as it is looked through; kept, for it is read at each letter. */
function textOf(item) {
    if (!texts.has(item)) {
        const values = item.fields.flatMap((field) => [field.label, field.old, field.new]);
        texts.set(item, normalize([item.name, ...values].filter(Boolean).join(" ")));
    }
    return texts.get(item);
}

/** Whether the item or what is to be written into it has all words of what is looked for. */
export const matches = (item, words) => words.every((word) => textOf(item).includes(word));

export const wordsOf = (query) => normalize(query).split(/\s+/).filter(Boolean);

/** The items as lines of a list: what belongs to an item that stands above is told by its own name. */
export function linesOf(items) {
    const lines = {};
    for (const item of items) {
        const above = lines[item.id.slice(0, item.id.lastIndexOf("/"))];
        const prefix = above && `${above.item.name} › `;
        lines[item.id] = {
            item,
            depth: above ? above.depth + 1 : 0,
            name: above && item.name.startsWith(prefix) ? item.name.slice(prefix.length) : item.name,
        };
    }
    return Object.values(lines);
}

/**
 * The sections and items that are shown.
 *
 * @param {Object[]} modules as `get_preview` gives them
 * @param {Object} filter
 * @param {string} filter.place `EVERYTHING`, `CONFLICTS` or the id of a section
 * @param {Object} filter.states `{new: boolean, changed: boolean, …}`
 * @param {string} filter.query words that an item must have
 * @returns {Object[]} sections with `id`, `items` (all of it) and `shown`, those without any left out
 */
export function shownSections(modules, { place, states, query }) {
    const words = wordsOf(query);
    const onlyConflicts = place === CONFLICTS;
    const isShown = (item) =>
        (onlyConflicts ? item.state === "conflict" : states[item.state]) && matches(item, words);
    return modules
        .flatMap((module) =>
            module.sections.map((section) => ({
                ...section,
                id: sectionId(module, section),
                moduleLabel: module.label,
                shown: section.items.filter(isShown),
            }))
        )
        .filter(({ id }) => [EVERYTHING, CONFLICTS, id].includes(place))
        .filter(({ shown }) => shown.length);
}

/** How many items there are of each state. */
export function countStates(modules) {
    const counts = { new: 0, changed: 0, conflict: 0, same: 0 };
    for (const module of modules) {
        for (const section of module.sections) {
            for (const [state, count] of Object.entries(section.counts)) {
                counts[state] += count;
            }
        }
    }
    return counts;
}

/** How many values of somebody are in conflict with the template's. */
export const countConflictFields = (items) =>
    items.reduce((total, item) => total + conflictFields(item).length, 0);
