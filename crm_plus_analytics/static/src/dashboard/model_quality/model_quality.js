import { Component } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { formatCount } from "../dashboard_utils";

/** How far the figures can be relied on: the last scoring and what its models made of it. */
export class ModelQuality extends Component {
    static template = "crm_plus_analytics.ModelQuality";
    static props = { quality: Object };

    setup() {
        this.action = useService("action");
        this.formatCount = formatCount;
    }

    get asOf() {
        return formatDate(deserializeDate(this.props.quality.as_of));
    }

    get dateEnd() {
        return formatDateTime(deserializeDateTime(this.props.quality.date_end));
    }

    openRun(id) {
        return this.openRecord(_t("Scoring"), "customer.score.run", id);
    }

    openBackTest() {
        return this.openRecord(
            _t("Back-test"), "customer.score.backtest", this.props.quality.back_test.id
        );
    }

    openRecord(name, model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
