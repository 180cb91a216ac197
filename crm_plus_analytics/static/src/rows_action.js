/** The views of former scores, in their order. */
export const HISTORY_VIEWS = ["list", "kanban", "pivot", "graph"];

/**
 * Return the action that opens the rows behind a mark.
 *
 * @param {string} model
 * @param {string[]} views their types
 * @param {string} name what the reader clicked, as the title
 * @param {Array} domain
 */
export function rowsAction(model, views, name, domain) {
    return {
        type: "ir.actions.act_window",
        name,
        res_model: model,
        views: views.map((view) => [false, view]),
        domain,
    };
}
