import { registry } from "@web/core/registry";

/** Who leads the sellers looks at the forecast, asks what changed, and opens it. */
registry.category("web_tour.tours").add("crm_plus_sales_manager_journey", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: "[data-menu-xmlid='crm.crm_menu_sales']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_plus.crm_forecast_menu']",
            run: "click",
        },
        {
            content: "What is committed: 500 and 400, of two people",
            trigger: ".o_sales_forecast [data-card=commit]:contains('900'):contains('2 opportunities')",
        },
        {
            content: "Who forecasts what",
            trigger: "[data-panel=people] tr:contains('crm_sales') [data-figure=commit]:contains('500')",
        },
        {
            trigger: "[data-panel=people] tr:contains('crm_colleague') [data-figure=commit]:contains('400')",
        },
        {
            content: "Ask what changed since last week",
            trigger: "button[name=what_changed]:contains('What changed since last week')",
            run: "click",
        },
        {
            content: "700 became 900: a new one, one that is worth less, one that was lost",
            trigger: ".o_forecast_changes [data-step=before]:contains('700')",
        },
        {
            trigger: ".o_forecast_changes [data-step=new]:contains('400')",
        },
        {
            trigger: ".o_forecast_changes [data-step=amount_down]:contains('100')",
        },
        {
            trigger: ".o_forecast_changes [data-step=after]:contains('900')",
        },
        {
            content: "Open what was lost",
            trigger: ".o_forecast_changes [data-step=lost]:contains('100') button",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Gone one'):only",
        },
        {
            trigger: ".o_data_row .o_data_cell:contains('Gone one')",
            run: "click",
        },
        {
            content: "The opportunity tells why",
            trigger: ".o_form_view .ribbon:contains('Lost')",
        },
        {
            content: "Back to the forecast, as it was left",
            trigger: ".breadcrumb-item a:contains('Sales Forecast'), .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_sales_forecast .o_forecast_changes [data-step=amount_down] button",
            run: "click",
        },
        {
            content: "The one that is worth less",
            trigger: ".o_list_view:not(:contains('New one')) .o_data_row .o_data_cell:contains('Old one')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=expected_revenue]:contains('500'), .o_form_view .o_field_widget[name=expected_revenue] input:value(500)",
        },
    ],
});
