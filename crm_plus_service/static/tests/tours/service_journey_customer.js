import { registry } from "@web/core/registry";

/** The smallest picture there is. */
const PICTURE =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const written = (text) => `#chatterRoot:shadow .o-mail-Message-body:contains(${text})`;

registry.category("web_tour.tours").add("service_journey_customer_asks", {
    steps: () => [
        {
            content: "From the portal's home to the own cases",
            trigger: "#portal_service_category a[href='/my/cases']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open a new case",
            trigger: "#new_case",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Say what it is about",
            trigger: "#case_name",
            run: "edit The leg of the table is broken",
        },
        {
            content: "Choose the topic",
            trigger: "#case_type",
            run: "selectByLabel Complaint",
        },
        {
            content: "Choose the latest order",
            trigger: "#case_order",
            run: "selectByIndex 1",
        },
        {
            content: "Describe it",
            trigger: "#case_description",
            run: "edit It broke when we unpacked it. See the picture.",
        },
        {
            content: "Add a picture",
            trigger: "#case_files",
            run() {
                const content = Uint8Array.from(atob(PICTURE), (letter) => letter.charCodeAt(0));
                const files = new DataTransfer();
                files.items.add(new File([content], "leg.png", { type: "image/png" }));
                this.anchor.files = files.files;
            },
        },
        {
            content: "Send it",
            trigger: "#new_case_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The case is there, with the order beside it",
            trigger:
                ".o_service_case_portal:contains(The leg of the table is broken):contains(It broke when we unpacked it) a[href*='/my/orders/']",
        },
        {
            content: "The picture is there",
            trigger: "#case_sent_files a:contains(leg.png)",
        },
        {
            content: "It is open",
            trigger: ".o_service_case_portal .badge:contains(New)",
        },
    ],
});

registry.category("web_tour.tours").add("service_journey_customer_replies", {
    steps: () => [
        {
            content: "Look for the case in the list",
            trigger: ".o_portal_my_doc_table a:contains(The leg of the table is broken)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer of the agent is there",
            trigger: written("A new leg is on its way"),
        },
        {
            content: "What colleagues wrote to each other is not",
            trigger: "#chatterRoot:shadow .o-mail-Thread:not(:contains(third one this week))",
        },
        {
            content: "Who takes care of it is told",
            trigger: ".o_service_case_portal:contains(In the hands of):contains(Ada Agent)",
        },
        {
            content: "Write back",
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            run: "edit It has arrived and fits",
        },
        {
            content: "Send it",
            trigger: "#chatterRoot:shadow .o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "It is on the page",
            trigger: written("It has arrived and fits"),
        },
    ],
});

registry.category("web_tour.tours").add("service_journey_customer_rates", {
    steps: () => [
        {
            content: "The case is closed",
            trigger: ".alert:contains(This case is closed)",
        },
        {
            content: "Choose the happy face",
            trigger: "#rate_case a:has(img[alt=Satisfied])",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Say why",
            trigger: "textarea[name=feedback]",
            run: "edit Quick and friendly",
        },
        {
            content: "Send it",
            trigger: ".o_rating_page_submit button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Be thanked",
            trigger: ".o_rating_page_thank_you:contains(Thank you)",
        },
    ],
});
