import { registry } from "@web/core/registry";

import { PresenceRoom } from "./presence_room";

/** The cases that are open on this page, and who else is at them. */
export const casePresenceService = {
    dependencies: ["bus_service", "orm"],
    start(env, { bus_service: bus, orm }) {
        const rooms = new Map();
        bus.subscribe("crm_plus_service.presence", (message) =>
            rooms.get(message.case_id)?.hear(message)
        );
        return {
            /** Return the room of a case that is open, undefined for others. */
            get: (caseId) => rooms.get(caseId),
            /** Open a case, or one more time; call `leave` as often. */
            enter(caseId) {
                if (!rooms.has(caseId)) {
                    rooms.set(caseId, new PresenceRoom(orm, bus, caseId));
                    rooms.get(caseId).open();
                }
                const room = rooms.get(caseId);
                room.visitors++;
                return room;
            },
            leave(room) {
                room.visitors--;
                if (!room.visitors) {
                    rooms.delete(room.caseId);
                    room.close();
                }
            },
        };
    },
};

registry.category("services").add("crm_plus_service.case_presence", casePresenceService);
