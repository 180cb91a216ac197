import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_account_plan", {
    steps: () => [
        {
            content: "The goal is read from the orders",
            trigger: ".o_field_widget[name=goal_ids] .o_data_row:contains('Orders'):contains('On Track')",
        },
        {
            content: "How far it is is drawn",
            trigger: ".o_crm_plus_chart canvas",
        },
        {
            content: "Review the plan",
            trigger: "button[name=action_review]",
            run: "click",
        },
        {
            content: "The goals are shown as they stand",
            trigger: ".o_field_widget[name=goal_ids] .o_data_row:contains('Orders')",
        },
        {
            content: "Freeze the figures",
            trigger: "button[name=action_freeze]",
            run: "click",
        },
        {
            trigger: ".modal-footer button.btn-primary",
            run: "click",
        },
        {
            content: "They stand in the review",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains('Orders')",
        },
        {
            content: "Back to the plan",
            trigger: "button[name=action_open_plan]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=review_count]:contains('1')",
        },
        {
            content: "Open the orders behind the goal",
            trigger: ".o_field_widget[name=goal_ids] .o_data_row button[name=action_open_records]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Contact One')",
        },
    ],
});
