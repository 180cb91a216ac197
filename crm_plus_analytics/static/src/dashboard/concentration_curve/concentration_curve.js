import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { chartColors } from "@crm_plus/chart/chart_colors";
import { ChartCanvas } from "@crm_plus/chart/chart_canvas";
import { everyTenth, formatCount, formatShare, pointOfShare } from "../dashboard_utils";

/** The share that speaks of "80/20". */
const MOST = 0.8;

/** Which share of the customers brings which share of the revenue. */
export class ConcentrationCurve extends Component {
    static template = "crm_plus_analytics.ConcentrationCurve";
    static components = { ChartCanvas };
    static props = { curve: Object, open: Function };

    get headline() {
        return pointOfShare(this.props.curve.points, MOST);
    }

    get ofPurchases() {
        return this.props.curve.measure === "purchases";
    }

    /** Say in a sentence what a point of the curve means. */
    describe(point) {
        const values = {
            customers: formatCount(point.customers),
            customerShare: formatShare(point.customer_share),
            share: formatShare(point.share),
        };
        return this.ofPurchases
            ? _t("%(customerShare)s of the customers (%(customers)s) make %(share)s of the purchases", values)
            : _t("%(customerShare)s of the customers (%(customers)s) bring %(share)s of the revenue", values);
    }

    get config() {
        const points = this.props.curve.points;
        return {
            type: "line",
            data: {
                datasets: [
                    {
                        data: [
                            { x: 0, y: 0 },
                            ...points.map((point) => ({
                                x: point.customer_share * 100,
                                y: point.share * 100,
                            })),
                        ],
                        borderColor: chartColors.series(0, 6),
                        backgroundColor: chartColors.tinted(0, 6, 0.15),
                        fill: "origin",
                        pointRadius: 0,
                        pointHitRadius: 12,
                        borderWidth: 2,
                    },
                ],
            },
            options: {
                interaction: { mode: "nearest", axis: "x", intersect: false },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        displayColors: false,
                        filter: (item) => item.dataIndex > 0,
                        callbacks: {
                            title: () => "",
                            label: (item) => this.describe(points[item.dataIndex - 1]),
                        },
                    },
                },
                scales: {
                    x: this.axis(_t("Customers, best first"), 100),
                    y: this.axis(
                        this.ofPurchases ? _t("Purchases") : _t("Revenue"),
                        100
                    ),
                },
            },
        };
    }

    axis(title, max) {
        return {
            type: "linear",
            min: 0,
            max,
            title: { display: true, text: title, color: chartColors.text() },
            ticks: { callback: (value) => `${value}%`, color: chartColors.text(), stepSize: 20 },
            grid: { color: chartColors.grid() },
        };
    }

    /** The points that the figures tell: as the customers come by tenths. */
    get steps() {
        return everyTenth(this.props.curve.points);
    }

    openPoint(index) {
        if (index) {
            this.openPointOf(this.props.curve.points[index - 1]);
        }
    }

    openPointOf(point) {
        this.props.open(this.describe(point), point.domain);
    }
}
