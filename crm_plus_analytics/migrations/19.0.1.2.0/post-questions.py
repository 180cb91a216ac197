from odoo import SUPERUSER_ID, api

#: What the favourites asked before and ask now, where they have learnt to ask more.
QUESTIONS = {
    'question_profitability': {
        "['__count', 'revenue', 'margin', 'profit']":
            "['__count', 'revenue', 'margin', 'cost_to_serve', 'profit']",
    },
    'question_performance': {
        "'margin_12_months', 'composite_score']":
            "'margin_12_months', 'composite_score', 'satisfaction']",
    },
    'question_promotion': {"'discount', 'credit_share']": "'discount', 'margin']"},
    'question_prospecting': {
        "'pivot_row_groupby': ['source_id']": "'pivot_row_groupby': ['source_id', 'lifecycle']",
        "'customer_value', 'open_pipeline']": "'customer_value', 'open_pipeline', 'win_rate']",
    },
}
#: Who is asked about beside the customers.
DOMAINS = {'question_prospecting': "[('active', 'in', [True, False])]"}


def migrate(cr, version):
    """Let the favourites that nobody has changed ask for what is measured since this version."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, changes in QUESTIONS.items():
        favourite = env.ref(f'crm_plus_analytics.{name}', raise_if_not_found=False)
        if not favourite or not all(before in favourite.context for before in changes):
            continue
        context = favourite.context
        for before, now in changes.items():
            context = context.replace(before, now)
        favourite.write({'context': context, 'domain': DOMAINS.get(name, favourite.domain)})
