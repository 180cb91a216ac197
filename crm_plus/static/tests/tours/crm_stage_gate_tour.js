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

registry.category("web_tour.tours").add("crm_plus_stage_gate_create", {
    steps: () => [
        {
            content: "A new opportunity",
            trigger: ".o_field_widget[name=name] textarea",
            run: "edit Began by phone",
        },
        {
            content: "It begins in a late stage, which saves it",
            trigger: ".o_statusbar_status button:contains('Second')",
            run: "click",
        },
        {
            content: "The dialog names what is missing",
            trigger: `${refused}:contains('Began by phone'):contains('cannot begin in') li:contains('The revenue is known')`,
        },
        {
            content: "Nobody creates it without a reason",
            trigger: ".modal button[name=create_anyway]:disabled",
        },
        {
            trigger: ".modal button[name=close]",
            run: "click",
        },
        {
            content: "What was typed is still there",
            trigger:
                "body:not(:has(.modal)) .o_form_dirty .o_statusbar_status .o_arrow_button_current:contains('Second')",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".modal #stage_override_reason",
            run: "edit The board has decided",
        },
        {
            trigger: ".modal button[name=create_anyway]:enabled",
            run: "click",
        },
        {
            content: "Now it is saved",
            trigger:
                "body:not(:has(.modal)) .o_form_saved .o_statusbar_status .o_arrow_button_current:contains('Second')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_plus_stage_gate_quick_create", {
    steps: () => [
        {
            content: "Add a card to the column",
            trigger: ".o_kanban_group:contains('Second') .o_kanban_quick_add",
            run: "click",
        },
        {
            trigger: ".o_kanban_quick_create .o_field_widget[name=name] input",
            run: "edit Began at a fair",
        },
        {
            trigger: ".o_kanban_quick_create .o_kanban_add",
            run: "click",
        },
        {
            content: "The dialog names what is missing, and the form is offered",
            trigger: `.modal:has(button[name=fill_in]) .o_stage_gate_dialog li:contains('The revenue is known')`,
        },
        {
            trigger: ".modal #stage_override_reason",
            run: "edit Agreed at the fair",
        },
        {
            trigger: ".modal button[name=create_anyway]:enabled",
            run: "click",
        },
        {
            content: "The card is there",
            trigger:
                "body:not(:has(.modal)) .o_kanban_group:contains('Second') .o_kanban_record:contains('Began at a fair')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_plus_stage_approval", {
    steps: () => [
        {
            content: "Look at what this stage asks for",
            trigger: ".o_notebook .nav-link[name=crm_plus_progress]",
            run: "click",
        },
        {
            trigger:
                ".o_stage_criteria li:not([data-met]):contains('The price is approved') button:contains('Approve')",
            run: "click",
        },
        {
            content: "Give a reason with the answer",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Good margin",
        },
        {
            trigger: ".modal button[name=action_decide]:contains('Approve')",
            run: "click",
        },
        {
            content: "It is approved",
            trigger:
                "body:not(:has(.modal)) .o_stage_criteria li[data-met]:contains('Good margin')",
        },
    ],
});
