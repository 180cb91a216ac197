from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..relationship import Figure
from .crm_relationship_customers_mixin import FIRST_TOUCH_KNOWN

OPEN = (
    Domain('type', '=', 'opportunity') & Domain('active', '=', True)
    & Domain('won_status', '=', 'pending'))
CLOSED = Domain('type', '=', 'opportunity') & Domain('won_status', 'in', ['won', 'lost'])
EXPECTED = SQL("crm_lead.expected_revenue")


class CrmRelationshipLeadsMixin(models.AbstractModel):
    """Figures about leads and opportunities: how they come, are worked on and end."""

    _name = 'crm.relationship.leads.mixin'
    _description = "Relationship Models: Leads and Opportunities"

    def _reads_leads(self):
        return self.env['crm.lead'].has_access('read')

    def _open_leads(self, reading) -> Domain:
        return OPEN & reading.of_team('team_id')

    def _no_opportunities(self):
        return self.env._("No opportunity is open, as far as you may see. Create one in the "
                          "pipeline.")

    # ------------------------------------------------------------
    # HOW THEY COME
    # ------------------------------------------------------------

    def _new_leads(self, reading) -> Domain:
        return reading.moments('create_date') & reading.of_team('team_id')

    def _new_lead_figures(self, reading):
        if not self._reads_leads():
            return []
        return [Figure(
            'new_leads', self.env._("New leads and opportunities"), 'crm.lead',
            self._new_leads(reading), dated=True, better='more', active_test=False,
            text=self.env._("They came in the period, by whatever way, won and lost ones too."),
            todo=self.env._("No lead came in the period. Enter one, import a list, or put the "
                            "form on your website."),
        )]

    def _origin_figures(self, reading):
        if not self._reads_leads():
            return []
        return [Figure(
            'origin', self.env._("Leads of known origin"), 'crm.lead', FIRST_TOUCH_KNOWN,
            of=self._new_leads(reading), others=self.env._("of unknown origin"),
            dated=True, better='more', active_test=False,
            text=self.env._("%(share)s of the leads of the period say by which source, medium, "
                            "campaign or page they came."),
            none=self.env._("No lead of the period says where it came from. Choose a source when "
                            "you enter or import leads."),
            todo=self.env._("No lead came in the period."),
        )]

    def _referral_figures(self, reading):
        if not self._reads_leads():
            return []
        return [Figure(
            'referred', self.env._("Recommended to us"), 'crm.lead',
            Domain('referred', 'not in', [False, '']), of=self._new_leads(reading),
            dated=True, better='more', active_test=False,
            text=self.env._("%(share)s of the leads of the period were sent by somebody who knows "
                            "us."),
            none=self.env._("No lead of the period says who recommended you. Write it into "
                            "“Referred By” of the lead."),
            todo=self.env._("No lead came in the period."),
        )]

    def _touch_figures(self, reading):
        """By which ways people came in the period, each time that they came."""
        touches = self.env['crm.touch']
        if not touches.has_access('read'):
            return []
        return [
            Figure(
                f'touch_{kind}', label, 'crm.touch', Domain('kind', '=', kind),
                of=reading.moments('date') & reading.of_team('lead_id.team_id'), dated=True,
                group=self.env._("Ways in which leads come"), todo=self.env._("none yet"),
            )
            for kind, label in touches._fields['kind']._description_selection(self.env)
        ]

    def _score_figures(self, reading):
        if not self._reads_leads():
            return []
        return [Figure(
            'hot', self.env._("Hot opportunities"), 'crm.lead',
            Domain('lead_score_band', '=', 'hot'),
            of=self._open_leads(reading) & Domain('lead_score_band', '!=', False),
            text=self.env._("%(share)s of the scored opportunities have a score that calls for "
                            "them first."),
            none=self.env._("No open opportunity has a hot score."),
            todo=self.env._("No open opportunity is scored. A manager sets up the scoring rules "
                            "in the configuration."),
        )]

    # ------------------------------------------------------------
    # HOW THEY ARE WORKED ON
    # ------------------------------------------------------------

    def _response_figures(self, reading):
        if not self._reads_leads():
            return []
        now = fields.Datetime.to_string(fields.Datetime.now())
        overdue = Domain('response_state', '=', 'waiting') & Domain('response_deadline', '<', now)
        return [Figure(
            'response', self.env._("First answers in time"), 'crm.lead',
            Domain('response_state', '=', 'kept'),
            of=(Domain('response_state', 'in', ['kept', 'missed']) | overdue)
            & reading.moments('response_start_date') & reading.of_team('team_id'),
            others=self.env._("too late or overdue"), dated=True, better='more',
            active_test=False,
            text=self.env._("%(share)s of the answers promised in the period were given in time."),
            none=self.env._("No answer that was promised in the period was given in time."),
            todo=self.env._("No answer was promised in the period. A manager says in the "
                            "configuration how soon leads of a source are answered."),
        )]

    def _next_step_figures(self, reading):
        if not self._reads_leads():
            return []
        today = fields.Date.to_string(fields.Date.context_today(self))
        return [
            Figure(
                'next_step', self.env._("Next step planned"), 'crm.lead',
                Domain('activity_ids', 'any', [('date_deadline', '>=', today)]),
                of=self._open_leads(reading), others=self.env._("with nothing planned"),
                text=self.env._("For %(share)s of the open opportunities something is planned "
                                "from today on."),
                none=self.env._("Nothing is planned for any open opportunity. Schedule an "
                                "activity on each."),
                todo=self._no_opportunities(),
            ),
            Figure(
                'late_steps', self.env._("Steps overdue"), 'crm.lead',
                Domain('activity_ids', 'any', [('date_deadline', '<', today)]),
                of=self._open_leads(reading), better='fewer',
                text=self.env._("On %(share)s of the open opportunities something should have "
                                "been done already."),
                none=self.env._("No planned step of an open opportunity is overdue."),
                todo=self._no_opportunities(),
            ),
        ]

    def _responsible_figures(self, reading):
        if not self._reads_leads():
            return []
        return [Figure(
            'responsible', self.env._("Somebody responsible"), 'crm.lead',
            Domain('user_id', '!=', False), of=self._open_leads(reading),
            others=self.env._("of nobody"),
            text=self.env._("%(share)s of the open opportunities have a salesperson."),
            none=self.env._("No open opportunity has a salesperson. Assign them."),
            todo=self._no_opportunities(),
        )]

    def _pipeline_figures(self, reading):
        if not self._reads_leads():
            return []
        today = fields.Date.to_string(fields.Date.context_today(self))
        return [
            Figure(
                'pipeline', self.env._("Open pipeline"), 'crm.lead', self._open_leads(reading),
                amount=EXPECTED,
                text=self.env._("Expected revenue of the opportunities that are neither won nor "
                                "lost."),
                todo=self._no_opportunities(),
            ),
            Figure(
                'dated', self.env._("Expected closing ahead"), 'crm.lead',
                Domain('date_deadline', '>=', today), of=self._open_leads(reading),
                others=self.env._("past or without a date"),
                text=self.env._("%(share)s of the open opportunities say by when they are to be "
                                "won, and the day has not passed."),
                none=self.env._("No open opportunity has an expected closing ahead."),
                todo=self._no_opportunities(),
            ),
        ]

    def _pace_figures(self, reading):
        """Whether opportunities move as fast as their stages expect."""
        if not self._reads_leads():
            return []
        return [
            Figure(
                'in_time', self.env._("As fast as expected"), 'crm.pipeline.report',
                Domain('stage_age', '=', '1'),
                of=Domain('is_open', '=', True) & Domain('stage_age', 'in', ['1', '2', '3'])
                & reading.of_team('team_id'),
                others=self.env._("longer in their stage"),
                text=self.env._("%(share)s of the open opportunities have not been longer in "
                                "their stage than expected."),
                none=self.env._("Every open opportunity is in its stage longer than expected."),
                todo=self.env._("No stage with open opportunities says how long they may stay: "
                                "set “Days to rot” in the stages."),
            ),
            Figure(
                'stale', self.env._("Left lying"), 'crm.lead', Domain('is_stale', '=', True),
                of=self._open_leads(reading), better='fewer',
                text=self.env._("On %(share)s of the open opportunities nothing has happened for "
                                "longer than your company allows, and nothing is planned."),
                none=self.env._("No open opportunity has been left lying."),
                todo=self._no_opportunities(),
            ),
        ]

    def _gate_figures(self, reading):
        if not self.env['crm.stage'].has_access('read') or not self._reads_leads():
            return []
        return [
            Figure(
                'gates', self.env._("Stages with exit criteria"), 'crm.stage',
                Domain('exit_criterion_ids', 'any', [('active', '=', True)]),
                of=Domain('is_won', '=', False),
                others=self.env._("left without a question"),
                text=self.env._("%(share)s of the stages ask for something before an opportunity "
                                "leaves them."),
                none=self.env._("No stage asks for anything. A manager sets exit criteria on the "
                                "stages of the pipeline."),
                todo=self.env._("There is no stage yet. Create the stages of your pipeline."),
            ),
            Figure(
                'overrides', self.env._("Exit criteria overridden"), 'crm.stage.override',
                reading.moments('date') & reading.of_team('team_id'), dated=True, better='fewer',
                text=self.env._("Times in the period that a manager let an opportunity pass "
                                "although something was missing, with the reason."),
                none=self.env._("In the period, no opportunity was let pass with something "
                                "missing."),
            ),
        ]

    # ------------------------------------------------------------
    # HOW THEY END
    # ------------------------------------------------------------

    def _closed_leads(self, reading) -> Domain:
        return CLOSED & reading.moments('date_closed') & reading.of_team('team_id')

    def _nothing_closed(self):
        return self.env._("No opportunity was won or lost in the period, as far as you may see.")

    def _win_figures(self, reading):
        if not self._reads_leads():
            return []
        return [Figure(
            'won', self.env._("Opportunities won"), 'crm.lead', Domain('won_status', '=', 'won'),
            of=self._closed_leads(reading), others=self.env._("lost"),
            dated=True, better='more', active_test=False,
            text=self.env._("%(share)s of the opportunities that ended in the period were won."),
            none=self.env._("None of the opportunities that ended in the period was won."),
            todo=self._nothing_closed(),
        )]

    def _reason_figures(self, reading):
        if not self._reads_leads():
            return []
        return [
            Figure(
                'factors', self.env._("What decided is known"), 'crm.lead',
                Domain('decision_factor_ids', '!=', False) | Domain('lost_reason_id', '!=', False),
                of=self._closed_leads(reading), others=self.env._("for reasons unknown"),
                dated=True, better='more', active_test=False,
                text=self.env._("Of %(share)s of the opportunities that ended in the period it is "
                                "known why they were won or lost."),
                none=self.env._("Nobody said why opportunities were won or lost. The settings can "
                                "ask for it."),
                todo=self._nothing_closed(),
            ),
            Figure(
                'lost_to', self.env._("Lost to a known competitor"), 'crm.lead',
                Domain('lost_to_id', '!=', False),
                of=self._closed_leads(reading) & Domain('won_status', '=', 'lost'),
                others=self.env._("lost to whom is unknown"), dated=True, active_test=False,
                text=self.env._("Of %(share)s of the opportunities lost in the period it is known "
                                "who won them."),
                none=self.env._("Of no opportunity lost in the period it is known who won it."),
                todo=self.env._("No opportunity was lost in the period, as far as you may see."),
            ),
        ]
