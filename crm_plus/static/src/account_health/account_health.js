import { Component, markRaw, status, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";
import { dateAxis } from "../chart/date_axis";
import { useSavedRecord } from "../chart/saved_record";

/** The health of a key account: the score, each reason with its points, and how it went. */
export class AccountHealth extends Component {
    static template = "crm_plus.AccountHealth";
    static components = { ChartCanvas };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ health: null, line: null, failed: false, computing: false });
        useSavedRecord((resId) => this.load(resId));
    }

    async load(resId) {
        this.resId = resId;
        try {
            const health = await this.orm.silent.call("crm.key.account", "get_account_health", [
                [resId],
            ]);
            if (resId === this.resId && status(this) !== "destroyed") {
                const line = health.history.length > 1 && markRaw(this.lineConfig(health));
                Object.assign(this.state, { health, line, failed: false });
            }
        } catch {
            this.state.failed = true;
        }
    }

    async compute() {
        this.state.computing = true;
        try {
            await this.orm.call("crm.key.account", "action_compute_health", [[this.resId]]);
            await this.load(this.resId);
            const { record } = this.props;
            if (!(await record.isDirty())) {
                await record.load();
            }
        } finally {
            this.state.computing = false;
        }
    }

    async open(kind) {
        const action = await this.orm.call("crm.key.account", "action_open_health_records", [
            [this.resId],
            kind,
        ]);
        if (action) {
            await this.action.doAction(action);
        }
    }

    async openHistory() {
        await this.action.doAction(
            await this.orm.call("crm.key.account", "action_view_health_history", [[this.resId]])
        );
    }

    setUp() {
        return this.action.doAction("crm_plus.crm_health_measure_action");
    }

    pointsText({ points, possible }) {
        const number = (value) => formatFloat(value, { digits: [16, 1], trailingZeros: false });
        return _t("%(points)s of %(possible)s", {
            points: number(points),
            possible: number(possible),
        });
    }

    /** How wide the bar is: what was reached of a part. */
    reached({ points, possible }) {
        return possible ? Math.round((100 * points) / possible) : 0;
    }

    toneOf(part) {
        const { green, amber } = this.state.health.limits;
        const reached = this.reached(part);
        return reached >= green ? "success" : reached >= amber ? "warning" : "danger";
    }

    get changeText() {
        const { change } = this.state.health;
        return change > 0
            ? _t("%s more than 30 days ago", change)
            : _t("%s less than 30 days ago", -change);
    }

    lineConfig({ history, limits, bands }) {
        const points = history.map(({ date, score }) => ({
            x: deserializeDate(date).toMillis(),
            y: score,
        }));
        const limit = (value, label) => ({
            label,
            data: [points[0].x, points.at(-1).x].map((x) => ({ x, y: value })),
            borderColor: chartColors.muted(),
            borderDash: [4, 4],
            borderWidth: 1,
            pointRadius: 0,
            pointHitRadius: 0,
        });
        return {
            type: "line",
            data: {
                datasets: [
                    {
                        label: _t("Health"),
                        data: points,
                        borderColor: chartColors.series(0, "sm"),
                        backgroundColor: chartColors.series(0, "sm"),
                        pointRadius: 3,
                        stepped: true,
                    },
                    limit(limits.green, bands.green),
                    limit(limits.amber, bands.amber),
                ],
            },
            options: {
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            title: ([item]) =>
                                formatDate(luxon.DateTime.fromMillis(item.parsed.x)),
                        },
                    },
                },
                scales: {
                    x: dateAxis({
                        min: points[0].x,
                        max: points.at(-1).x,
                        ticks: { maxTicksLimit: 5, maxRotation: 0 },
                    }),
                    y: {
                        min: 0,
                        max: 100,
                        ticks: { color: chartColors.text(), stepSize: 20 },
                        grid: { color: chartColors.grid() },
                    },
                },
            },
        };
    }
}

registry.category("view_widgets").add("crm_account_health", {
    component: AccountHealth,
    additionalClasses: ["d-block", "w-100"],
});
