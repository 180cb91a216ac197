/**
 * Where the cards of a buying centre lie on its map, and the lines between them.
 *
 * Plain functions over cards as the server tells them (`id`, `manager_id`, `placed`, `x`, `y`,
 * `user`, `relation`); all lengths are in pixels of the map at 100 %.
 */

export const CARD = { width: 216, height: 116 };
export const PERSON = { width: 168, height: 40 };
export const GAP = { x: 28, y: 56 };
export const MARGIN = 24;
/** How many people without any reporting line stand side by side. */
const LOOSE_COLUMNS = 5;

/** Who reports to whom: the cards by id, who leads whom, and who reports to nobody shown. */
export function reportingLines(cards) {
    const byId = new Map(cards.map((card) => [card.id, card]));
    const reports = new Map(cards.map((card) => [card.id, []]));
    const roots = [];
    for (const card of cards) {
        if (byId.has(card.manager_id) && !isAbove(byId, card.id, card.manager_id)) {
            reports.get(card.manager_id).push(card);
        } else {
            roots.push(card);
        }
    }
    return { byId, reports, roots };
}

/** Whether `id` is `otherId` or stands above it. */
function isAbove(byId, id, otherId) {
    const seen = new Set();
    for (let at = otherId; at && !seen.has(at); at = byId.get(at)?.manager_id) {
        if (at === id) {
            return true;
        }
        seen.add(at);
    }
    return false;
}

/** Whether a card may report to another: not to itself, and to nobody below it. */
export function canReportTo(cards, id, managerId) {
    const byId = new Map(cards.map((card) => [card.id, card]));
    return byId.has(managerId) && !isAbove(byId, id, managerId);
}

/** Trees from the top down, each manager above the middle of their people. */
function treePositions({ reports, roots }) {
    const positions = new Map();
    let next = 0;
    const place = (card, depth) => {
        const below = reports.get(card.id);
        const y = depth * (CARD.height + GAP.y);
        if (!below.length) {
            positions.set(card.id, { x: next, y });
            next += CARD.width + GAP.x;
            return;
        }
        below.forEach((report) => place(report, depth + 1));
        const [first, last] = [below[0], below.at(-1)].map(({ id }) => positions.get(id).x);
        positions.set(card.id, { x: Math.round((first + last) / 2), y });
    };
    const trees = roots.filter((card) => reports.get(card.id).length);
    trees.forEach((card) => place(card, 0));
    const loose = roots.filter((card) => !reports.get(card.id).length);
    const top = trees.length ? bounds(positions).bottom + GAP.y : 0;
    loose.forEach((card, index) => {
        positions.set(card.id, {
            x: (index % LOOSE_COLUMNS) * (CARD.width + GAP.x),
            y: top + Math.floor(index / LOOSE_COLUMNS) * (CARD.height + GAP.y / 2),
        });
    });
    return positions;
}

/**
 * Where each card lies: where it was put by hand, or where it fits into the tree. Who reports
 * to a card that was moved moves with it.
 *
 * @returns {Map<number, {x: number, y: number}>} the upper left corner of each card
 */
export function layOut(cards) {
    const lines = reportingLines(cards);
    const fitting = treePositions(lines);
    const positions = new Map();
    const settle = (card, shift) => {
        const fit = fitting.get(card.id);
        const at = card.placed
            ? { x: card.x, y: card.y }
            : { x: fit.x + shift.x, y: fit.y + shift.y };
        positions.set(card.id, at);
        const moved = { x: at.x - fit.x, y: at.y - fit.y };
        lines.reports.get(card.id).forEach((report) => settle(report, moved));
    };
    lines.roots.forEach((card) => settle(card, { x: 0, y: 0 }));
    return positions;
}

/** The smallest rectangle around cards at the positions. */
export function bounds(positions, size = CARD) {
    const all = [...positions.values()];
    if (!all.length) {
        return { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 };
    }
    const left = Math.min(...all.map(({ x }) => x));
    const top = Math.min(...all.map(({ y }) => y));
    const right = Math.max(...all.map(({ x }) => x)) + size.width;
    const bottom = Math.max(...all.map(({ y }) => y)) + size.height;
    return { left, top, right, bottom, width: right - left, height: bottom - top };
}

