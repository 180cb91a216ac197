import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";

import { PresenceList } from "./presence_list";

/** How often one says that one is still there. */
export const HEARTBEAT = 30000;
/** The least time between two messages of one's own. */
export const PAUSE = 3000;
/** After how long without a key somebody no longer counts as writing. */
const STILL_WRITING = 20000;
/** How often those who have left are looked for. */
const TICK = 5000;

/**
 * A case that is open on this page: tells the others what the user does there, and hears them.
 *
 * The server keeps nothing of it. Who comes asks, and everybody who is there answers.
 */
export class PresenceRoom {
    constructor(orm, bus, caseId) {
        this.orm = orm;
        this.bus = bus;
        this.caseId = caseId;
        this.channel = `service_case_presence_${caseId}`;
        this.list = new PresenceList(user.userId);
        /** What is shown: who else is there. */
        this.shown = reactive({ others: [] });
        /** The newest message when the case was opened, or when the user was last told. */
        this.seenMessageId = null;
        this.activity = "reading";
        this.saidAt = -Infinity;
        this.visitors = 0;
    }

    open() {
        this.bus.addChannel(this.channel);
        this.clock = browser.setInterval(() => this.tick(), TICK);
        return this.say(true);
    }

    close() {
        this.bus.deleteChannel(this.channel);
        browser.clearInterval(this.clock);
        browser.clearTimeout(this.stillWriting);
        browser.clearTimeout(this.waiting);
        this.activity = "left";
        return this.say();
    }

    tick() {
        this.show();
        // a page in the background is read by nobody
        if (document.visibilityState === "visible" && Date.now() - this.saidAt >= HEARTBEAT) {
            this.say();
        }
    }

    /** The user is writing an answer to the customer or a note to colleagues. */
    write(activity) {
        browser.clearTimeout(this.stillWriting);
        this.stillWriting = browser.setTimeout(() => this.become("reading"), STILL_WRITING);
        this.become(activity);
    }

    become(activity) {
        if (this.activity !== activity) {
            this.activity = activity;
            this.saySoon();
        }
    }

    /** Say what the user does, not more often than others want to hear it. */
    saySoon(delay = 0) {
        if (!this.waiting) {
            const wait = Math.max(delay, this.saidAt + PAUSE - Date.now());
            this.waiting = browser.setTimeout(() => {
                this.waiting = null;
                this.say();
            }, wait);
        }
    }

    async say(isNew = false) {
        this.saidAt = Date.now();
        try {
            const newest = await this.orm.silent.call("service.case", "note_presence", [
                [this.caseId],
                this.activity,
                isNew,
            ]);
            if (isNew) {
                this.seenMessageId = newest || 0;
            }
        } catch {
            // the others will think that the user has left, which disturbs nobody's work
        }
    }

    hear(message) {
        this.list.note(message, Date.now());
        this.show();
        if (message.is_new && message.user_id !== user.userId) {
            // not all at once
            this.saySoon(Math.random() * 1000);
        }
    }

    show() {
        const others = this.list.present(Date.now());
        if (JSON.stringify(others) !== JSON.stringify(this.shown.others)) {
            this.shown.others = others;
        }
    }

    /**
     * Return what the customer or a colleague has written since the case was opened; it counts as
     * told from then on.
     */
    async takeNews() {
        if (this.seenMessageId === null) {
            return [];
        }
        const news = await this.orm.silent.call("service.case", "get_news", [
            [this.caseId],
            this.seenMessageId,
        ]);
        this.seenMessageId = news.at(-1)?.id || this.seenMessageId;
        return news;
    }
}
