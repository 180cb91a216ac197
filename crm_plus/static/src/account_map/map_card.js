import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

/** The words for 1 to 5: how much influence, how strong a relation. */
function levelLabel(value, { levels }) {
    return levels.find((level) => level.value === value)?.label || "";
}

function stanceLabel({ stance }, { stances }) {
    return stances.find(({ value }) => value === stance)?.label || _t("Stance not known");
}

function influenceLabel({ influence }, legend) {
    return _t("Influence: %s", levelLabel(influence, legend));
}

function contactLabel({ last_contact }) {
    return last_contact ? _t("Last contact %s", last_contact) : _t("No contact so far");
}

/** Who of us knows the person, and how well. */
export function relationLabel({ user, relation }, legend) {
    if (!user) {
        return _t("Nobody of us assigned");
    }
    return relation
        ? _t("%(name)s, relation: %(strength)s", {
              name: user.name,
              strength: levelLabel(relation, legend),
          })
        : user.name;
}

/** All that a card and its lines say, for those who do not see them. */
export function cardLabel(card, cards, legend) {
    const manager = cards.find(({ id }) => id === card.manager_id);
    return [
        card.name,
        card.function,
        card.company,
        card.roles.map((role) => role.name).join(", "),
        stanceLabel(card, legend),
        influenceLabel(card, legend),
        relationLabel(card, legend),
        manager && _t("Reports to %s", manager.name),
        contactLabel(card),
    ]
        .filter(Boolean)
        .join(". ");
}

/** What is written on the card of a person. */
export class MapCard extends Component {
    static template = "crm_plus.AccountMap.Card";
    static props = { card: Object, legend: Object };

    get stanceLabel() {
        return stanceLabel(this.props.card, this.props.legend);
    }

    get influenceLabel() {
        return influenceLabel(this.props.card, this.props.legend);
    }

    get contactLabel() {
        return contactLabel(this.props.card);
    }
}
