def migrate(cr, version):
    """Let the scorings of before say nothing of tags: which were left out then is not known.

    Made here, the column is not filled from the settings of today.
    """
    cr.execute("ALTER TABLE customer_score_run ADD COLUMN IF NOT EXISTS left_out_tags varchar")
