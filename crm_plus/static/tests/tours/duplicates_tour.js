import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_duplicates", {
    steps: () => [
        {
            content: "Type the address of somebody who is known",
            trigger: ".o_field_widget[name=email_from] input",
            run: "edit hank@globex.test",
        },
        {
            content: "The lead is named, with the reason",
            trigger:
                ".o_duplicate_match[data-model='crm.lead']:contains('Ten lorries'):contains('same e-mail')",
        },
        {
            content: "The contact is another person",
            trigger:
                ".o_duplicate_match[data-model='res.partner']:contains('Hank Scorpio') button[name=dismiss_duplicate]",
            run: "click",
        },
        {
            content: "The contact is not named any more",
            trigger: ".o_duplicate_notice:not(:has([data-model='res.partner']))",
        },
        {
            content: "Say what it is about",
            trigger: ".o_field_widget[name=name] textarea",
            run: "edit Twelve lorries",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Merge with the lead that is known",
            trigger: ".o_form_saved .o_duplicate_match button[name=merge_duplicate]",
            run: "click",
        },
        {
            content: "The older one stays; take the other one's name",
            trigger: ".modal .o_merge_preview tr[data-field=name] td:last-child input",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: ".modal tr[data-field=name] td:last-child.o_merge_chosen",
        },
        {
            content: "Merge",
            trigger: ".modal button[name=action_merge]",
            run: "click",
        },
        {
            content: "It is the lead that was known",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.o-mail-Chatter:contains('Merged with'))",
        },
    ],
});

registry.category("web_tour.tours").add("crm_plus_undo_merge", {
    steps: () => [
        {
            content: "It says what went over",
            trigger: ".o_field_widget[name=summary]",
        },
        {
            content: "Undo",
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            content: "Back on the lead that stayed",
            trigger: ".o_form_view .o_field_widget[name=stage_id]",
        },
    ],
});
