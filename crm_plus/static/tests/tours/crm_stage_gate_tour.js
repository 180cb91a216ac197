import { registry } from "@web/core/registry";

const refused = ".modal .o_stage_gate_dialog";

registry.category("web_tour.tours").add("crm_plus_stage_gate", {
    steps: () => [
        {
            content: "Look at what this stage asks for",
            trigger: ".o_notebook .nav-link[name=crm_plus_progress]",
            run: "click",
        },
        {
            trigger: ".o_stage_criteria li:not([data-met]):contains('The revenue is known')",
        },
        {
            content: "Try to move on",
            trigger: ".o_statusbar_status button:contains('Second')",
            run: "click",
        },
        {
            content: "The dialog names what is missing",
            trigger: `${refused} li:contains('The revenue is known')`,
        },
        {
            content: "Nobody moves on without a reason",
            trigger: ".modal button[name=move_anyway]:disabled",
        },
        {
            trigger: ".modal button[name=close]",
            run: "click",
        },
        {
            content: "The stage is the one before",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('First')",
        },
        {
            content: "Try again",
            trigger: ".o_statusbar_status button:contains('Second')",
            run: "click",
        },
        {
            trigger: ".modal #stage_override_reason",
            run: "edit Agreed by phone",
        },
        {
            trigger: ".modal button[name=move_anyway]:enabled",
            run: "click",
        },
        {
            content: "Now it has moved",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('Second')",
        },
    ],
});
