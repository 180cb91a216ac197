import { useState } from "@odoo/owl";
import { user } from "@web/core/user";
import { useSetupAction } from "@web/search/action_hook";

const { DateTime } = luxon;

/**
 * Return the filters that a page's address tells, false for what it does not.
 *
 * Only what can be a filter: an address is typed, shared and kept for long.
 *
 * @param {string[]} names of filters: `month`, the first day of a month, or a record's id
 * @param {Record<string, any>} [address] as the router reads it
 * @param {number[]} [companyIds] the companies that the reader works with now
 */
export function readFilters(names, address = {}, companyIds = []) {
    const accepts = {
        month: (value) => typeof value === "string" && DateTime.fromISO(value).isValid,
        company_id: (value) => companyIds.includes(value),
    };
    const isId = (value) => Number.isInteger(value) && value > 0;
    return Object.fromEntries(
        names.map((name) => {
            const value = address[name];
            return [name, (accepts[name] || isId)(value) ? value : false];
        })
    );
}

/** Return what the address of a page tells of its filters: those that are set. */
export function toAddress(filters) {
    return Object.fromEntries(
        Object.entries(filters).map(([name, value]) => [name, value || undefined])
    );
}

/**
 * Keep the filters of a page: when the reader comes back to it, goes back in the browser,
 * loads it again or shares its address.
 *
 * The client action needs a static `path`, with which Odoo hands it what its address tells.
 *
 * @param {Object} props of the client action
 * @param {string[]} names of the filters
 */
export function usePageFilters(props, names) {
    const filters = useState({
        ...readFilters(
            names,
            props.action.params,
            user.activeCompanies.map((company) => company.id)
        ),
        ...props.state?.filters,
    });
    const tell = () => props.updateActionState?.(toAddress(filters));
    useSetupAction({ getLocalState: () => ({ filters: { ...filters } }) });
    tell();
    return {
        values: filters,
        update(changes) {
            if (changes.company_id !== undefined && "month" in filters) {
                // another company's months may be others
                filters.month = false;
            }
            Object.assign(filters, changes);
            tell();
        },
    };
}
