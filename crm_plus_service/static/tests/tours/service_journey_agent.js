import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_journey_agent", {
    steps: () => [
        {
            content: "From the board of teams to the queue",
            trigger: ".o_kanban_record:contains(Customer Service) a:contains(Unassigned)",
            run: "click",
        },
        {
            content: "The urgent case waits there",
            trigger: ".o_kanban_record:contains(The leg of the table is broken)",
        },
        {
            content: "Open the menu",
            trigger: "[data-menu-xmlid='crm_plus_service.menu_cases']",
            run: "click",
        },
        {
            content: "Take the next case, whichever it is",
            trigger: "[data-menu-xmlid='crm_plus_service.menu_take_next']",
            run: "click",
        },
        {
            content: "It is the urgent one, and the agent's own now",
            trigger:
                ".o_form_view:has(.o_field_widget[name=user_id] input:value(Ada Agent)) .o_field_widget[name=name] textarea:value(The leg of the table is broken)",
        },
        {
            content: "Begin an answer by keyboard",
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "press alt+m",
        },
        {
            content: "It says that the customer reads it; write it in full, by keyboard",
            trigger: ".o-mail-Composer:has(.o_service_answer) .o-mail-Composer-input",
            run: "press alt+shift+c",
        },
        {
            content: "The full composer says so, too; choose a template by keyboard",
            trigger: ".modal .o_service_answer:contains(customer reads it)",
            run: "press alt+t",
        },
        {
            content: "Insert the state of the order",
            trigger: ".mail-composer-template-dropdown .o-dropdown-item:contains(State of the Order)",
            run: "click",
        },
        {
            content: "The customer, the order and its amount are filled in; send it by keyboard",
            trigger:
                ".modal .o_field_widget[name=body]:contains(Petra Peeters):contains(has been received and confirmed)",
            run: "press alt+q",
        },
        {
            content: "The answer is on the case",
            trigger:
                "body:not(:has(.modal)) .o-mail-Message-body:contains(has been received and confirmed)",
        },
        {
            content: "Note a quarter of an hour by keyboard",
            trigger: "button[name=action_add_time]:contains(+15 min)",
            run: "press alt+e",
        },
        {
            content: "It was noted; solve the case by keyboard",
            trigger:
                ".o_form_view:has(.o_field_widget[name=time_spent] input:value(00:15)) button[name=action_close_asking]",
            run: "press alt+d",
        },
        {
            content: "It is solved",
            trigger: ".o_arrow_button_current:contains(Solved)",
        },
        {
            content: "What was promised was kept",
            trigger: ".o_field_widget[name=sla_label]:contains(Kept)",
        },
        {
            content: "Go on to the next case by keyboard",
            trigger: "button[name=action_open_next]",
            run: "press alt+y",
        },
        {
            content: "It is there",
            trigger: ".o_field_widget[name=name] textarea:value(The drawer squeaks)",
        },
    ],
});
