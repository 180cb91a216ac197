import { registry } from "@web/core/registry";

const column = (name) => `.o_monitor_column:has(h3:contains(${name}))`;

registry.category("web_tour.tours").add("service_monitor", {
    steps: () => [
        {
            content: "Both cases are Ada's",
            trigger: `${column("Ada")}:has(.o_monitor_card:contains(Switch is stuck)) .o_monitor_card:contains(Lamp does not light)`,
            run: `drag_and_drop ${column("Ben")} .o_monitor_cards`,
        },
        {
            content: "It is Ben's now, and the server agrees",
            trigger: `.o_service_monitor[aria-busy=false] ${column("Ben")} .o_monitor_card:contains(Lamp does not light)`,
        },
        {
            content: "Open the menu of the other case",
            trigger: `${column("Ada")} .o_monitor_card:contains(Switch is stuck) .o_monitor_card_menu`,
            run: "click",
        },
        {
            content: "Send it back to the queue",
            trigger: ".o_monitor_card_targets .o-dropdown-item:contains(Queue of First Aid)",
            run: "click",
        },
        {
            content: "It waits there, and the server agrees",
            trigger: `.o_service_monitor[aria-busy=false] .o_monitor_team[aria-label="First Aid"] .o_monitor_queue .o_monitor_card:contains(Switch is stuck)`,
        },
        {
            content: "The figures open their cases",
            trigger: `.o_monitor_team[aria-label="First Aid"] .o_monitor_figure[name=queue]`,
            run: "click",
        },
        {
            content: "The case is among them",
            trigger: ".o_kanban_view .o_kanban_record:contains(Switch is stuck)",
        },
    ],
});
