import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_relationship_models_tour", {
    url: "/odoo/relationship-models",
    steps: () => [
        {
            content: "The four steps are drawn",
            trigger: "[data-model=idic] .o_relationship_row .o_relationship_step:nth-child(4) h2:contains('4. Customise')",
        },
        {
            content: "Look at the team of the test alone",
            trigger: "[data-filter=team_id] input",
            run: "edit Team One",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Team One')",
            run: "click",
        },
        {
            content: "One's own customer alone is counted",
            trigger: "[data-step=identify] [data-figure=email]:contains('1 of 1')",
        },
        {
            content: "Open those of whom nothing is known",
            trigger: "[data-figure=first_touch] [data-others]:contains('1 of unknown origin')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(1):contains('Buyer 1')",
        },
        {
            content: "Go back: the team is kept",
            trigger: ".breadcrumb-item a:contains('Relationship Models')",
            run: "click",
        },
        {
            trigger: "[data-figure=email]:contains('1 of 1')",
        },
        {
            content: "Look at the value chain",
            trigger: "button[name=value_chain]",
            run: "click",
        },
        {
            trigger: "[data-model=value_chain] .o_relationship_supports [data-step=process]",
        },
        {
            content: "Look at the five processes, of one month",
            trigger: "button[name=processes]",
            run: "click",
        },
        {
            trigger: "[data-model=processes] .o_relationship_return",
        },
        {
            trigger: "button[name=month]",
            run: "click",
        },
        {
            content: "Open what was ordered in it",
            trigger: ".o_relationship_page[aria-busy=false] [data-figure=revenue]:contains('from 1') .o_relationship_open",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(1):contains('Pat')",
        },
    ],
});
