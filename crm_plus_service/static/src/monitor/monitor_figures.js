import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { durationText } from "@crm_plus/countdown/duration";

/**
 * What the monitor works out in the browser: how the figures of the server change when a case is
 * moved, and how its times go on from one answer of the server to the next. Nothing here changes
 * what it is given.
 */

/** Cards stand in the order of the server: what runs out first, then what matters most. */
function compareCards(a, b) {
    return (
        (a.deadline || "9").localeCompare(b.deadline || "9") ||
        b.priority - a.priority ||
        a.id - b.id
    );
}

/**
 * Put fresh figures in the place of those that are shown.
 *
 * A team that was asked for and not answered is out of sight. The load of an agent counts the
 * cases of all teams of a company, so it is brought up to date in the other teams as well.
 *
 * @param {Object[]} teams as shown
 * @param {Object[]} fresh as the server has answered
 * @param {number[]} [asked] the teams asked for; none given: all
 * @returns {Object[]}
 */
export function mergeTeams(teams, fresh, asked) {
    if (!asked) {
        return fresh;
    }
    const byId = new Map(fresh.map((team) => [team.id, team]));
    const loads = new Map();
    for (const team of fresh) {
        for (const agent of team.agents) {
            loads.set(`${team.company_id}-${agent.user_id}`, agent);
        }
    }
    const known = new Set(teams.map((team) => team.id));
    const merged = teams
        .filter((team) => byId.has(team.id) || !asked.includes(team.id))
        .map((team) => byId.get(team.id) || withLoads(team, loads));
    return [...merged, ...fresh.filter((team) => !known.has(team.id))];
}

function withLoads(team, loads) {
    return {
        ...team,
        agents: team.agents.map((agent) => {
            const newer = loads.get(`${team.company_id}-${agent.user_id}`);
            if (!newer) {
                return agent;
            }
            const { load, capacity, is_absent, absent_until } = newer;
            return { ...agent, load, capacity, is_absent, absent_until };
        }),
    };
}

/**
 * Find a card: the team and the agent (null: the queue) under which it shows.
 *
 * @returns {{ card: Object, team: Object, agent: Object|null }|undefined}
 */
export function findCard(teams, caseId) {
    for (const team of teams) {
        for (const agent of [null, ...team.agents]) {
            const card = (agent || team.queue).cases.find(({ id }) => id === caseId);
            if (card) {
                return { card, team, agent };
            }
        }
    }
}

/**
 * Return the teams as they will be once a case has moved.
 *
 * @param {Object[]} teams
 * @param {number} caseId
 * @param {number} teamId to which team
 * @param {number|false} userId to which agent; false: to the queue
 * @returns {Object[]|null} null when the case would stay where it is or does not show
 */
export function moveCard(teams, caseId, teamId, userId) {
    const found = findCard(teams, caseId);
    if (!found || (found.team.id === teamId && (found.agent?.user_id || false) === userId)) {
        return null;
    }
    const { card, team: from, agent: giver } = found;
    const weight = card.weight * (card.waiting_for ? 0.5 : 1);
    return teams.map((team) => {
        const takes = team.id === teamId;
        const gives = team.id === from.id;
        if (!takes && !gives) {
            return team;
        }
        const changeOf = (isGiver, isTaker) => Number(isTaker) - Number(isGiver);
        const column = (old, isGiver, isTaker) => ({
            ...old,
            count: old.count + changeOf(isGiver, isTaker),
            cases: isTaker
                ? [...old.cases, card].sort(compareCards)
                : old.cases.filter(({ id }) => id !== caseId),
        });
        return {
            ...team,
            queue: column(team.queue, gives && !giver, takes && !userId),
            agents: team.agents.map((agent) => {
                const isGiver = gives && giver?.user_id === agent.user_id;
                const isTaker = takes && userId === agent.user_id;
                const load = agent.capacity
                    ? Math.max(0, agent.load + weight * changeOf(isGiver, isTaker))
                    : agent.load;
                return isGiver || isTaker ? { ...column(agent, isGiver, isTaker), load } : agent;
            }),
        };
    });
}

/** How the promise on a case stands at a moment: as `sla_state` of the case. */
export function cardState(card, now) {
    if (!card.deadline) {
        return card.waiting_for ? "paused" : "none";
    }
    if (deserializeDateTime(card.deadline) < now) {
        return "overdue";
    }
    return card.warning_date && deserializeDateTime(card.warning_date) <= now
        ? "due_soon"
        : "running";
}

/** What a card says of its promise at a moment; empty when nothing is promised. */
export function dueText(card, now) {
    switch (cardState(card, now)) {
        case "none":
            return "";
        case "paused":
            return _t("Waiting");
        case "overdue":
            return _t("Overdue by %s", durationText(now - deserializeDateTime(card.deadline)));
        default:
            return _t("Due in %s", durationText(deserializeDateTime(card.deadline) - now));
    }
}

/** How long something has lasted at a moment. */
export function ageText(since, now) {
    return durationText(now - deserializeDateTime(since));
}

/** The teams whose figures have changed by time alone since they were read. */
export function outdatedTeams(teams, now) {
    return teams
        .filter((team) => team.next_change && deserializeDateTime(team.next_change) < now)
        .map((team) => team.id);
}
