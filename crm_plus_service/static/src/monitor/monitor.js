import {
    Component,
    onWillStart,
    onWillUnmount,
    status,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { WORKER_STATE } from "@bus/workers/websocket_worker";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSortable } from "@web/core/utils/sortable_owl";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { MonitorCard } from "./monitor_card";
import { ageText, findCard, mergeTeams, moveCard, outdatedTeams } from "./monitor_figures";

const { DateTime } = luxon;

/** How long changes are gathered before the figures of their teams are read. */
const GATHERING = 1500;
/** How often the clocks on the page go on. */
const TICK = 5000;
/** How often everything is read when the server cannot tell what has changed. */
const WITHOUT_BUS = 60000;
/** How often everything is read anyway: teams may have come or gone. */
const WITH_BUS = 600000;

/** How the teams stand now, for their lead: on a desk, on a wall, on a phone. */
export class ServiceMonitor extends Component {
    static template = "crm_plus_service.ServiceMonitor";
    static components = { Layout, MonitorCard };
    static props = { ...standardActionServiceProps };
    static path = "service-monitor";
    static displayName = _t("Monitor");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        this.keepLast = new KeepLast();
        this.channels = new Set();
        this.changed = new Set();
        this.offset = 0;
        this.readAt = 0;
        this.state = useState({
            teams: [],
            isRead: false,
            maySetUp: false,
            failure: null,
            isLive: true,
            isWall: false,
            moving: 0,
            now: DateTime.now(),
        });
        this.open = this.open.bind(this);
        this.move = this.move.bind(this);
        this.listen();
        this.makeSortable();
        // not awaited: the page stands while its figures are on their way
        onWillStart(() => void this.load());
    }

    // ------------------------------------------------------------
    // KEPT UP TO DATE
    // ------------------------------------------------------------

    listen() {
        const onChange = ({ team_id }) => this.refresh([team_id]);
        const onReconnect = () => this.load();
        this.bus.subscribe("crm_plus_service.monitor", onChange);
        this.bus.addEventListener("BUS:RECONNECT", onReconnect);
        const clock = browser.setInterval(() => this.tick(), TICK);
        useExternalListener(document, "fullscreenchange", () => {
            this.state.isWall = Boolean(document.fullscreenElement);
        });
        onWillUnmount(() => {
            this.bus.unsubscribe("crm_plus_service.monitor", onChange);
            this.bus.removeEventListener("BUS:RECONNECT", onReconnect);
            this.channels.forEach((channel) => this.bus.deleteChannel(channel));
            browser.clearInterval(clock);
            browser.clearTimeout(this.gathering);
        });
    }

    tick() {
        this.state.now = DateTime.now().plus(this.offset);
        this.state.isLive = this.bus.workerState === WORKER_STATE.CONNECTED;
        const age = Date.now() - this.readAt;
        if (age >= (this.state.isLive ? WITH_BUS : WITHOUT_BUS)) {
            this.load();
        } else {
            this.refresh(outdatedTeams(this.state.teams, this.state.now));
        }
    }

    /** Read the figures of some teams soon, together with what else changes meanwhile. */
    refresh(teamIds) {
        teamIds.forEach((id) => this.changed.add(id));
        if (this.changed.size && !this.gathering) {
            this.gathering = browser.setTimeout(() => {
                this.gathering = null;
                // cards must not go away under the hand that moves them
                return this.isDragging ? this.refresh([]) : this.load([...this.changed]);
            }, GATHERING);
        }
    }

    /** Read the figures of some teams, or of all. */
    async load(teamIds = null) {
        if (teamIds) {
            teamIds.forEach((id) => this.changed.delete(id));
        } else {
            this.changed.clear();
            this.readAt = Date.now();
        }
        try {
            // what is on its way for all teams is as new as what is asked for some
            const reading = this.orm.silent.call("service.monitor", "get_monitor", [teamIds]);
            this.show(await (teamIds ? reading : this.keepLast.add(reading)), teamIds);
            this.state.failure = null;
        } catch (error) {
            this.state.failure =
                error.data?.message || _t("The server could not be reached. It is tried again.");
        }
    }

    /** Show what the server has answered. */
    show({ now, teams, may_set_up }, asked) {
        if (status(this) === "destroyed") {
            return;
        }
        this.offset = deserializeDateTime(now).diff(DateTime.now());
        this.state.now = DateTime.now().plus(this.offset);
        this.state.maySetUp = may_set_up;
        this.state.teams = mergeTeams(this.state.teams, teams, asked);
        this.state.isRead = true;
        for (const { id } of teams) {
            const channel = `service_monitor_${id}`;
            if (!this.channels.has(channel)) {
                this.channels.add(channel);
                this.bus.addChannel(channel);
            }
        }
    }

    // ------------------------------------------------------------
    // MOVING CASES
    // ------------------------------------------------------------

    makeSortable() {
        useSortable({
            ref: this.root,
            groups: ".o_monitor_cards",
            elements: ".o_monitor_card",
            ignore: ".o_monitor_card_menu",
            connectGroups: true,
            cursor: "move",
            onDragStart: () => {
                this.isDragging = true;
            },
            onGroupEnter: ({ group }) => group.classList.add("o_monitor_target"),
            onGroupLeave: ({ group }) => group.classList.remove("o_monitor_target"),
            onDragEnd: () => {
                this.isDragging = false;
                this.root.el
                    .querySelectorAll(".o_monitor_target")
                    .forEach((group) => group.classList.remove("o_monitor_target"));
            },
            onDrop: ({ element, parent }) => {
                const { teamId, userId } = parent.dataset;
                this.move(Number(element.dataset.caseId), Number(teamId), Number(userId) || false);
            },
        });
    }

    /** Show a case where it is moved to, and take it back when the server refuses. */
    async move(caseId, teamId, userId) {
        const before = this.state.teams;
        const found = findCard(before, caseId);
        const after = moveCard(before, caseId, teamId, userId);
        if (!after) {
            return;
        }
        const seenUserId = found.agent?.user_id || false;
        const concerned = [...new Set([found.team.id, teamId])];
        this.state.teams = after;
        this.state.moving++;
        try {
            const answer = await this.orm.silent.call("service.monitor", "reassign", [
                caseId,
                teamId,
                userId,
                seenUserId,
            ]);
            this.show(answer, concerned);
        } catch (error) {
            this.notification.add(
                error.data?.message || _t("The server could not be reached. Nothing has changed."),
                { type: "danger", title: _t("The case was not moved") }
            );
            const shown = before.filter(({ id }) => concerned.includes(id));
            this.state.teams = mergeTeams(this.state.teams, shown, concerned);
            this.refresh(concerned);
        }
        this.state.moving--;
    }

    // ------------------------------------------------------------
    // OPENING
    // ------------------------------------------------------------

    open(caseId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "service.case",
            res_id: caseId,
            views: [[false, "form"]],
        });
    }

    /** Open the cases behind a figure of a team. */
    async openCases(team, filter, domain = []) {
        const action = await this.orm.call("service.team", "action_open_cases", [[team.id]], {
            context: filter ? { [`search_default_${filter}`]: 1 } : {},
        });
        action.domain = [...action.domain, ...domain];
        return this.action.doAction(action);
    }

    openAgent(team, agent) {
        return this.openCases(team, null, [["user_id", "=", agent.user_id]]);
    }

    openTeams() {
        return this.action.doAction("crm_plus_service.service_team_action");
    }

    // ------------------------------------------------------------
    // SHOWN
    // ------------------------------------------------------------

    get hasCompanies() {
        return new Set(this.state.teams.map((team) => team.company_id)).size > 1;
    }

    oldest(team) {
        return team.queue.oldest ? ageText(team.queue.oldest, this.state.now) : _t("Nobody waits");
    }

    /** What is not shown as cards, of a queue or an agent. */
    moreText({ count, cases }) {
        return _t("and %s more", count - cases.length);
    }

    /** Which part of the capacity is taken, in percent. */
    percent(agent) {
        return Math.round((100 * agent.load) / agent.capacity);
    }

    loadText(agent) {
        if (!agent.capacity) {
            return _t("%s open", agent.count);
        }
        const [load, capacity] = [agent.load, agent.capacity].map((it) =>
            it.toLocaleString(undefined, { maximumFractionDigits: 1 })
        );
        return _t("%(load)s of %(capacity)s", { load, capacity });
    }

    absenceText(agent) {
        if (!agent.absent_until) {
            return _t("Absent");
        }
        const until = deserializeDateTime(agent.absent_until).toLocaleString(
            DateTime.DATETIME_SHORT
        );
        return _t("Absent until %s", until);
    }

    /** Fill the screen, large and dark, or go back to the page. */
    async toggleWall() {
        this.state.isWall = !this.state.isWall;
        try {
            if (this.state.isWall) {
                await document.documentElement.requestFullscreen();
            } else if (document.fullscreenElement) {
                await document.exitFullscreen();
            }
        } catch {
            // a browser that does not allow it still shows the page large
        }
    }
}

registry.category("actions").add("crm_plus_service.monitor", ServiceMonitor);
