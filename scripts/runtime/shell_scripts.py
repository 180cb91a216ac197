"""What ``scripts/run`` does within Odoo, through its shell, after an installation."""

# Begins lines that say how far a script is: a stage, what is done of it, and its total, in JSON.
PROGRESS = "crm-plus-progress "

# The demo data's teams have an address once the company has a mail domain.
SET_UP_MAIL = """
if not env['mail.alias.domain'].search_count([]):
    env['mail.alias.domain'].create({'name': 'crm-plus.example.com'})
env.cr.commit()
"""

# The history ends on 1998-06-30: scored as of that day, its customers' scores mean something; the months before give
# the scores a past. One of the best customers writes to the service team, so that the page of a real customer can be
# seen with a case on it.
BRING_HISTORY_TO_LIFE = """
for as_of in ('1998-03-31', '1998-04-30', '1998-05-31', '1998-06-30'):
    env['customer.score.run'].create({'as_of': as_of})._execute()
customer = env['res.partner'].search([('name', '=', 'CDNOW customer 1516')], limit=1)
team = env['service.team'].search([('alias_name', '!=', False)], limit=1)
if customer and not customer.email and team.alias_email:
    customer.email = 'customer.1516@example.com'
    env['mail.thread'].message_process('service.case', f'''From: CDNOW customer 1516 <{customer.email}>
To: {team.alias_email}
Subject: One of the discs skips
Message-Id: <cdnow-1516-disc@example.com>
Content-Type: text/html; charset=utf-8

<p>Hello,</p><p>the second disc of my last order skips on the third song. Could you send me another one?</p>
''')
env.cr.commit()
"""

# Configures the company with the template of an industry, in all of its languages, and gives it a past. With leads
# that are not qualified yet, the menu for them is wanted.
LOAD_INDUSTRY = """
import json
def tell(*stage):
    print({progress!r} + json.dumps(stage), flush=True)
tell('Template', 0, 0)
template = env['crm.industry.template'].search([('key', '=', {key!r})])
languages = [it['code'] for it in template.get_preview()['languages'] if it['in_template'] and not it['active']]
template.apply_template_by_key(template.key, languages=languages)
env.ref('base.group_user')._apply_group(env.ref('crm.group_use_lead'))
env.cr.commit()
env['crm.industry.demo']._load(template.key, tell)
env.cr.commit()
"""

# Builds the scripts and styles of the web client, so that the first page is not slow.
BUILD_ASSETS = """
env['ir.qweb']._pregenerate_assets_bundles()
env.cr.commit()
"""
