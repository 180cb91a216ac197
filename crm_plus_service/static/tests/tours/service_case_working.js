import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_case_working", {
    steps: () => [
        {
            content: "The customer shows with its open cases",
            trigger: ".o_service_case_customer button[name=open_cases]:contains(1)",
        },
        {
            content: "The time left is counted down",
            trigger: ".o_crm_plus_countdown:contains(Due in)",
        },
        {
            content: "Note a quarter of an hour",
            trigger: "button[name=action_add_time]:contains(+15 min)",
            run: "click",
        },
        {
            content: "It was noted",
            trigger: ".o_field_widget[name=time_spent] input:value(00:15)",
        },
        {
            content: "A note says that it is one",
            trigger: "button.o-mail-Chatter-logNote",
            run: "click",
        },
        {
            content: "Only colleagues read it",
            trigger: ".o_service_note:contains(only colleagues)",
        },
        {
            content: "Answer instead",
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "The customer reads it",
            trigger: ".o_service_answer:contains(customer reads)",
        },
        {
            content: "Write what is for colleagues",
            trigger: ".o-mail-Composer-input",
            run: "edit Note: the customer is angry",
        },
        {
            content: "Send it",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "Be asked, and go on writing",
            trigger: ".modal:contains(like a note) button:contains(Go on writing)",
            run: "click",
        },
        {
            content: "What was written is still there",
            trigger: ".o-mail-Composer-input:value(angry)",
        },
        {
            content: "Point at the message of the customer",
            trigger: ".o-mail-Message:contains(My invoice is wrong too)",
            run: "hover && click .o-mail-Message:contains(My invoice is wrong too) [title='Expand']",
        },
        {
            content: "Make a case of it",
            trigger:
                ".o-dropdown-item:contains(Make a case of it), .o-mail-Message:contains(My invoice is wrong too) [title='Make a case of it']",
            run: "click",
        },
        {
            content: "The subject is that of the message",
            trigger: ".modal .o_field_widget[name=name] input:value(Invoice)",
        },
        {
            content: "Open it",
            trigger: ".modal button[name=action_split]",
            run: "click",
        },
        {
            content: "The new case says where it comes from",
            trigger: ".o_field_widget[name=origin_id]:contains(Lamp does not light)",
        },
    ],
});
