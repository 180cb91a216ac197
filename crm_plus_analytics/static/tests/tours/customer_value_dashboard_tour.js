import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("customer_value_dashboard_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(
            "crm_plus_analytics.customer_value_menu_root",
            "Open Customer Value"
        ),
        {
            content: "The dashboard is the first page, with its chart drawn",
            trigger: "[data-panel=curve] canvas",
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
            content: "Back to the dashboard",
            trigger: ".breadcrumb-item a:contains('Customer Value')",
            run: "click",
        },
        {
            trigger: "[data-panel=rfm] [data-cell='15']",
        },
    ],
});
