import { hexToRGBA } from "@web/core/colors/colors";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";

import { chartColors } from "../chart/chart_colors";

/** Months of a period. */
const MONTHS = { month: 1, quarter: 3 };

/** What an opportunity counts as, the surest first. */
export const categories = () => [
    { key: "closed", name: _t("Closed"), help: _t("Won in the period.") },
    { key: "commit", name: _t("Commit"), help: _t("Will be won, says the salesperson.") },
    { key: "best_case", name: _t("Best Case"), help: _t("May well be won.") },
    { key: "pipeline", name: _t("Pipeline"), help: _t("Is possible.") },
];

/** Return the colour of a category, or of 'weighted', the same in every chart of the page. */
export function colorOf(key, opacity = 1) {
    if (key === "weighted") {
        return chartColors.text();
    }
    const place = { closed: 2, commit: 0, best_case: 3 }[key];
    const color = place === undefined ? chartColors.muted() : chartColors.series(place, 4);
    return opacity < 1 ? hexToRGBA(color, opacity) : color;
}

/** Return an amount, short where it is long enough to be read at a glance. */
export function formatAmount(amount, currencyId) {
    const isLong = Math.abs(amount) >= 10000;
    return formatMonetary(amount, { currencyId, humanReadable: isLong, digits: [16, isLong ? 1 : 0] });
}

/** Return the name of the period that begins on a day. */
export function periodName(day, unit) {
    const start = deserializeDate(day);
    return unit === "quarter"
        ? _t("Q%(quarter)s %(year)s", { quarter: start.quarter, year: start.year })
        : start.toFormat("LLL yyyy");
}

/** Return the first day of the first period, so many periods on or back. */
export function shiftStart(day, unit, steps) {
    return deserializeDate(day).plus({ months: MONTHS[unit] * steps }).toISODate();
}

/**
 * Return the bars of a waterfall: each from where the one before it ended.
 *
 * @param {number} before the sum from which it starts
 * @param {{key: string, amount: number}[]} bars signed, in their order
 * @param {number} after the sum to which they lead
 * @returns {{key: string, from: number, to: number, amount: number}[]} with the two sums
 */
export function waterfall(before, bars, after) {
    let level = before;
    return [
        { key: "before", from: 0, to: before, amount: before },
        ...bars.map((bar) => {
            const from = level;
            level += bar.amount;
            return { ...bar, from, to: level };
        }),
        { key: "after", from: 0, to: after, amount: after },
    ];
}
