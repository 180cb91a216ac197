"""What the files of an industry template may contain: sections, and those of this add-on.

A section is a list of items in the file of an add-on; each item is one record. Types, defaults,
what is required and what is translated are asked of the model's fields, so that they are written
once. An add-on adds its own sections by extending ``_industry_sections`` and
``_industry_settings`` of ``crm.industry.template``; it keeps them in a plain module like this one
(``industry_sections.py``), so that its files can be checked without a database.

This package imports nothing of Odoo.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

NOTHING = MappingProxyType({})

#: the key of the pseudo-section with fields of the company
SETTINGS = 'settings'

#: what an item may say besides the fields of its section
ITEM_KEYS = ('key', 'record')


class Section(NamedTuple):
    """A list of items in a template's file, and the model whose records they are.

    Values: booleans, numbers and texts as they are; selections by their value; dates as ISO
    texts. A link to one record is a reference, a link to several a list of them. A reference is
    the key of an item in the section of the linked model, of whatever add-on; where the linked
    model has no section, an external id (with a dot in it). A link to ``ir.model.fields`` is the
    technical name of the field. A key that is left out means the field's default.
    """

    key: str
    model: str
    fields: tuple[str, ...]  #: what an item may say, in the order in which it is written
    identity: tuple[str, ...]  #: by which of these an existing record is recognised
    children: tuple['Section', ...] = ()  #: nested lists; their keys are unique within the item
    company: str = 'company_id'  #: the model's field of the company; '' where it has none
    order: str = 'sequence, id'
    label: str = ''  #: for the user; given by ``_industry_sections``, which can translate
    help: str = ''
    parent: str = ''  #: of nested lists: the model's link to the record that they belong to
    names: Mapping[str, str] = NOTHING  #: the field behind a key, where it is called otherwise
    #: of which model the fields are that a value names: conditions and links to fields. Where
    #: another key of the item decides: that key, and the model by its value
    about: Mapping[str, str | tuple[str, Mapping[str, str]]] = NOTHING
    fixed: Mapping[str, str] = NOTHING  #: what all records of the section have in common
    #: values that are never read nor written: they need somebody's name, or run code
    refused: Mapping[str, tuple[str, ...]] = NOTHING
    #: written even where it equals the default, which is drawn by lot
    always: tuple[str, ...] = ()
    #: where most records of the model are no configuration: exported are those of which one of
    #: these is not the default, and those that templates brought or other sections name
    telling: tuple[str, ...] = ()

    def __hash__(self):
        """Mappings have no hash: sections are told apart by what is particular to each."""
        return hash((self.key, self.model, self.fields))

    def field_of(self, key: str) -> str:
        """Return the name of the model's field behind a key of an item."""
        return self.names.get(key, key)

    def about_model(self, key: str, item: Mapping) -> str | None:
        """Return of which model a condition or a link to a field is, in an item."""
        about = self.about.get(key)
        if about is None or isinstance(about, str):
            return about
        decides, models = about
        return models.get(item.get(decides) or '')

    def child(self, key: str) -> 'Section | None':
        """Return the nested section of that name."""
        return next((child for child in self.children if child.key == key), None)


def walk(sections):
    """Yield each section and those nested in it, depth first."""
    for section in sections:
        yield section
        yield from walk(section.children)


#: of which model the checks of quality are, by what they apply to
CHECKED_MODELS = MappingProxyType({
    '': 'crm.lead',
    'any_lead': 'crm.lead',
    'lead': 'crm.lead',
    'opportunity': 'crm.lead',
    'contact': 'res.partner',
    'company': 'res.partner',
    'person': 'res.partner',
})

STAGE_CRITERIA = Section(
    'exit_criteria', 'crm.stage.criterion',
    (
        'name', 'sequence', 'kind', 'field_id', 'domain', 'document', 'attachment_name',
        'activity_type_id', 'approver_group_id', 'team_ids',
    ),
    identity=('kind', 'name'), parent='stage_id',
    about={'field_id': 'crm.lead', 'domain': 'crm.lead'},
)

STAGE_ACTIONS = Section(
    'entry_actions', 'crm.stage.action',
    ('name', 'sequence', 'kind', 'plan_id', 'team_ids', 'on_import'),
    identity=('name',), parent='stage_id',
    # mails and server actions are templates and code of the database that they come from
    refused={'kind': ('mail', 'server')},
)

ESCALATIONS = Section(
    'escalations', 'crm.response.escalation',
    (
        'moment', 'hours', 'notify_salesperson', 'notify_leader', 'activity_type_id', 'reassign',
    ),
    identity=('moment',), parent='promise_id', company='', order='moment desc, id',
    refused={'reassign': ('user',)},
)

