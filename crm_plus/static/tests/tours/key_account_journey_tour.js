import { waitUntil } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

const card = (name) => `.o_account_map_card:contains('${name}')`;
const tab = (name) => `.o_notebook_headers a[name=${name}]`;

/** Who looks after a customer draws who decides, plans, reviews the plan, prints the page. */
registry.category("web_tour.tours").add("crm_plus_key_account_journey", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: "[data-menu-xmlid='crm_plus.crm_plus_key_accounts_menu']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_plus.crm_key_account_menu']",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains('Customer Ltd')",
            run: "click",
        },

        // the map
        {
            content: "The map knows both people, and warns that nobody decides",
            trigger: `.o_account_map:has([data-warning=decider]) ${card("Contact One")}`,
        },
        {
            content: "The one reports to the other",
            trigger: card("Contact Two"),
            run: (helpers) =>
                helpers.drag_and_drop(card("Contact One"), {
                    position: "center",
                    relative: true,
                }),
        },
        {
            trigger: ".o_account_map[aria-busy=false] svg:has(.o_account_map_reporting)",
        },
        {
            content: "And the other decides",
            trigger: card("Contact One"),
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=role_ids] input",
            run: "edit Decides",
        },
        {
            trigger: ".modal .ui-autocomplete .dropdown-item:contains('Decides')",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The card says it, and the warning is gone",
            trigger: `body:not(:has(.modal)) .o_account_map:not(:has([data-warning=decider])) ${card("Contact One")}:contains('Decides')`,
        },

        // the plan
        {
            trigger: tab("plan"),
            run: "click",
        },
        {
            content: "There is no plan yet",
            trigger: ".o_notebook .tab-pane.active button[name=action_view_plans]:contains('Make a Plan')",
            run: "click",
        },
        {
            content: "It is the plan of this customer",
            trigger: ".o_form_view .o_field_widget[name=account_id] input:value(Customer Ltd)",
        },
        {
            trigger: ".o_field_widget[name=goal_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=goal_ids] .o_selected_row [name=measure] .o_select_menu input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(/^Revenue$/)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=goal_ids] .o_selected_row [name=target_value] input",
            run: "edit 5000",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved button[name=action_start]",
            run: "click",
        },
        {
            content: "It runs, and the goal's present value is read from the orders: 1,000 of 5,000",
            trigger: ".o_field_widget[name=goal_ids] .o_data_row [name=value_text]:contains('1,000')",
        },

        // the review
        {
            trigger: "button[name=action_review]",
            run: "click",
        },
        {
            content: "The review begins with the figures of today",
            trigger: ".o_form_view .o_field_widget[name=goal_ids] .o_data_row:contains('1,000')",
        },
        {
            trigger: ".o_field_widget[name=next_steps] .odoo-editor-editable",
            run: "editor Visit the plant",
        },
        {
            trigger: "button[name=action_freeze]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The figures are frozen",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name=line_ids] .o_data_row:contains('1,000')",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Frozen')",
        },

        // the page
        {
            trigger: "button[name=action_open_plan]",
            run: "click",
        },
        {
            trigger: "button[name=action_print_page]",
            run: "click",
        },
        {
            content: "The page is made",
            trigger: "body",
            run: () =>
                waitUntil(
                    () =>
                        performance
                            .getEntriesByType("resource")
                            .some((entry) => entry.name.includes("/report/download")),
                    { timeout: 9000 }
                ),
        },
        {
            content: "The plan is as it was",
            trigger:
                "body:not(:has(.o_blockUI, .modal)) .o_form_view .o_statusbar_status .o_arrow_button_current:contains('Running')",
        },
    ],
});
