import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const NOBODY = { others: [] };

/** Tells on the form of a case who else reads it or is writing. */
export class CasePresence extends Component {
    static template = "crm_plus_service.CasePresence";
    static props = { ...standardWidgetProps };

    setup() {
        this.presence = useService("crm_plus_service.case_presence");
        this.state = useState({ shown: NOBODY });
        useEffect(
            (caseId) => {
                const room = caseId && this.presence.enter(caseId);
                this.state.shown = room ? room.shown : NOBODY;
                return () => room && this.presence.leave(room);
            },
            () => [this.props.record.resId]
        );
    }

    text({ name, activity }) {
        switch (activity) {
            case "answering":
                return _t("%s is writing an answer", name);
            case "noting":
                return _t("%s is writing a note", name);
            default:
                return _t("%s is reading", name);
        }
    }
}

registry.category("view_widgets").add("service_case_presence", { component: CasePresence });
