import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_lead_scoring", {
    steps: () => [
        {
            content: "Look at what there is to know about the lead",
            trigger: ".o_form_view .o_notebook_headers a[name=crm_plus_insight]",
            run: "click",
        },
        {
            content: "The score stands there with its reasons",
            trigger: ".o_lead_score:contains('71') .o_lead_score_row:contains('Writes to us'):contains('2 times')",
        },
        {
            content: "Its curve is drawn",
            trigger: ".o_lead_score canvas",
        },
        {
            content: "Keep it for the lists",
            trigger: ".o_lead_score button[name=store_score]",
            run: "click",
        },
        {
            content: "The form shows the score; ask why",
            trigger: ".o_form_view button[name=action_open_lead_score]:contains('71'):contains('Hot')",
            run: "click",
        },
        {
            content: "The reasons are in a dialog as well",
            trigger: ".modal .o_lead_score_dialog .o_lead_score_row:contains('Customer already')",
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Whether scores tell anything",
            trigger: "body:not(:has(.modal)) [data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_plus.crm_score_calibration_menu']",
            run: "click",
        },
        {
            content: "Show the figures of the bands",
            trigger: ".o_score_calibration [data-chart=bands] summary",
            run: "click",
        },
        {
            content: "The rule is judged",
            trigger: ".o_score_rules [data-verdict=few]",
        },
        {
            content: "Open the hot leads",
            trigger: ".o_score_calibration [data-chart=bands] button:contains('Hot')",
            run: "click",
        },
        {
            content: "There is the one that was won",
            trigger: ".o_list_view .o_data_row:contains('Won before')",
        },
    ],
});
