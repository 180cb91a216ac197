import { registry } from "@web/core/registry";

const ITEM = (id) => `.o_industry_item[data-item='crm_plus/${id}']`;

registry.category("web_tour.tours").add("crm_plus_industry_apply", {
    url: "/odoo/industry-templates",
    steps: () => [
        {
            content: "Choose the template",
            trigger: ".o_kanban_record:contains('Tour Trade')",
            run: "click",
        },
        {
            content: "It says for which company it is",
            trigger: ".o_industry_preview header:contains('Tour Trade'):contains('company_1_data')",
        },
        {
            content: "What is new is ticked",
            trigger: `${ITEM("stages/sample")}[data-state=new] .o_industry_tick:checked`,
        },
        {
            content: "What nobody has changed shows its old and its new value",
            trigger: `${ITEM("settings/lead_quality_bar")}[data-state=changed] .o_industry_summary:contains('70 → 55')`,
        },
        {
            content: "Go to what waits for a decision",
            trigger: "[data-place=conflicts]",
            run: "click",
        },
        {
            content: "What somebody has set by hand is not ticked",
            trigger: `.o_industry_list:not(:has([data-state=new])) ${ITEM("settings/lead_stale_days")}[data-state=conflict] .o_industry_tick:not(:checked)`,
        },
        {
            content: "Overwrite it",
            trigger: `${ITEM("settings/lead_stale_days")} tr:contains('12'):contains('45') .o_industry_take input`,
            run: "click",
        },
        {
            trigger: ".o_industry_promise:contains('1 overwritten')",
        },
        {
            content: "Back to everything",
            trigger: "[data-place=everything]",
            run: "click",
        },
        {
            content: "Without the stage there is no criterion of it",
            trigger: `${ITEM("stages/sample")} .o_industry_tick`,
            run: "click",
        },
        {
            trigger: `${ITEM("stages/sample/sent")} .o_industry_tick:not(:checked)`,
        },
        {
            content: "With the criterion comes its stage",
            trigger: `${ITEM("stages/sample/sent")} .o_industry_tick`,
            run: "click",
        },
        {
            trigger: "[data-notice=along]:contains('Tour Sample')",
        },
        {
            content: "Leave a tag out",
            trigger: `${ITEM("lead_tags/unwanted")} .o_industry_tick`,
            run: "click",
        },
        {
            content: "Apply",
            trigger: "button[name=apply]:enabled",
            run: "click",
        },
        {
            content: "Stage, criterion and tier are made, two settings changed",
            trigger: ".o_industry_message_page:has([data-result=created]:contains('3')):has([data-result=changed]:contains('2'))",
        },
        {
            content: "Look at the journal",
            trigger: "button[name=journal]",
            run: "click",
        },
        {
            content: "It names what was made",
            trigger: ".o_form_view .o_field_widget[name=line_ids] .o_data_row:contains('Tour Sample')",
        },
        {
            content: "Back to the templates",
            trigger: ".breadcrumb-item a:contains('Industry Templates')",
            run: "click",
        },
        {
            content: "The card says that it was applied",
            trigger: ".o_kanban_record:contains('Tour Trade'):contains('Applied on')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_plus_industry_undo", {
    steps: () => [
        {
            content: "Undo",
            trigger: ".o_form_view button[name=action_open_undo]",
            run: "click",
        },
        {
            content: "The stage has a lead in it and stays",
            trigger: ".o_industry_undo [data-list=kept] li:contains('Tour Sample')",
        },
        {
            content: "The tier has not been used and goes",
            trigger: ".o_industry_undo [data-list=removed] li:contains('Tour Tier')",
        },
        {
            content: "Undo the rest",
            trigger: ".modal button[name=undo]:enabled",
            run: "click",
        },
        {
            content: "It is undone, and cannot be undone again",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.o_field_widget[name=undone_date]):not(:has(button[name=action_open_undo]))",
        },
    ],
});

registry.category("web_tour.tours").add("crm_plus_industry_export", {
    url: "/odoo/industry-templates",
    steps: () => [
        {
            content: "Export what is set up",
            trigger: ".o_control_panel button:contains('Export This Company')",
            run: "click",
        },
        {
            content: "Name the template",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Tour Export",
        },
        {
            content: "Leave the name",
            trigger: ".modal .o_field_widget[name=summary] input",
            run: "edit What the tour has set up",
        },
        {
            trigger: ".modal .o_field_widget[name=key] input:value(tour_export)",
        },
        {
            content: "Export",
            trigger: ".modal button[name=action_export]",
            run: "click",
        },
        {
            content: "It can be downloaded",
            trigger: ".modal button[name=action_download]",
        },
        {
            content: "It says what is in it",
            trigger: ".modal .o_field_widget[name=content]:contains('Stages')",
        },
        {
            content: "Close",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_kanban_view",
        },
    ],
});
