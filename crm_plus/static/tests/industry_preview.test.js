import { describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { getDefaultConfig } from "@web/views/view";
import {
    allowTranslations,
    contains,
    makeDialogMockEnv,
    makeMockEnv,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { IndustryPreview } from "@crm_plus/industry_templates/industry_preview";
import { IndustryUndoDialog } from "@crm_plus/industry_templates/industry_undo_dialog";

import { ALL_FREE, makePreview, OCCASIONAL, OFFER, SAMPLE } from "./industry_preview_fixture";

describe.current.tags("headless");
defineMailModels();

/** Mount the page; `server` says what it is answered, `seen` what it asked for. */
async function mountPage(server = {}) {
    allowTranslations();
    const seen = { applied: [], done: [] };
    onRpc("crm.industry.template", "get_preview", ({ args }) => {
        seen.asked = args;
        if (server.refusal) {
            throw makeServerError({ message: server.refusal, type: "UserError" });
        }
        return server.preview || makePreview();
    });
    onRpc("crm.industry.template", "apply_template", async ({ args }) => {
        seen.applied.push(args);
        await server.wait;
        if (server.applyRefusal) {
            throw makeServerError({ message: server.applyRefusal, type: "UserError" });
        }
        return server.result || { application_id: 12, created: 4, changed: 2, skipped: 1 };
    });
    mockService("action", { doAction: (action) => seen.done.push(action) });
    await makeMockEnv({ config: getDefaultConfig() });
    await mountWithCleanup(IndustryPreview, {
        props: { action: { context: server.context || { active_id: 3 } }, actionId: 1, className: "" },
    });
    await animationFrame();
    return seen;
}

const ITEM = (id) => `.o_industry_item[data-item='${id}']`;

describe("the page", () => {
    test("shows what would happen, and applies what is ticked", async () => {
        const wait = new Deferred();
        const seen = await mountPage({ wait });
        expect(seen.asked).toEqual([[3]]);
        expect("header h1").toHaveText(/Chemicals/);
        expect("[data-notice=modules]").toHaveText(/CRM\+ Customer Value/);
        expect(".o_industry_promise strong").toHaveText("Ticked: 4 new and 2 changed.");
        await contains(`${ITEM("crm_plus_service/skills/spills")} .o_industry_tick`).uncheck();
        await contains("input[name=language_ko_KR]").check();
        expect(".o_industry_promise").toHaveText(/Adds to this database: Korean\./);
        await contains("button[name=apply]").click();
        expect(".progress").toHaveCount(1);
        expect("button[name=apply]").not.toBeEnabled();
        expect(seen.applied).toEqual([
            [[3], ALL_FREE.filter((id) => !id.includes("spills")), {}, ["ko_KR"], "f1"],
        ]);
        wait.resolve();
        await animationFrame();
        expect("[data-result=created]").toHaveText("4 created");
        expect("[data-result=skipped]").toHaveText("1 left, in whole or in part, as they were: your decision");
        await contains("button[name=journal]").click();
        expect(seen.done[0].res_model).toBe("crm.industry.application");
        expect(seen.done[0].res_id).toBe(12);
    });

    test("old and new stand side by side; a conflict is overwritten when it is ticked", async () => {
        const seen = await mountPage();
        const color = `${ITEM(OCCASIONAL)} tr[data-field=color]`;
        expect(queryAllTexts(`${color} .o_industry_value`)).toEqual(["3", "5\nOverwrite with the template's value"]);
        expect(`${ITEM(OCCASIONAL)} .o_industry_shared`).toHaveText("shared by all companies");
        expect(`${ITEM(OCCASIONAL)} .o_industry_tick`).not.toBeChecked();
        await contains(`${color} input`).check();
        expect(`${ITEM(OCCASIONAL)} .o_industry_tick`).toBeChecked({ indeterminate: true });
        expect(".o_industry_promise strong").toHaveText("Ticked: 4 new, 3 changed, and 1 overwritten.");
        await contains("button[name=apply]").click();
        expect(seen.applied[0][2]).toEqual({ [OCCASIONAL]: ["color"] });
    });

    test("a tick says what it takes along", async () => {
        await mountPage();
        await contains(`${ITEM(SAMPLE)} .o_industry_tick`).uncheck();
        expect("[data-notice=along]").toHaveText(
            "No longer ticked either, because it needs this: Sample has been sent and Sample has been judged."
        );
        expect(`${ITEM(`${SAMPLE}/judged`)} .o_industry_tick`).not.toBeChecked();
        await contains(`${ITEM(`${SAMPLE}/sent`)} .o_industry_tick`).check();
        expect("[data-notice=along]").toHaveText("Ticked as well, because it is needed: Sample.");
    });

    test("ticks of sections, add-ons and all of it say whether all, some or none is ticked", async () => {
        await mountPage();
        const everything = ".o_industry_place:has([data-place=everything]) input";
        const skills = ".o_industry_place:has([data-place='crm_plus_service/skills']) input";
        expect(everything).toBeChecked();
        await contains(skills).uncheck();
        expect(everything).toBeChecked({ indeterminate: true });
        await contains(everything).check();
        expect(skills).toBeChecked();
        await contains(everything).uncheck();
        expect(".o_industry_item .o_industry_tick:checked").toHaveCount(0);
        expect("button[name=apply]").not.toBeEnabled();
        expect(".o_industry_promise strong").toHaveText("Nothing is ticked.");
    });

    test("one goes to a section, to what waits for a decision, and looks for words", async () => {
        await mountPage();
        await contains("[data-place=conflicts]").click();
        expect(queryAllTexts(".o_industry_name")).toEqual(["Occasional", "Offer"]);
        await contains("[data-place='crm_plus/tiers']").click();
        expect(queryAllTexts(".o_industry_name")).toEqual(["Strategic", "Occasional"]);
        await contains("button[name=show_same]").click();
        expect(`${ITEM("crm_plus/tiers/b")} .o_industry_tick`).not.toBeEnabled();
        await contains(".o_industry_search input").edit("nowhere", { confirm: false });
        expect(".o_industry_item").toHaveCount(0);
        expect(".o_industry_list").toHaveText(/Nothing of the template is like that/);
    });

    test("the list is gone through with the keyboard", async () => {
        await mountPage();
        const name = (id) => `${ITEM(id)} .o_industry_name`;
        expect(`${ITEM("crm_plus/tiers/a")} .o_industry_summary`).toHaveText("Name: A → Strategic");
        await contains(name("crm_plus/tiers/a")).focus();
        await press("ArrowRight");
        await animationFrame();
        expect(`${ITEM("crm_plus/tiers/a")} .o_industry_fields`).toHaveCount(1);
        await press("ArrowLeft");
        await animationFrame();
        expect(`${ITEM("crm_plus/tiers/a")} .o_industry_fields`).toHaveCount(0);
        await press("ArrowDown");
        expect(name(OCCASIONAL)).toBeFocused();
        await press("ArrowUp");
        expect(name("crm_plus/tiers/a")).toBeFocused();
    });

    test("a template with problems is not applied, and says what to do", async () => {
        const problem = { file: "crm_plus.json", key: "stages/offer", message: "No such field.", remedy: "Remove it." };
        await mountPage({ preview: makePreview({ problems: [problem], modules: [], fingerprint: "" }) });
        expect(queryAllTexts(".o_industry_problems td")).toEqual(Object.values(problem));
        expect("button[name=apply]").not.toBeEnabled();
        expect(".o_industry_columns").toHaveCount(0);
    });

    test("choosing a part folds the list of parts, which covers a narrow screen", async () => {
        await mountPage();
        expect(".o_industry_places").not.toHaveClass("o_industry_unfolded");
        // shown on narrow screens alone
        queryOne("button[name=parts]").click();
        await animationFrame();
        expect(".o_industry_places").toHaveClass("o_industry_unfolded");
        await contains("[data-place='crm_plus/stages']").click();
        expect(".o_industry_places").not.toHaveClass("o_industry_unfolded");
        expect(queryAllTexts(".o_industry_section h3")).toEqual(["Stages"]);
    });

    test("an address that names no template leads to all of them", async () => {
        const seen = await mountPage({ context: {} });
        expect(seen.done).toEqual(["crm_plus.crm_industry_template_action"]);
        expect(seen.asked).toBe(undefined);
    });

    test("where nothing had to be written there is nothing to undo", async () => {
        await mountPage({ result: { application_id: false, created: 0, changed: 0, skipped: 0 } });
        await contains("button[name=apply]").click();
        await animationFrame();
        expect("[data-result=created]").toHaveText("0 created");
        expect("[data-result=skipped], button[name=undo], button[name=journal]").toHaveCount(0);
    });

    test("a refusal is said, and what was ticked stays", async () => {
        await mountPage({ applyRefusal: "The database has changed. Read the preview again." });
        expect(`${ITEM(OFFER)} .o_industry_tick`).toBeChecked({ indeterminate: true });
        await contains(`${ITEM(OFFER)} .o_industry_tick`).click();
        await contains("button[name=apply]").click();
        expect(".alert-danger[role=alert]").toHaveText(/Read the preview again/);
        expect(`${ITEM(OFFER)} .o_industry_tick`).not.toBeChecked({ indeterminate: true });
        await contains(".alert-danger button").click();
        await animationFrame();
        expect(".alert-danger").toHaveCount(0);
        expect(`${ITEM(OFFER)} .o_industry_tick`).not.toBeChecked({ indeterminate: true });
    });

    test("a preview that cannot be read says so, and is read again", async () => {
        const server = { refusal: "You may not do that." };
        await mountPage(server);
        expect(".alert-danger").toHaveText(/You may not do that/);
        delete server.refusal;
        await contains(".alert-danger button").click();
        await animationFrame();
        expect("header h1").toHaveText(/Chemicals/);
    });

    test("where everything is already so there is nothing to apply", async () => {
        const preview = makePreview();
        preview.modules = [preview.modules[0]];
        preview.modules[0].sections.length = 1;
        const [tiers] = preview.modules[0].sections;
        Object.assign(tiers, {
            items: tiers.items.filter(({ state }) => state === "same"),
            counts: { new: 0, changed: 0, conflict: 0, same: 1 },
        });
        await mountPage({ preview });
        expect(".o_industry_nothing").toHaveText(/Everything is as the template says/);
        expect("button[name=apply]").not.toBeEnabled();
    });
});

describe("undoing", () => {
    const PREVIEW = {
        returned: [{ name: "Strategic", section: "Customer Tiers", fields: ["Name", "Color"] }],
        removed: [{ name: "Sample", section: "Stages" }],
        kept: [{ name: "Spills", section: "Skills", reason: "Used by 2 agents" }],
    };

    async function mountDialog(server) {
        allowTranslations();
        const seen = { undone: [], told: [], closed: 0, reloaded: 0 };
        onRpc("crm.industry.application", "get_undo_preview", () => server.preview);
        onRpc("crm.industry.application", "action_undo", ({ args }) => {
            if (server.refusal) {
                throw makeServerError({ message: server.refusal, type: "UserError" });
            }
            seen.undone.push(args);
            return args[0];
        });
        mockService("notification", { add: (message) => seen.told.push(String(message)) });
        await makeDialogMockEnv();
        await mountWithCleanup(IndustryUndoDialog, {
            props: {
                applicationId: 12,
                close: () => seen.closed++,
                onUndone: () => seen.reloaded++,
            },
        });
        await animationFrame();
        return seen;
    }

    test("says what stays, what goes back and what is deleted, and does it", async () => {
        const seen = await mountDialog({ preview: PREVIEW });
        expect(queryAllTexts("[data-list] h5")).toEqual([
            "Stays, because it has been changed or used since (1)",
            "Goes back to what it was (1)",
            "Is deleted (1)",
        ]);
        expect("[data-list=kept] li").toHaveText(/Spills\s*\(Skills\)\s*Used by 2 agents/);
        expect("[data-list=returned] small").toHaveText("Name, Color");
        await contains("button[name=undo]").click();
        await animationFrame();
        expect(seen.undone).toEqual([[[12]]]);
        expect([seen.closed, seen.reloaded, seen.told.length]).toEqual([1, 1, 1]);
    });

    test("where all of it stays there is nothing to undo", async () => {
        await mountDialog({ preview: { ...PREVIEW, returned: [], removed: [] } });
        expect("button[name=undo]").not.toBeEnabled();
    });

    test("a refusal is said in the dialog", async () => {
        const seen = await mountDialog({ preview: PREVIEW, refusal: "Undo the later one first." });
        await contains("button[name=undo]").click();
        await animationFrame();
        expect(".alert-danger").toHaveText(/Undo the later one first/);
        expect(seen.closed).toBe(0);
        expect("button[name=undo]").toBeEnabled();
    });
});
