import { registry } from "@web/core/registry";

const answer = [
    {
        content: "Say what decided",
        trigger: ".modal .o_field_widget[name=decision_factor_ids] input",
        run: "edit Free tr",
    },
    {
        trigger: ".modal .o-autocomplete--dropdown-item a:contains('Free trial')",
        run: "click",
    },
    {
        trigger: ".modal button[name=action_won]",
        run: "click",
    },
    {
        trigger: "body:not(:has(.modal))",
    },
];

registry.category("web_tour.tours").add("crm_plus_why_won", {
    steps: () => [
        {
            content: "The customer has ordered",
            trigger: ".o_statusbar_status button:contains('Ordered')",
            run: "click",
        },
        ...answer,
    ],
});

registry.category("web_tour.tours").add("crm_plus_why_won_drag", {
    steps: () => [
        {
            content: "The customer has ordered",
            trigger: ".o_kanban_record:contains('Three presses')",
            run: "drag_and_drop (.o_opportunity_kanban .o_kanban_group:has(.o_column_title:contains('Ordered')))",
        },
        ...answer,
    ],
});
