import { queryOne } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_account_map", {
    steps: () => [
        {
            content: "The map warns that nobody is known who decides",
            trigger: ".o_account_map [data-warning=decider]",
        },
        {
            content: "Add a person",
            trigger: ".o_account_map button[name=add_person]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=contact_id] input",
            run: "edit Adviser from Outside",
        },
        {
            trigger: ".modal .ui-autocomplete .dropdown-item:contains('Adviser from Outside')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=role_ids] input",
            run: "edit Decides",
        },
        {
            trigger: ".modal .ui-autocomplete .dropdown-item:contains('Decides')",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The person is on the map, and the warning is gone",
            trigger:
                ".o_account_map:not(:has([data-warning=decider])) .o_account_map_card:contains('Adviser from Outside')",
        },
        {
            content: "Let one report to the other",
            trigger: ".o_account_map_card:contains('Contact Two')",
            run: (helpers) =>
                helpers.drag_and_drop(".o_account_map_card:contains('Contact One')", {
                    position: "center",
                    relative: true,
                }),
        },
        {
            content: "A line leads from one to the other",
            trigger: ".o_account_map[aria-busy=false] svg:has(.o_account_map_reporting)",
        },
        {
            content: "Move a card with the keyboard",
            trigger: ".o_account_map_card:contains('Contact One')",
            run() {
                const card = queryOne(".o_account_map_card:contains('Contact One')");
                card.focus();
                card.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true, bubbles: true })
                );
            },
        },
        {
            trigger:
                ".o_account_map[aria-busy=false] .o_account_map_card[data-placed=true]:contains('Contact One')",
        },
        {
            content: "Make it larger",
            trigger: ".o_account_map button[name=zoom_in]",
            run: "click",
        },
    ],
});
