import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { formatCount } from "../dashboard/dashboard_utils";
import { usePageFilters } from "../page_filters/page_filters";
import { HISTORY_VIEWS, rowsAction } from "../rows_action";

/** Who went from which segment to which since the month before; every number opens its customers. */
export class SegmentMoves extends Component {
    static template = "crm_plus_analytics.SegmentMoves";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    /** That of its action: what Odoo finds in the address it hands to the page. */
    static path = "customer-segment-moves";
    static displayName = _t("Moves between Segments");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.formatCount = formatCount;
        this.display = { controlPanel: {} };
        this.filters = usePageFilters(this.props, ["company_id", "month"]);
        this.state = useState({ data: null, isLoading: true, hasFailed: false });
        onWillStart(() => this.load());
    }

    async load(filters) {
        if (filters) {
            this.filters.update(filters);
        }
        Object.assign(this.state, { isLoading: true, hasFailed: false });
        try {
            const { month, company_id } = this.filters.values;
            this.state.data = await this.keepLast.add(
                this.orm.call("customer.score.history", "get_segment_moves", [], {
                    month: month || null,
                    company_id: company_id || null,
                })
            );
        } catch (error) {
            this.state.hasFailed = true;
            throw error;
        } finally {
            this.state.isLoading = false;
        }
    }

    onMonthChange(ev) {
        return this.load({ month: ev.target.value });
    }

    onCompanyChange(ev) {
        return this.load({ company_id: parseInt(ev.target.value) });
    }

    get month() {
        return this.state.data.months.find((month) => month.id === this.state.data.month);
    }

    /** Return the table as it is drawn: lines with a cell for each column, and totals. */
    get table() {
        const { rows, columns, cells } = this.state.data;
        const counts = new Map(cells.map((cell) => [`${cell.from}/${cell.to}`, cell.count]));
        const lines = rows.map((row) => {
            const line = columns.map((column) => ({
                column,
                count: counts.get(`${row.key}/${column.key}`) || 0,
                stayed: row.key === column.key,
            }));
            const total = line.reduce((sum, cell) => sum + cell.count, 0);
            for (const cell of line) {
                cell.share = cell.count / total;
                // the share's root, so that small moves can be told from none
                cell.intensity = Math.sqrt(cell.share).toFixed(2);
            }
            return { row, cells: line, total };
        });
        const totals = columns.map((column, index) => ({
            column,
            count: lines.reduce((sum, line) => sum + line.cells[index].count, 0),
        }));
        return { lines, totals, total: totals.reduce((sum, { count }) => sum + count, 0) };
    }

    describe({ row, cell }) {
        return _t("%(count)s of %(total)s customers: %(from)s → %(to)s (%(share)s%)", {
            count: formatCount(cell.count),
            total: formatCount(cell.count / cell.share),
            from: row.name,
            to: cell.column.name,
            share: Math.round(100 * cell.share),
        });
    }

    domainOf(row, column) {
        const { company_id, month, previous_month } = this.state.data;
        const segmentId = (line) => (line.key === "none" ? false : line.key);
        if (row && row.key !== "new" && !column) {
            // all who were there, also who is no customer any more
            return [
                ["company_id", "=", company_id],
                ["month", "=", previous_month],
                ["segment_id", "=", segmentId(row)],
            ];
        }
        const domain = [
            ["company_id", "=", company_id],
            ["month", "=", month],
        ];
        if (row?.key === "new") {
            domain.push(["movement", "=", "new"]);
        } else if (row) {
            domain.push(["movement", "in", ["stayed", "moved"]]);
            domain.push(["previous_segment_id", "=", segmentId(row)]);
        }
        if (column) {
            domain.push(["segment_id", "=", segmentId(column)]);
        }
        return domain;
    }

    /** Open the customers of a cell; of a whole row or column when only one is given. */
    open(row, column) {
        if (column?.key === "left") {
            return this.openLeft(row);
        }
        const name =
            row && column
                ? _t("%(from)s → %(to)s, %(month)s", {
                      from: row.name,
                      to: column.name,
                      month: this.month.name,
                  })
                : _t("%(segment)s, %(month)s", {
                      segment: (row || column).name,
                      month: row && row.key !== "new" ? this.state.data.previous : this.month.name,
                  });
        return this.action.doAction(
            rowsAction("customer.score.history", HISTORY_VIEWS, name, this.domainOf(row, column))
        );
    }

    /** Open who is no customer any more; of one segment when its row is given. */
    async openLeft(row) {
        const { company_id, month, previous_month } = this.state.data;
        return this.action.doAction(
            await this.orm.call("customer.score.history", "action_open_left", [], {
                month,
                previous_month,
                company_id,
                segment: row?.key || null,
            })
        );
    }

    openScores() {
        return this.action.doAction("crm_plus_analytics.customer_score_action");
    }
}

registry.category("actions").add("customer_segment_moves", SegmentMoves);
