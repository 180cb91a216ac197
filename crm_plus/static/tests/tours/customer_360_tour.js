import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_customer_360", {
    steps: () => [
        {
            content: "The figures stand on the first page",
            trigger: ".o_customer_360 button[name=ordered]:contains('1,234')",
        },
        {
            content: "Show orders only",
            trigger: ".o_customer_360_kinds button[name=order]",
            run: "click",
        },
        {
            content: "The meeting is gone",
            trigger: ".o_customer_360_entries:not(:has([data-kind=meeting]))",
        },
        {
            content: "Open the order",
            trigger: ".o_customer_360_entry[data-kind=order]",
            run: "click",
        },
        {
            content: "It is the order",
            trigger: ".o_form_view .o_field_widget[name=order_line]:contains('1,234')",
        },
        {
            content: "Go back",
            trigger: ".breadcrumb-item a:contains('Customer Ltd')",
            run: "click",
        },
        {
            content: "The page is there again, with all kinds",
            trigger: ".o_customer_360_entries [data-kind=meeting]",
        },
        {
            content: "Open what stands behind a figure",
            trigger: ".o_customer_360 button[name=ordered]",
            run: "click",
        },
        {
            content: "The list has the order",
            trigger: ".o_list_view .o_data_row:contains('1,234')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_plus_assign_tier", {
    steps: () => [
        {
            content: "Assign a tier",
            trigger: ".o_customer_360 button[name=assign_tier]",
            run: "click",
        },
        {
            content: "Choose the tier",
            trigger: ".modal .o_field_widget[name=tier_id] input",
            run: "edit Tier A",
        },
        {
            trigger: ".modal .ui-autocomplete .dropdown-item:contains('Tier A')",
            run: "click",
        },
        {
            content: "Give the reason",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Signed for three years",
        },
        {
            trigger: ".modal button[name=action_assign]",
            run: "click",
        },
        {
            content: "The page shows the tier",
            trigger: "body:not(:has(.modal)) .o_customer_360_tier_badge:contains('Tier A')",
        },
        {
            content: "Look at the log",
            trigger: ".o_customer_360 button[name=tier_changes]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Signed for three years')",
        },
    ],
});
