import { Component, onWillStart, useState } from "@odoo/owl";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { ForecastChanges } from "./forecast_changes";
import { ForecastHistory } from "./forecast_history";
import { ForecastPeriods } from "./forecast_periods";
import { categories, formatAmount, periodName, shiftStart } from "./forecast_utils";

const { DateTime } = luxon;

/** What will be won, how sure that is, and what has changed; every figure opens its leads. */
export class SalesForecast extends Component {
    static template = "crm_plus.SalesForecast";
    static components = { ForecastChanges, ForecastHistory, ForecastPeriods, Layout, RecordSelector };
    static props = { ...standardActionServiceProps };
    static path = "sales-forecast";
    static displayName = _t("Sales Forecast");

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.keepForecast = new KeepLast();
        this.keepChanges = new KeepLast();
        this.display = { controlPanel: {} };
        this.categories = categories();
        this.filters = useState({
            unit: "month",
            start: false,
            period: false,
            group: "user",
            user_id: false,
            team_id: false,
            company_id: false,
            ...this.props.state?.filters,
        });
        this.comparison = useState({
            snapshotId: false,
            measure: "open",
            ...this.props.state?.comparison,
        });
        this.state = useState({ data: null, changes: null, isLoading: true, failure: null });
        useSetupAction({
            getLocalState: () => ({
                filters: { ...this.filters },
                comparison: { ...this.comparison },
            }),
        });
        // not awaited: the page stands while its figures are on their way
        onWillStart(() => void this.load());
    }

    // -------------------------------------------------------------------------
    // Reading
    // -------------------------------------------------------------------------

    async load() {
        this.state.isLoading = true;
        try {
            this.state.data = await this.keepForecast.add(
                this.orm.silent.call("crm.forecast", "get_forecast", [{ ...this.filters }])
            );
            this.state.failure = null;
            await this.loadChanges();
        } catch (error) {
            this.state.failure =
                error.data?.message || _t("The server could not be reached. Try again in a moment.");
        }
        this.state.isLoading = false;
    }

    async loadChanges() {
        const { snapshotId } = this;
        this.state.changes = snapshotId
            ? await this.keepChanges.add(
                  this.orm.silent.call("crm.forecast", "get_changes", [
                      { ...this.filters },
                      snapshotId,
                      this.comparison.measure,
                  ])
              )
            : null;
    }

    // -------------------------------------------------------------------------
    // What the template shows
    // -------------------------------------------------------------------------

    get snapshotId() {
        const { snapshots, last_week } = this.state.data;
        const chosen = snapshots.find((snapshot) => snapshot.id === this.comparison.snapshotId);
        return chosen ? chosen.id : last_week;
    }

    get comparedWith() {
        const snapshot = this.state.data.snapshots.find(({ id }) => id === this.snapshotId);
        return snapshot && formatDate(deserializeDateTime(snapshot.date));
    }

    /** Whether it is compared with last week, and not with what is younger or much older. */
    get isLastWeek() {
        const snapshot = this.state.data.snapshots.find(({ id }) => id === this.snapshotId);
        const { days } = DateTime.now().diff(deserializeDateTime(snapshot.date), "days");
        return this.snapshotId === this.state.data.last_week && days >= 6 && days < 14;
    }

    get periods() {
        return this.state.data.periods.map((period) => ({
            ...period,
            name: periodName(period.key, this.state.data.unit),
        }));
    }

    get shownName() {
        const shown = this.periods.find((period) => period.key === this.state.data.period);
        return shown ? shown.name : _t("all periods shown");
    }

    /** The figures of the period that is looked at, or of all. */
    get shownCells() {
        const { cells, period } = this.state.data;
        return cells.filter((cell) => !period || cell.period === period);
    }

    sum(cells, name) {
        return cells.reduce((total, cell) => total + cell[name], 0);
    }

    get cards() {
        const cells = this.shownCells;
        let together = 0;
        const cards = this.categories.map((category) => {
            const amount = this.sum(cells, category.key);
            together += amount;
            return {
                ...category,
                amount: this.format(amount),
                count: this.sum(cells, `${category.key}_count`),
                hint: ["commit", "best_case"].includes(category.key)
                    ? _t("%s with what is surer", this.format(together))
                    : false,
            };
        });
        return [
            ...cards,
            {
                key: "weighted",
                name: _t("Weighted"),
                help: _t("What is won, and what is expected times its probability."),
                amount: this.format(this.sum(cells, "weighted")),
                count: cards.reduce((total, card) => total + card.count, 0),
                hint: false,
            },
        ];
    }

    get rows() {
        const cells = this.shownCells;
        return this.state.data.groups
            .map((group) => {
                const own = cells.filter((cell) => cell.group === group.id);
                return {
                    ...group,
                    figures: [...this.categories, { key: "weighted", name: _t("Weighted") }].map(
                        ({ key, name }) => ({ key, name, amount: this.sum(own, key) })
                    ),
                };
            })
            .filter((row) => row.figures.some(({ amount }) => amount));
    }

    format(amount) {
        return formatAmount(amount, this.state.data.currency_id);
    }

    describeNotice(notice) {
        const values = { count: notice.count, amount: this.format(notice.amount) };
        return notice.key === "overdue"
            ? _t("Open, but expected closing is past: %(count)s (%(amount)s)", values)
            : _t("Open without expected closing: %(count)s (%(amount)s)", values);
    }

    get isEmpty() {
        const { cells, notices, history } = this.state.data;
        return !cells.length && !notices.length && !history.length;
    }

    // -------------------------------------------------------------------------
    // What the reader does
    // -------------------------------------------------------------------------

    update(changes) {
        Object.assign(this.filters, changes);
        return this.load();
    }

    setUnit(unit) {
        return this.update({ unit, period: false });
    }

    shift(steps) {
        const { unit, periods } = this.state.data;
        return this.update({ start: shiftStart(periods[0].key, unit, steps), period: false });
    }

    showToday() {
        return this.update({ start: false, period: false });
    }

    compare(changes) {
        Object.assign(this.comparison, changes);
        return this.loadChanges();
    }

    showChanges() {
        document.querySelector(".o_forecast_changes")?.scrollIntoView({ behavior: "smooth" });
    }

    async open(category, { period = this.state.data.period, group = null } = {}) {
        return this.action.doAction(
            await this.orm.call("crm.forecast", "open_figure", [
                { ...this.filters },
                category,
                period || null,
                group,
            ])
        );
    }

    async openChange(bucket) {
        return this.action.doAction(
            await this.orm.call("crm.forecast", "open_change", [
                { ...this.filters },
                this.snapshotId,
                this.comparison.measure,
                bucket,
            ])
        );
    }

    async takeSnapshot() {
        await this.orm.create("crm.forecast.snapshot", [
            { name: _t("Taken by hand on %s", formatDate(DateTime.now())) },
        ]);
        this.notification.add(_t("The forecast has been written down."), { type: "success" });
        return this.load();
    }
}

registry.category("actions").add("crm_plus_sales_forecast", SalesForecast);
