def migrate(cr, version):
    """Drop the index of the scores by scoring: all of a company are of one, and writing them has
    to keep it up.
    """
    cr.execute("DROP INDEX IF EXISTS customer_score__run_id_index")
