import { _t } from "@web/core/l10n/translation";

/** A duration in its most telling unit, as the server says it: 25 min, 3 h, 2 h 30 min, 4 days. */
export function durationText(milliseconds) {
    const minutes = Math.max(0, Math.floor(milliseconds / 60000));
    const hours = Math.floor(minutes / 60);
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    if (hours < 10 && minutes % 60) {
        return _t("%(hours)s h %(minutes)s min", { hours, minutes: minutes % 60 });
    }
    return hours < 48 ? _t("%s h", hours) : _t("%s days", Math.floor(hours / 24));
}
