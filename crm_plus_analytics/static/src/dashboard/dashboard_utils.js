import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";

/** Shades of a heat map, apart from the empty one; as many as the stylesheet has. */
export const HEAT_LEVELS = 9;

/**
 * Return the shade of a value in a heat map: 0 for nothing, else 1 to HEAT_LEVELS.
 *
 * @param {number} value
 * @param {number} highest the value of the darkest shade
 */
export function heatLevel(value, highest) {
    if (!(value > 0) || !(highest > 0)) {
        return 0;
    }
    return Math.min(Math.ceil((value / highest) * HEAT_LEVELS), HEAT_LEVELS);
}

/**
 * Return the first point of the curve where the share is reached, the last one if never.
 *
 * @param {{share: number}[]} points in rising order
 * @param {number} share from 0 to 1
 */
export function pointOfShare(points, share) {
    return points.find((point) => point.share >= share) || points.at(-1);
}

/**
 * Return the points at which each tenth of the customers is reached, each point once.
 *
 * @param {{customer_share: number}[]} points in rising order
 */
export function everyTenth(points) {
    const tenths = Array.from({ length: 10 }, (_, index) => (index + 1) / 10);
    const reached = tenths.map((tenth) =>
        points.find((point) => point.customer_share >= tenth - Number.EPSILON)
    );
    return [...new Set(reached.filter(Boolean))];
}

/** Return a share from 0 to 1 in per cent; a small one does not read as none. */
export function formatShare(share) {
    if (share > 0 && share < 0.01) {
        return "<1%";
    }
    return `${Math.round(share * 100)}%`;
}

/** Return a name that fits into a chart's legend on a phone. */
export function shortened(name, most = 28) {
    return name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name;
}

export function formatCount(count) {
    return formatInteger(Math.round(count));
}

/** Return how many customers, in words. */
export function formatCustomers(count) {
    return count === 1 ? _t("1 customer") : _t("%s customers", formatCount(count));
}

/** Return a number of purchases or an amount, short enough for a chart. */
export function formatMeasure(value, measure, currencyId) {
    if (measure === "purchases") {
        return formatFloat(value, { humanReadable: value >= 10000, digits: [16, value < 10 ? 1 : 0] });
    }
    return formatMonetary(value, {
        currencyId,
        humanReadable: Math.abs(value) >= 10000,
        digits: [16, Math.abs(value) >= 10000 ? 1 : 0],
    });
}
