import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";

import { ageText, cardState, dueText } from "./monitor_figures";

/** A case on the monitor: can be dragged, and moved with its menu by those who use no mouse. */
export class MonitorCard extends Component {
    static template = "crm_plus_service.MonitorCard";
    static components = { Dropdown, DropdownItem };
    static props = {
        card: Object,
        team: Object,
        agent: { type: [Object, { value: null }] },
        teams: Array,
        now: Object,
        /** Called with the id of the case. */
        open: Function,
        /** Called with the ids of the case, of the team and of the agent, or false. */
        move: Function,
    };

    get state() {
        return cardState(this.props.card, this.props.now);
    }

    get due() {
        return dueText(this.props.card, this.props.now);
    }

    get waits() {
        return _t("In the queue for %s", ageText(this.props.card.since, this.props.now));
    }

    get priorityLabel() {
        return _t("Priority %s of 3", this.props.card.priority);
    }

    get menuLabel() {
        return _t("Move %s", this.props.card.number || this.props.card.name);
    }

    /** To whom the case can be given: the agents of its team, and the queues of all teams. */
    get targets() {
        const { card, team, agent, teams, move } = this.props;
        const agents = team.agents
            .filter(({ user_id }) => user_id !== agent?.user_id)
            .map(({ user_id, name, is_absent }) => ({
                key: `agent-${user_id}`,
                label: is_absent ? _t("%s (absent)", name) : name,
                icon: "fa-user",
                run: () => move(card.id, team.id, user_id),
            }));
        const queues = teams
            .filter(({ id }) => agent || id !== team.id)
            .map(({ id, name }) => ({
                key: `queue-${id}`,
                label: _t("Queue of %s", name),
                icon: "fa-inbox",
                run: () => move(card.id, id, false),
            }));
        return [...agents, ...queues];
    }
}
