import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How often the run is asked, for when messages do not arrive or go to somebody else. */
const POLL_INTERVAL = 2000;
/** After how long waiting for the server is no longer normal. */
const PATIENCE = 60000;

/**
 * Shows how far a scoring is, and loads its form again when it begins and ends.
 *
 * Whoever started the run is told by the bus; everybody else, and everybody where the bus is
 * out of reach, learns it by asking.
 */
export class ScoreProgress extends Component {
    static template = "crm_plus_analytics.ScoreProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.busService = useService("bus_service");
        const { state, phase, percentage } = this.props.record.data;
        this.progress = useState({ state, phase, percentage, impatient: false });
        this.onMessage = (payload) => {
            if (payload.run_id === this.props.record.resId) {
                this.update(payload);
            }
        };
        onMounted(() => {
            this.busService.subscribe("customer_score_run/progress", this.onMessage);
            this.poll = browser.setInterval(() => this.ask(), POLL_INTERVAL);
            this.patience = browser.setTimeout(() => {
                this.progress.impatient = true;
            }, PATIENCE);
        });
        onWillUnmount(() => {
            this.busService.unsubscribe("customer_score_run/progress", this.onMessage);
            browser.clearInterval(this.poll);
            browser.clearTimeout(this.patience);
        });
    }

    get isWaiting() {
        return this.progress.state === "queued";
    }

    get text() {
        if (this.isWaiting) {
            return _t("Waiting for the server to begin…");
        }
        return this.progress.phase || _t("Starting…");
    }

    async ask() {
        const [run] = await this.orm.silent.read(
            "customer.score.run",
            [this.props.record.resId],
            ["state", "phase", "percentage"]
        );
        if (run) {
            await this.update(run);
        }
    }

    async update({ state, phase, percentage }) {
        if (!["queued", "running"].includes(this.progress.state)) {
            return;
        }
        const hasChanged = state !== this.progress.state;
        Object.assign(this.progress, { state, phase, percentage });
        if (!["queued", "running"].includes(state)) {
            browser.clearInterval(this.poll);
        }
        if (hasChanged) {
            if (state === "done") {
                this.notification.add(_t("The customers are scored."), { type: "success" });
            }
            await this.props.record.model.load();
        }
    }
}

registry.category("view_widgets").add("customer_score_progress", {
    component: ScoreProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "phase", type: "char" },
        { name: "percentage", type: "integer" },
    ],
});
