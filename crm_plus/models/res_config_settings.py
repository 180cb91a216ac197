from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    lead_score_warm = fields.Integer(related='company_id.lead_score_warm', readonly=False)
    lead_score_hot = fields.Integer(related='company_id.lead_score_hot', readonly=False)
    lead_score_full_points = fields.Integer(
        related='company_id.lead_score_full_points', readonly=False)
    duplicate_warn_score = fields.Integer(
        related='company_id.duplicate_warn_score', readonly=False)
    duplicate_list_score = fields.Integer(
        related='company_id.duplicate_list_score', readonly=False)
    duplicate_likeness = fields.Integer(
        related='company_id.duplicate_likeness', readonly=False)
    merge_undo_days = fields.Integer(related='company_id.merge_undo_days', readonly=False)
    assignment_log_merges = fields.Boolean(
        "Undo Merges of Automatic Assignment",
        config_parameter='crm_plus.assignment.log_merges',
        help="Odoo merges duplicates while it assigns leads by rules, thousands at a time. With "
             "this, it is written down what each merge has changed, so that it can be undone; "
             "assigning takes about a third longer. For all companies.",
    )
    lead_quality_bar = fields.Integer(related='company_id.lead_quality_bar', readonly=False)
    lead_stale_days = fields.Integer(related='company_id.lead_stale_days', readonly=False)
    mass_mail_purpose_id = fields.Many2one(
        related='company_id.mass_mail_purpose_id', readonly=False)
    lead_requests_per_visitor = fields.Integer(
        related='company_id.lead_requests_per_visitor', readonly=False, required=True)
    lead_requests_per_sender = fields.Integer(
        related='company_id.lead_requests_per_sender', readonly=False, required=True)
    forecast_snapshot_day = fields.Selection(
        [
            ('daily', "Every day"),
            ('0', "Monday"),
            ('1', "Tuesday"),
            ('2', "Wednesday"),
            ('3', "Thursday"),
            ('4', "Friday"),
            ('5', "Saturday"),
            ('6', "Sunday"),
        ],
        "Forecast Snapshot", default='0', config_parameter='crm_plus.forecast_snapshot_day',
        help="On which day of the week the forecast is written down, for all companies.",
    )
    forecast_keep_weeks = fields.Integer(
        "Weeks with Every Snapshot", default=53, config_parameter='crm_plus.forecast_keep_weeks',
        help="How long every snapshot is kept. Of older automatic ones, the first of each month "
             "stays.",
    )
    forecast_keep_months = fields.Integer(
        "Months with a Snapshot", default=36, config_parameter='crm_plus.forecast_keep_months',
        help="After so many months, snapshots are deleted.",
    )
    crm_lost_reason_required = fields.Boolean(
        related='company_id.crm_lost_reason_required', readonly=False)
    crm_ask_why_won = fields.Boolean(related='company_id.crm_ask_why_won', readonly=False)

    @api.constrains('forecast_keep_weeks', 'forecast_keep_months')
    def _check_forecast_keep(self):
        for settings in self:
            if settings.forecast_keep_weeks < 1 or settings.forecast_keep_months < 1:
                raise ValidationError(self.env._(
                    "Keep snapshots of the forecast for a week and a month at least."))
    key_account_contact_days = fields.Integer(
        related='company_id.key_account_contact_days', readonly=False)
    personal_profile_months = fields.Integer(
        related='company_id.personal_profile_months', readonly=False)
    birthday_reminder_days = fields.Integer(
        related='company_id.birthday_reminder_days', readonly=False)
    account_health_green = fields.Integer(
        related='company_id.account_health_green', readonly=False)
    account_health_amber = fields.Integer(
        related='company_id.account_health_amber', readonly=False)
    contact_plan_activities = fields.Boolean(
        related='company_id.contact_plan_activities', readonly=False)
    contact_plan_days = fields.Integer(
        related='company_id.contact_plan_days', readonly=False)
