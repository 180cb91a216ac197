"""What an industry template may say of customer value: the sections and settings of the add-on."""

from odoo.addons.crm_plus.industry_templates.sections import Section

SECTIONS = (
    Section(
        'segments', 'customer.segment',
        (
            'name', 'sequence', 'color', 'description', 'rule', 'domain',
            'r_min', 'r_max', 'f_min', 'f_max', 'm_min', 'm_max', 'active',
        ),
        identity=('name',), about={'domain': 'customer.score'},
    ),
    Section(
        'tier_rules', 'customer.tier.rule',
        ('name', 'sequence', 'tier_id', 'segment_ids', 'abc_class', 'domain', 'active'),
        identity=('name',), about={'domain': 'customer.score'},
    ),
)

COMPANY_FIELDS = (
    'customer_value_basis', 'customer_value_window',
    'customer_value_margin_basis', 'customer_value_margin_rate',
    'customer_value_time_unit', 'customer_value_purchase_model',
    'customer_value_horizon', 'customer_value_discount_rate',
    'customer_value_abc_a', 'customer_value_abc_b',
    'customer_value_weight_value', 'customer_value_weight_growth',
    'customer_value_weight_loyalty', 'customer_value_weight_conduct',
    'customer_value_weight_service', 'customer_value_weight_potential',
    'customer_value_capital_rate', 'customer_value_case_cost',
    'customer_value_band_low', 'customer_value_band_middle', 'customer_value_band_high',
    'customer_value_new_days', 'customer_value_risk_chance', 'customer_value_lost_chance',
    'customer_value_risk_intervals', 'customer_value_lost_intervals',
    'customer_value_least_silence', 'customer_value_longest_silence',
    'customer_value_decline', 'customer_value_growth',
    'customer_value_loyal_purchases', 'customer_value_loyal_days',
    'customer_value_recency_limits', 'customer_value_frequency_limits',
    'customer_value_money_limits', 'customer_value_schedule',
    'customer_tier_automatic',
)
