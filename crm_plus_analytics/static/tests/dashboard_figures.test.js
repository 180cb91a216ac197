import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, mountWithCleanup, preloadBundle } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { CohortMap } from "@crm_plus_analytics/dashboard/cohort_map/cohort_map";
import { ConcentrationCurve } from "@crm_plus_analytics/dashboard/concentration_curve/concentration_curve";
import { ExpectedRevenue } from "@crm_plus_analytics/dashboard/expected_revenue/expected_revenue";
import { RfmMap } from "@crm_plus_analytics/dashboard/rfm_map/rfm_map";
import { SegmentHistory } from "@crm_plus_analytics/dashboard/segment_history/segment_history";
import { ValuePyramid } from "@crm_plus_analytics/dashboard/value_pyramid/value_pyramid";

describe.current.tags("desktop");
defineMailModels();
preloadBundle("web.chartjs_lib");

/** Mount a figure; returns what is opened from it. */
async function mountFigure(Figure, props) {
    const opened = [];
    const component = await mountWithCleanup(Figure, {
        props: { ...props, open: (name, domain) => opened.push({ name, domain }) },
    });
    return { component, opened };
}

const CURVE = {
    measure: "revenue",
    points: [
        { customers: 2, customer_share: 0.2, share: 0.5, domain: [["revenue", ">=", 50]] },
        { customers: 4, customer_share: 0.4, share: 0.9, domain: [["revenue", ">=", 20]] },
        { customers: 10, customer_share: 1, share: 1, domain: [["revenue", ">=", 0]] },
    ],
};

test("80/20 curve: headline, drawn points and what they open", async () => {
    const { component, opened } = await mountFigure(ConcentrationCurve, { curve: CURVE });
    expect("button:first").toHaveText("40% of the customers (4) bring 90% of the revenue");
    expect(component.config.data.datasets[0].data).toEqual([
        { x: 0, y: 0 },
        { x: 20, y: 50 },
        { x: 40, y: 90 },
        { x: 100, y: 100 },
    ]);
    await contains("button:first").click();
    // the origin is no customer's
    component.openPoint(0);
    component.openPoint(1);
    expect(opened.map(({ domain }) => domain)).toEqual([CURVE.points[1].domain, CURVE.points[0].domain]);
    expect(opened[1].name).toBe("20% of the customers (2) bring 50% of the revenue");
});

test("80/20 curve: its figures open without a mouse", async () => {
    const { opened } = await mountFigure(ConcentrationCurve, { curve: CURVE });
    await contains("summary").click();
    expect(queryAllTexts("details button")).toEqual([
        "20% of the customers (2) bring 50% of the revenue",
        "40% of the customers (4) bring 90% of the revenue",
        "100% of the customers (10) bring 100% of the revenue",
    ]);
    await contains("details button:last").click();
    expect(opened[0].domain).toEqual(CURVE.points[2].domain);
});

test("80/20 curve: no revenue, no chart", async () => {
    await mountFigure(ConcentrationCurve, { curve: { measure: "revenue", points: [] } });
    expect("canvas").toHaveCount(0);
    expect("p").toHaveText("These customers have brought no revenue yet.");
});

test("80/20 curve: a past month tells the revenue of twelve months", async () => {
    await mountFigure(ConcentrationCurve, { curve: { ...CURVE, measure: "revenue_12_months" } });
    expect("button:first").toHaveText("40% of the customers (4) bring 90% of the revenue");
});

test("recency and frequency: cells, shades and measures", async () => {
    const domain = [["r_score", "=", 5]];
    const { opened } = await mountFigure(RfmMap, {
        cells: [
            { r: 5, f: 1, customers: 9, revenue: 10, customer_value: 1, domain },
            { r: 1, f: 5, customers: 1, revenue: 90, customer_value: 2, domain: [] },
        ],
        currencyId: 1,
        seesAmounts: true,
    });
    expect("[data-cell]").toHaveCount(2);
    expect("[data-cell='51']").toHaveText("9");
    expect("[data-cell='51']").toHaveClass("o_value_heat_9");
    expect("[data-cell='15']").toHaveClass("o_value_heat_1");
    await contains(".btn-group button:contains(Revenue)").click();
    expect("[data-cell='15']").toHaveText("$ 90");
    expect("[data-cell='15']").toHaveClass("o_value_heat_9");
    expect("[data-cell='51']").toHaveClass("o_value_heat_1");
    await contains("[data-cell='51']").click();
    expect(opened).toEqual([{ name: "Recency 5, frequency 1: 9 customers", domain }]);
});

test("recency and frequency: a past month has no revenue to choose", async () => {
    await mountFigure(RfmMap, {
        cells: [{ r: 5, f: 1, customers: 9, customer_value: 20, domain: [] }],
        currencyId: 1,
        seesAmounts: true,
    });
    expect(queryAllTexts(".btn-group button")).toEqual(["Customers", "Value"]);
    await contains(".btn-group button:contains(Value)").click();
    expect("[data-cell='51']").toHaveText("$ 20");
});

