import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";

const scheme = () => cookie.get("color_scheme");

/** The colours of Odoo's own charts, in the reader's colour scheme. */
export const chartColors = {
    series: (index, count) => getColor(index, scheme(), count),
    tinted: (index, count, opacity) => hexToRGBA(getColor(index, scheme(), count), opacity),
    grid: () => getCustomColor(scheme(), "rgba(0,0,0,.1)", "rgba(255,255,255,.15)"),
    text: () => getCustomColor(scheme(), "#111827", "#E4E4E4"),
};
