import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("segments_and_tiers_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(
            "crm_plus_analytics.customer_value_menu_root",
            "Open Customer Value"
        ),
        {
            content: "Open the reports",
            trigger: "button[data-menu-xmlid='crm_plus_analytics.customer_value_menu_reporting']",
            run: "click",
        },
        {
            content: "Open the matrix of moves",
            trigger: "a[data-menu-xmlid='crm_plus_analytics.customer_segment_moves_menu']",
            run: "click",
        },
        {
            content: "One customer is none any more",
            trigger:
                ".o_segment_moves tr[data-from='Recent'] td[data-to='No longer customers'] button:contains('1')",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:contains('Anna')) .o_data_cell:contains('Dora')",
        },
        {
            trigger: ".breadcrumb-item a:contains('Moves between Segments')",
            run: "click",
        },
        {
            content: "The total of a row opens all who were there in the month before",
            trigger: ".o_segment_moves tr[data-from='Recent'] .o_segment_moves_total button:contains('2')",
            run: "click",
        },
        {
            trigger: ".o_list_view:has(.o_data_cell:contains('Bert')) .o_data_cell:contains('Dora')",
        },
        {
            trigger: ".breadcrumb-item a:contains('Moves between Segments')",
            run: "click",
        },
        {
            content: "One customer has become recent",
            trigger:
                ".o_segment_moves tr[data-from='The others'] td[data-to='Recent'] button:contains('1')",
            run: "click",
        },
        {
            content: "The cell opens its customer",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Bert'))) .o_data_cell:contains('Anna')",
        },
        {
            content: "Open what the rules propose",
            trigger: "a[data-menu-xmlid='crm_plus_analytics.customer_tier_proposal_menu']",
            run: "click",
        },
        {
            content: "Choose the customer",
            trigger: ".o_data_row:contains('Anna'):contains('Tier A') .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Confirm the tier",
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is no proposal any more",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Anna')))",
        },
        {
            trigger: ".o_notification:contains('Tiers assigned: 1')",
        },
    ],
});
