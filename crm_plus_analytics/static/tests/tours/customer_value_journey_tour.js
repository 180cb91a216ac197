import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("customer_value_journey_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(
            "crm_plus_analytics.customer_value_menu_root",
            "Open Customer Value"
        ),
        {
            content: "Score the customers",
            trigger: ".o_value_dashboard_empty button:contains('Score now')",
            run: "click",
        },
        {
            trigger: ".modal-footer button[name=action_launch]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Done')",
        },
        {
            content: "Look at the dashboard",
            trigger: ".breadcrumb-item a:contains('Customer Value')",
            run: "click",
        },
        {
            content: "One customer stands where good customers who stopped buying are",
            trigger: "[data-panel=rfm] [data-cell='15']:contains('1')",
            run: "click",
        },
        {
            content: "The cell opens its customers",
            trigger: ".o_list_view:not(:contains('Bert')) .o_data_cell:contains('Anna')",
            run: "click",
        },
        {
            content: "Who is at risk",
            trigger: "div[name=segment_id]:contains('At risk')",
        },
        {
            content: "It is said why",
            trigger: "div[name=explanation]:contains('Buys every 31 days on average')",
        },
        {
            content: "Open what the rules propose",
            trigger: "a[data-menu-xmlid='crm_plus_analytics.customer_tier_proposal_menu']",
            run: "click",
        },
        {
            content: "Choose the customer",
            trigger: ".o_data_row:contains('Anna'):contains('Win back') .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Confirm the tier",
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Tiers assigned: 1')",
        },
        {
            content: "It is no proposal any more",
            trigger: ".o_action_manager:not(:has(.o_data_row:contains('Anna')))",
        },
    ],
});
