import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { usePageFilters } from "../../page_filters/page_filters";
import { HISTORY_VIEWS, rowsAction } from "../../rows_action";
import { CohortMap } from "../cohort_map/cohort_map";
import { ConcentrationCurve } from "../concentration_curve/concentration_curve";
import { DashboardFilters } from "../dashboard_filters/dashboard_filters";
import { DashboardPanel } from "../dashboard_panel/dashboard_panel";
import { ExpectedRevenue } from "../expected_revenue/expected_revenue";
import { ModelQuality } from "../model_quality/model_quality";
import { RfmMap } from "../rfm_map/rfm_map";
import { SegmentHistory } from "../segment_history/segment_history";
import { ValuePyramid } from "../value_pyramid/value_pyramid";

const FILTERS = ["company_id", "month", "team_id", "category_id", "country_id"];

/** What all customers of a company are worth, at a glance; every mark opens its customers. */
export class CustomerValueDashboard extends Component {
    static template = "crm_plus_analytics.CustomerValueDashboard";
    static components = {
        CohortMap,
        ConcentrationCurve,
        DashboardFilters,
        DashboardPanel,
        ExpectedRevenue,
        Layout,
        ModelQuality,
        RfmMap,
        SegmentHistory,
        ValuePyramid,
    };
    static props = { ...standardActionServiceProps };
    /** That of its action: what Odoo finds in the address it hands to the page. */
    static path = "customer-value";
    static displayName = _t("Customer Value");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.filters = usePageFilters(this.props, FILTERS);
        this.state = useState({ data: null, isLoading: true, failure: null });
        this.open = this.open.bind(this);
        this.openHistory = this.openHistory.bind(this);
        this.updateFilter = this.updateFilter.bind(this);
        // not awaited: the page stands while its figures are on their way
        onWillStart(() => void this.load());
    }

    get isFiltered() {
        const { month, team_id, category_id, country_id } = this.filters.values;
        return Boolean(month || team_id || category_id || country_id);
    }

    async load() {
        this.state.isLoading = true;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.silent.call("customer.value.dashboard", "get_dashboard", [
                    { ...this.filters.values },
                ])
            );
            this.state.failure = null;
        } catch (error) {
            this.state.failure =
                error.data?.message || _t("The server could not be reached. Try again in a moment.");
        }
        this.state.isLoading = false;
    }

    updateFilter(name, value) {
        this.filters.update({ [name]: value });
        return this.load();
    }

    clearFilters() {
        this.filters.update({ month: false, team_id: false, category_id: false, country_id: false });
        return this.load();
    }

    /** Open the customers of a mark. */
    open(name, domain) {
        return this.openRows("customer.score", ["list", "kanban", "form", "pivot", "graph"], name, domain);
    }

    /** Open the customers of a mark as they were in its month. */
    openHistory(name, domain) {
        return this.openRows("customer.score.history", HISTORY_VIEWS, name, domain);
    }

    openRows(model, views, name, domain) {
        return this.action.doAction(rowsAction(model, views, name, [...this.state.data.domain, ...domain]));
    }

    scoreNow() {
        return this.action.doAction("crm_plus_analytics.customer_score_launch_action", {
            additionalContext: { default_company_id: this.state.data.company.id },
        });
    }

    /** What opens the customers of a mark, as they are or as they were in the month that is shown. */
    get openOfMonth() {
        return this.state.data.month ? this.openHistory : this.open;
    }

    get curveTitle() {
        return {
            revenue: _t("80/20 curve of revenue"),
            revenue_12_months: _t("80/20 curve of the revenue of twelve months"),
            purchases: _t("80/20 curve of purchases"),
        }[this.state.data.curve.measure];
    }

    get expectedHelp() {
        if (this.state.data.month) {
            return _t("What the customers were expected to be worth when they were scored in that month: later money counts less, by the yearly discount rate.");
        }
        return _t("What all customers together are expected to bring, not discounted. If the models were exact, 95 of 100 outcomes would lie in the interval: customers are taken as independent, each one's purchases as a Poisson count whose rate is uncertain by a gamma distribution, their amounts as the model of values estimates them, the variances added up (normal approximation). An error of the models themselves is not in it; the back-test shows how far they were off.");
    }

    get expectedTitle() {
        const { measure, months } = this.state.data.expected;
        if (this.state.data.month) {
            return _t("Customer value, as expected then");
        }
        return measure === "revenue"
            ? _t("Expected revenue of the next %s months", months)
            : _t("Expected purchases of the next %s months", months);
    }
}

registry.category("actions").add("customer_value_dashboard", CustomerValueDashboard);
