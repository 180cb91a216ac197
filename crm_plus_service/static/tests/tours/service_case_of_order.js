import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_case_of_order", {
    steps: () => [
        {
            content: "Create a case from the order",
            trigger: "button[name=action_new_case]",
            run: "click",
        },
        {
            content: "Say what it is about",
            trigger: ".o_field_widget[name=name] textarea",
            run: "edit Lamp does not light",
        },
        {
            content: "The order is filled in",
            trigger: ".o_field_widget[name=sale_order_id] input:value(/^S/)",
        },
        {
            content: "Save the case",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The promise to the customer shows",
            trigger: ".o_crm_plus_countdown:contains(Due in)",
        },
        {
            content: "Answer the customer",
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "Write the answer",
            trigger: ".o-mail-Composer-input",
            run: "edit Please turn the switch",
        },
        {
            content: "Send the answer",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "The answer is on the case",
            trigger: ".o-mail-Message-body:contains(Please turn the switch)",
        },
        {
            content: "Close the case",
            trigger: "button[name=action_close_asking]",
            run: "click",
        },
        {
            content: "The promise was kept",
            trigger: ".o_field_widget[name=sla_label]:contains(Kept)",
        },
    ],
});
