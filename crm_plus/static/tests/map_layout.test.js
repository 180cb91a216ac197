import { describe, expect, test } from "@odoo/hoot";

import {
    bounds,
    canReportTo,
    CARD,
    cardAt,
    fitZoom,
    GAP,
    layOut,
    layOutPeople,
    mapBounds,
    nextCard,
    outline,
    PERSON,
    relationPaths,
    reportingPaths,
} from "@crm_plus/account_map/map_layout";

describe.current.tags("headless");

const card = (id, manager_id = false, values = {}) => ({
    id,
    manager_id,
    placed: false,
    x: 0,
    y: 0,
    user: false,
    relation: 0,
    ...values,
});
const WIDE = CARD.width + GAP.x;
const HIGH = CARD.height + GAP.y;
/** A managing director with two heads, of whom one has two people. */
const COMPANY = [card(1), card(2, 1), card(3, 1), card(4, 2), card(5, 2)];

test("managers stand above the middle of their people, and nobody on another", () => {
    const positions = layOut(COMPANY);
    expect([4, 5, 2, 3, 1].map((id) => positions.get(id))).toEqual([
        { x: 0, y: 2 * HIGH },
        { x: WIDE, y: 2 * HIGH },
        { x: WIDE / 2, y: HIGH },
        { x: 2 * WIDE, y: HIGH },
        { x: (WIDE / 2 + 2 * WIDE) / 2, y: 0 },
    ]);
});

test("people without reporting lines stand in rows below the trees", () => {
    const loose = [11, 12, 13, 14, 15, 16].map((id) => card(id));
    const positions = layOut([...COMPANY, ...loose]);
    const top = 2 * HIGH + CARD.height + GAP.y;
    expect(positions.get(11)).toEqual({ x: 0, y: top });
    expect(positions.get(15)).toEqual({ x: 4 * WIDE, y: top });
    expect(positions.get(16).x).toBe(0);
    expect(positions.get(16).y).toBeGreaterThan(top + CARD.height);
});

test("no two of many cards overlap", () => {
    const cards = [];
    for (let id = 1; id <= 200; id++) {
        cards.push(card(id, id > 1 && id % 7 ? Math.floor(id / 3) || 1 : false));
    }
    const all = [...layOut(cards).values()];
    expect(all).toHaveLength(200);
    const clash = all.some((a, index) =>
        all
            .slice(index + 1)
            .some((b) => Math.abs(a.x - b.x) < CARD.width && Math.abs(a.y - b.y) < CARD.height)
    );
    expect(clash).toBe(false);
});

test("a card stays where it was put, and its people come along", () => {
    const cards = COMPANY.map((each) =>
        each.id === 2 ? { ...each, placed: true, x: 1000, y: 500 } : each
    );
    const [before, after] = [layOut(COMPANY), layOut(cards)];
    expect(after.get(2)).toEqual({ x: 1000, y: 500 });
    const shift = { x: 1000 - before.get(2).x, y: 500 - before.get(2).y };
    for (const id of [4, 5]) {
        expect(after.get(id)).toEqual({
            x: before.get(id).x + shift.x,
            y: before.get(id).y + shift.y,
        });
    }
    expect(after.get(1)).toEqual(before.get(1));
    expect(after.get(3)).toEqual(before.get(3));
});

test("reporting in a circle, or to somebody who is not shown, loses nobody", () => {
    expect([...layOut([card(1, 2), card(2, 1), card(3, 99)]).keys()].sort()).toEqual([1, 2, 3]);
    expect(outline([card(1, 2), card(2, 1)]).map(({ card: each }) => each.id)).toEqual([1, 2]);
});

test("nobody may report to themselves or to somebody below them", () => {
    expect(canReportTo(COMPANY, 3, 2)).toBe(true);
    expect(canReportTo(COMPANY, 4, 1)).toBe(true);
    expect(canReportTo(COMPANY, 2, 2)).toBe(false);
    expect(canReportTo(COMPANY, 1, 5)).toBe(false);
    expect(canReportTo(COMPANY, 1, null)).toBe(false);
    expect(canReportTo(COMPANY, 1, 99)).toBe(false);
});

