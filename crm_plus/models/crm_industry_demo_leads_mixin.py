from datetime import datetime, time, timedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

#: when leads come in, UTC
MORNING = time(8)
FRIDAY = 4
#: after which time leads of demo companies were answered
ANSWERED_AFTER = timedelta(hours=3)
#: how probable opportunities are in the first and in the last stage, in percent
LEAST_PROBABLE, MOST_PROBABLE = 10, 85


class CrmIndustryDemoLeadsMixin(models.AbstractModel):
    """Leads and opportunities of the demo company, in all stages, and those of the last year."""

    _name = 'crm.industry.demo.leads.mixin'
    _description = "Demo Company: Leads"

    @api.model
    def _load_competitors(self, demo):
        self._make(demo, 'competitor', 'crm.competitor', {
            entry['key']: {
                'name': entry['name'],
                'company_id': demo.company.id,
                'strengths': entry.get('strengths', False),
                'weaknesses': entry.get('weaknesses', False),
            }
            for entry in demo.part('competitors')
        })

    @api.model
    def _load_leads(self, demo):
        stages = self.env['crm.stage'].search(Domain.TRUE)
        # what happens when somebody moves an opportunity did not happen to these
        entering = self.with_context(crm_entered_stages=tuple(stages.ids))
        made = entering._make(demo, 'lead', 'crm.lead', {
            entry['key']: self._prepare_lead(demo, entry) for entry in demo.part('leads')})
        for entry in demo.part('leads'):
            if entry['key'] in made:
                entering._close_lead(demo, made[entry['key']], entry)
        self.env.flush_all()
        for entry in demo.part('leads'):
            if entry['key'] in made:
                self._date_lead_back(demo, made[entry['key']], entry)
        self.env['crm.lead'].invalidate_model(
            ['create_date', 'date_open', 'date_last_stage_update', 'date_closed'])

    @api.model
    def _prepare_lead(self, demo, entry):
        kind = entry.get('type', 'opportunity')
        values = {
            'name': entry['name'],
            'type': kind,
            'company_id': demo.company.id,
            'team_id': self._item(demo, 'sales_teams', entry.get('team')).id,
            'source_id': self._item(demo, 'lead_sources', entry.get('source')).id,
            'tag_ids': [Command.set(self._items(demo, 'lead_tags', entry.get('tags')))],
            'user_id': entry.get('salesperson') and demo.get('user', entry['salesperson']).id,
            'priority': entry.get('priority', '0'),
            'expected_revenue': entry.get('revenue', 0),
            'date_deadline': demo.day(entry, 'deadline'),
            'description': plaintext2html(entry.get('description', '')) or False,
            **self._prepare_lead_contact(demo, entry),
            **{
                name: self._lead_value(demo, name, value)
                for name, value in entry.get('values', {}).items()
            },
        }
        if kind == 'opportunity' and entry.get('stage'):
            stage = self._item(demo, 'stages', entry['stage'])
            values['stage_id'] = stage.id
            if not stage.is_won:
                values.setdefault('probability', self._probability(stage))
            # documents and approvals of the stages before are not there
            values['stage_override_reason'] = self.env._("Demo data")
        if entry.get('fields'):
            values['lead_properties'] = {
                name: self._fact_value(demo, value) for name, value in entry['fields'].items()}
        return values

    @api.model
    def _probability(self, stage):
        """Return what salespersons say of opportunities in a stage: the later the surer.

        Odoo would learn it from a handful of decided ones, and be sure of nearly all.
        """
        stages = self.env['crm.stage'].search([('is_won', '=', False)])
        place = stages.ids.index(stage.id) / max(len(stages) - 1, 1)
        return 5 * round(LEAST_PROBABLE / 5 + (MOST_PROBABLE - LEAST_PROBABLE) / 5 * place)

    @api.model
    def _prepare_lead_contact(self, demo, entry):
        if entry.get('customer'):
            key = f'{entry["customer"]}_{entry["contact"]}' if entry.get('contact') else None
            partner = demo.get('contact', key) if key else demo.get('customer', entry['customer'])
            return {'partner_id': partner.id}
        return {
            'contact_name': entry.get('person', False),
            'partner_name': entry.get('company', False),
            'function': entry.get('job', False),
            'email_from': entry.get('email', False),
            'phone': entry.get('phone', False),
            'city': entry.get('city', False),
            'country_id': entry.get('country') and self._country(entry['country']).id,
        }

    @api.model
    def _lead_value(self, demo, name, value):
        """Return the value of a field of leads; links to competitors and factors are keys."""
        if name == 'competitor_ids':
            return [Command.set([demo.get('competitor', key).id for key in value])]
        if name == 'decision_factor_ids':
            return [Command.set(self._items(demo, 'decision_factors', value))]
        return self._fact_value(demo, value)

    @api.model
    def _fact_value(self, demo, value):
        """Return a value as the ORM wants it: dates are written as distances from today."""
        if isinstance(value, dict):
            return fields.Date.to_string(demo.day(value))
        return value

    # ------------------------------------------------------------
    # WON AND LOST
    # ------------------------------------------------------------

    @api.model
    def _close_lead(self, demo, lead, entry):
        if entry.get('factors'):
            lead.decision_factor_ids = [
                Command.set(self._items(demo, 'decision_factors', entry['factors']))]
        if entry.get('state') == 'won':
            stages = self.env['crm.stage'].search([('is_won', '=', True)])
            own = stages.filtered(
                lambda stage: not stage.team_ids or lead.team_id in stage.team_ids)
            lead.write({
                'stage_id': (own or stages)[:1].id,
                'stage_override_reason': self.env._("Demo data"),
            })
        elif entry.get('state') == 'lost':
            lead.action_set_lost(
                lost_reason_id=self._item(demo, 'lost_reasons', entry.get('lost_reason')).id,
                lost_to_id=entry.get('lost_to') and demo.get('competitor', entry['lost_to']).id,
            )

    @api.model
    def _date_lead_back(self, demo, lead, entry):
        """Let the lead have come in, been answered and been closed when the data say so.

        By SQL: the ORM sets these moments itself, always to the present one.
        """
        age = entry.get('created_days', 10)
        created = self._morning(demo, age)
        moved = self._morning(demo, entry.get('closed_days', 0 if entry.get('state') else age // 3))
        self.env.cr.execute(SQL(
            """
            UPDATE crm_lead
               SET create_date = %(created)s,
                   date_open = CASE WHEN user_id IS NULL THEN NULL ELSE %(created)s END,
                   date_last_stage_update = %(moved)s,
                   date_closed = CASE WHEN date_closed IS NULL THEN NULL ELSE %(moved)s END
             WHERE id = %(id)s
            """,
            id=lead.id, created=created, moved=moved,
        ))
        if lead.response_promise_id:
            lead.response_start_date = created
            lead._plan_response()
            if lead.user_id and age > 1:
                lead._note_contact(created + ANSWERED_AFTER, lead.user_id)

    @api.model
    def _morning(self, demo, days):
        """Return the morning of the working day so many days ago, or of the one before."""
        day = demo.today - timedelta(days=days)
        return datetime.combine(day - timedelta(days=max(day.weekday() - FRIDAY, 0)), MORNING)
