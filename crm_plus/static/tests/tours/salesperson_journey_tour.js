import { registry } from "@web/core/registry";

const refused = ".modal .o_stage_gate_dialog";
const stage = (name) => `.o_statusbar_status button:contains('${name}')`;
const inStage = (name) =>
    `body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('${name}')`;

/** Somebody who sells takes a request in, looks whether it is known, and wins it. */
registry.category("web_tour.tours").add("crm_plus_salesperson_journey", {
    url: "/odoo/crm",
    steps: () => [
        {
            content: "A card from the fair: enter it",
            trigger: "[data-menu-xmlid='crm.crm_menu_sales']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_plus.crm_lead_quick_entry_menu']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=signature] textarea",
            run: (helpers) => helpers.edit("Hank Scorpio\nGlobex Ltd\nhank@globex.test"),
        },
        {
            content: "What was typed is read",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Twelve lorries",
        },
        {
            trigger: ".modal .o_field_widget[name=email_from] input:value(hank@globex.test)",
        },
        {
            trigger: ".modal .o_field_widget[name=contact_name] input:value(Hank Scorpio)",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "The opportunity is there, and nobody has it yet",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.o_duplicate_match)) .o_field_widget[name=name] textarea:value(Twelve lorries)",
        },
        {
            content: "Add the number that Hank has called from",
            trigger: ".o_field_widget[name=phone] input",
            run: "edit +32 2 290 34 90",
        },
        {
            content: "While it is typed, the form says who has it: an opportunity of one's own",
            trigger:
                ".o_duplicate_match[data-model='crm.lead']:contains('Ten lorries'):contains('same phone')",
        },
        {
            content: "Of a colleague's opportunity it says nothing",
            trigger: ".o_duplicate_notice:not(:contains('Secret lorries'))",
        },
        {
            content: "It is another request",
            trigger: ".o_duplicate_match:contains('Ten lorries') button[name=dismiss_duplicate]",
            run: "click",
        },
        {
            content: "Of opportunities nothing is named any more",
            trigger: ".o_duplicate_notice:not(:has([data-model='crm.lead']))",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Go on to the next stage",
            trigger: `.o_form_saved ${stage("Second")}`,
            run: "click",
        },
        {
            content: "Refused: both things that are missing are named, and nothing else",
            trigger: `${refused} li:contains('The revenue is known')`,
        },
        {
            trigger: `${refused} li:contains('The closing is expected')`,
        },
        {
            content: "A salesperson cannot override",
            trigger: ".modal:not(:has(button[name=move_anyway])) button[name=close]",
            run: "click",
        },
        {
            content: "It stands where it stood: fill in what is missing",
            trigger: inStage("First"),
        },
        {
            trigger: ".o_field_widget[name=expected_revenue] input",
            run: "edit 12000",
        },
        {
            trigger: ".o_field_widget[name=date_deadline] input",
            run: "edit 12/31/2099",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: `.o_form_saved ${stage("Second")}`,
            run: "click",
        },
        {
            trigger: inStage("Second"),
        },
        {
            content: "Won",
            trigger: "button[name=action_set_won_rainbowman]",
            run: "click",
        },
        {
            content: "Say what decided",
            trigger: ".modal .o_field_widget[name=decision_factor_ids] input",
            run: "edit Two spare wheels",
        },
        {
            trigger: ".modal .ui-autocomplete .dropdown-item:contains('Two spare wheels')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_won]",
            run: "click",
        },
        {
            content: "It is won",
            trigger: "body:not(:has(.modal)) .o_form_view .ribbon:contains('Won')",
        },
        {
            trigger: inStage("Won"),
        },
    ],
});
