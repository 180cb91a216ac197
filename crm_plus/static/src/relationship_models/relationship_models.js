import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { RelationshipFigure } from "./relationship_figure";

/**
 * The relationship models of the books, drawn as they are drawn there, with live figures in each
 * of their steps. All of them are one page, which reads what it shows from the server.
 */
export class RelationshipModels extends Component {
    static template = "crm_plus.RelationshipModels";
    static components = { Layout, RecordSelector, RelationshipFigure };
    static props = { ...standardActionServiceProps };
    static path = "relationship-models";
    static displayName = _t("Relationship Models");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        this.periods = [
            { key: "month", name: _t("1 month") },
            { key: "quarter", name: _t("3 months") },
            { key: "year", name: _t("12 months") },
        ];
        this.choice = useState({
            model: "idic",
            period: "year",
            company_id: false,
            team_id: false,
            ...this.props.state?.choice,
        });
        this.state = useState({ page: null, isLoading: true, failure: null });
        useSetupAction({
            rootRef: this.root,
            getLocalState: () => ({ choice: { ...this.choice } }),
        });
        // not awaited: the page stands while its figures are on their way
        onWillStart(() => void this.load());
    }

    async load() {
        const { model, ...filters } = this.choice;
        this.state.isLoading = true;
        try {
            this.state.page = await this.keepLast.add(
                this.orm.silent.call("crm.relationship", "get_page", [model, filters])
            );
            this.state.failure = null;
        } catch (error) {
            this.state.failure =
                error.data?.message || _t("The server could not be reached. Try again in a moment.");
        }
        this.state.isLoading = false;
    }

    steps(part) {
        return this.state.page.steps.filter((step) => step.part === part);
    }

    update(changes) {
        Object.assign(this.choice, changes);
        return this.load();
    }

    open(action) {
        return this.action.doAction(action);
    }

    /** Go to a step, with the keyboard too. */
    show(step) {
        const heading = this.root.el.querySelector(`[data-step=${step.key}] h2`);
        heading.scrollIntoView({ behavior: "smooth" });
        heading.focus({ preventScroll: true });
    }
}

registry.category("actions").add("crm_plus_relationship_models", RelationshipModels);
