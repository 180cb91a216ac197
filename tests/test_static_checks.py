"""ruff, pylint-odoo and Odoo's own lint tests find nothing in what is ours."""

import re
import subprocess
import sys
import unittest
from unittest.mock import PropertyMock, patch

from odoo.addons.test_lint.tests import (
    test_docstring,
    test_dunderinit,
    test_i18n,
    test_index,
    test_jstranslate,
    test_manifests,
    test_naming,
    test_onchange_domains,
    test_orm_import,
    test_override_signatures,
    test_pofile,
    test_pylint,
    test_routes,
    test_test_holes,
)
from odoo.modules import Manifest
from odoo.tools import config

from .common import CHECKOUT, MODULES


class TestTools(unittest.TestCase):
    def assertSilent(self, *words):
        done = subprocess.run([sys.executable, "-m", *words], cwd=CHECKOUT, capture_output=True, text=True,
                              check=False)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, said)

    def test_ruff(self):
        self.assertSilent("ruff", "check", "--no-cache", ".")

    def test_pylint_odoo(self):
        self.assertSilent("pylint", "--rcfile=pyproject.toml", "--score=no", *MODULES)


class TestReasons(unittest.TestCase):
    """What looks careless says right beside it why it is not."""

    BROAD_EXCEPT = re.compile(r"except( (Base)?Exception\b.*)?:")
    # With all rights: why that tells and gives nobody anything.
    ALL_RIGHTS = re.compile(r"\.sudo\((?!False)|\bsu=True|with_user\(SUPERUSER_ID")
    # So many lines above, within the same method.
    BESIDE = 6

    def unexplained(self, source: str) -> list[int]:
        lines = source.splitlines()
        return [
            number for number, line in enumerate(lines, start=1)
            if self.ALL_RIGHTS.search(line.partition("#")[0]) and not self.is_explained(lines[:number])
        ]

    def is_explained(self, lines: list[str]) -> bool:
        for line in reversed(lines[-self.BESIDE - 1:]):
            if re.search(r"#.*\bsudo: \w", line):
                return True
            if line.lstrip().startswith("def "):
                return False
        return False

    def places(self, find) -> list[str]:
        return [
            f"{path.relative_to(CHECKOUT)}:{number}"
            for module in MODULES
            for path in sorted((CHECKOUT / module).rglob("*.py")) if "tests" not in path.parts
            for number in find(path.read_text())
        ]

    def test_every_sudo_says_why(self):
        self.assertFalse(
            self.places(self.unexplained),
            "say in a comment right above, beginning with “sudo:”, why it leaks nothing")

    def test_who_catches_everything_says_why(self):
        self.assertFalse(self.places(self.caught_without_a_word), "say in a comment why, or catch what you mean")
        self.assertEqual(self.caught_without_a_word("try:\n    do()\nexcept Exception as error:\n    pass"), [3])
        self.assertEqual(self.caught_without_a_word("except:\n    # it does not matter\n    pass"), [])
        self.assertEqual(self.caught_without_a_word("except ValueError:\n    pass"), [])

    def caught_without_a_word(self, source: str) -> list[int]:
        lines = source.splitlines()
        return [
            number for number, line in enumerate(lines, start=1)
            if self.BROAD_EXCEPT.match(line.strip()) and "#" not in line + "".join(lines[number:number + 1])
        ]

    def test_the_check_finds_what_says_nothing(self):
        self.assertEqual(self.unexplained("a = b.sudo()"), [1])
        self.assertEqual(self.unexplained("# a good thing\na = b.sudo()"), [2])
        self.assertEqual(self.unexplained("# sudo: why\ndef do(b):\n    return b.sudo()"), [3])
        self.assertEqual(self.unexplained("# sudo: why\n" + "\n" * self.BESIDE + "a = b.sudo()"), [self.BESIDE + 2])
        self.assertEqual(self.unexplained("# sudo: why\na = (\n    b\n    .sudo()\n)"), [])
        self.assertEqual(self.unexplained("a = b.sudo(False)  # c.sudo()"), [])


class OnlyOurs:
    """Odoo's lint tests look at every add-on there is; these look at ours."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(
            Manifest, "all_addon_manifests", lambda: [Manifest.for_addon(module) for module in MODULES]))
        for module in (test_pofile,):
            self.startPatcher(patch.object(module, "get_modules", lambda: list(MODULES)))
        # The pylint test adds Odoo itself to what it looks at, by this path.
        self.startPatcher(patch.object(
            type(config), "root_path", PropertyMock(return_value=str(CHECKOUT / "crm_plus"))))


class TestDocstring(OnlyOurs, test_docstring.TestDocstring):
    pass


class TestDunderinit(OnlyOurs, test_dunderinit.TestDunderinit):
    pass


class TestI18n(OnlyOurs, test_i18n.TestI18n):
    pass


class TestIndex(OnlyOurs, test_index.TestIndex):
    pass


class TestJsTranslations(OnlyOurs, test_jstranslate.TestJsTranslations):
    pass


class TestManifests(OnlyOurs, test_manifests.ManifestLinter):
    pass


class TestNaming(OnlyOurs, test_naming.TestNaming):
    pass


class TestOnchangeDomains(OnlyOurs, test_onchange_domains.TestOnchangeDomains):
    pass


class TestOrmImport(OnlyOurs, test_orm_import.TestDunderinit):
    pass


class TestOverrideSignatures(OnlyOurs, test_override_signatures.TestLintOverrideSignatures):
    pass


class TestPot(OnlyOurs, test_pofile.PotLinter):
    pass


class TestPyLint(OnlyOurs, test_pylint.TestPyLint):
    pass


class TestRoutes(OnlyOurs, test_routes.RoutesLinter):
    pass


class TestHoles(OnlyOurs, test_test_holes.TestTestHoles):
    pass
