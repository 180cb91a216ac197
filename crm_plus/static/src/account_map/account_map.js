import { Component, onPatched, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { cardLabel, MapCard, relationLabel } from "./map_card";
import {
    canReportTo,
    CARD,
    cardAt,
    layOut,
    layOutPeople,
    mapBounds,
    nextCard,
    outline,
    PERSON,
    relationPaths,
    reportingPaths,
} from "./map_layout";
import { useCardDrag } from "./use_card_drag";
import { useMapView } from "./use_map_view";

/** How far a card goes with one arrow key, in pixels of the map. */
const STEP = 20;
const DIRECTIONS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
/** What the server calls what a card calls otherwise. */
const FIELDS = { placed: "is_placed", x: "position_x", y: "position_y" };

/**
 * The map of the buying centre of a key account: who is there, who reports to whom, where they
 * stand towards us, and who of us knows them.
 *
 * Every change is written at once, and of the card alone that was changed: when two people edit
 * the map at the same time, the last one decides about a card, and nothing else is lost.
 */
export class AccountMap extends Component {
    static template = "crm_plus.AccountMap";
    static components = { MapCard };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.action = useService("action");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.canvas = useRef("canvas");
        this.CARD = CARD;
        this.PERSON = PERSON;
        this.state = useState({
            status: "loading",
            data: null,
            scope: "",
            showsPeople: true,
            focusedId: null,
            litIds: [],
            isReading: false,
            saving: 0,
        });
        this.view = useMapView(this.root, this.canvas, () => this.map.area);
        this.drag = useCardDrag({
            getZoom: () => this.view.zoom,
            findTarget: (id, at) => this.findTarget(id, at),
            onDrop: (id, at, targetId) => this.drop(id, at, targetId),
        });
        this.requestId = 0;
        useRecordObserver((record) => {
            // not awaited: the form does not wait for the map
            if (record.resId !== this.resId) {
                this.load(record.resId);
            }
        });
        onPatched(() => this.focusWanted());
        // the room changes with full screen, and the map with its cards
        useEffect(
            () => this.view.measure(),
            () => [this.state.data, this.view.isWide, this.state.showsPeople]
        );
    }

    // -------------------------------------------------------------------------
    // Reading
    // -------------------------------------------------------------------------

    async load(resId = this.resId) {
        if (resId !== this.resId) {
            Object.assign(this.state, { status: "loading", data: null, scope: "", litIds: [] });
        }
        this.resId = resId;
        const requestId = ++this.requestId;
        if (!resId) {
            this.state.status = "unsaved";
            return;
        }
        const [model, id] = this.state.scope.split(",");
        this.state.isReading = true;
        this.isStale = false;
        try {
            const data = await this.orm.silent.call(
                "crm.key.account",
                "get_buying_centre",
                [[resId]],
                model ? { [`${model}_id`]: Number(id) } : {}
            );
            if (requestId === this.requestId) {
                Object.assign(this.state, { status: "ready", data });
            }
        } catch {
            if (requestId === this.requestId) {
                this.state.status = "error";
            }
        }
        if (requestId === this.requestId) {
            this.state.isReading = false;
        }
    }

    chooseScope(ev) {
        this.state.scope = ev.target.value;
        return this.load();
    }

    // -------------------------------------------------------------------------
    // What the template shows
    // -------------------------------------------------------------------------

    get cards() {
        return this.state.data?.cards || [];
    }

    get canEdit() {
        return this.state.data.account.can_edit;
    }

    /** All that is drawn, in pixels of the map from its upper left corner. */
    get map() {
        const { drag } = this;
        const positions = layOut(this.cards);
        const people = this.state.showsPeople ? layOutPeople(this.cards, positions) : [];
        // the ground does not move under the card that is being dragged
        const area = mapBounds(positions, people);
        if (drag.isMoving) {
            positions.set(drag.id, { x: drag.x, y: drag.y });
        }
        return {
            area,
            viewBox: `${area.left} ${area.top} ${area.width} ${area.height}`,
            cards: this.cards.map((card) => ({ card, at: positions.get(card.id) })),
            people,
            reporting: reportingPaths(this.cards, positions),
            relations: people.length ? relationPaths(this.cards, positions, people) : [],
        };
    }

    get outline() {
        return outline(this.cards);
    }

    get hasPlaced() {
        return this.cards.some((card) => card.placed);
    }

    position(area, { x, y }) {
        return `left: ${x - area.left}px; top: ${y - area.top}px;`;
    }

    cardClasses(card) {
        const { drag } = this;
        const { litIds } = this.state;
        return {
            [`o_account_map_stance_${card.stance ?? "unknown"}`]: true,
            [`o_account_map_influence_${card.influence}`]: true,
            o_account_map_external: card.external,
            o_account_map_dragged: drag.isMoving && drag.id === card.id,
            o_account_map_target: drag.targetId === card.id,
            o_account_map_lit: litIds.includes(card.id),
            o_account_map_dimmed: litIds.length && !litIds.includes(card.id),
        };
    }

    cardLabel(card) {
        return cardLabel(card, this.cards, this.state.data);
    }

    relationLabel(card) {
        return relationLabel(card, this.state.data);
    }

    // -------------------------------------------------------------------------
    // Moving cards
    // -------------------------------------------------------------------------

    onCardPointerDown(ev, card) {
        if (!ev.button && this.canEdit) {
            this.drag.start(ev, card.id, layOut(this.cards).get(card.id));
        }
    }

    /** The card under the pointer, where the dragged one may report to that person. */
    findTarget(id, point) {
        const targetId = cardAt(layOut(this.cards), point, id);
        return canReportTo(this.cards, id, targetId) ? targetId : null;
    }

    /** Report to whom one was dropped on, standing where one then belongs, or stay there. */
    drop(id, { x, y }, targetId) {
        return this.change(
            id,
            targetId ? { manager_id: targetId, placed: false } : { placed: true, x, y }
        );
    }

    /** Show a change of one card at once and write it, of nothing else. */
    async change(id, changes) {
        const card = this.cards.find((each) => each.id === id);
        const before = Object.fromEntries(Object.keys(changes).map((key) => [key, card[key]]));
        Object.assign(card, changes);
        const values = Object.fromEntries(
            Object.entries(changes).map(([key, value]) => [FIELDS[key] || key, value])
        );
        await this.write([id], values, () => Object.assign(card, before));
    }

    async write(ids, values, takeBack) {
        if (this.state.isReading) {
            // what is on its way does not know of this change: it is read again afterwards
            this.requestId++;
            this.state.isReading = false;
            this.isStale = true;
        }
        this.state.saving++;
        try {
            await this.orm.silent.write("crm.account.role", ids, values);
        } catch (error) {
            takeBack();
            this.notification.add(
                error.data?.message || _t("The server could not be reached. Nothing has changed."),
                { type: "danger", title: _t("The card was not changed") }
            );
        }
        this.state.saving--;
        // whom one reports to, and warnings, are for the server to say
        this.isStale ||= "manager_id" in values;
        if (this.isStale && !this.state.saving) {
            await this.load();
        }
    }

    /** Put all cards that were moved back to where they fit. */
    async tidy() {
        const placed = this.cards.filter((card) => card.placed);
        placed.forEach((card) => (card.placed = false));
        await this.write(
            placed.map(({ id }) => id),
            { is_placed: false },
            () => placed.forEach((card) => (card.placed = true))
        );
        this.view.fit();
    }

    // -------------------------------------------------------------------------
    // Keyboard
    // -------------------------------------------------------------------------

    /** The one card that the Tab key reaches; arrows go on from there. */
    get tabId() {
        const ids = this.cards.map(({ id }) => id);
        return ids.includes(this.state.focusedId) ? this.state.focusedId : ids[0];
    }

    onCardKeydown(ev, card) {
        const direction = ARROWS[ev.key];
        if (direction && (ev.altKey || ev.shiftKey) && this.canEdit) {
            ev.preventDefault();
            ev.stopPropagation();
            this.nudge(card, direction);
        } else if (direction) {
            ev.preventDefault();
            ev.stopPropagation();
            const id = nextCard(layOut(this.cards), card.id, direction);
            if (id) {
                this.wantedId = id;
                this.state.focusedId = id;
            }
        } else if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            ev.stopPropagation();
            this.openCard(card);
        }
    }

    nudge(card, direction) {
        const { x, y } = layOut(this.cards).get(card.id);
        const [dx, dy] = DIRECTIONS[direction];
        return this.change(card.id, { placed: true, x: x + dx * STEP, y: y + dy * STEP });
    }

    focusWanted() {
        if (this.wantedId) {
            this.root.el.querySelector(`[data-card-id="${this.wantedId}"]`)?.focus();
            this.wantedId = null;
        }
    }

    onMapKeydown(ev) {
        if (ev.key === "+" || ev.key === "-") {
            this.view.zoomBy(ev.key === "+" ? 1 : -1);
        } else if (ev.key === "0") {
            this.view.fit();
        } else if (ev.key === "Escape" && this.view.isWide) {
            this.view.toggleWide();
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    // -------------------------------------------------------------------------
    // Opening
    // -------------------------------------------------------------------------

    onCardClick(card) {
        if (!this.drag.hasJustEnded) {
            this.openCard(card);
        }
    }

    openCard(card) {
        this.state.focusedId = card.id;
        this.openDialog(card.name, {
            resId: card.id,
            readonly: !this.canEdit,
            removeRecord: this.canEdit ? () => this.remove(card) : undefined,
        });
    }

    addCard() {
        this.openDialog(_t("Add a person"), {});
    }

    openDialog(title, props) {
        const [model, id] = this.state.scope.split(",");
        const context = { default_account_id: this.resId };
        if (model && !props.resId) {
            context[`default_${model}_id`] = Number(id);
        }
        this.dialog.add(FormViewDialog, {
            resModel: "crm.account.role",
            title,
            context,
            canExpand: false,
            onRecordSaved: () => this.load(),
            ...props,
        });
    }

    async remove(card) {
        await this.orm.unlink("crm.account.role", [card.id]);
        await this.load();
    }

    async openList() {
        const action = await this.orm.call("crm.key.account", "action_view_roles", [[this.resId]]);
        return this.action.doAction(action);
    }

    /** Light up the cards that a warning is about, or put them out again. */
    toggleWarning({ card_ids: ids }) {
        const isLit = ids.length && ids.every((id) => this.state.litIds.includes(id));
        this.state.litIds = isLit || ids.length === this.cards.length ? [] : [...ids];
    }
}

export const accountMap = {
    component: AccountMap,
    additionalClasses: ["d-block", "w-100"],
};

registry.category("view_widgets").add("crm_account_map", accountMap);
