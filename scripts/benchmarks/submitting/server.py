"""Odoo as in production: a server with workers of its own, which can be killed."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from runtime.messages import Problem
from runtime.odoo_process import end_with_the_script

COMMAND = Path(__file__).with_name("bin") / "odoo-server.py"
WORKERS = 4
PATIENCE = 120.0  # seconds for the server to start and build its first page


class Server:
    """Serves one database on free ports for the time of a ``with`` block.

    :param environment: in which Odoo finds its configuration
    :param log: a file for what it says
    :param smtp_port: of a mail server on the loopback, which gets what it sends
    """

    def __init__(self, environment: dict, database: str, log: Path, smtp_port: int):
        port, gevent_port = free_ports(2)
        self.address, self.log = f"http://127.0.0.1:{port}", log
        self._words = [
            sys.executable, str(COMMAND), "-d", database, "--db-filter", f"^{re.escape(database)}$", "--http-port", str(port),
            "--gevent-port", str(gevent_port), "--workers", str(WORKERS), "--max-cron-threads", "1", "--proxy-mode",
            "--smtp", "127.0.0.1", "--smtp-port", str(smtp_port),
            "--limit-time-real-cron", "0",  # on a machine this busy jobs may take long
        ]
        # Jobs that are triggered begin at once, as Odoo.sh sets it up; else the mails to confirm come within a minute.
        self._environment = {**environment, "ODOO_NOTIFY_CRON_CHANGES": "1"}
        self._process: subprocess.Popen | None = None

    def __enter__(self):
        with self.log.open("w") as log:
            self._process = subprocess.Popen(self._words, env=self._environment, stdout=log, stderr=log,
                                             start_new_session=True, preexec_fn=end_with_the_script)
        deadline = time.monotonic() + PATIENCE
        try:
            while not self._answers():
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise Problem(f"The server did not start: its words are in {self.log}.")
                time.sleep(0.3)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _answers(self) -> bool:
        """Open the login page, whose first visit builds its scripts and styles."""
        try:
            with urllib.request.urlopen(f"{self.address}/web/login", timeout=PATIENCE) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def workers(self) -> list[int]:
        """Return the processes that the server has started: those that answer, those that do jobs, and for the bus."""
        return [child.pid for child in psutil.Process(self._process.pid).children()]

    def kill(self, share: float = 1.0) -> list[int]:
        """Kill so many of the workers where they stand; return which."""
        workers = self.workers()
        chosen = random.sample(workers, max(1, round(share * len(workers))))
        for worker in chosen:
            os.kill(worker, signal.SIGKILL)
        return chosen


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback on which nobody listens."""
    sockets = [socket.socket() for _number in range(count)]
    try:
        for it in sockets:
            it.bind(("127.0.0.1", 0))
        return [it.getsockname()[1] for it in sockets]
    finally:
        for it in sockets:
            it.close()
