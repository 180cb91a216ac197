import { registry } from "@web/core/registry";

const open = [
    {
        content: "Open the dashboard among those of sales",
        trigger: ".o_search_panel_category_value[data-name='Customer Value']",
        run: "click",
    },
    {
        content: "Its charts are drawn, and it is no example",
        trigger: ".o_renderer:not(.o-sample-dashboard) .o-figure canvas",
    },
];

registry.category("web_tour.tours").add("customer_value_spreadsheet_open_tour", {
    steps: () => open,
});

registry.category("web_tour.tours").add("customer_value_spreadsheet_tour", {
    steps: () => [
        ...open,
        {
            content: "Share it",
            trigger: ".o_control_panel button:contains(Share)",
            run: "click",
        },
        {
            content: "It can be opened by this address",
            trigger: ".spreadsheet_share_dropdown span:contains('/dashboard/share/')",
        },
    ],
});