/** Our people in a row below the cards, each as near as may be below those they look after. */
export function layOutPeople(cards, positions) {
    const people = new Map();
    for (const { id, user } of cards) {
        if (user) {
            const person = people.get(user.id) || { ...user, middles: [] };
            person.middles.push(positions.get(id).x + CARD.width / 2);
            people.set(user.id, person);
        }
    }
    const wanted = [...people.values()]
        .map(({ id, name, middles }) => ({
            id,
            name,
            x: middles.reduce((sum, x) => sum + x, 0) / middles.length - PERSON.width / 2,
        }))
        .sort((a, b) => a.x - b.x || a.id - b.id);
    const y = bounds(positions).bottom + GAP.y;
    let free = -Infinity;
    for (const person of wanted) {
        person.x = Math.round(Math.max(person.x, free));
        person.y = y;
        free = person.x + PERSON.width + GAP.x;
    }
    return wanted;
}

/** The reporting lines as SVG paths, from the manager down to each report. */
export function reportingPaths(cards, positions) {
    const { reports } = reportingLines(cards);
    const paths = [];
    for (const [managerId, below] of reports) {
        for (const { id } of below) {
            const from = positions.get(managerId);
            const to = positions.get(id);
            const x1 = from.x + CARD.width / 2;
            const x2 = to.x + CARD.width / 2;
            const y1 = from.y + CARD.height;
            const middle = to.y >= y1 ? Math.round((y1 + to.y) / 2) : y1 + GAP.y / 2;
            paths.push({ id, d: `M ${x1} ${y1} V ${middle} H ${x2} V ${to.y}` });
        }
    }
    return paths;
}

/** Lines from the cards to our people; `relation` (0 to 5) says how strong. */
export function relationPaths(cards, positions, people) {
    const byId = new Map(people.map((person) => [person.id, person]));
    return cards
        .filter(({ user }) => user)
        .map(({ id, user, relation }) => {
            const from = positions.get(id);
            const to = byId.get(user.id);
            // beside the reporting lines, which leave in the middle
            const [x1, y1] = [from.x + CARD.width * 0.75, from.y + CARD.height];
            const [x2, y2] = [to.x + PERSON.width / 2, to.y];
            const bend = Math.max(30, (y2 - y1) / 2);
            return {
                id,
                relation,
                d: `M ${x1} ${y1} C ${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`,
            };
        });
}

/** The rectangle of everything that is drawn, with a margin around it. */
export function mapBounds(positions, people) {
    const around = bounds(positions);
    let { left, right, bottom } = around;
    for (const person of people) {
        left = Math.min(left, person.x);
        right = Math.max(right, person.x + PERSON.width);
        bottom = Math.max(bottom, person.y + PERSON.height);
    }
    return {
        left: left - MARGIN,
        top: around.top - MARGIN,
        width: right - left + 2 * MARGIN,
        height: bottom - around.top + 2 * MARGIN,
    };
}

/** How large the map may be shown to fit into a room; never larger than `most`. */
export function fitZoom({ width, height }, room, most = 1) {
    if (!width || !height || !room.width || !room.height) {
        return 1;
    }
    return Math.max(0.2, Math.min(most, room.width / width, room.height / height));
}

/** The card under a point, without the one that is being dragged. */
export function cardAt(positions, { x, y }, exceptId) {
    for (const [id, at] of positions) {
        if (
            id !== exceptId &&
            x >= at.x &&
            x <= at.x + CARD.width &&
            y >= at.y &&
            y <= at.y + CARD.height
        ) {
            return id;
        }
    }
    return null;
}

/** The next card in a direction, as the eye goes: near, and rather straight ahead than aside. */
export function nextCard(positions, id, direction) {
    const from = positions.get(id);
    const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction];
    let best = null;
    for (const [otherId, at] of positions) {
        const [x, y] = [at.x - from.x, at.y - from.y];
        const ahead = x * dx + y * dy;
        const aside = Math.abs(x * dy) + Math.abs(y * dx);
        if (otherId === id || ahead <= 0) {
            continue;
        }
        const cost = ahead + 2 * aside;
        if (!best || cost < best.cost) {
            best = { id: otherId, cost };
        }
    }
    return best?.id ?? null;
}

/** The cards one below the other with their depth, for a screen that is too narrow for a map. */
export function outline(cards) {
    const { reports, roots } = reportingLines(cards);
    const rows = [];
    const add = (card, depth) => {
        rows.push({ card, depth });
        reports.get(card.id).forEach((report) => add(report, depth + 1));
    };
    roots.forEach((card) => add(card, 0));
    return rows;
}
