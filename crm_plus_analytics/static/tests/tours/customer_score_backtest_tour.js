import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Whether something is drawn on the canvas. */
const isDrawn = (selector) => () => {
    const canvas = document.querySelector(selector);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    if (!data.some((value) => value)) {
        throw new Error(`Nothing is drawn on ${selector}`);
    }
};

registry.category("web_tour.tours").add("customer_score_backtest_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(
            "crm_plus_analytics.customer_value_menu_root",
            "Open Customer Value"
        ),
        {
            content: "Open the reports",
            trigger: "[data-menu-xmlid='crm_plus_analytics.customer_value_menu_reporting']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_plus_analytics.customer_score_backtest_menu']",
            run: "click",
        },
        {
            content: "Nothing is tested: the page says what to do",
            trigger: ".o_nocontent_help:contains('No back-test yet')",
        },
        {
            trigger: ".o_control_panel button:contains('Back-test')",
            run: "click",
        },
        {
            content: "The dates are proposed",
            trigger: ".modal-footer button[name=action_launch]",
            run: "click",
        },
        {
            content: "The verdict is in plain words",
            trigger: ".o_backtest_verdict:contains('the same rate as before')",
        },
        {
            trigger: "div[name=tracking] canvas",
            run: isDrawn("div[name=tracking] canvas"),
        },
        {
            trigger: "div[name=classes] canvas",
            run: isDrawn("div[name=classes] canvas"),
        },
        {
            trigger: "div[name=lift] canvas",
            run: isDrawn("div[name=lift] canvas"),
        },
        {
            content: "Show the figures of the groups",
            trigger: "div[name=classes] summary",
            run: "click",
        },
        {
            content: "Open the customers who had come back once",
            trigger: "div[name=classes] tbody tr:nth-child(2) button",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row",
        },
        {
            content: "Back to the test",
            trigger: ".o_breadcrumb .breadcrumb-item:contains('Learnt until') a",
            run: "click",
        },
        {
            trigger: ".o_backtest_verdict",
        },
    ],
});
