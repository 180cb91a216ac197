import { Component, onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How often the server is asked whether the back-test is made. */
const POLL_INTERVAL = 2000;

/** Says that a back-test is being made, and loads its form again when it is. */
export class BacktestWaiting extends Component {
    static template = "crm_plus_analytics.BacktestWaiting";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        onMounted(() => {
            this.poll = browser.setInterval(() => this.ask(), POLL_INTERVAL);
        });
        onWillUnmount(() => browser.clearInterval(this.poll));
    }

    async ask() {
        const { resModel, resId, model } = this.props.record;
        const [test] = await this.orm.silent.read(resModel, [resId], ["state"]);
        if (test && test.state !== "queued") {
            browser.clearInterval(this.poll);
            await model.load();
        }
    }
}

registry.category("view_widgets").add("customer_backtest_waiting", {
    component: BacktestWaiting,
});
