import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { formatCount, formatCustomers, formatShare } from "../dashboard_utils";
import { HeatMap } from "../heat_map/heat_map";

/** How many of the customers of each first period still bought so many periods later. */
export class CohortMap extends Component {
    static template = "crm_plus_analytics.CohortMap";
    static components = { HeatMap };
    static props = { cohorts: Object, open: Function };

    get corner() {
        return {
            month: _t("Months since →"),
            quarter: _t("Quarters since →"),
            year: _t("Years since →"),
        }[this.props.cohorts.step];
    }

    get columns() {
        return Array.from({ length: this.props.cohorts.periods }, (_, period) => String(period));
    }

    get rows() {
        return this.props.cohorts.rows.map((row) => {
            const label = this.label(row.start);
            return {
                key: row.start,
                label,
                hint: formatCount(row.customers),
                cells: row.cells.map((cell) => ({
                    key: `${row.start}-${cell.period}`,
                    text: formatShare(cell.share),
                    heat: cell.share,
                    hint: this.hint(label, cell),
                    domain: cell.domain,
                })),
            };
        });
    }

    label(start) {
        const day = deserializeDate(start);
        return {
            month: () => day.toFormat("LLL yyyy"),
            quarter: () => _t("Q%(quarter)s %(year)s", { quarter: day.quarter, year: day.year }),
            year: () => String(day.year),
        }[this.props.cohorts.step]();
    }

    hint(label, cell) {
        if (!cell.period) {
            return _t("First bought in %(when)s: %(customers)s", {
                when: label, customers: formatCustomers(cell.customers),
            });
        }
        return _t("First bought in %(when)s, still buying %(period)s later: %(customers)s", {
            when: label,
            period: this.duration(cell.period),
            customers: formatCustomers(cell.customers),
        });
    }

    duration(periods) {
        const isOne = periods === 1;
        return {
            month: () => (isOne ? _t("a month") : _t("%s months", periods)),
            quarter: () => (isOne ? _t("a quarter") : _t("%s quarters", periods)),
            year: () => (isOne ? _t("a year") : _t("%s years", periods)),
        }[this.props.cohorts.step]();
    }
}