PLAN_STEPS = Section(
    'steps', 'mail.activity.plan.template',
    (
        'summary', 'sequence', 'activity_type_id', 'delay_count', 'delay_unit', 'delay_from',
        'responsible_type',
    ),
    identity=('summary',), parent='plan_id', company='',
    refused={'responsible_type': ('other',)},
)

SECTIONS = (
    Section(
        'tiers', 'crm.customer.tier',
        ('name', 'sequence', 'color', 'description', 'active'),
        identity=('name',),
    ),
    Section(
        'lead_tags', 'crm.tag', ('name', 'color'),
        identity=('name',), company='', order='name, id', always=('color',),
    ),
    Section('lead_sources', 'utm.source', ('name',), identity=('name',), company='', order='id'),
    Section(
        'lost_reasons', 'crm.lost.reason',
        ('name', 'competitor_required', 'competitor_price_required', 'active'),
        identity=('name',), company='', order='id',
    ),
    Section(
        'consent_purposes', 'crm.consent.purpose',
        ('name', 'sequence', 'basis', 'text', 'months_valid', 'active'),
        identity=('name',),
    ),
    Section(
        'sales_teams', 'crm.team',
        ('name', 'sequence', 'use_leads', 'use_opportunities', 'lead_fields'),
        identity=('name',), names={'lead_fields': 'lead_properties_definition'},
    ),
    Section(
        'activity_plans', 'mail.activity.plan', ('name', 'active'),
        identity=('name',), order='id', children=(PLAN_STEPS,),
        fixed={'res_model': 'crm.lead'},
    ),
    Section(
        'stages', 'crm.stage',
        (
            'name', 'sequence', 'is_won', 'fold', 'color', 'rotting_threshold_days',
            'forecast_category', 'gate_free', 'requirements', 'team_ids',
        ),
        identity=('name',), company='', children=(STAGE_CRITERIA, STAGE_ACTIONS),
    ),
    Section(
        'quality_checks', 'crm.quality.check',
        ('applies_to', 'field_id', 'kind', 'sequence', 'weight', 'required', 'hint', 'active'),
        identity=('applies_to', 'field_id', 'kind'),
        about={'field_id': ('applies_to', CHECKED_MODELS)},
    ),
    Section(
        'score_rules', 'crm.score.rule',
        (
            'name', 'sequence', 'kind', 'points', 'reason', 'domain', 'event',
            'activity_type_id', 'timeline_kind', 'half_life', 'cap', 'fact', 'tier_ids',
            'revenue', 'days_late', 'team_ids', 'active',
        ),
        identity=('name',), about={'domain': 'crm.lead'},
    ),
    Section(
        'response_promises', 'crm.response.promise',
        ('name', 'sequence', 'source_id', 'team_id', 'lead_type', 'hours', 'active'),
        identity=('name',), children=(ESCALATIONS,),
    ),
    Section(
        'duplicate_rules', 'crm.duplicate.rule', ('kind', 'sequence', 'points', 'active'),
        identity=('kind',),
    ),
    Section(
        'account_profiles', 'crm.account.profile',
        ('name', 'sequence', 'industry_ids', 'facts', 'active'),
        identity=('name',), names={'facts': 'properties_definition'},
    ),
    Section(
        'buying_roles', 'crm.buying.role',
        ('name', 'sequence', 'color', 'description', 'is_decider', 'is_blocker', 'active'),
        identity=('name',),
    ),
    Section(
        'decision_factors', 'crm.decision.factor', ('name', 'sequence', 'color', 'active'),
        identity=('name',),
    ),
    Section(
        'agreement_kinds', 'crm.agreement.kind',
        (
            'name', 'sequence', 'description', 'term_months', 'notice_value', 'notice_unit',
            'is_renewed', 'reminder_days', 'active',
        ),
        identity=('name',),
    ),
    Section(
        'contact_cadences', 'crm.contact.cadence',
        ('tier_id', 'role_id', 'interval', 'unit', 'activity_type_id', 'active'),
        identity=('tier_id', 'role_id'), order='tier_sequence, tier_id, role_id desc, id',
    ),
    Section(
        'health_measures', 'crm.health.measure',
        ('kind', 'sequence', 'weight', 'good', 'bad', 'active'),
        identity=('kind',),
    ),
)

COMPANY_FIELDS = (
    'duplicate_warn_score', 'duplicate_list_score', 'duplicate_likeness', 'merge_undo_days',
    'lead_quality_bar', 'lead_stale_days',
    'lead_score_warm', 'lead_score_hot', 'lead_score_full_points',
    'lead_requests_per_visitor', 'lead_requests_per_sender',
    'mass_mail_purpose_id',
    'account_health_green', 'account_health_amber',
    'contact_plan_activities', 'contact_plan_days', 'key_account_contact_days',
    'personal_profile_months', 'birthday_reminder_days',
    'crm_lost_reason_required', 'crm_ask_why_won',
)
