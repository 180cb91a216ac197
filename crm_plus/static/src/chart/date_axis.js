import { formatDate } from "@web/core/l10n/dates";

import { chartColors } from "./chart_colors";

/** An axis of days, whose points are in milliseconds; named as the reader writes dates. */
export function dateAxis({ ticks, ...options } = {}) {
    return {
        type: "linear",
        ticks: {
            color: chartColors.text(),
            callback: (value) => formatDate(luxon.DateTime.fromMillis(value)),
            maxTicksLimit: 6,
            ...ticks,
        },
        grid: { display: false },
        ...options,
    };
}
