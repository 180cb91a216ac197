"""Where opportunities have been, as SQL: read from what Odoo tracks of them.

Reading costs a query when somebody looks at a report; writing rows at every change of stage would
cost every user one, and would know nothing of what happened before. Where tracking was switched
off, e.g. by a script, the date of the last change that the lead itself keeps closes the gap.
"""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL


def stage_stays(env, lead_ids=None) -> SQL:
    """Return a select of the stays of opportunities in stages, oldest first.

    Columns: ``id`` (unique), ``lead_id``, ``stage_id``, ``next_stage_id``, ``entered``, ``left_on``
    (of the last stay: when the opportunity was closed), ``mover_id`` (who ended the stay).

    Messages that Odoo's merge brought from another lead carry a subject; their stages are not
    this lead's. What happened while it was still a lead does not count, nor does a lead that was
    merged and goes on as another one.

    :param lead_ids: of these alone, which need not be looked for among all
    """
    # sudo: the id of a field of the lead
    stage_field = env['ir.model.fields'].sudo()._get('crm.lead', 'stage_id').id
    return SQL(
        """
        WITH move AS (
            SELECT value.id, message.res_id AS lead_id, value.create_date AS moved,
                   value.old_value_integer AS old_stage_id,
                   value.new_value_integer AS new_stage_id, value.create_uid,
                   row_number() OVER first_to_last AS number,
                   row_number() OVER last_to_first AS number_from_end
              FROM mail_tracking_value value
              JOIN mail_message message ON message.id = value.mail_message_id
             WHERE value.field_id = %(stage_field)s AND message.model = 'crm.lead'
               AND message.subject IS NULL AND %(of_messages)s
            WINDOW first_to_last AS (PARTITION BY message.res_id ORDER BY value.id),
                   last_to_first AS (PARTITION BY message.res_id ORDER BY value.id DESC)
        ), entry AS (
            -- the stage in which it began
            SELECT lead.id::bigint * 3 AS id, lead.id AS lead_id, 0 AS number,
                   COALESCE(move.old_stage_id, lead.stage_id) AS stage_id,
                   lead.create_date AS entered, NULL::int AS mover_id
              FROM crm_lead lead
              LEFT JOIN move ON move.lead_id = lead.id AND move.number = 1
             WHERE %(of_leads)s
               AND (move.id IS NOT NULL
                    OR lead.date_last_stage_update IS NULL
                    OR lead.date_last_stage_update <= lead.create_date)
            UNION ALL
            SELECT move.id::bigint * 3 + 1, move.lead_id, move.number, move.new_stage_id,
                   move.moved, move.create_uid
              FROM move
            UNION ALL
            -- where it is, when nobody tracked how it came there
            SELECT lead.id::bigint * 3 + 2, lead.id, COALESCE(move.number, 0) + 1,
                   lead.stage_id, GREATEST(lead.date_last_stage_update, move.moved),
                   lead.write_uid
              FROM crm_lead lead
              LEFT JOIN move ON move.lead_id = lead.id AND move.number_from_end = 1
             WHERE %(of_leads)s
               AND CASE WHEN move.id IS NOT NULL THEN move.new_stage_id != lead.stage_id
                        ELSE lead.date_last_stage_update > lead.create_date END
        ), stay AS (
            SELECT entry.id, entry.lead_id, entry.stage_id, entry.entered,
                   lead(entry.stage_id) OVER in_order AS next_stage_id,
                   lead(entry.entered) OVER in_order AS left_on,
                   lead(entry.mover_id) OVER in_order AS mover_id
              FROM entry
            WINDOW in_order AS (PARTITION BY entry.lead_id ORDER BY entry.number)
        )
        SELECT stay.id, stay.lead_id, stay.stage_id, stay.next_stage_id, stay.mover_id,
               GREATEST(stay.entered, crm_lead.date_conversion) AS entered,
               CASE WHEN stay.next_stage_id IS NOT NULL THEN stay.left_on
                    WHEN crm_lead.won_status = 'lost' OR NOT crm_lead.active
                    THEN GREATEST(
                         COALESCE(crm_lead.date_closed, crm_lead.write_date), stay.entered)
               END AS left_on
          FROM stay
          JOIN crm_lead ON crm_lead.id = stay.lead_id
          JOIN crm_stage ON crm_stage.id = stay.stage_id
         WHERE crm_lead.type = 'opportunity' AND crm_lead.merged_into_id IS NULL
           AND (crm_lead.date_conversion IS NULL OR stay.left_on IS NULL
                OR stay.left_on > crm_lead.date_conversion)
        """,
        stage_field=stage_field,
        of_messages=SQL("TRUE") if lead_ids is None else SQL(
            "message.res_id = ANY(%s)", list(lead_ids)),
        of_leads=SQL("TRUE") if lead_ids is None else SQL("lead.id = ANY(%s)", list(lead_ids)),
    )


def working_days(env) -> SQL:
    """Return a select of ``company_id``, ``tz``, ``day`` and how many days were ``worked`` until it.

    Working days are those of the company's working hours, without its public holidays. The
    difference between two days is what was worked after the first one until the second one.
    """
    companies = env.companies | env.company
    # sudo: the date from which days are counted
    first = env['crm.lead'].sudo().with_context(active_test=False).search(
        Domain.TRUE, order='create_date', limit=1).create_date or fields.Datetime.now()
    return SQL(
        """
        SELECT company.id AS company_id, calendar.tz, day::date AS day,
               sum(
                   CASE WHEN attendance.days IS NULL THEN extract(isodow FROM day) < 6
                        ELSE (extract(isodow FROM day) - 1)::int::text = ANY(attendance.days)
                   END::int * (holiday.id IS NULL)::int
               ) OVER (PARTITION BY company.id ORDER BY day) AS worked
          FROM res_company company
          JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
          CROSS JOIN generate_series(%(first)s::date - 1, %(last)s::date + 1, '1 day') AS day
          LEFT JOIN LATERAL (
                SELECT array_agg(resource_calendar_attendance.dayofweek) AS days
                  FROM resource_calendar_attendance
                 WHERE resource_calendar_attendance.calendar_id = calendar.id
                   AND resource_calendar_attendance.display_type IS NULL
               ) attendance ON TRUE
          LEFT JOIN LATERAL (
                SELECT id FROM resource_calendar_leaves leave
                 WHERE leave.resource_id IS NULL
                   AND (leave.calendar_id = calendar.id
                        OR leave.calendar_id IS NULL AND leave.company_id = company.id)
                   -- days off are those that are off at noon
                   AND ((day::timestamp + interval '12 hours')
                        AT TIME ZONE COALESCE(calendar.tz, 'UTC') AT TIME ZONE 'UTC')
                       BETWEEN leave.date_from AND leave.date_to
                 LIMIT 1
               ) holiday ON TRUE
         WHERE company.id = ANY(%(companies)s)
        """,
        first=first.date(), last=fields.Datetime.now().date(), companies=companies.ids,
    )
