{
    'name': "CRM+",
    'version': '19.0.1.2.0',
    'category': 'Sales/CRM',
    'summary': "The whole customer on one page: figures, timeline, tiers",
    'author': "CRM+",
    'license': 'LGPL-3',
    'depends': ['crm', 'sale_crm', 'sale_margin', 'account'],
    'data': [
        'security/crm_plus_groups.xml',
        'security/ir.model.access.csv',
        'security/crm_plus_rules.xml',
        'security/customer_documents_rules.xml',
        'data/crm_customer_tier_data.xml',
        'report/customer_timeline_views.xml',
        'views/crm_customer_tier_views.xml',
        'wizard/crm_customer_tier_assign_views.xml',
        'views/res_partner_views.xml',
        'views/crm_lead_views.xml',
        'views/res_config_settings_views.xml',
        'views/crm_plus_menus.xml',
    ],
    'demo': [
        'demo/res_users_demo.xml',
        'demo/customer_demo.xml',
        'demo/customer_documents_demo.xml',
    ],
    'uninstall_hook': 'uninstall_hook',
    'assets': {
        'web.assets_backend': [
            'crm_plus/static/src/**/*',
        ],
        'web.assets_tests': [
            'crm_plus/static/tests/tours/**/*',
        ],
    },
}
