import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";

const scheme = () => cookie.get("color_scheme");

/** The colour of the page's own text: what can be read on its background in every theme. */
const textColor = () => getComputedStyle(document.body).color;

/** The colours of Odoo's own charts, in the reader's colour scheme. */
export const chartColors = {
    /** @param {number | string} count of the series, or the name of Odoo's palette */
    series: (index, count) => getColor(index, scheme(), count),
    tinted: (index, count, opacity) => hexToRGBA(getColor(index, scheme(), count), opacity),
    text: textColor,
    grid: () => textColor().replace(/rgb\(([^)]*)\)/, "rgba($1, 0.15)"),
    /** What is only there to compare with. */
    muted: () => getCustomColor(scheme(), "#A4A8B6", "#7E8290"),
};
