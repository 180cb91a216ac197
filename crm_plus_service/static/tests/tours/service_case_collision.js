import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_case_collision", {
    steps: () => [
        {
            content: "Begin to answer the customer",
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "Write the answer, while the customer writes as well",
            trigger: ".o-mail-Composer-input",
            async run({ edit }) {
                await edit("Please turn the switch");
                const caseId = Number(window.location.pathname.split("/").at(-1));
                const model = "service.case";
                const [{ partner_id }] = await rpc(`/web/dataset/call_kw/${model}/read`, {
                    model,
                    method: "read",
                    args: [[caseId], ["partner_id"]],
                    kwargs: {},
                });
                await rpc(`/web/dataset/call_kw/${model}/message_post`, {
                    model,
                    method: "message_post",
                    args: [[caseId]],
                    kwargs: {
                        body: "It works again",
                        message_type: "comment",
                        subtype_xmlid: "mail.mt_comment",
                        author_id: partner_id[0],
                    },
                });
            },
        },
        {
            content: "Send the answer",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "Be asked, and read first",
            trigger: ".modal:contains(It works again) .btn:contains(Read first)",
            run: "click",
        },
        {
            content: "The message of the customer is on the page, the answer still unsent",
            trigger: ".o-mail-Message-body:contains(It works again)",
        },
        {
            content: "Send it all the same",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "The answer is on the case",
            trigger: ".o-mail-Message-body:contains(Please turn the switch)",
        },
    ],
});
