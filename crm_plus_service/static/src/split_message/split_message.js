import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";
import { toRaw } from "@odoo/owl";

/** In the menu of a message on a case: make it a case of its own. */
registerMessageAction("crm_plus_service.split", {
    condition: ({ message, thread, store }) =>
        thread?.model === "service.case" &&
        thread.hasWriteAccess &&
        store.self.main_user_id?.share === false &&
        message.message_type !== "notification",
    icon: "fa fa-code-fork",
    name: _t("Make a case of it"),
    onSelected: async ({ message, owner, thread }) => {
        const { action, orm } = owner.env.services;
        const dialog = await orm.call("service.case", "action_split", [[toRaw(thread).id]], {
            context: { split_message_ids: [message.id] },
        });
        return action.doAction(dialog);
    },
    sequence: 65,
});
