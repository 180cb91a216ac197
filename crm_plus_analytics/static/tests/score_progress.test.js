import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { ScoreProgress } from "@crm_plus_analytics/score_progress/score_progress";

describe.current.tags("headless");
defineMailModels();

/** Mount the progress of run 7; `server.run` is what the server answers when it is asked. */
async function mountProgress(data) {
    const seen = { asked: 0, loaded: 0, told: [] };
    const server = { run: { id: 7, ...data } };
    onRpc("customer.score.run", "read", () => {
        seen.asked++;
        return server.run ? [server.run] : [];
    });
    mockService("notification", { add: (message) => seen.told.push(String(message)) });
    const component = await mountWithCleanup(ScoreProgress, {
        props: {
            record: { resId: 7, data, model: { load: async () => seen.loaded++ } },
            readonly: true,
        },
    });
    return { component, seen, server };
}

test("a run that waits, works and ends is followed by asking", async () => {
    const { seen, server } = await mountProgress({ state: "queued", phase: false, percentage: 0 });
    expect(".o_score_progress").toHaveText(/Waiting for the server to begin/);
    server.run = { id: 7, state: "running", phase: "Fitting the models", percentage: 40 };
    await advanceTime(2000);
    await animationFrame();
    expect(".o_score_progress").toHaveText(/Fitting the models\s*40%/);
    expect(seen.loaded).toBe(1);
    server.run = { id: 7, state: "done", phase: false, percentage: 100 };
    await advanceTime(2000);
    await animationFrame();
    expect(seen.loaded).toBe(2);
    expect(seen.told).toEqual(["The customers are scored."]);
    // who has ended is not asked again
    const { asked } = seen;
    await advanceTime(10000);
    expect(seen.asked).toBe(asked);
});

test("a failure loads the page and promises nothing", async () => {
    const { seen, server } = await mountProgress({ state: "running", phase: "Reading", percentage: 10 });
    server.run = { id: 7, state: "failed", phase: false, percentage: 10 };
    await advanceTime(2000);
    await animationFrame();
    expect(seen).toMatchObject({ loaded: 1 });
    expect(seen.told).toEqual([]);
});

test("messages tell sooner, but only of this run, and nothing after its end", async () => {
    const { component, seen } = await mountProgress({ state: "running", phase: "Reading", percentage: 10 });
    component.onMessage({ run_id: 8, state: "done", phase: false, percentage: 100 });
    expect(component.progress.percentage).toBe(10);
    component.onMessage({ run_id: 7, state: "running", phase: "Writing", percentage: 80 });
    await animationFrame();
    expect(".o_score_progress").toHaveText(/Writing\s*80%/);
    component.onMessage({ run_id: 7, state: "done", phase: false, percentage: 100 });
    await component.update({ state: "running", phase: "Reading", percentage: 20 });
    expect(component.progress.state).toBe("done");
    expect(seen.loaded).toBe(1);
});

test("a run that was deleted meanwhile troubles nobody", async () => {
    const { component, server } = await mountProgress({ state: "queued", phase: false, percentage: 0 });
    server.run = null;
    await advanceTime(2000);
    expect(component.progress.state).toBe("queued");
});

test("waiting for more than a minute is explained", async () => {
    await mountProgress({ state: "queued", phase: false, percentage: 0 });
    expect(".o_score_progress").not.toHaveText(/takes longer than usual/);
    await advanceTime(60000);
    await animationFrame();
    expect(".o_score_progress").toHaveText(/takes longer than usual/);
});
