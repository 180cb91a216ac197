import { registry } from "@web/core/registry";

const team = (name) => `.o_service_monitor[aria-busy=false] .o_monitor_team[aria-label="${name}"]`;
const column = (name) => `.o_monitor_column:has(h3:contains(${name}))`;
const card = (name) => `.o_monitor_card:contains(${name})`;

const opensTheMonitor = {
    content: "Open the monitor",
    trigger: "[data-menu-xmlid='crm_plus_service.menu_monitor']",
    run: "click",
};

registry.category("web_tour.tours").add("service_journey_lead_desk", {
    steps: () => [
        {
            content: "Open the menu",
            trigger: "[data-menu-xmlid='crm_plus_service.menu_cases']",
            run: "click",
        },
        opensTheMonitor,
        {
            content: "Drag the case from Ada to Bert",
            trigger: `${team("Repairs")} ${column("Ada Agent")} ${card("The table tilts")}`,
            run: `drag_and_drop .o_monitor_team[aria-label="Repairs"] ${column("Bert Bench")} .o_monitor_cards`,
        },
        {
            content: "It is Bert's now, and the server agrees",
            trigger: `${team("Repairs")} ${column("Bert Bench")} ${card("The table tilts")}`,
        },
        {
            content: "Open the case from there",
            trigger: `${team("Repairs")} ${card("The table tilts")} .o_monitor_card_name`,
            run: "click",
        },
        {
            content: "Look why whose case it is",
            trigger: ".o_form_view .o_notebook .nav-link[name=assignments]",
            run: "click",
        },
        {
            content: "The move is written down, with who has moved it",
            trigger:
                ".o_field_widget[name=assignment_ids] .o_data_row:contains(Bert Bench):contains(Moved by hand):contains(Ada Agent):contains(Lea Lead)",
        },
    ],
});

registry.category("web_tour.tours").add("service_journey_lead_phone", {
    steps: () => [
        {
            content: "Open the menu of the case of Ada",
            trigger: `${team("Repairs")} ${column("Ada Agent")} ${card("The table tilts")} .o_monitor_card_menu`,
            run: "click",
        },
        {
            content: "Give it to Bert",
            trigger: ".o-dropdown-item:contains(Bert Bench)",
            run: "click",
        },
        {
            content: "It is Bert's now, and the server agrees; open its menu again",
            trigger: `${team("Repairs")} ${column("Bert Bench")} ${card("The table tilts")} .o_monitor_card_menu`,
            run: "click",
        },
        {
            content: "Send it to the queue of the other team",
            trigger: ".o-dropdown-item:contains(Queue of Customer Service)",
            run: "click",
        },
        {
            content: "It waits there, and the server agrees",
            trigger: `${team("Customer Service")} .o_monitor_queue ${card("The table tilts")}`,
        },
    ],
});
