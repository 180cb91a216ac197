import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import {
    everyTenth,
    formatCount,
    formatMeasure,
    formatShare,
    heatLevel,
    pointOfShare,
    shortened,
} from "@crm_plus_analytics/dashboard/dashboard_utils";

describe.current.tags("headless");
defineMailModels();

test("a cell is the darker the more it holds, and pale only when it holds nothing", () => {
    expect(heatLevel(0, 100)).toBe(0);
    expect(heatLevel(-5, 100)).toBe(0);
    expect(heatLevel(undefined, 100)).toBe(0);
    expect(heatLevel(5, 0)).toBe(0);
    expect(heatLevel(0.001, 100)).toBe(1);
    expect(heatLevel(50, 100)).toBe(5);
    expect(heatLevel(100, 100)).toBe(9);
    expect(heatLevel(200, 100)).toBe(9);
});

test("the point that speaks of 80/20 is the first to reach it", () => {
    const points = [{ share: 0.5 }, { share: 0.8 }, { share: 1 }];
    expect(pointOfShare(points, 0.8)).toBe(points[1]);
    expect(pointOfShare(points, 0.81)).toBe(points[2]);
    expect(pointOfShare([points[0]], 0.8)).toBe(points[0]);
});

test("the figures of the curve come by tenths, each point once", () => {
    const points = [0.04, 0.1, 0.35, 0.6, 0.9, 1].map((customer_share) => ({ customer_share }));
    expect(everyTenth(points).map((point) => point.customer_share)).toEqual([0.1, 0.35, 0.6, 0.9, 1]);
    // thirds of ten are not what they seem: 0.3 is 0.30000000000000004 when added up
    expect(everyTenth([{ customer_share: 0.1 + 0.2 }, { customer_share: 1 }]).length).toBe(2);
    expect(everyTenth([])).toEqual([]);
});

test("a small share does not read as none", () => {
    expect(formatShare(0)).toBe("0%");
    expect(formatShare(0.0001)).toBe("<1%");
    expect(formatShare(0.01)).toBe("1%");
    expect(formatShare(0.996)).toBe("100%");
});

test("a long name fits into the legend", () => {
    expect(shortened("At risk")).toBe("At risk");
    expect(shortened("Customers who bought a lot in the past")).toBe("Customers who bought a lot…");
    expect(shortened("Donaudampfschifffahrtsgesellschaft").length).toBe(28);
});

test("amounts and purchases are short enough for a chart", async () => {
    await makeMockEnv();
    expect(formatCount(1234.4)).toBe("1,234");
    expect(formatMeasure(2.34, "purchases", 1)).toBe("2.3");
    expect(formatMeasure(1234, "purchases", 1)).toBe("1,234");
    expect(formatMeasure(1234.56, "revenue", 1)).toMatch(/^\$\s1,235$/);
    expect(formatMeasure(-1234567, "revenue", 1)).toMatch(/-1\.2M/);
    expect(formatMeasure(1234567, "revenue", 1)).toMatch(/1\.2M/);
});
