import logging
import time
from contextlib import closing
from functools import partial

import psycopg2

from odoo import models
from odoo.tools import SQL, config

_logger = logging.getLogger(__name__)

#: Seconds that the replica is given to catch up, and between two looks at how far it is.
PATIENCE = 10.0
PAUSE = 0.1


class ReplicaUnfitError(Exception):
    """The read replica cannot stand in for the primary server now; the message says why."""


class CustomerMeasures(models.AbstractModel):
    """Measures on the server's read replica, where it has one (``--db_replica_host``)."""
    _inherit = 'customer.measures'

    def _measure_on_replica(self, company, as_of, scope):
        """Measure on the read replica, or on the primary where there is none that is fit.

        To be called with nothing uncommitted that is to be measured, as a replica knows of
        nothing uncommitted. All is read in one snapshot of the replica, taken once it has
        replayed what was committed before this call, so that no document is missed. Whatever
        keeps it from answering (it lags behind, is gone, or cancels a statement in favour of
        what it replays) is logged, and the primary is measured instead.

        :return: the measures, and where they were read: 'replica' or 'primary'
        """
        if config['db_replica_host']:
            try:
                with closing(self.pool.cursor(readonly=True)) as cr:
                    # What the replica cancels is read again elsewhere: nothing to alarm about.
                    cr.execute = partial(cr.execute, log_exceptions=False)
                    self._await_replica(cr)
                    env = self.env(cr=cr)
                    measures = self.with_env(env)._measure(company.with_env(env), as_of, scope)
                for told in self._told_by(measures):
                    self._check_known_here(told)
                return measures, 'replica'
            except (psycopg2.Error, ReplicaUnfitError) as error:
                _logger.info(
                    "Customers are measured on the primary database, not on the replica: %s",
                    str(error).strip())
        return self._measure(company, as_of, scope), 'primary'

    def _await_replica(self, cr) -> None:
        """Wait until the replica has replayed all that is committed now.

        :raises ReplicaUnfitError: when it cannot be reached, is none, or does not make it
        """
        if not cr.readonly:
            raise ReplicaUnfitError("it cannot be reached")
        mark = self._mark_log()
        deadline = time.monotonic() + PATIENCE
        while True:
            cr.execute(SQL("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", mark))
            replayed = cr.fetchone()[0]
            # The first statement has taken the snapshot: the next one shall take another.
            cr.rollback()
            if replayed:
                return
            if replayed is None:
                raise ReplicaUnfitError("it replays nothing of the primary")
            if time.monotonic() >= deadline:
                raise ReplicaUnfitError(f"it lags behind by more than {PATIENCE:g} seconds")
            time.sleep(PAUSE)

    def _mark_log(self) -> str:
        """Write a mark into the primary's log, and return the mark's place in it.

        All that anybody sees committed now has its place before the mark.
        """
        with self.pool.cursor() as cr:
            # Sent to the replica at once, even where the server lets commits wait.
            cr.execute(SQL("SET LOCAL synchronous_commit = 'local'"))
            cr.execute(SQL("SELECT pg_logical_emit_message(true, 'customer.measures', '')"))
            return cr.fetchone()[0]

    def _told_by(self, found) -> tuple:
        """Return what, of all that was read, tells of customers."""
        return (found,)

    def _check_known_here(self, measures) -> None:
        """Check that what was measured can be written in this transaction.

        The replica's snapshot is another one than this transaction's: between them a contact
        may have come into being or, merged into another, have gone.

        :raises ReplicaUnfitError: when one has
        """
        for table, ids in (
            ('res_partner', measures.partner_id),
            ('utm_source', measures.source_id[measures.source_id > 0]),
        ):
            self.env.cr.execute(SQL(
                """
                SELECT 1 FROM unnest(%s::int[]) AS measured(id)
                 WHERE NOT EXISTS (SELECT FROM %s AS known WHERE known.id = measured.id)
                 LIMIT 1
                """, ids.tolist(), SQL.identifier(table)))
            if self.env.cr.rowcount:
                raise ReplicaUnfitError("contacts changed while they were measured")
