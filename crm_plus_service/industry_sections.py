"""What an industry template may say of customer service: the sections and settings of the add-on."""

from odoo.addons.crm_plus.industry_templates.sections import Section

SKILL_LEVELS = Section(
    'skills', 'service.skill.level', ('skill_id', 'level'),
    identity=('skill_id',), parent='type_id', company='', order='skill_id, id',
)

ESCALATIONS = Section(
    'escalations', 'service.escalation',
    (
        'moment', 'hours', 'sequence', 'in_working_hours', 'notify_agent', 'notify_team',
        'raise_priority', 'activity_type_id',
    ),
    identity=('moment', 'hours'), parent='policy_target_id', company='',
)

TARGETS = Section(
    'targets', 'service.policy.target',
    ('kind', 'stage_id', 'sequence', 'hours', 'warning_hours', 'pausable'),
    identity=('kind', 'stage_id'), parent='policy_id', company='', children=(ESCALATIONS,),
)

SECTIONS = (
    Section(
        'skills', 'service.skill', ('name', 'sequence', 'active'),
        identity=('name',), company='',
    ),
    Section(
        'case_tags', 'service.case.tag', ('name', 'color'),
        identity=('name',), company='', order='name, id', always=('color',),
    ),
    # who uses a stage stays as it is: stages are shared by all companies, teams are not
    Section(
        'case_stages', 'service.stage',
        ('name', 'sequence', 'fold', 'is_closed', 'is_cancelled', 'waiting_for'),
        identity=('name',), company='',
    ),
    Section(
        'case_types', 'service.case.type',
        ('name', 'sequence', 'portal_visible', 'weight', 'active'),
        identity=('name',), company='', children=(SKILL_LEVELS,),
    ),
    Section(
        'response_classes', 'service.response.class',
        ('name', 'sequence', 'description', 'active'),
        identity=('name',), company='',
    ),
    Section(
        'service_teams', 'service.team',
        (
            'name', 'sequence', 'color', 'use_in_portal', 'reopen_days', 'copied_follow',
            'resolution_hours', 'warning_hours', 'strategy', 'match_language',
            'reassign_absent', 'overflow_team_id', 'overflow_minutes',
            'ask_satisfaction', 'satisfaction_delay', 'bad_rating', 'bad_rating_follow_up',
            'active',
        ),
        identity=('name',),
    ),
    Section(
        'warranties', 'product.category', ('name', 'parent_id', 'warranty_months'),
        identity=('parent_id', 'name'), company='', order='complete_name, id',
        telling=('warranty_months',),
    ),
    Section(
        'policies', 'service.policy',
        (
            'name', 'sequence', 'team_ids', 'type_ids', 'priority', 'highest_priority',
            'tag_ids', 'tier_ids', 'product_category_ids', 'response_class_ids', 'active',
        ),
        identity=('name',), children=(TARGETS,),
    ),
)

COMPANY_FIELDS = (
    'service_warranty_from', 'service_unpaid_contract',
    'service_requests_per_visitor', 'service_requests_per_sender',
    'service_portal_cases_per_day',
    'service_nps_schedule', 'service_nps_months', 'service_nps_pause_days',
    'service_nps_rating_days', 'service_nps_purpose_id',
)
