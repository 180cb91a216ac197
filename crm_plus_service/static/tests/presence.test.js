import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { user } from "@web/core/user";

import { newsText } from "@crm_plus_service/presence/composer_patch";
import { PATIENCE, PresenceList } from "@crm_plus_service/presence/presence_list";
import { HEARTBEAT, PresenceRoom } from "@crm_plus_service/presence/presence_room";

describe.current.tags("headless");
beforeEach(() => {
    allowTranslations();
    mockDate("2026-01-14 09:00:00");
});

const ada = { user_id: 501, name: "Ada", activity: "reading" };
const ben = { user_id: 502, name: "Ben", activity: "answering" };

test("who writes stands before who reads", () => {
    const list = new PresenceList(1);
    list.note(ada, 0);
    list.note(ben, 0);
    expect(list.present(0)).toEqual([ben, ada]);
    list.note({ ...ben, activity: "reading" }, 0);
    expect(list.present(0).map(({ name }) => name)).toEqual(["Ada", "Ben"]);
});

test("who leaves or falls silent is forgotten", () => {
    const list = new PresenceList(1);
    list.note(ada, 0);
    list.note(ben, 10000);
    list.note({ ...ben, activity: "left" }, 11000);
    expect(list.present(12000)).toEqual([ada]);
    expect(list.present(PATIENCE)).toEqual([]);
    expect(list.entries.size).toBe(0);
});

test("nobody is told of themselves, nor of what nobody does", () => {
    const list = new PresenceList(501);
    list.note(ada, 0);
    list.note({ ...ben, activity: "dancing" }, 0);
    expect(list.present(0)).toEqual([]);
});

/** A room of case 7, what it says, and what the server answers. */
function makeRoom() {
    const said = [];
    const server = { news: [] };
    const bus = { addChannel: () => {}, deleteChannel: () => {} };
    const call = async (model, method, args) => {
        if (method === "get_news") {
            server.since = args[1];
            return server.news;
        }
        said.push(args.slice(1));
        return 40;
    };
    const room = new PresenceRoom({ silent: { call } }, bus, 7);
    return { room, said, server };
}

test("says that one comes, is still there, and leaves", async () => {
    const { room, said } = makeRoom();
    await room.open();
    expect(said).toEqual([["reading", true]]);
    await advanceTime(HEARTBEAT + 5000);
    expect(said.slice(1)).toEqual([["reading", false]]);
    await room.close();
    expect(said.at(-1)).toEqual(["left", false]);
    await advanceTime(3 * HEARTBEAT);
    expect(said).toHaveLength(3);
});

test("writing is said once, not with every key, and ends by itself", async () => {
    const { room, said } = makeRoom();
    await room.open();
    for (let key = 0; key < 30; key++) {
        room.write("answering");
        await advanceTime(100);
    }
    await advanceTime(1000);
    expect(said.slice(1)).toEqual([["answering", false]]);
    await advanceTime(21000);
    expect(said.slice(2)).toEqual([["reading", false]]);
    await room.close();
});

test("who comes is answered, oneself is not", async () => {
    const { room, said } = makeRoom();
    await room.open();
    await advanceTime(4000);
    room.hear({ ...ada, is_new: true });
    await advanceTime(1000);
    expect(said).toHaveLength(2);
    expect(room.shown.others).toEqual([ada]);
    room.hear({ ...ada, user_id: user.userId, is_new: true });
    await advanceTime(4000);
    expect(said).toHaveLength(2);
    expect(room.shown.others).toEqual([ada]);
    await room.close();
});

test("news is told once", async () => {
    const { room, server } = makeRoom();
    expect(await room.takeNews()).toEqual([]);
    expect(server.since).toBe(undefined);
    await room.open();
    server.news = [{ id: 44, author: "Bea", is_from_customer: true, preview: "It works" }];
    expect(await room.takeNews()).toHaveLength(1);
    expect(server.since).toBe(40);
    server.news = [];
    await room.takeNews();
    expect(server.since).toBe(44);
    await room.close();
});

test("news says who has written to whom", () => {
    expect(
        newsText([
            { author: "Bea", is_from_customer: true, preview: "It works" },
            { author: "Ben", is_from_customer: false, preview: "Try again" },
        ])
    ).toBe(
        "Bea, the customer, has written: “It works”\n\nBen has answered the customer: “Try again”"
    );
});