test("recency and frequency: no measures without the right to amounts", async () => {
    await mountFigure(RfmMap, {
        cells: [{ r: 5, f: 1, customers: 9, domain: [] }],
        currencyId: 1,
        seesAmounts: false,
    });
    expect(".btn-group").toHaveCount(0);
    expect("[data-cell='51']").toHaveText("9");
});

test("cohorts: rows by quarter, each cell with its customers", async () => {
    const { opened } = await mountFigure(CohortMap, {
        cohorts: {
            step: "quarter",
            periods: 2,
            rows: [
                {
                    start: "2026-04-01",
                    customers: 40,
                    cells: [
                        { period: 0, customers: 40, share: 1, domain: [] },
                        { period: 1, customers: 10, share: 0.25, domain: [["a", "=", 1]] },
                    ],
                },
            ],
        },
    });
    expect("tbody th").toHaveText(/^Q2 2026/);
    expect("tbody th small").toHaveText("40");
    expect(queryAllTexts("[data-cell]")).toEqual(["100%", "25%"]);
    await contains("[data-cell='2026-04-01-1']").click();
    expect(opened).toEqual([
        {
            name: "First bought in Q2 2026, still buying a quarter later: 10 customers",
            domain: [["a", "=", 1]],
        },
    ]);
});

test("segments over time: columns by month, and the same as figures", async () => {
    const points = [
        { customers: 3, domain: [["month", "=", "2026-05-01"]] },
        { customers: 4, domain: [["month", "=", "2026-06-01"]] },
    ];
    const { component, opened } = await mountFigure(SegmentHistory, {
        history: {
            months: ["2026-05-01", "2026-06-01"],
            segments: [{ id: 5, name: "At risk", points }],
        },
    });
    const { labels, datasets } = component.config.data;
    expect(labels).toEqual(["May 2026", "Jun 2026"]);
    expect(datasets.map(({ label, data }) => ({ label, data }))).toEqual([
        { label: "At risk", data: [3, 4] },
    ]);
    component.openPart(0, 1);
    await contains("summary").click();
    await contains("[data-cell='5-2026-05-01']").click();
    expect(opened).toEqual([
        { name: "At risk in Jun 2026", domain: points[1].domain },
        { name: "At risk in May 2026", domain: points[0].domain },
    ]);
});

test("expected revenue: bars, and an interval only where it is known", async () => {
    const segment = { id: 5, name: "Loyal", customers: 3, domain: [["segment_id", "=", 5]] };
    const known = { expected: 100, low: 50, high: 200 };
    const props = { measure: "revenue", months: 12, is_estimated: true };
    const { component, opened } = await mountFigure(ExpectedRevenue, {
        expected: { ...props, ...known, segments: [{ ...segment, ...known }] },
        currencyId: 1,
    });
    expect(component.places({ ...segment, ...known })).toEqual({ bar: 50, low: 25, reach: 75 });
    expect(".o_value_expected_interval").toHaveCount(1);
    await contains("[data-segment='5']").click();
    expect(opened).toEqual([{ name: "Loyal", domain: segment.domain }]);
});

test("expected revenue: no interval where the model cannot tell", async () => {
    const unknown = { expected: 100, low: false, high: false };
    await mountFigure(ExpectedRevenue, {
        expected: {
            measure: "revenue", months: 12, is_estimated: true, ...unknown,
            segments: [{ id: false, name: "No segment", customers: 1, domain: [], ...unknown }],
        },
        currencyId: 1,
    });
    expect(".o_value_expected_interval").toHaveCount(0);
    expect("p").toHaveText(/How sure that is cannot be told/);
});

test("expected revenue: what a past month expected has no interval to tell of", async () => {
    const then = { expected: 100, low: false, high: false };
    const { component, opened } = await mountFigure(ExpectedRevenue, {
        expected: {
            measure: "customer_value", months: false, is_estimated: true, ...then,
            segments: [{ id: 5, name: "Loyal", customers: 1, domain: [["month", "=", "2026-05-01"]], ...then }],
        },
        currencyId: 1,
    });
    expect("p").toHaveCount(0);
    expect(component.hint(component.props.expected.segments[0])).toMatch(/^Loyal: .*100.* from 1 customer$/);
    await contains("[data-segment='5']").click();
    expect(opened[0].domain).toEqual([["month", "=", "2026-05-01"]]);
});

test("pyramid: as wide as the classes are large, an empty one still to be seen", async () => {
    const level = (key, customers, customer_share) => ({
        key, label: key, customers, customer_share, revenue: 10, revenue_share: false,
        customer_value: 5, domain: [["abc_class", "=", key]],
    });
    const levels = [level("A", 1, 0.25), level("B", 3, 0.75), level("C", 0, 0)];
    const { component, opened } = await mountFigure(ValuePyramid, { levels, currencyId: 1 });
    expect(levels.map((each) => Math.round(component.width(each)))).toEqual([33, 100, 2]);
    await contains("[data-level='B']").click();
    expect(opened).toEqual([{ name: "Class B", domain: [["abc_class", "=", "B"]] }]);
});
