import { useRecordObserver } from "@web/model/relational_model/utils";

/**
 * Load what is shown of the record of a form: when another one is shown, and when it was saved.
 *
 * @param {(resId: number) => void} load not awaited: the form does not wait for it
 */
export function useSavedRecord(load) {
    let shown;
    useRecordObserver(({ resId, dirty }) => {
        if (resId && (resId !== shown || !dirty)) {
            shown = resId;
            load(resId);
        }
    });
}
