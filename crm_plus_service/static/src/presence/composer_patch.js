import { useEffect } from "@odoo/owl";
import { Composer } from "@mail/core/common/composer";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** Say what has been written meanwhile. */
export function newsText(news) {
    return news
        .map(({ author, is_from_customer, preview }) =>
            is_from_customer
                ? _t("%(author)s, the customer, has written: “%(preview)s”", { author, preview })
                : _t("%(author)s has answered the customer: “%(preview)s”", { author, preview })
        )
        .join("\n\n");
}

patch(Composer.prototype, {
    setup() {
        super.setup(...arguments);
        useEffect(
            (text) => {
                if (text) {
                    this.caseRoom?.write(this.props.type === "note" ? "noting" : "answering");
                }
            },
            () => [this.props.composer.composerText]
        );
    },

    /** The case that is open and written on; nothing for other records. */
    get caseRoom() {
        const { thread } = this.props.composer;
        return thread?.model === "service.case"
            ? this.env.services["crm_plus_service.case_presence"].get(thread.id)
            : undefined;
    },

    sendMessage() {
        return this.isCaseAnswer && this.canProcessMessage
            ? this.sendAnswer(() => super.sendMessage(...arguments))
            : super.sendMessage(...arguments);
    },

    onClickFullComposer() {
        // what opens sends by itself, so this is the time to ask
        return this.isCaseAnswer
            ? this.writeInFull(() => super.onClickFullComposer(...arguments))
            : super.onClickFullComposer(...arguments);
    },

    get isCaseAnswer() {
        return Boolean(this.caseRoom) && this.props.type === "message";
    },

    async sendAnswer(send) {
        if (await this.confirmNews(_t("Send anyway"))) {
            await send();
            this.caseRoom?.become("reading");
        }
    },

    async writeInFull(open) {
        if (await this.confirmNews(_t("Write anyway"))) {
            await open();
        }
    },

    /** Ask before an answer goes out that knows nothing of what has been written meanwhile. */
    async confirmNews(confirmLabel) {
        const news = await this.caseRoom.takeNews();
        if (!news.length) {
            return true;
        }
        const { thread } = this.props.composer;
        return new Promise((resolve) => {
            const readFirst = () => {
                thread.fetchNewMessages();
                resolve(false);
            };
            this.env.services.dialog.add(ConfirmationDialog, {
                title: _t("Something new was written"),
                body: newsText(news),
                confirmLabel,
                confirm: () => resolve(true),
                cancelLabel: _t("Read first"),
                cancel: readFirst,
                dismiss: readFirst,
            });
        });
    },
});
