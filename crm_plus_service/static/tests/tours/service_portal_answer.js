import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_portal_answer", {
    steps: () => [
        {
            content: "The case says that it is closed",
            trigger: ".alert:contains(This case is closed)",
        },
        {
            content: "Write an answer",
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            run: "edit It happened again",
        },
        {
            content: "Send it",
            trigger: "#chatterRoot:shadow .o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "The answer is on the page",
            trigger: "#chatterRoot:shadow .o-mail-Message-body:contains(It happened again)",
        },
    ],
});
