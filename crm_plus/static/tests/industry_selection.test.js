import { describe, expect, test } from "@odoo/hoot";

import { CONFLICTS, EVERYTHING, linesOf, shownSections } from "@crm_plus/industry_templates/preview_filter";
import { isFree, PreviewSelection } from "@crm_plus/industry_templates/preview_selection";

import { ALL_FREE, makePreview, OCCASIONAL, OFFER, SAMPLE } from "./industry_preview_fixture";

describe.current.tags("headless");

describe("what is ticked", () => {
    const select = (earlier) => new PreviewSelection(makePreview().modules, earlier);
    const names = (items) => items.map(({ name }) => name);

    test("at first all that overwrites nothing", () => {
        const selection = select();
        expect(selection.itemIds).toEqual(ALL_FREE);
        expect(selection.overwriteArgument).toEqual({});
        expect(selection.counts).toEqual({ created: 4, changed: 2, overwritten: 0 });
    });

    test("what is needed and not there yet comes along, and goes with it", () => {
        const selection = select({ chosen: {}, overwrite: {} });
        expect(selection.itemIds).toEqual([]);
        const along = selection.toggle(selection.items[`${SAMPLE}/judged`], true);
        expect(names(along)).toEqual(["Sample has been sent", "Sample"]);
        expect(selection.itemIds).toEqual([SAMPLE, `${SAMPLE}/sent`, `${SAMPLE}/judged`]);
        const dropped = selection.toggle(selection.items[SAMPLE], false);
        expect(names(dropped)).toEqual(["Sample has been sent", "Sample has been judged"]);
        expect(selection.itemIds).toEqual([]);
    });

    test("what is only changed can be left out: what needs it is there", () => {
        const selection = select();
        expect(selection.toggle(selection.items["crm_plus/tiers/a"], false)).toEqual([]);
        expect(selection.itemIds).toInclude(`${SAMPLE}/judged`);
    });

    test("conflicts are overwritten field by field", () => {
        const selection = select();
        const item = selection.items[OCCASIONAL];
        selection.toggleField(item, "color", true);
        expect(selection.overwriteArgument).toEqual({ [OCCASIONAL]: ["color"] });
        expect(selection.isChosen(item)).toBe(true);
        selection.toggleField(item, "name", true);
        selection.toggleField(item, "color", false);
        expect(selection.overwriteArgument).toEqual({ [OCCASIONAL]: ["name"] });
        selection.toggleField(item, "name", false);
        expect(selection.overwriteArgument).toEqual({});
        expect(selection.isChosen(item)).toBe(false, { message: "nothing of it is left to write" });
    });

    test("an item with a free field stays ticked when its conflict is left alone", () => {
        const selection = select();
        const item = selection.items[OFFER];
        selection.toggleField(item, "name", true);
        selection.toggleField(item, "name", false);
        expect(selection.isChosen(item)).toBe(true);
        selection.toggleField(item, "name", true);
        selection.toggle(item, false);
        expect(selection.overwriteArgument).toEqual({});
    });

    test("ticking all never overwrites, unless all conflicts are chosen", () => {
        const selection = select({ chosen: {}, overwrite: {} });
        const items = Object.values(selection.items);
        selection.toggleAll(items, true);
        expect(selection.itemIds).toEqual(ALL_FREE);
        expect(selection.stateOf(items)).toBe("all");
        selection.toggleConflicts(items, true);
        expect(selection.overwriteArgument).toEqual({ [OCCASIONAL]: ["name", "color"], [OFFER]: ["name"] });
        selection.toggleConflicts(items, false);
        expect(selection.itemIds).toEqual(ALL_FREE);
        selection.toggle(items[0], false);
        expect(selection.stateOf(items)).toBe("some");
        selection.toggleAll(items, false);
        expect(selection.stateOf(items)).toBe("none");
        expect(selection.stateOf([selection.items[OCCASIONAL]])).toBe("", {
            message: "there is nothing to tick together",
        });
    });

    test("ticking an item that has conflicts alone chooses them", () => {
        const selection = select();
        const item = selection.items[OCCASIONAL];
        expect(isFree(item)).toBe(false);
        selection.toggle(item, true);
        expect(selection.overwriteArgument).toEqual({ [OCCASIONAL]: ["name", "color"] });
    });

    test("what was ticked before is ticked again, as far as it is there", () => {
        const selection = select({
            chosen: { [OFFER]: true, [OCCASIONAL]: true, "crm_plus/stages/gone": true, "crm_plus/tiers/b": true },
            overwrite: { [OCCASIONAL]: ["color", "gone"], "crm_plus/stages/gone": ["name"] },
        });
        expect(selection.itemIds).toEqual([OCCASIONAL, OFFER]);
        expect(selection.overwriteArgument).toEqual({ [OCCASIONAL]: ["color"] });
    });
});

describe("what is shown", () => {
    const states = { new: true, changed: true, conflict: true, same: false };
    const shown = (filter) =>
        shownSections(makePreview().modules, { place: EVERYTHING, states, query: "", ...filter }).map((section) => [
            section.id,
            section.shown.map(({ name }) => name),
        ]);

    test("everything but what is already so, and no empty section", () => {
        expect(shown({})).toEqual([
            ["crm_plus/tiers", ["Strategic", "Occasional"]],
            ["crm_plus/stages", ["Sample", "Sample has been sent", "Sample has been judged", "Offer"]],
            ["crm_plus_service/skills", ["Spills"]],
        ]);
    });

    test("one section, or the conflicts alone", () => {
        expect(shown({ place: "crm_plus/tiers" })).toEqual([["crm_plus/tiers", ["Strategic", "Occasional"]]]);
        expect(shown({ place: CONFLICTS, states: {} })).toEqual([
            ["crm_plus/tiers", ["Occasional"]],
            ["crm_plus/stages", ["Offer"]],
        ]);
    });

    test("all words looked for, in names and in values, whatever their case and accents", () => {
        expect(shown({ query: "SENT  sämple" })).toEqual([["crm_plus/stages", ["Sample has been sent"]]]);
        expect(shown({ query: "proposition" })).toEqual([["crm_plus/stages", ["Offer"]]]);
        expect(shown({ query: "nowhere" })).toEqual([]);
    });

    test("what is nested stands below", () => {
        const [stage, criterion] = [
            { id: SAMPLE, name: "Sample" },
            { id: `${SAMPLE}/sent`, name: "Sample › Sample has been sent" },
        ];
        expect(linesOf([stage, criterion])).toEqual([
            { item: stage, depth: 0, name: "Sample" },
            { item: criterion, depth: 1, name: "Sample has been sent" },
        ]);
        expect(linesOf([criterion])[0].name).toBe("Sample › Sample has been sent", {
            message: "alone it says what it belongs to",
        });
    });
});
