"""What a rule would change, told while it is written."""

from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Of how many open leads a preview looks at the newest.
PREVIEW_LIMIT = 5000
OPEN = Domain('won_status', '=', 'pending') & Domain('active', '=', True)


class CrmScorePreviewMixin(models.AbstractModel):
    """The preview of ``crm.score.rule``, which inherits from this: computed, never stored.

    It counts the leads that the reader may see. What other rules give is taken from the last
    scoring, so that a preview costs the same whatever rules there are.
    """

    _name = 'crm.score.preview.mixin'
    _description = "Preview of a Scoring Rule"

    problem = fields.Char(
        compute='_compute_problem',
        help="Why the conditions find nothing: a field that they ask for is gone, for example.",
    )
    preview = fields.Html(
        compute='_compute_preview', sanitize=False,
        help="What the rule, as it stands here, would change.",
    )

    @api.depends('kind', 'domain')
    def _compute_problem(self):
        for rule in self:
            rule.problem = rule.kind == 'fit' and rule._try_domain() or False

    @api.depends(
        'active', 'company_id', 'team_ids', 'kind', 'points', 'domain', 'event',
        'activity_type_id', 'timeline_kind', 'half_life', 'cap', 'fact', 'tier_ids', 'revenue',
        'days_late',
    )
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_preview(self):
        for rule in self:
            rule.preview = rule._preview_html()

    def _preview_html(self):
        if not self._can_preview():
            return False
        lead_ids, matching, before, after = self._preview()
        if not lead_ids:
            return Markup("<p>%s</p>") % self.env._("There are no open leads to try it on.")
        changed = sum(before[lead_id] != after[lead_id] for lead_id in lead_ids)
        of_all = (
            self.env._("your newest %s open leads", len(lead_ids))
            if len(lead_ids) == PREVIEW_LIMIT
            else self.env._("your %s open leads", len(lead_ids))
        )
        return Markup("<p>%s %s</p>%s") % (
            self.env._("Matches %(count)s of %(leads)s.", count=len(matching), leads=of_all),
            self.env._("One score would change:") if changed == 1
            else self.env._("%s scores would change:", changed) if changed
            else self.env._("No score would change:"),
            self._preview_table(lead_ids, before, after),
        )

    def _can_preview(self):
        """Return whether the rule can be tried as it is, by this reader."""
        return self.points and self.env['crm.lead'].has_access('read') and not (
            self.kind == 'fit' and self._try_domain())

    def _preview_table(self, lead_ids, before, after):
        bands = dict(self.env['crm.lead']._fields['lead_score_band']._description_selection(
            self.env))
        was = Counter(before[lead_id][1] for lead_id in lead_ids)
        will = Counter(after[lead_id][1] for lead_id in lead_ids)
        rows = Markup().join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>")
            % (label, was[band], will[band])
            for band, label in [
                *bands.items(), *([(None, self.env._("No score"))] if was[None] or will[None]
                                  else [])]
        )
        return Markup(
            "<table class='table table-sm w-auto'><thead><tr><th>%s</th>"
            "<th class='text-end'>%s</th><th class='text-end'>%s</th></tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (self.env._("Leads"), self.env._("Now"), self.env._("With this rule"), rows)

    def _preview(self):
        """Try the rule on the open leads that the reader may see, the newest first.

        :return: ids of the leads, set of those that the rule matches, and (score, band) of
            each lead before and after
        """
        self.ensure_one()
        leads = self.env['crm.lead'].search_fetch(
            self._preview_domain(), ['lead_score', 'lead_score_band'], order='id desc',
            limit=PREVIEW_LIMIT)
        before = {
            lead.id: (lead.lead_score, lead.lead_score_band) if lead.lead_score_band
            else (None, None)
            for lead in leads
        }
        matching, after = set(), dict(before)
        if leads:
            kept = self._read_kept_points(leads.ids)
            for company_id, batch in leads._read_leads_to_score(leads.ids).items():
                company = self.env['res.company'].browse(company_id or [])
                others = self._rules_of(company) - self._origin
                applies = self.company_id.id in (False, company_id)
                given = self._give_points(company, batch, fields.Datetime.now()) if applies else {}
                draft = self if applies and self.active else self.browse()
                rules = (others | draft)._rule_set(company)
                for lead in batch:
                    found = given.get(lead.id, {}).get(self._rule_id())
                    if found and (not self.team_ids or lead.team_id in self.team_ids._origin.ids):
                        matching.add(lead.id)
                    points = kept.get(lead.id, {}) | {
                        self._rule_id(): found.points if found else 0}
                    scored = rules.score(lead.team_id, points)
                    after[lead.id] = scored.score, scored.band
        return leads.ids, matching, before, after

    def _preview_domain(self):
        return OPEN & Domain('company_id', 'in', [*self.env.companies.ids, False])

    @api.model
    def _read_kept_points(self, lead_ids):
        """Return what the rules gave leads at their last scoring, by lead and rule."""
        rows = self.env.execute_query(SQL(
            """
            SELECT DISTINCT ON (lead_id) lead_id, points
              FROM crm_score_history
             WHERE lead_id = ANY(%s)
             ORDER BY lead_id, date DESC
            """, lead_ids,
        ))
        return {
            lead_id: {int(rule_id): points for rule_id, points in kept.items()}
            for lead_id, kept in rows
        }

    def action_open_matching_leads(self):
        """Open the open leads that the rule matches, of those that the reader may see."""
        self.ensure_one()
        _lead_ids, matching, _before, _after = self._preview()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Leads of “%s”", self.name),
            'res_model': 'crm.lead',
            'views': [(self.env.ref('crm.crm_case_tree_view_oppor').id, 'list'),
                      (False, 'kanban'), (False, 'form')],
            'domain': [('id', 'in', sorted(matching))],
            'context': {'create': False},
            'help': self.env._("No open lead matches the rule."),
        }