test("the card under the pointer, without the one that is dragged", () => {
    const positions = layOut(COMPANY);
    const middle = { x: CARD.width / 2, y: 2 * HIGH + CARD.height / 2 };
    expect(cardAt(positions, middle, 5)).toBe(4);
    expect(cardAt(positions, middle, 4)).toBe(null);
    expect(cardAt(positions, { x: -500, y: -500 }, 5)).toBe(null);
});

test("arrows go to the next card in their direction", () => {
    const positions = layOut(COMPANY);
    expect(nextCard(positions, 4, "right")).toBe(5);
    expect(nextCard(positions, 5, "left")).toBe(4);
    expect(nextCard(positions, 4, "up")).toBe(2);
    expect(nextCard(positions, 1, "down")).not.toBe(null);
    expect(nextCard(positions, 1, "up")).toBe(null);
    expect(nextCard(new Map([[1, { x: 0, y: 0 }]]), 1, "left")).toBe(null);
});

test("our people stand below those they look after, side by side", () => {
    const [ada, ben] = [
        { id: 7, name: "Ada" },
        { id: 8, name: "Ben" },
    ];
    const cards = [
        card(1, false, { user: ada, relation: 5 }),
        card(2, false, { user: ben, relation: 0 }),
        card(3, false, { user: ada, relation: 1 }),
        card(4),
    ];
    const positions = layOut(cards);
    const people = layOutPeople(cards, positions);
    expect(people.map(({ name }) => name)).toEqual(["Ada", "Ben"]);
    // Ada in the middle of the first and third card, where Ben would stand as well
    expect(people[0].x).toBe(WIDE + CARD.width / 2 - PERSON.width / 2);
    expect(people[1].x).toBe(people[0].x + PERSON.width + GAP.x);
    expect(people[0].y).toBe(CARD.height + GAP.y);
    const lines = relationPaths(cards, positions, people);
    expect(lines.map(({ id, relation }) => [id, relation])).toEqual([
        [1, 5],
        [2, 0],
        [3, 1],
    ]);
    expect(lines[0].d.startsWith(`M ${CARD.width * 0.75} ${CARD.height} C`)).toBe(true);
    expect(layOutPeople([card(1)], layOut([card(1)]))).toEqual([]);
});

test("a line leads from each manager down to each of their people", () => {
    const positions = layOut(COMPANY);
    const paths = reportingPaths(COMPANY, positions);
    expect(paths.map(({ id }) => id).sort()).toEqual([2, 3, 4, 5]);
    const from = positions.get(2);
    const to = positions.get(4);
    expect(paths.find(({ id }) => id === 4).d).toBe(
        `M ${from.x + CARD.width / 2} ${from.y + CARD.height} ` +
            `V ${from.y + CARD.height + GAP.y / 2} H ${to.x + CARD.width / 2} V ${to.y}`
    );
});

test("the map has room for cards that were put left of and above everything", () => {
    const cards = [card(1), card(2, false, { placed: true, x: -300, y: -200 })];
    const positions = layOut(cards);
    expect(bounds(positions)).toEqual({
        left: -300,
        top: -200,
        right: CARD.width,
        bottom: CARD.height,
        width: CARD.width + 300,
        height: CARD.height + 200,
    });
    const area = mapBounds(positions, []);
    expect(area.left).toBeLessThan(-300);
    expect(area.width).toBeGreaterThan(CARD.width + 300);
    expect(bounds(new Map()).width).toBe(0);
});

test("the map is made to fit, neither too small to read nor larger than wanted", () => {
    expect(fitZoom({ width: 1000, height: 500 }, { width: 500, height: 500 })).toBe(0.5);
    expect(fitZoom({ width: 100, height: 100 }, { width: 500, height: 500 })).toBe(1);
    expect(fitZoom({ width: 100, height: 100 }, { width: 500, height: 500 }, 1.6)).toBe(1.6);
    expect(fitZoom({ width: 99999, height: 100 }, { width: 500, height: 500 })).toBe(0.2);
    expect(fitZoom({ width: 0, height: 0 }, { width: 500, height: 500 })).toBe(1);
});

test("on a narrow screen people follow their managers, further in", () => {
    expect(outline(COMPANY).map(({ card: each, depth }) => [each.id, depth])).toEqual([
        [1, 0],
        [2, 1],
        [4, 2],
        [5, 2],
        [3, 1],
    ]);
});
