import {
    Component,
    markRaw,
    onWillStart,
    onWillUpdateProps,
    status,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";

/** The score of a lead at this moment, what it is made of, and how it will fade. */
export class LeadScore extends Component {
    static template = "crm_plus.LeadScore";
    static components = { ChartCanvas };
    static props = {
        /** False while the lead is not saved. */
        leadId: { type: [Number, Boolean] },
        /** Another number whenever the lead has been saved. */
        version: { type: Number, optional: true },
        /** Called when the stored score has changed. */
        onStored: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ details: null, curve: null, failure: null });
        // not awaited: the form stands while the score is on its way
        onWillStart(() => void this.load(this.props.leadId));
        onWillUpdateProps((next) => {
            if (next.leadId !== this.props.leadId || next.version !== this.props.version) {
                if (next.leadId !== this.props.leadId) {
                    this.state.details = null;
                }
                this.load(next.leadId);
            }
        });
    }

    async load(leadId) {
        if (!leadId) {
            return;
        }
        try {
            const details = await this.keepLast.add(
                this.orm.silent.call("crm.lead", "get_lead_score_details", [leadId])
            );
            if (status(this) !== "destroyed") {
                const curve = details.curve && markRaw(this.curveConfig(details.curve));
                Object.assign(this.state, { details, curve, failure: null });
            }
        } catch (error) {
            this.state.failure =
                error.data?.message || _t("The server could not be reached. Try again later.");
        }
    }

    /** Keep the score as it is now, for lists and filters. */
    async store() {
        await this.orm.call("crm.lead", "action_update_lead_score", [[this.props.leadId]]);
        await this.load(this.props.leadId);
        this.props.onStored?.();
    }

    async openHistory() {
        this.action.doAction(
            await this.orm.call("crm.lead", "action_open_score_history", [[this.props.leadId]])
        );
    }

    openRules() {
        return this.action.doAction("crm_plus.crm_score_rule_action");
    }

    points(value) {
        const text = formatFloat(Math.abs(value), { digits: [16, 1], trailingZeros: false });
        return value < 0 ? `−${text}` : `+${text}`;
    }

    number(value) {
        return formatFloat(value, { digits: [16, 1], trailingZeros: false });
    }

    get totalText() {
        const { total, full } = this.state.details;
        return _t("%(total)s of %(full)s points", {
            total: this.number(total),
            full: this.number(full),
        });
    }

    get probabilityText() {
        return _t("Odoo's probability: %s %", this.number(this.state.details.probability));
    }

    get otherRulesText() {
        const count = this.state.details.other_rules;
        return count === 1
            ? _t("One other rule does not apply.")
            : _t("%s other rules do not apply.", count);
    }

    get hasRules() {
        const { rows, other_rules } = this.state.details;
        return rows.length + other_rules > 0;
    }

    /** Whether lists show another score than the one of this moment. */
    get isOutdated() {
        const { is_open, score, stored } = this.state.details;
        return is_open && (!stored || stored.score !== score);
    }

    get storedText() {
        const { stored, is_open } = this.state.details;
        if (!stored) {
            return is_open
                ? _t("Lists do not show a score yet.")
                : _t("It was never scored while it was open.");
        }
        const score = stored.score === null ? _t("no score") : stored.score;
        return is_open
            ? _t("Lists show %(score)s, from %(date)s.", { score, date: stored.date })
            : _t("Before it was closed, it had %(score)s (%(date)s).", { score, date: stored.date });
    }

    curveConfig({ days, scores }) {
        const axis = (title) => ({
            title: { display: true, text: title, color: chartColors.text() },
            ticks: { color: chartColors.text(), maxTicksLimit: 5 },
            grid: { color: chartColors.grid() },
        });
        return {
            type: "line",
            data: {
                labels: days,
                datasets: [
                    {
                        label: _t("Score"),
                        data: scores,
                        borderColor: chartColors.series(0, "sm"),
                        pointRadius: 2,
                        tension: 0.2,
                    },
                ],
            },
            options: {
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: { title: ([item]) => _t("In %s days", days[item.dataIndex]) },
                    },
                },
                scales: {
                    x: axis(_t("Days from now, if nothing more happens")),
                    y: { ...axis(_t("Score")), min: 0, max: 100 },
                },
            },
        };
    }
}

/** The score on the lead's form. */
export class LeadScoreWidget extends Component {
    static template = "crm_plus.LeadScoreWidget";
    static components = { LeadScore };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ leadId: this.props.record.resId || false, version: 0 });
        useRecordObserver((record) => {
            if (!record.dirty) {
                this.state.leadId = record.resId || false;
                this.state.version++;
            }
        });
    }

    async reload() {
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("crm_plus_lead_score", { component: LeadScoreWidget });

/** The score in a dialog. */
export class LeadScoreDialog extends Component {
    static template = "crm_plus.LeadScoreDialog";
    static components = { LeadScore };
    static props = { ...standardActionServiceProps };

    get leadId() {
        return this.props.action.params?.lead_id || false;
    }
}

registry.category("actions").add("crm_plus.lead_score", LeadScoreDialog);
