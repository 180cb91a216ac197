import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatCount, formatCustomers, formatMeasure } from "../dashboard_utils";
import { HeatMap } from "../heat_map/heat_map";

const SCORES = [1, 2, 3, 4, 5];

/** Customers by how lately and how often they bought, one cell for each pair of scores. */
export class RfmMap extends Component {
    static template = "crm_plus_analytics.RfmMap";
    static components = { HeatMap };
    static props = { cells: Array, currencyId: Number, seesAmounts: Boolean, open: Function };

    setup() {
        this.state = useState({ measure: "customers" });
    }

    get measures() {
        return [
            { key: "customers", label: _t("Customers") },
            { key: "revenue", label: _t("Revenue") },
            { key: "customer_value", label: _t("Value") },
            // a past month has no revenue in all
        ].filter(({ key }) => this.props.cells.some((cell) => key in cell));
    }

    /** What is shown in the cells: the measure chosen, if the customers shown have it. */
    get measure() {
        const isThere = this.measures.some(({ key }) => key === this.state.measure);
        return isThere ? this.state.measure : "customers";
    }

    get columns() {
        return SCORES.map(String);
    }

    get highest() {
        return Math.max(...this.props.cells.map((cell) => cell[this.measure]));
    }

    get rows() {
        const cells = Object.fromEntries(
            this.props.cells.map((cell) => [`${cell.r}${cell.f}`, cell])
        );
        return SCORES.toReversed().map((r) => ({
            key: r,
            label: _t("Recency %s", r),
            cells: SCORES.map((f) => this.cell(r, f, cells[`${r}${f}`])),
        }));
    }

    cell(r, f, found) {
        const key = `${r}${f}`;
        if (!found) {
            return { key, text: "–", heat: 0 };
        }
        return {
            key,
            text: this.text(found),
            heat: found[this.measure],
            hint: _t("Recency %(r)s, frequency %(f)s: %(customers)s", {
                r, f, customers: formatCustomers(found.customers),
            }),
            domain: found.domain,
        };
    }

    text(cell) {
        if (this.measure === "customers") {
            return formatCount(cell.customers);
        }
        return formatMeasure(cell[this.measure], "revenue", this.props.currencyId);
    }
}
