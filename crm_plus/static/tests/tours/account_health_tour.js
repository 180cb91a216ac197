import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_account_health", {
    steps: () => [
        {
            content: "Look at the group first",
            trigger: ".o_notebook_headers a[name=group]",
            run: "click",
        },
        {
            content: "All of it is added up",
            trigger:
                ".o_group_figures:has(.o_group_member[data-level='1']:contains('Plant of Theirs')) .o_group_total",
        },
        {
            trigger: ".o_notebook_headers a[name=health]",
            run: "click",
        },
        {
            content: "Nothing was computed yet",
            trigger: ".o_account_health button[name=compute_health]",
            run: "click",
        },
        {
            content: "The score stands there with its light",
            trigger: ".o_account_health .o_account_health_amber:contains('Amber')",
        },
        {
            content: "What nothing is known of is said",
            trigger: ".o_account_health_missing:contains('Satisfaction')",
        },
        {
            content: "The overdue invoice is told",
            trigger: ".o_account_health_part[data-kind=overdue]:contains('15 days'):contains('56.2 of 75')",
        },
        {
            content: "Follow another reason",
            trigger: ".o_account_health_part[data-kind=agreement] button:contains('Frame for Tests')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Frame for Tests') [name=name]",
            run: "click",
        },
        {
            content: "Prepare the follow-up",
            trigger: ".o_form_view button[name=action_renew]",
            run: "click",
        },
        {
            content: "It is another agreement, in preparation",
            trigger: ".o_form_view button[name=action_activate]",
            run: "click",
        },
        {
            content: "It is in force",
            trigger: ".o_form_view .o_arrow_button_current:contains('In Force')",
        },
    ],
});
