import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { number } from "./backtest_chart";

/** Parameters that have a Greek letter of their own. */
const GREEK = { alpha: "α", beta: "β", gamma: "γ" };

/** A table of figures of a back-test. */
class BacktestFigures extends Component {
    static template = "crm_plus_analytics.BacktestFigures";
    static props = { ...standardFieldProps };

    canOpen = false;

    get data() {
        return this.props.record.data[this.props.name];
    }
}

/** All models, and the naive forecast, beside each other. */
export class ContendersTable extends BacktestFigures {
    get title() {
        return _t("All models beside each other");
    }

    get hint() {
        return _t("The one tested is marked. The smaller the errors, the better.");
    }

    get columns() {
        return [_t("Model"), _t("Expected purchases"), _t("Typical error"), _t("Mean error")];
    }

    get rows() {
        const { model: tested } = this.props.record.data;
        const names = Object.fromEntries(this.props.record.fields.model.selection);
        return this.data.map(({ model, expected, error, mean_error }) => ({
            name: names[model] || _t("Same rate as before"),
            isMarked: model === tested,
            cells: [number(expected, 1), number(error, 3), number(mean_error, 3)],
        }));
    }
}

/** What the models have estimated. */
export class EstimatesTable extends BacktestFigures {
    get title() {
        return _t("Estimates");
    }

    get hint() {
        return _t(
            "What the models learnt, in the time unit and the currency of the company. Only for those who know the models."
        );
    }

    get columns() {
        return [_t("Parameter"), _t("Estimate"), _t("Standard error")];
    }

    get rows() {
        return this.data.map(({ name, value, error }) => ({
            name: GREEK[name] || name,
            cells: [number(value, 4), number(error, 4)],
        }));
    }
}

registry.category("fields").add("backtest_contenders", {
    component: ContendersTable,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "model", type: "selection" }],
});
registry.category("fields").add("backtest_estimates", {
    component: EstimatesTable,
    supportedTypes: ["json"],
});
