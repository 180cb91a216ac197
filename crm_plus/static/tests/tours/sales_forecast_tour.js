import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_sales_forecast_tour", {
    url: "/odoo/sales-forecast",
    steps: () => [
        {
            content: "The forecast is drawn, with what is committed",
            trigger: ".o_sales_forecast:has([data-panel=periods] canvas) [data-card=commit]:contains('900')",
        },
        {
            content: "See what has changed since last week",
            trigger: "button[name=what_changed]:contains('What changed since last week')",
            run: "click",
        },
        {
            content: "A new opportunity is among it",
            trigger: ".o_forecast_changes:has(canvas) [data-step=new]:contains('400')",
        },
        {
            trigger: "[data-step=amount_down]:contains('100')",
        },
        {
            content: "Look at what is committed alone",
            trigger: "[data-filter=measure]",
            run: "select commit",
        },
        {
            trigger: "[data-step=before]:contains('600')",
        },
        {
            content: "Open the opportunities of a bar",
            trigger: "[data-step=new] button",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:contains('Old one')) .o_data_cell:contains('New one')",
        },
        {
            content: "Go back: what was chosen is kept",
            trigger: ".breadcrumb-item a:contains('Sales Forecast')",
            run: "click",
        },
        {
            trigger: "[data-step=before]:contains('600')",
        },
        {
            content: "Forecast by team, of one period",
            trigger: "button[name=group_team]",
            run: "click",
        },
        {
            trigger: "button[name=group_team].active",
        },
        {
            content: "Look at quarters",
            trigger: "button[name=unit_quarter]",
            run: "click",
        },
        {
            trigger: ".o_forecast_periods button:contains('Q')",
        },
        {
            content: "Write the forecast down",
            trigger: "button[name=take]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('written down')",
        },
        {
            content: "Open what is committed",
            trigger: "[data-card=commit]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
    ],
});
