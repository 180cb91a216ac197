"""What is to be done once, however often it is asked for, and however many ask at the same moment."""

import hashlib
from contextlib import contextmanager

from odoo.tools import SQL


@contextmanager
def one_at_a_time(env, *keys):
    """Wait until no other transaction is at one of the keys; yield an environment that sees more.

    The running transaction goes on seeing the database as it was when it began. What another one
    has done meanwhile must be looked up in the environment given, which has a transaction of its
    own for the time of the block. The keys are held until the running transaction ends, so that
    the next one sees what this one does.

    :param keys: texts that say what may be done by one at a time
    """
    # in the same order everywhere, so that no two wait for each other
    for key in sorted(set(keys)):
        env.cr.execute(SQL('SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))', key))
    with env.registry.cursor() as cr:
        yield env(cr=cr)


def submission_hash(form_key, values, uploads=()):
    """Return what tells a form that was filled in from any other, False when it has no key.

    A browser that sends a form again, since the connection broke or somebody clicked twice, sends
    the same. Who goes back and writes something else sends something else.

    :param form_key: what the form was given when it was fetched
    :param values: what was filled in, by field
    :param uploads: as `read_uploads` returns them
    """
    if not form_key:
        return False
    files = [(name, hashlib.sha256(content).hexdigest()) for name, content in uploads]
    return hashlib.sha256(repr((form_key, sorted(values.items()), files)).encode()).hexdigest()
