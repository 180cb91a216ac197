import { Component, markRaw, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";

const percent = (rate) => (rate === null ? "–" : `${Math.round(100 * rate)} %`);

/** Draws the interval of each bar as a whisker. */
const whiskers = (rates) => ({
    id: "whiskers",
    afterDatasetsDraw(chart) {
        const { ctx, scales } = chart;
        ctx.save();
        ctx.strokeStyle = chartColors.text();
        ctx.lineWidth = 1.5;
        chart.getDatasetMeta(0).data.forEach(({ x }, index) => {
            const { count, low, high } = rates[index];
            if (!count) {
                return;
            }
            const [top, bottom] = [high, low].map((rate) => scales.y.getPixelForValue(100 * rate));
            ctx.beginPath();
            ctx.moveTo(x, top);
            ctx.lineTo(x, bottom);
            for (const end of [top, bottom]) {
                ctx.moveTo(x - 5, end);
                ctx.lineTo(x + 5, end);
            }
            ctx.stroke();
        });
        ctx.restore();
    },
});

/** What became of the leads, by the score that they had before. */
export class ScoreCalibration extends Component {
    static template = "crm_plus.ScoreCalibration";
    static components = { Layout, ChartCanvas };
    static props = { ...standardActionServiceProps };
    static path = "score-calibration";
    static displayName = _t("Score Calibration");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.keepLast = new KeepLast();
        this.state = useState({
            months: 12,
            teamId: false,
            report: null,
            configs: null,
            ...this.props.state?.filters,
        });
        this.percent = percent;
        this.charts = [
            {
                name: "bands",
                title: _t("Won Rate by Score"),
                hint: _t("Of the leads that were closed, how many were won, by the band of the score that they had before. Grey: too few leads to tell."),
            },
            {
                name: "classes",
                title: _t("Won Rate by Odoo's Probability"),
                hint: _t("The same leads by the probability that Odoo predicted at that time. Where it is right, the bars rise with it."),
            },
        ].map((chart) => ({
            ...chart,
            open: (_dataset, index) => this.open(chart.name, this.state.report[chart.name][index].key),
        }));
        useSetupAction({
            getLocalState: () => ({
                filters: { months: this.state.months, teamId: this.state.teamId },
            }),
        });
        onWillStart(() => this.load());
    }

    async load() {
        const { months, teamId } = this.state;
        const report = await this.keepLast.add(
            this.orm.call("crm.score.calibration", "get_calibration", [], {
                months,
                team_id: teamId,
            })
        );
        const configs = this.charts.map(({ name }) => [name, this.chartConfig(report[name])]);
        Object.assign(this.state, { report, configs: markRaw(Object.fromEntries(configs)) });
    }

    choose(name, value) {
        this.state[name] = Number(value) || false;
        return this.load();
    }

    async open(group, key) {
        const { months, teamId } = this.state;
        this.action.doAction(
            await this.orm.call("crm.score.calibration", "action_open_leads", [], {
                group,
                key,
                months,
                team_id: teamId,
            })
        );
    }

    openRule(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.score.rule",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openRules() {
        return this.action.doAction("crm_plus.crm_score_rule_action");
    }

    monthsText(months) {
        return _t("%s months", months);
    }

    get countText() {
        const { closed, unscored } = this.state.report;
        const scored = closed - unscored;
        return unscored
            ? _t("%(scored)s leads were closed with a score, %(unscored)s without one are left out.", {
                  scored,
                  unscored,
              })
            : _t("%s leads were closed with a score.", scored);
    }

    get isEmpty() {
        return this.state.report.closed === this.state.report.unscored;
    }

    interval({ count, low, high }) {
        return count
            ? _t("%(low)s to %(high)s", { low: percent(low), high: percent(high) })
            : "–";
    }

    lift(value) {
        return value === null ? "–" : `${formatFloat(value, { digits: [16, 1] })} ×`;
    }

    chance(value) {
        return value < 0.001 ? "< 0.1 %" : `${formatFloat(100 * value, { digits: [16, 1] })} %`;
    }

    chartConfig(rates) {
        const axis = (title) => ({
            title: { display: Boolean(title), text: title, color: chartColors.text() },
            ticks: { color: chartColors.text() },
        });
        return {
            type: "bar",
            data: {
                labels: rates.map(({ label }) => label),
                datasets: [
                    {
                        label: _t("Won"),
                        data: rates.map(({ rate }) => (rate === null ? null : 100 * rate)),
                        backgroundColor: rates.map(({ is_few }) =>
                            is_few ? chartColors.muted() : chartColors.series(0, "sm")
                        ),
                        minBarLength: 3,
                        maxBarThickness: 90,
                    },
                ],
            },
            options: {
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: ({ dataIndex }) => {
                                const rate = rates[dataIndex];
                                return _t("%(rate)s: %(won)s of %(count)s won (%(interval)s)", {
                                    rate: percent(rate.rate),
                                    won: rate.won,
                                    count: rate.count,
                                    interval: this.interval(rate),
                                });
                            },
                        },
                    },
                },
                scales: {
                    x: { ...axis(""), grid: { display: false } },
                    y: { ...axis(_t("Won, in %")), min: 0, max: 100, grid: { color: chartColors.grid() } },
                },
            },
            plugins: [whiskers(rates)],
        };
    }
}

registry.category("actions").add("crm_plus.score_calibration", ScoreCalibration);
