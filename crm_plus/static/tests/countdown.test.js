import { beforeEach, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    allowTranslations,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import { serializeDateTime } from "@web/core/l10n/dates";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import "@crm_plus/countdown/countdown_field";
import { durationText } from "@crm_plus/countdown/duration";

const { DateTime } = luxon;
const MINUTE = 60 * 1000;

class Promised extends models.Model {
    deadline = fields.Datetime();
    warning_date = fields.Datetime();
    done_date = fields.Datetime();
    state = fields.Char();
}

defineMailModels();
defineModels([Promised]);
beforeEach(() => {
    allowTranslations();
    mockDate("2026-01-14 09:00:00");
});

/**
 * A moment so many minutes and a half from now, as the server tells it: the time that a test takes
 * makes no minute less of it.
 */
const inMinutes = (minutes) =>
    serializeDateTime(DateTime.now().plus({ minutes, seconds: minutes < 0 ? -30 : 30 }));

/** As on the form of a case: the time left of what still runs, and the state of everything. */
const LIST = /* xml */ `
    <list>
        <field name="done_date" column_invisible="1"/>
        <field name="warning_date" column_invisible="1"/>
        <field name="deadline" widget="crm_plus_countdown" options="{'warning_field': 'warning_date'}" invisible="done_date or state == 'withdrawn'"/>
        <field name="state"/>
    </list>`;

const FORM = /* xml */ `
    <form>
        <field name="warning_date" invisible="1"/>
        <field name="deadline" readonly="1" widget="crm_plus_countdown" options="{'warning_field': 'warning_date'}"/>
    </form>`;

async function mountForm(values) {
    Promised._records = [{ id: 1, ...values }];
    await mountView({ type: "form", resModel: "promised", resId: 1, arch: FORM });
}

/** Let the clock go on. */
async function pass(minutes) {
    await advanceTime(minutes * MINUTE);
    await animationFrame();
}

test("says what is left, what is overdue, and nothing of what stands still or has ended", async () => {
    const past = inMinutes(-10);
    Promised._records = [
        { id: 1, state: "running", deadline: inMinutes(150), warning_date: inMinutes(30) },
        { id: 2, state: "due_soon", deadline: inMinutes(25), warning_date: past },
        { id: 3, state: "overdue", deadline: past, warning_date: inMinutes(-60) },
        { id: 4, state: "paused", deadline: false, warning_date: false },
        { id: 5, state: "kept", deadline: inMinutes(90), done_date: past },
        { id: 6, state: "missed", deadline: inMinutes(-90), done_date: past },
        { id: 7, state: "withdrawn", deadline: inMinutes(90) },
    ];
    await mountView({ type: "list", resModel: "promised", arch: LIST });
    expect(".o_data_row").toHaveCount(7);
    expect(".o_crm_plus_countdown").toHaveCount(3);
    const badge = (row) => `.o_data_row:eq(${row}) .o_crm_plus_countdown`;
    expect(badge(0)).toHaveText("Due in 2 h 30 min");
    expect(badge(0)).toHaveClass("text-bg-info");
    expect(badge(1)).toHaveText("Due in 25 min");
    expect(badge(1)).toHaveClass("text-bg-warning");
    expect(badge(2)).toHaveText("Overdue by 10 min");
    expect(badge(2)).toHaveClass("text-bg-danger");
});

test("counts down by itself, warns, and goes on counting when it is overdue", async () => {
    await mountForm({ deadline: inMinutes(62), warning_date: inMinutes(1) });
    expect(".o_crm_plus_countdown").toHaveText("Due in 1 h 2 min");
    expect(".o_crm_plus_countdown").toHaveClass("text-bg-info");
    await pass(1);
    expect(".o_crm_plus_countdown").toHaveText("Due in 1 h 1 min");
    await pass(1);
    expect(".o_crm_plus_countdown").toHaveText("Due in 1 h");
    expect(".o_crm_plus_countdown").toHaveClass("text-bg-warning");
    await pass(60);
    expect(".o_crm_plus_countdown").toHaveText("Due in 0 min");
    expect(".o_crm_plus_countdown").toHaveClass("text-bg-warning");
    await pass(2);
    expect(".o_crm_plus_countdown").toHaveText("Overdue by 1 min");
    expect(".o_crm_plus_countdown").toHaveClass("text-bg-danger");
    await pass(120);
    expect(".o_crm_plus_countdown").toHaveText("Overdue by 2 h 1 min");
});

test("the clock that stands still shows nothing, whatever time goes by", async () => {
    await mountForm({ deadline: false, warning_date: false });
    expect(".o_crm_plus_countdown").toHaveCount(0);
    await pass(600);
    expect(".o_crm_plus_countdown").toHaveCount(0);
});

test("the deadline itself is read by pointing at it", async () => {
    await mountForm({ deadline: inMinutes(60), warning_date: false });
    expect(".o_crm_plus_countdown").toHaveAttribute("title", /Jan 14, 2026/);
});

test("durations are told in their most telling unit", () => {
    const texts = [0.5, 59, 60, 150, 600, 2879, 2880, -5].map((minutes) =>
        durationText(minutes * 60000)
    );
    expect(texts.map(String)).toEqual([
        "0 min",
        "59 min",
        "1 h",
        "2 h 30 min",
        "10 h",
        "47 h",
        "2 days",
        "0 min",
    ]);
});
