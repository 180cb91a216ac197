import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("customer_score_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(
            "crm_plus_analytics.customer_value_menu_root",
            "Open Customer Value"
        ),
        {
            content: "Nothing is scored: the page says what to do",
            trigger: ".o_value_dashboard_empty:contains('No customer has been scored yet')",
        },
        {
            content: "Score now",
            trigger: ".o_value_dashboard_empty button:contains('Score now')",
            run: "click",
        },
        {
            content: "Confirm the date",
            trigger: ".modal-footer button[name=action_launch]",
            run: "click",
        },
        {
            content: "The scoring waits for its turn",
            trigger: ".o_score_progress:contains('Waiting')",
        },
        {
            content: "It ends without the page being loaded again",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Done')",
        },
        {
            trigger: "div[name=customers]:contains('2')",
        },
        {
            content: "See the scores",
            trigger: "button[name=action_open_scores]",
            run: "click",
        },
        {
            content: "Open the score of a customer",
            trigger: ".o_list_view .o_data_cell:contains('Anna')",
            run: "click",
        },
        {
            content: "It is explained",
            trigger: "div[name=explanation]:contains('Buys every 31 days on average')",
        },
        {
            content: "Open the customer",
            trigger: "button[name=action_open_customer]",
            run: "click",
        },
        {
            content: "The customer's page tells the same",
            trigger: ".o_customer_360_highlights:contains('Buys every 31 days on average')",
        },
        {
            trigger: ".o_customer_360_card:contains('Segment'):contains('Loyal')",
        },
    ],
});
