import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";

import {
    cardState,
    dueText,
    findCard,
    mergeTeams,
    moveCard,
    outdatedTeams,
} from "@crm_plus_service/monitor/monitor_figures";

describe.current.tags("headless");
beforeEach(() => allowTranslations());

const { DateTime } = luxon;
const at = (time) => DateTime.fromSQL(`2026-01-14 ${time}`, { zone: "utc" });

const card = (id, values = {}) => ({
    id,
    name: `Case ${id}`,
    priority: 0,
    deadline: false,
    warning_date: false,
    waiting_for: false,
    weight: 1,
    ...values,
});

const agent = (user_id, cases, values = {}) => ({
    user_id,
    name: `Agent ${user_id}`,
    capacity: 10,
    load: cases.length,
    count: cases.length,
    cases,
    ...values,
});

const team = (id, queued, agents, values = {}) => ({
    id,
    company_id: 1,
    queue: { count: queued.length, cases: queued },
    agents,
    ...values,
});

const ids = (column) => column.cases.map(({ id }) => id);

test("a case moves from an agent to another with its weight", () => {
    const teams = [team(1, [], [agent(5, [card(9, { weight: 2 })], { load: 2 }), agent(6, [])])];
    const [moved] = moveCard(teams, 9, 1, 6);
    expect(moved.agents.map(ids)).toEqual([[], [9]]);
    expect(moved.agents.map((it) => it.count)).toEqual([0, 1]);
    expect(moved.agents.map((it) => it.load)).toEqual([0, 2]);
    // what was shown stays as it is, to come back to
    expect(ids(teams[0].agents[0])).toEqual([9]);
});

test("a case that waits for the customer weighs half", () => {
    const teams = [team(1, [card(9, { waiting_for: "customer" })], [agent(5, [])])];
    expect(moveCard(teams, 9, 1, 5)[0].agents[0].load).toBe(0.5);
});

test("a case moves to the queue of another team, to its place there", () => {
    const first = card(1, { deadline: "2026-01-14 09:00:00" });
    const last = card(2, { deadline: "2026-01-14 12:00:00" });
    const moving = card(3, { deadline: "2026-01-14 10:00:00" });
    const teams = [team(1, [], [agent(5, [moving])]), team(2, [first, last], [agent(5, [])])];
    const [from, to] = moveCard(teams, 3, 2, false);
    expect(ids(from.agents[0])).toEqual([]);
    expect(ids(to.queue)).toEqual([1, 3, 2]);
    expect(to.queue.count).toBe(3);
    expect(ids(to.agents[0])).toEqual([]);
});

test("a case that stays where it is, or does not show, moves nowhere", () => {
    const teams = [team(1, [card(8)], [agent(5, [card(9)])])];
    expect(moveCard(teams, 9, 1, 5)).toBe(null);
    expect(moveCard(teams, 8, 1, false)).toBe(null);
    expect(moveCard(teams, 7, 1, 5)).toBe(null);
    expect(findCard(teams, 7)).toBe(undefined);
    expect(findCard(teams, 9).agent.user_id).toBe(5);
});

test("an agent without a capacity has no load to count", () => {
    const teams = [team(1, [card(9)], [agent(5, [], { capacity: false, load: false })])];
    expect(moveCard(teams, 9, 1, 5)[0].agents[0]).toMatchObject({ load: false, count: 1 });
});

test("fresh figures take the place of old ones, and of no other team", () => {
    const shown = [team(1, [], []), team(2, [card(1)], []), team(3, [], [])];
    const merged = mergeTeams(shown, [team(2, [], []), team(4, [], [])], [2, 3, 4]);
    expect(merged.map(({ id }) => id)).toEqual([1, 2, 4]);
    expect(merged[1].queue.count).toBe(0);
    expect(mergeTeams(shown, [team(7, [], [])]).map(({ id }) => id)).toEqual([7]);
});

test("the load of an agent is the same in all teams of a company", () => {
    const shown = [
        team(1, [], [agent(5, [])]),
        team(2, [], [agent(5, [])]),
        team(3, [], [agent(5, [])], { company_id: 2 }),
    ];
    const merged = mergeTeams(shown, [team(1, [], [agent(5, [card(9)], { load: 4 })])], [1]);
    expect(merged.map((it) => it.agents[0].load)).toEqual([4, 4, 0]);
    expect(merged[1].agents[0].count).toBe(0);
});

test("the promise goes on with the clock", () => {
    const promised = card(1, {
        deadline: "2026-01-14 10:00:00",
        warning_date: "2026-01-14 08:00:00",
    });
    expect(cardState(promised, at("07:59:59"))).toBe("running");
    expect(cardState(promised, at("08:00:00"))).toBe("due_soon");
    expect(cardState(promised, at("10:00:00"))).toBe("due_soon");
    expect(cardState(promised, at("10:00:01"))).toBe("overdue");
    expect(dueText(promised, at("07:30:00"))).toBe("Due in 2 h 30 min");
    expect(dueText(promised, at("10:05:00"))).toBe("Overdue by 5 min");
    expect(dueText(card(2), at("10:00:00"))).toBe("");
    expect(dueText(card(2, { waiting_for: "customer" }), at("10:00:00"))).toBe("Waiting");
});

test("teams are outdated once time alone has changed their figures", () => {
    const teams = [
        team(1, [], [], { next_change: "2026-01-14 08:00:00" }),
        team(2, [], [], { next_change: "2026-01-14 09:00:00" }),
        team(3, [], [], { next_change: false }),
    ];
    expect(outdatedTeams(teams, at("08:00:00"))).toEqual([]);
    expect(outdatedTeams(teams, at("08:00:01"))).toEqual([1]);
});
