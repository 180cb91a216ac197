from odoo.tools import SQL


def migrate(cr, version):
    """Tell of cases from before that they have been answered, and since when customers wait.

    Otherwise the first policy that promises answers would find all of them late.
    """
    cr.execute(SQL(
        """
        WITH written AS (
            SELECT message.res_id AS case_id, message.date,
                   author.partner_share IS FALSE AS is_answer
              FROM mail_message message
              LEFT JOIN res_partner author ON author.id = message.author_id
              LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
             WHERE message.model = 'service.case'
               AND message.message_type IN ('comment', 'email')
               AND message.is_internal IS NOT TRUE
               AND subtype.internal IS NOT TRUE
        ),
        answered AS (
            SELECT case_id, min(date) FILTER (WHERE is_answer) AS first_answer,
                   max(date) FILTER (WHERE is_answer) AS last_answer
              FROM written
             GROUP BY case_id
        ),
        waiting AS (
            SELECT written.case_id, min(written.date) AS since
              FROM written
              JOIN answered ON answered.case_id = written.case_id
             WHERE NOT written.is_answer AND written.date > answered.last_answer
             GROUP BY written.case_id
        )
        UPDATE service_case service
           SET first_response_date = answered.first_answer,
               awaiting_since = CASE WHEN service.closed_date IS NULL THEN waiting.since END
          FROM answered
          LEFT JOIN waiting ON waiting.case_id = answered.case_id
         WHERE answered.case_id = service.id
           AND answered.first_answer IS NOT NULL
           AND service.first_response_date IS NULL
        """
    ))
