import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_full_composer", {
    steps: () => [
        {
            content: "Answer",
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "Write it in full",
            trigger: ".o-mail-Composer button[title='Open Full Composer']",
            run: "click",
        },
        {
            content: "The customer reads it",
            trigger: ".modal .o_service_answer:contains(customer reads it)",
        },
        {
            content: "Write what is for colleagues",
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable div",
            run: "editor Note: the customer is angry",
        },
        {
            content: "Send it",
            trigger: ".modal .o_mail_send:enabled",
            run: "click",
        },
        {
            content: "Be asked, and go on writing",
            trigger: ".modal:contains(like a note) button:contains(Go on writing)",
            run: "click",
        },
        {
            content: "What was written is still there; say it to the customer in other words",
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable :contains(angry):last",
            run: "editor We are sorry",
        },
        {
            content: "Send it",
            trigger: ".modal .o_mail_send:enabled",
            run: "click",
        },
        {
            content: "It was sent without a question",
            trigger: "body:not(:has(.modal)) .o-mail-Message-body:contains(We are sorry)",
        },
        {
            content: "Note something for colleagues",
            trigger: "button.o-mail-Chatter-logNote",
            run: "click",
        },
        {
            content: "Write it in full",
            trigger: ".o-mail-Composer button[title='Open Full Composer']",
            run: "click",
        },
        {
            content: "Only colleagues read it",
            trigger: ".modal:not(:has(.o_service_answer)) .o_service_note:contains(only colleagues)",
        },
        {
            content: "Write it",
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable div",
            run: "editor Note: he was angry",
        },
        {
            content: "Log it",
            trigger: ".modal footer button:contains(Log):enabled",
            run: "click",
        },
        {
            content: "It was noted without a question",
            trigger: "body:not(:has(.modal)) .o-mail-Message-body:contains(he was angry)",
        },
    ],
});
