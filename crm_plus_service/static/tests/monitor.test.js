import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { getDefaultConfig } from "@web/views/view";
import {
    contains,
    makeMockEnv,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { ServiceMonitor } from "@crm_plus_service/monitor/monitor";

describe.current.tags("headless");
defineMailModels();

const CARD = {
    id: 9,
    number: "C00009",
    name: "Lamp does not light",
    customer: "Bea Brook",
    priority: 0,
    deadline: false,
    warning_date: false,
    since: "2026-01-14 08:00:00",
    waiting_for: false,
    weight: 1,
};

const AGENT = {
    capacity: 4,
    load: 0,
    is_absent: false,
    absent_until: false,
    is_member: true,
    count: 0,
    cases: [],
};

function team(id = 1, queued = [CARD]) {
    return {
        id,
        name: "First Aid",
        company_id: 1,
        company: "Our Company",
        overdue: 0,
        due_soon: 0,
        next_change: false,
        queue: { count: queued.length, oldest: "2026-01-14 08:00:00", cases: queued },
        agents: [
            { ...AGENT, user_id: 5, name: "Ada" },
            { ...AGENT, user_id: 6, name: "Ben", is_absent: true },
        ],
    };
}

/** Mount the monitor; `server.teams` is what it is answered, `seen` what happens. */
async function mountMonitor(teams, { maySetUp = false } = {}) {
    const seen = { asked: [], told: [], channels: [] };
    const server = { teams };
    const answer = () => ({
        now: "2026-01-14 09:00:00",
        may_set_up: maySetUp,
        teams: server.teams,
    });
    onRpc("service.monitor", "get_monitor", ({ args }) => {
        seen.asked.push(args[0]);
        return answer();
    });
    onRpc("service.monitor", "reassign", ({ args }) => {
        seen.moved = args;
        if (server.refusal) {
            throw makeServerError({ message: server.refusal, type: "AccessError" });
        }
        return answer();
    });
    mockService("notification", { add: (message) => seen.told.push(String(message)) });
    await makeMockEnv({ config: getDefaultConfig() });
    const component = await mountWithCleanup(ServiceMonitor, {
        props: { action: {}, actionId: 1, className: "" },
    });
    await animationFrame();
    return { component, seen, server };
}

async function giveToAda() {
    await contains(".o_monitor_card_menu").click();
    await contains(".o_monitor_card_targets [data-target=agent-5]").click();
    await animationFrame();
}

test("shows the queue, the agents and who is absent", async () => {
    await mountMonitor([team()]);
    expect(".o_monitor_figure[name=queue] strong").toHaveText("1");
    expect(".o_monitor_figure[name=oldest] strong").toHaveText("1 h");
    expect(".o_monitor_queue .o_monitor_card").toHaveCount(1);
    expect("[data-agent-id='5'] h3").toHaveText(/Ada\s*0 of 4/);
    expect("[data-agent-id='6'].o_monitor_absent .o_monitor_absence").toHaveText("Absent");
});

test("without a team it says what to do", async () => {
    await mountMonitor([], { maySetUp: true });
    expect(".o_monitor_empty button").toHaveText("Set up teams");
});

test("an agent without a team is told whom to ask", async () => {
    await mountMonitor([]);
    expect(".o_monitor_empty").toHaveText(/Ask your administrator/);
    expect(".o_monitor_empty button").toHaveCount(0);
});

test("a case is given away by its menu", async () => {
    const { seen, server } = await mountMonitor([team()]);
    server.teams = [team(1, [])];
    server.teams[0].agents[0] = { ...AGENT, user_id: 5, name: "Ada", count: 1, load: 1, cases: [CARD] };
    await giveToAda();
    expect(seen.moved).toEqual([9, 1, 5, false]);
    expect("[data-agent-id='5'] .o_monitor_card").toHaveCount(1);
    expect("[data-agent-id='5'] h3").toHaveText(/1 of 4/);
    expect(seen.told).toEqual([]);
});

test("a case that may not be moved goes back, and the reason is told", async () => {
    const { seen, server } = await mountMonitor([team()]);
    server.refusal = "You cannot give cases to this team.";
    await giveToAda();
    await animationFrame();
    expect(seen.told).toEqual(["You cannot give cases to this team."]);
    expect(".o_monitor_queue .o_monitor_card").toHaveCount(1);
    expect("[data-agent-id='5'] .o_monitor_card").toHaveCount(0);
    expect(".o_monitor_figure[name=queue] strong").toHaveText("1");
});

test("many changes at once are one question to the server", async () => {
    const { component, seen } = await mountMonitor([team(1), team(2)]);
    seen.asked.length = 0;
    [1, 2, 1, 1, 2].forEach((id) => component.refresh([id]));
    await advanceTime(2000);
    expect(seen.asked).toEqual([[1, 2]]);
});

test("nothing is read while a case is being dragged", async () => {
    const { component, seen } = await mountMonitor([team()]);
    seen.asked.length = 0;
    component.isDragging = true;
    component.refresh([1]);
    await advanceTime(3000);
    expect(seen.asked).toEqual([]);
    component.isDragging = false;
    await advanceTime(2000);
    expect(seen.asked).toEqual([[1]]);
});

test("without the bus everything is read each minute", async () => {
    const { component, seen } = await mountMonitor([team()]);
    component.bus.workerState = "DISCONNECTED";
    seen.asked.length = 0;
    await advanceTime(66000);
    await animationFrame();
    expect(seen.asked).toEqual([null]);
    expect(".o_monitor_not_live").toHaveCount(1);
});
