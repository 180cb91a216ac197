import io
import sys
import textwrap
import zipfile
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import odoo.addons
from odoo.api import SUPERUSER_ID, Environment
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.module import get_module_path
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config

#: how states of items are shown
MARKS = {'new': '+', 'changed': '~', 'conflict': '!', 'same': '='}
TEMPLATE_HELP = 'key of a template, or a folder or zip with one'


def _sections_modules():
    """Yield add-ons that say what templates may configure of them, and where they say it."""
    yield 'crm_plus', 'odoo.addons.crm_plus.industry_templates.sections'
    for root in odoo.addons.__path__:
        for path in sorted(Path(root).glob('*/industry_sections.py')):
            yield path.parent.name, f'odoo.addons.{path.parent.name}.industry_sections'


class Failure(Exception):
    """What the command cannot do, in a sentence for who runs it."""


class Industry(Command):
    """Industry templates of CRM+: list, preview, apply, undo, export and check them."""

    epilog = """
        Templates are named by their key, as `list` shows them. preview, apply and check also take
        the folder or zip of one; apply imports it first. Nothing is written but by apply, undo and
        export. The exit status is 1 when something is wrong, and 2 for a wrong command.
    """

    def run(self, cmdargs):
        self._add_arguments()
        options = self.parser.parse_args(args=cmdargs)
        try:
            if options.database:
                with self._environment(options) as env:
                    status = retrying(lambda: self._attempt(env, options), env)
            else:
                status = self._attempt(None, options)
        except (Failure, UserError) as error:
            sys.stderr.write(f'{error}\n')
            sys.exit(1)
        # only now: what was done is committed
        sys.stdout.write(''.join(f'{line}\n' for line in self.lines))
        sys.exit(status or 0)

    def _attempt(self, env, options):
        self.lines = []
        return options.run(env, options)

    def _add_arguments(self):
        commands = self.parser.add_subparsers(dest='command', required=True, metavar='COMMAND')

        def add(name, run, words):
            parser = commands.add_parser(
                name, help=words, description=textwrap.fill(words), allow_abbrev=False)
            parser.set_defaults(run=run)
            parser.add_argument('-c', '--config', help='configuration file')
            if run == self._check:
                parser.add_argument('-d', '--database', help=(
                    'also check what only a database knows: fields, choices, records'))
            else:
                parser.add_argument('-d', '--database', required=True, help='database')
            parser.add_argument(
                '--company', help='name of the company; the main one if left out')
            return parser

        add('list', self._list, 'List the templates and when they were applied.')
        preview = add('preview', self._preview, 'Show what applying would create and change.')
        apply = add('apply', self._apply, "Apply a template: all but what somebody has changed by hand.")
        undo = add(
            'undo', self._undo, 'Undo the last application, of any template or of one.')
        export = add(
            'export', self._export, "Write the company's configuration as a template.")
        check = add('check', self._check, 'Say what is wrong with a template.')
        for parser in (preview, apply, check):
            parser.add_argument('template', help=TEMPLATE_HELP)
        preview.add_argument(
            '--fields', action='store_true', help='also show each field, as it is and as it would be')
        apply.add_argument(
            '--language', action='append', default=[], metavar='CODE',
            help='activate this language of the template, such as ko_KR; may be repeated')
        apply.add_argument(
            '--overwrite', action='store_true',
            help='also change what somebody has changed by hand')
        undo.add_argument('template', nargs='?', help='key of the template')
        undo.add_argument(
            '--preview', action='store_true', help='only show what would go back and what stay')
        export.add_argument('target', help=(
            'folder or .zip to write, whose name becomes the key of the template'))
        export.add_argument('--name', help='name of the template; that of the company if left out')
        export.add_argument('--summary', help='one line: for whom it is')

    @contextmanager
    def _environment(self, options):
        arguments = ['--no-http', '-d', options.database]
        if options.config:
            arguments += ['-c', options.config]
        config.parse_config(arguments, setup_logging=True)
        registry = Registry(options.database)
        if 'crm.industry.template' not in registry:
            raise Failure(f'CRM+ is not installed in the database {options.database}.')
        with registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            company = self._company(env, options.company)
            yield env(context={
                **env['res.users'].context_get(), 'allowed_company_ids': company.ids})

    @staticmethod
    def _company(env, name):
        if not name:
            return env.ref('base.main_company')
        company = env['res.company'].search([('name', '=', name)], limit=1)
        if not company:
            known = ', '.join(env['res.company'].search([]).mapped('name'))
            raise Failure(f'There is no company “{name}”; name one of: {known}.')
        return company

    # ------------------------------------------------------------
    # WHICH TEMPLATE
    # ------------------------------------------------------------

    def _template(self, env, name):
        """Return the template of a key, or the one that is in a folder or zip."""
        templates, path = env['crm.industry.template'], Path(name)
        if template := templates.search([('key', '=', name)]):
            return template
        if path.is_dir():
            return templates._import_zip(self._zip(path))
        if path.suffix == '.zip' and path.is_file():
            return templates._import_zip(path.read_bytes())
        known = ', '.join(templates.search([]).mapped('key'))
        raise Failure(
            f'There is neither a template nor a folder or zip “{name}”; templates are: {known}.')

    @staticmethod
    def _zip(folder):
        """Return the zip of a folder with a template, without what is no part of templates."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w') as archive:
            for path in sorted(folder.glob('*.json')):
                if path.name.partition('.')[0] != 'demo':
                    archive.write(path, f'{folder.resolve().name}/{path.name}')
        return packed.getvalue()

    # ------------------------------------------------------------
    # COMMANDS: they return the exit status, nothing for success
    # ------------------------------------------------------------

    def _list(self, env, options):
        for template in env['crm.industry.template'].search([]):
            applied = template.last_application_id
            since = f'applied on {applied.date:%Y-%m-%d}' if applied else 'not applied'
            self._say(f'{template.key:<16} {template.version or "":<6} {since:<22} {template.name}')

    def _preview(self, env, options):
        preview = self._template(env, options.template).get_preview()
        env.cr.rollback()  # a folder or zip is only looked into
        if preview['problems']:
            return self._say_problems(preview['problems'])
        for module in preview['modules']:
            for section in module['sections']:
                counts = ', '.join(
                    f'{number} {state}' for state, number in section['counts'].items() if number)
                self._say(f'{module["label"]}: {section["label"]} ({counts})')
                for item in section['items']:
                    self._say_item(item, options.fields)
        return 0

    def _apply(self, env, options):
        template = self._template(env, options.template)
        application = env['crm.industry.application'].browse(
            env['crm.industry.template'].apply_template_by_key(
                template.key, company=env.company, languages=options.language,
                overwrite=options.overwrite) or [])
        kept = sum(
            section['counts']['conflict']
            for module in template.get_preview()['modules'] for section in module['sections'])
        self._say(
            f'{template.key}: {application.created_count} created, '
            f'{application.changed_count} changed, {kept} left as somebody made them.')

    def _undo(self, env, options):
        applications = env['crm.industry.application'].search([
            ('company_id', '=', env.company.id), ('state', '=', 'applied')], order='id desc')
        if options.template:
            applications = applications.filtered(
                lambda application: application.template_key == options.template)
        if not applications:
            raise Failure(f'{options.template or "No template"} is not applied to {env.company.name}.')
        found = applications[0].get_undo_preview()
        for name, words in (
            ('returned', 'goes back'), ('removed', 'is deleted'), ('kept', 'stays'),
        ):
            for entry in found[name]:
                reason = f': {entry["reason"]}' if entry.get('reason') else ''
                self._say(f'{entry["section"]}: {entry["name"]} {words}{reason}')
        if not options.preview:
            applications[0].action_undo()

    def _export(self, env, options):
        target = Path(options.target)
        files = env['crm.industry.template']._export(
            env.company, key=target.stem, name=options.name or env.company.name,
            summary=options.summary or f'What is set up at {env.company.name}')
        if target.suffix == '.zip':
            with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
                for path, text in files.items():
                    archive.writestr(path, text)
        else:
            target.mkdir(parents=True, exist_ok=True)
            for path, text in files.items():
                (target / Path(path).name).write_text(text, encoding='utf-8', newline='\n')
        self._say(f'{len(files)} files written to {target}.')

    def _check(self, env, options):
        if env:
            problems = self._template(env, options.template).get_preview()['problems']
            env.cr.rollback()
        else:
            problems = [problem.words() for problem in self._check_files(options.template)]
        if problems:
            return self._say_problems(problems)
        self._say(f'{options.template}: nothing is wrong.')
        return 0

    @staticmethod
    def _check_files(name):
        """Return the problems of a template that its files show without a database."""
        from odoo.addons.crm_plus.industry_templates import reading, validating

        sections, settings = {}, {}
        for module, path in _sections_modules():
            content = import_module(path)
            sections[module], settings[module] = content.SECTIONS, content.COMPANY_FIELDS
        path = Path(name)
        try:
            if path.is_dir():
                texts = reading.read_folder(path)
            elif path.is_file():
                _key, texts = reading.read_zip(path.read_bytes())
            else:
                texts = {}
                for module in sections:
                    folder = Path(get_module_path(module)) / 'industry' / name
                    texts |= reading.read_folder(folder) if folder.is_dir() else {}
        except reading.TemplateError as error:
            return [error.problem]
        if not texts:
            raise Failure(f'There is neither a template nor a folder or zip “{name}”.')
        contents, problems = reading.parse_files(texts)
        return problems or validating.validate(contents, sections, settings)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _say(self, line):
        self.lines.append(line)

    def _say_problems(self, problems):
        for problem in problems:
            where = ', '.join(part for part in (problem['file'], problem['key']) if part)
            self._say(f'{where}: {problem["message"]} {problem["remedy"]}')
        return 1

    def _say_item(self, item, with_fields):
        shared = ' (shared by all companies)' if item['shared'] else ''
        self._say(f'  {MARKS[item["state"]]} {item["name"]}{shared}')
        if with_fields:
            for field in item['fields']:
                self._say(
                    f'      {MARKS[field["state"]]} {field["label"]}: '
                    f'{field["old"]} → {field["new"]}')
