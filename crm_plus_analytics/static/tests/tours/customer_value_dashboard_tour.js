import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Only Anna's country is shown, by the filter and by the figures. */
const isFiltered = (how) => [
    {
        content: `The filter is kept ${how}`,
        trigger: "[data-filter=country_id] input:value(Belgium)",
    },
    {
        trigger: "[data-panel=rfm]:has([data-cell='15']):not(:has([data-cell^='5']))",
    },
];

const openCell = [
    {
        content: "Open the customers of a cell",
        trigger: "[data-panel=rfm] [data-cell='15']",
        run: "click",
    },
    {
        trigger: ".o_list_view:not(:contains('Bert')) .o_data_cell:contains('Anna')",
    },
];

registry.category("web_tour.tours").add("customer_value_dashboard_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(
            "crm_plus_analytics.customer_value_menu_root",
            "Open Customer Value"
        ),
        {
            content: "The dashboard is the first page, with its chart drawn and all customers",
            trigger: ".o_value_dashboard:has([data-panel=curve] canvas) [data-cell^='5']",
        },
        {
            content: "Look at one country only",
            trigger: "[data-filter=country_id] input",
            run: "edit Belgium",
        },
        {
            trigger: "[data-filter=country_id] .o-autocomplete--dropdown-item:contains('Belgium')",
            run: "click",
        },
        ...isFiltered("at once"),
        ...openCell,
        {
            trigger: ".breadcrumb-item a:contains('Customer Value')",
            run: "click",
        },
        ...isFiltered("by the breadcrumb"),
        ...openCell,
        {
            content: "Go back in the browser",
            trigger: ".o_list_view",
            run: () => browser.history.back(),
        },
        ...isFiltered("by going back"),
        {
            content: "Load the page again",
            trigger: ".o_value_dashboard",
            run: () => browser.location.reload(),
            expectUnloadPage: true,
        },
        ...isFiltered("after loading again"),
        {
            content: "The menu opens the page of all customers",
            trigger: ".o_menu_sections [data-menu-xmlid='crm_plus_analytics.customer_value_dashboard_menu']",
            run: "click",
        },
        {
            trigger: "[data-panel=rfm] [data-cell^='5']",
        },
        {
            content: "The figures of the curve are told in words, too",
            trigger: "[data-panel=curve] summary",
            run: "click",
        },
        {
            trigger: "[data-panel=curve] details button:contains('100% of the customers (5)')",
            run: "click",
        },
        {
            trigger: ".o_list_view:contains('Bert') .o_data_cell:contains('Anna')",
        },
    ],
});
