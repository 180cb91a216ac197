import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

function openMenu(parent, item) {
    return [
        {
            trigger: `button[data-menu-xmlid='crm_plus_analytics.${parent}']`,
            run: "click",
        },
        {
            trigger: `a[data-menu-xmlid='crm_plus_analytics.${item}']`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("customer_value_consultant_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(
            "crm_plus_analytics.customer_value_menu_root",
            "Open Customer Value"
        ),

        // what counts as a purchase
        ...openMenu("customer_value_menu_configuration", "res_config_settings_menu"),
        {
            content: "Count orders in place of invoices",
            trigger: "#customer_value_basis .o_radio_item:contains('Confirmed orders') input",
            run: "click",
        },
        {
            content: "Look one year back",
            trigger: "#customer_value_basis div[name=customer_value_window] input",
            run: "edit 12",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The settings are kept",
            trigger:
                "#customer_value_basis .o_radio_item:contains('Confirmed orders') input:checked",
        },

        // a segment by conditions
        ...openMenu("customer_value_menu_configuration", "customer_segment_menu"),
        {
            trigger: ".o_list_view .o_data_row",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view div[name=name] input, .o_form_view div[name=name] textarea",
            run: "edit Comes again",
        },
        {
            content: "It stands before the others",
            trigger: "div[name=sequence] input",
            run: "edit 0",
        },
        {
            trigger: "div[name=rule] .o_radio_item:contains('Conditions') input",
            run: "click",
        },
        {
            content: "Say who belongs to it",
            trigger: "div[name=domain] .o_field_domain_dialog_button",
            run: "click",
        },
        {
            trigger: ".modal .o_domain_selector a:contains('New Rule')",
            run: "click",
        },
        {
            trigger: ".modal .o_model_field_selector",
            run: "click",
        },
        {
            trigger: ".o_model_field_selector_popover_search input",
            run: "edit Purchases",
        },
        {
            trigger:
                ".o_model_field_selector_popover_item_name:not(:contains('Expected')):contains('Purchases')",
            run: "click",
        },
        {
            trigger: ".modal .o_tree_editor_condition select",
            run: "selectByLabel greater than",
        },
        {
            trigger: ".modal .o_tree_editor_condition .o_tree_editor_editor:last input",
            run: "edit 2",
        },
        {
            trigger: ".modal-footer button:contains('Confirm')",
            run: "click",
        },
        {
            trigger: "div[name=domain] .o_tree_editor_condition:contains('Purchases')",
        },
        ...stepUtils.saveForm(),

        // a tier for them
        ...openMenu("customer_value_menu_configuration", "customer_tier_rule_menu"),
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view div[name=name] input, .o_form_view div[name=name] textarea",
            run: "edit Worth a call",
        },
        {
            trigger: "div[name=segment_ids] input",
            run: "edit Comes again",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Comes again')",
            run: "click",
        },
        {
            trigger: "div[name=tier_id] input",
            run: "edit A",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:text(A)",
            run: "click",
        },
        ...stepUtils.saveForm(),

        // score, and see
        {
            trigger: "a[data-menu-xmlid='crm_plus_analytics.customer_value_dashboard_menu']",
            run: "click",
        },
        {
            trigger: ".o_value_dashboard_empty button:contains('Score now')",
            run: "click",
        },
        {
            trigger: ".modal-footer button[name=action_launch]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Done')",
        },
        {
            trigger: "button[name=action_open_scores]",
            run: "click",
        },
        {
            content: "The segment has the customer whom its conditions take",
            trigger: ".o_data_row:contains('Anna'):contains('Comes again')",
        },
        {
            trigger: ".o_data_row:contains('Bert'):not(:contains('Comes again'))",
        },
        {
            trigger: "a[data-menu-xmlid='crm_plus_analytics.customer_tier_proposal_menu']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Anna'):contains('Worth a call') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Tiers assigned: 1')",
        },
    ],
});
