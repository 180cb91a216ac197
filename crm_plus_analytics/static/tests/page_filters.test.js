import { describe, expect, test } from "@odoo/hoot";
import { Component, xml } from "@odoo/owl";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { readFilters, toAddress, usePageFilters } from "@crm_plus_analytics/page_filters/page_filters";

describe.current.tags("headless");
defineMailModels();

const NAMES = ["company_id", "month", "team_id"];
const NONE = { company_id: false, month: false, team_id: false };

test("an address without filters sets none", () => {
    expect(readFilters(NAMES, undefined)).toEqual(NONE);
    expect(readFilters(NAMES, { action: "customer-value", other: 4 })).toEqual(NONE);
});

test("filters are read from the address", () => {
    expect(readFilters(NAMES, { company_id: 2, month: "2026-05-01", team_id: 7 }, [1, 2])).toEqual({
        company_id: 2,
        month: "2026-05-01",
        team_id: 7,
    });
});

test("what cannot be a filter is left out", () => {
    for (const address of [
        { month: "yesterday" },
        { month: 202605 },
        { team_id: "7; drop" },
        { team_id: -1 },
        { team_id: 1.5 },
        { company_id: 3 },
    ]) {
        expect(readFilters(NAMES, address, [1, 2])).toEqual(NONE);
    }
});

test("an address tells only the filters that are set", () => {
    expect(toAddress({ ...NONE, team_id: 7 })).toEqual({
        company_id: undefined,
        month: undefined,
        team_id: 7,
    });
});

async function mountPage(props) {
    class Page extends Component {
        static template = xml`<button class="o_page" t-on-click="() => this.filters.update(this.props.changes)" t-out="text"/>`;
        static props = ["*"];
        setup() {
            this.filters = usePageFilters(this.props, NAMES);
        }
        get text() {
            return JSON.stringify(this.filters.values);
        }
    }
    const told = [];
    await mountWithCleanup(Page, {
        props: {
            action: { params: { team_id: 7, month: "2026-05-01" } },
            updateActionState: (state) => told.push(state),
            ...props,
        },
    });
    return told;
}

test("a change shows on the page and in the address", async () => {
    const told = await mountPage({ changes: { team_id: 8 } });
    expect(told).toEqual([{ company_id: undefined, month: "2026-05-01", team_id: 7 }]);
    await contains(".o_page").click();
    await animationFrame();
    expect(".o_page").toHaveText('{"company_id":false,"month":"2026-05-01","team_id":8}');
    expect(told.at(-1)).toEqual({ company_id: undefined, month: "2026-05-01", team_id: 8 });
});

test("another company's months are others", async () => {
    await mountPage({ changes: { company_id: 1 } });
    await contains(".o_page").click();
    await animationFrame();
    expect(".o_page").toHaveText('{"company_id":1,"month":false,"team_id":7}');
});

test("who comes back by the breadcrumb finds what they left, not what the address tells", async () => {
    await mountPage({ state: { filters: { ...NONE, team_id: 9 } } });
    expect(".o_page").toHaveText('{"company_id":false,"month":false,"team_id":9}');
});
