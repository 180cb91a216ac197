{
    'name': "CRM+",
    'version': '19.0.1.0.0',
    'category': 'Sales/CRM',
    'summary': "The whole customer on one page: figures, timeline, tiers",
    'author': "CRM+",
    'license': 'LGPL-3',
    'depends': ['crm', 'sale_crm', 'sale_margin', 'account'],
    'data': [
        'security/crm_plus_groups.xml',
        'security/ir.model.access.csv',
        'security/crm_plus_rules.xml',
    ],
    'installable': True,
    'application': False,
}
