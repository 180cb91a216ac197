from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.modules.module import get_module_path
from odoo.tools import SQL

from ..industry_templates.plan import languages_of
from ..industry_templates.problems import TemplateError
from ..industry_templates.reading import parse_files, read_folder, read_zip
from ..industry_templates.shape import DESCRIPTION_TEXTS, KEY, file_parts

#: where an add-on keeps the templates that it delivers
FOLDER = 'industry'


class CrmIndustryFilesMixin(models.AbstractModel):
    """Where the files of industry templates come from: add-ons' folders, and imported zips."""

    _name = 'crm.industry.files.mixin'
    _description = "Files of Industry Templates"

    # ------------------------------------------------------------
    # DELIVERED WITH ADD-ONS
    # ------------------------------------------------------------

    @api.model
    def _industry_folders(self):
        """Return the folders of delivered templates: ``{key: {module: path}}``."""
        folders = {}
        for module in self._industry_sections():
            root = Path(get_module_path(module)) / FOLDER
            for folder in sorted(root.glob('*/')):
                if KEY.fullmatch(folder.name):
                    folders.setdefault(folder.name, {})[module] = folder
        return folders

    @api.model
    def _load_delivered(self):
        """Bring the list of delivered templates up to date with the add-ons' folders."""
        templates = self.env['crm.industry.template']
        known = {template.key: template for template in templates.search(Domain.TRUE)}
        found = set()
        for key, folders in self._industry_folders().items():
            texts = read_folder(folders['crm_plus']) if 'crm_plus' in folders else {}
            if 'template.json' not in texts:
                continue
            contents, problems = parse_files(texts)
            if problems:
                raise UserError('\n'.join(self._problem_lines(problems)))
            found.add(key)
            vals = {**self._description_vals(key, contents), 'is_delivered': True, 'files': False}
            if key in known:
                known[key].write(vals)
            else:
                known[key] = templates.create(vals)
            known[key]._write_description_texts(contents)
        gone = templates.search([('is_delivered', '=', True), ('key', 'not in', list(found))])
        gone.is_delivered = False
        gone.unlink()

    @api.model
    def _description_vals(self, key, contents):
        content = contents['template.json']
        return {
            'key': key,
            **{name: content.get(name) for name in (*DESCRIPTION_TEXTS, 'version')},
            'icon': content.get('icon') or 'fa-briefcase',
            'sequence': content.get('sequence', 100),
        }

    def _write_description_texts(self, contents):
        """Keep the description in all languages of the template, also in those not in use yet."""
        self._write_texts(self, {self.id: {
            name: {
                lang: contents[f'template.{lang}.json'][name]
                for lang in languages_of(contents)[1:]
                if contents.get(f'template.{lang}.json', {}).get(name)
            }
            for name in DESCRIPTION_TEXTS if contents['template.json'].get(name)
        }})

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def _get_texts(self):
        """Return the texts of the template's files, by name."""
        self.ensure_one()
        if not self.is_delivered:
            return dict(self.files or {})
        texts = {}
        for module, folder in self._industry_folders().get(self.key, {}).items():
            # an add-on speaks for itself alone
            texts.update({
                name: text for name, text in read_folder(folder).items()
                if (file_parts(name) or ('',))[0] in (
                    (module, 'template') if module == 'crm_plus' else (module,))
            })
        return texts

    def _get_contents(self):
        """Return what the files contain, by name, and the problems of those not readable."""
        return parse_files(self._get_texts())

    def _get_modules(self):
        """Return the names of the add-ons that the template configures, installed or not."""
        return {
            parts[0] for parts in map(file_parts, self._get_texts()) if parts
        } - {'template'}

    @api.model
    def _problem_lines(self, problems):
        """Return problems as lines of a message: file, key, what is wrong, what to do."""
        lines = []
        for problem in problems:
            words = problem.words(self.env._)
            where = ', '.join(filter(None, (words['file'], words['key'])))
            text = f'{words["message"]} {words["remedy"]}'
            lines.append(
                self.env._("%(where)s: %(text)s", where=where, text=text) if where else text)
        return lines

    # ------------------------------------------------------------
    # IMPORTED
    # ------------------------------------------------------------

    @api.model
    def _import_zip(self, data):
        """Keep the template that a zip holds; one of the same key that was imported is replaced.

        :param bytes data: the zip, from whomever
        :raises UserError: naming file, key and remedy; nothing is kept then
        """
        self._check_may_configure()
        try:
            key, texts = read_zip(data)
        except TemplateError as error:
            raise UserError(self._problem_lines([error.problem])[0]) from error
        contents, problems = parse_files(texts)
        if not problems:
            problems = self._validate_files(contents)
        if problems:
            raise UserError('\n'.join(self._problem_lines(problems[:20])))
        # sudo: an administrator, see above; templates are written by nothing but this
        templates = self.env['crm.industry.template'].sudo()
        template = templates.search([('key', '=', key)])
        if template.is_delivered:
            raise UserError(self.env._(
                "The template “%s” is delivered with CRM+. Give the folder in the zip another "
                "name.", key))
        vals = {**self._description_vals(key, contents), 'files': texts}
        if template:
            template.write(vals)
        else:
            template = templates.create(vals)
        template._write_description_texts(contents)
        return template.with_env(self.env)

    # ------------------------------------------------------------
    # ONE AT A TIME
    # ------------------------------------------------------------

    @api.model
    def _take_turn(self):
        """Let one at a time apply or undo templates, whatever the company: some things are shared.

        Who comes second waits here, and is then refused by the database, which has changed since
        it began: Odoo repeats the request, which sees what the first one has done.
        """
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE crm_industry_template SET sequence = sequence"
            " WHERE id = (SELECT min(id) FROM crm_industry_template)"))
