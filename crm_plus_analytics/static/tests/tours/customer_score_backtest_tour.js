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

/** Click on a mark of a chart, where it is drawn. */
const clickMark = (selector, dataset, index) => () => {
    const canvas = document.querySelector(selector);
    const mark = window.Chart.getChart(canvas).getDatasetMeta(dataset).data.at(index);
    const { x, y } = mark.getCenterPoint();
    const { left, top } = canvas.getBoundingClientRect();
    canvas.dispatchEvent(
        new MouseEvent("click", { bubbles: true, clientX: left + x, clientY: top + y })
    );
};

/** Steps that click something, see the one customer whom it opens, and come back. */
const opens = (click, title, customer) => [
    click,
    {
        content: `See: ${title}`,
        trigger: `.o_breadcrumb .o_last_breadcrumb_item:contains("${title}")`,
    },
    {
        trigger: `.o_list_view:not(:has(.o_data_row:nth-child(2))) .o_data_row:contains('${customer}')`,
    },
    {
        content: "Back to the test",
        trigger: ".o_breadcrumb .breadcrumb-item:contains('Learnt until') a",
        run: "click",
    },
    {
        trigger: ".o_backtest_verdict",
    },
];

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
        ...opens(
            {
                content: "Click the column of those who had not come back",
                trigger: "div[name=classes] canvas",
                run: clickMark("div[name=classes] canvas", 0, 1),
            },
            "Expected and Actual by Customer",
            "Bert"
        ),
        ...opens(
            {
                content: "Click the tenth that the model puts first",
                trigger: "div[name=lift] canvas",
                run: clickMark("div[name=lift] canvas", 0, 0),
            },
            "Tenth 1 by the model",
            "Anna"
        ),
        ...opens(
            {
                content: "Click the tenth that the same rate puts first",
                trigger: "div[name=lift] canvas",
                run: clickMark("div[name=lift] canvas", 1, 0),
            },
            "Tenth 1 by the same rate as before",
            "Anna"
        ),
        ...opens(
            {
                content: "Click the last point of the tracking",
                trigger: "div[name=tracking] canvas",
                run: clickMark("div[name=tracking] canvas", 0, -1),
            },
            "Bought again after",
            "Anna"
        ),
        {
            content: "Show the figures of the groups",
            trigger: "div[name=classes] summary",
            run: "click",
        },
        ...opens(
            {
                content: "Open the customers who had come back once, without a mouse",
                trigger: "div[name=classes] tbody tr:nth-child(2) button",
                run: "click",
            },
            "Expected and Actual by Customer",
            "Bert"
        ),
        {
            content: "Show the figures of the tenths",
            trigger: "div[name=lift] summary",
            run: "click",
        },
        ...opens(
            {
                content: "Open the tenth that the same rate puts last",
                trigger: "div[name=lift] tbody tr:nth-child(10) td:last-child button",
                run: "click",
            },
            "Tenth 10 by the same rate as before",
            "Bert"
        ),
    ],
});
