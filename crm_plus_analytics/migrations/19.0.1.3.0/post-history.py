def migrate(cr, version):
    """Let the months whose scores are still there keep when and how often their customers bought.

    Of the months before, nobody knows any more.
    """
    cr.execute("""
        UPDATE customer_score_history history
           SET r_score = score.r_score, f_score = score.f_score,
               first_date = score.first_date, last_date = score.last_date
          FROM customer_score score
          JOIN customer_score_run run ON run.id = score.run_id
         WHERE score.partner_id = history.partner_id
           AND score.company_id = history.company_id
           AND history.month = date_trunc('month', run.as_of)::date
    """)
