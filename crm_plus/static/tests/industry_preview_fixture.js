export const SAMPLE = "crm_plus/stages/sample";
export const OFFER = "crm_plus/stages/offer";
export const OCCASIONAL = "crm_plus/tiers/c";
/** What is ticked at first: all that overwrites nothing. */
export const ALL_FREE = [
    "crm_plus/tiers/a",
    SAMPLE,
    `${SAMPLE}/sent`,
    `${SAMPLE}/judged`,
    OFFER,
    "crm_plus_service/skills/spills",
];

/** A preview as the server gives it: each state once or more, of two add-ons. */
const field = (name, label, state, oldValue, newValue) => ({
    name,
    label,
    help: "",
    state,
    old: oldValue,
    new: newValue,
});

const item = (id, name, state, fields, values = {}) => ({
    id,
    name,
    state,
    fields,
    model: "crm.stage",
    res_id: state === "new" ? false : 7,
    shared: false,
    needs: [],
    ...values,
});

export function makePreview(values = {}) {
    return {
        template: {
            id: 3,
            key: "chemicals",
            name: "Chemicals",
            summary: "For makers of chemicals",
            description: "Batches.\nSamples.",
            version: "1.0",
            modules: [
                { name: "crm_plus", label: "CRM+", installed: true },
                { name: "crm_plus_service", label: "CRM+ Service", installed: true },
                { name: "crm_plus_analytics", label: "CRM+ Customer Value", installed: false },
            ],
        },
        company: "Our Company",
        languages: [
            { code: "en_US", name: "English", active: true, in_template: true },
            { code: "ko_KR", name: "Korean", active: false, in_template: true },
            { code: "de_DE", name: "German", active: false, in_template: false },
        ],
        problems: [],
        modules: [
            {
                name: "crm_plus",
                label: "CRM+",
                sections: [
                    {
                        key: "tiers",
                        label: "Customer Tiers",
                        help: "How customers are treated",
                        counts: { new: 0, changed: 1, same: 1, conflict: 1 },
                        items: [
                            item("crm_plus/tiers/a", "Strategic", "changed", [
                                field("name", "Name", "changed", "A", "Strategic"),
                            ]),
                            item("crm_plus/tiers/b", "Regular", "same", []),
                            item(
                                "crm_plus/tiers/c",
                                "Occasional",
                                "conflict",
                                [
                                    field("name", "Name", "conflict", "Rare", "Occasional"),
                                    field("color", "Color", "conflict", "3", "5"),
                                ],
                                { shared: true }
                            ),
                        ],
                    },
                    {
                        key: "stages",
                        label: "Stages",
                        help: "",
                        counts: { new: 3, changed: 0, same: 0, conflict: 1 },
                        items: [
                            item("crm_plus/stages/sample", "Sample", "new", [
                                field("name", "Name", "new", "", "Sample"),
                            ]),
                            item(
                                "crm_plus/stages/sample/sent",
                                "Sample has been sent",
                                "new",
                                [field("name", "Name", "new", "", "Sample has been sent")],
                                { needs: ["crm_plus/stages/sample"] }
                            ),
                            item(
                                "crm_plus/stages/sample/judged",
                                "Sample has been judged",
                                "new",
                                [],
                                { needs: ["crm_plus/stages/sample/sent", "crm_plus/tiers/a"] }
                            ),
                            item("crm_plus/stages/offer", "Offer", "conflict", [
                                field("sequence", "Sequence", "changed", "3", "4"),
                                field("name", "Name", "conflict", "Proposition", "Offer"),
                            ]),
                        ],
                    },
                ],
            },
            {
                name: "crm_plus_service",
                label: "CRM+ Service",
                sections: [
                    {
                        key: "skills",
                        label: "Skills",
                        help: "",
                        counts: { new: 1, changed: 0, same: 0, conflict: 0 },
                        items: [item("crm_plus_service/skills/spills", "Spills", "new", [])],
                    },
                    {
                        key: "case_tags",
                        label: "Case Tags",
                        help: "",
                        counts: { new: 0, changed: 0, same: 0, conflict: 0 },
                        items: [],
                    },
                ],
            },
        ],
        fingerprint: "f1",
        ...values,
    };
}
