/** After how long somebody who has said nothing is taken to have left, in milliseconds. */
export const PATIENCE = 75000;

const ORDER = ["answering", "noting", "reading"];

/** Who else is at a case, as far as they have said so lately. */
export class PresenceList {
    entries = new Map();

    /** @param {number} ownId the user who is not told of themselves */
    constructor(ownId) {
        this.ownId = ownId;
    }

    /**
     * Take in what somebody says of themselves.
     *
     * @param {{ user_id: number, name: string, activity: string }} message
     * @param {number} now in milliseconds
     */
    note({ user_id, name, activity }, now) {
        if (activity === "left") {
            this.entries.delete(user_id);
        } else if (user_id !== this.ownId && ORDER.includes(activity)) {
            this.entries.set(user_id, { user_id, name, activity, until: now + PATIENCE });
        }
    }

    /** Return who is there at a moment, who writes first; forget who has been silent too long. */
    present(now) {
        for (const [userId, { until }] of this.entries) {
            if (until <= now) {
                this.entries.delete(userId);
            }
        }
        return [...this.entries.values()]
            .map(({ user_id, name, activity }) => ({ user_id, name, activity }))
            .sort(
                (a, b) =>
                    ORDER.indexOf(a.activity) - ORDER.indexOf(b.activity) ||
                    a.name.localeCompare(b.name)
            );
    }
}
