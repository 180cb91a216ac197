"""ruff, pylint-odoo and Odoo's own lint tests find nothing in what is ours."""

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
