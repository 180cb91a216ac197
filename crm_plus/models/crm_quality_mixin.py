from odoo import api, fields, models
from odoo.tools import is_html_empty
from odoo.tools.sql import column_exists, create_column

from ..tools import email_problem, vat_is_plausible

#: types of fields for which "filled in" means something
CHECKABLE_TYPES = frozenset((
    'char', 'date', 'datetime', 'float', 'html', 'integer', 'many2one', 'monetary', 'selection',
    'text',
))


class CrmQualityMixin(models.AbstractModel):
    """A record whose completeness and validity is scored by the checks of its company.

    The score follows from the record's own fields and from the checks, which are read once: to
    create or change a record asks the database for nothing more. When the checks change, a job
    scores again what carries the stamp of others.
    """

    _name = 'crm.quality.mixin'
    _description = "Quality of a Record"

    #: the fields that checks may be about; own fields of the database come on top
    QUALITY_FIELDS = ()

    quality_score = fields.Integer(
        "Quality", compute='_compute_quality', store=True, copy=False, aggregator='avg',
        help="How complete and valid this is, from 0 to 100, by the quality checks that your "
             "company has set up.",
    )
    quality_stamp = fields.Integer(
        "Quality Checks Applied", compute='_compute_quality', store=True, copy=False,
        aggregator=None, export_string_translation=False,
    )
    quality_problems = fields.Json(
        compute='_compute_quality_problems', compute_sudo=True, export_string_translation=False,
    )
    quality_text = fields.Char(
        "What Is Missing", compute='_compute_quality_problems', compute_sudo=True,
    )

    def _auto_init(self):
        """Leave the scoring of existing records to the job: a module installs in seconds."""
        if self._auto and not self._abstract:
            for name in ('quality_score', 'quality_stamp'):
                if not column_exists(self.env.cr, self._table, name):
                    create_column(self.env.cr, self._table, name, 'int4')
        return super()._auto_init()

    # ------------------------------------------------------------
    # WHAT MAY BE CHECKED
    # ------------------------------------------------------------

    @api.model
    def _quality_fields(self):
        """Return the names of the fields that checks may be about."""
        return [
            name for name, field in self._fields.items()
            if (name in self.QUALITY_FIELDS or field.manual)
            and field.store and not field.groups and field.type in CHECKABLE_TYPES
        ]

    @api.model
    def _quality_depends(self):
        return [*self._quality_fields(), 'company_id', 'phone_sanitized']

    def _quality_applies_to(self):
        """Return which checks are for the record: values of `crm.quality.check.applies_to`."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # SCORE
    # ------------------------------------------------------------

    @api.depends(lambda self: self._quality_depends())
    def _compute_quality(self):
        for record in self:
            stamp, applied, faults = record._evaluate_quality()
            total = sum(rule.weight for rule in applied)
            bad = sum(rule.weight for rule, _fault in faults)
            record.quality_stamp = stamp
            # halves are rounded up, so that a score can be worked out by hand
            record.quality_score = (200 * (total - bad) + total) // (2 * total) if total else 100

    @api.depends(lambda self: self._quality_depends())
    def _compute_quality_problems(self):
        for record in self:
            _stamp, _applied, faults = record._evaluate_quality()
            problems = [
                {
                    'field': rule.field,
                    'text': record._describe_fault(rule, fault),
                    'hint': self.env['crm.quality.check'].browse(rule.id).hint or '',
                }
                for rule, fault in faults
            ]
            record.quality_problems = problems
            record.quality_text = '; '.join(problem['text'] for problem in problems)

    def _evaluate_quality(self):
        """Hold the record to the checks of its company.

        :return: the stamp of the checks, those that apply, and a list of (rule, fault)
        """
        stamp, rules = self.env['crm.quality.check']._get_rules_of(
            self._name, self.company_id.id)
        mine = self._quality_applies_to()
        applied, faults = [], []
        for rule in rules:
            # a field of one's own may have been deleted since the checks were read
            if rule.applies_to not in mine or rule.field not in self._fields:
                continue
            value = self[rule.field]
            empty = is_html_empty(value) if self._fields[rule.field].type == 'html' else not value
            if empty and not rule.required:
                continue
            applied.append(rule)
            fault = ('missing', '') if empty else self._find_fault(rule, value)
            if fault:
                faults.append((rule, fault))
        return stamp, applied, faults

    def _find_fault(self, rule, value):
        """Return what is wrong with a value as (word, detail), or None."""
        if rule.kind == 'email':
            return email_problem(value, *self.env['crm.quality.mail.domain']._get_domains())
        if rule.kind == 'phone':
            # Odoo keeps the number as it is dialled, and nothing when it cannot be
            main = self._phone_get_number_fields()
            valid = self.phone_sanitized if [rule.field] == main else self._phone_format(
                fname=rule.field)
            return None if valid else ('phone', '')
        if rule.kind == 'vat':
            # where a module checks numbers on entry, its word counts
            check = getattr(self, '_check_vat_number', None)
            code = self.env['crm.quality.check']._get_country_codes().get(self.country_id.id)
            return None if vat_is_plausible(value, code, check) else ('vat', '')
        return None

    def _describe_fault(self, rule, fault):
        """Return the fault in words that a salesperson reads."""
        label = self._fields[rule.field]._description_string(self.env)
        word, detail = fault
        if word == 'missing':
            return self.env._("%s is missing", label)
        if word == 'typo':
            return self.env._(
                "%(field)s looks mistyped: is %(address)s meant?", field=label, address=detail)
        if word == 'disposable':
            return self.env._(
                "%(field)s is of %(domain)s, where addresses are thrown away after use",
                field=label, domain=detail)
        if word == 'domain':
            return self.env._(
                "%(field)s cannot work: there is no mail domain %(domain)s",
                field=label, domain=detail)
        if word == 'phone':
            return self.env._(
                "%s is no valid number in its country; write it with the country code, like "
                "+32 2 123 45 67", label)
        if word == 'vat':
            return self.env._("%s has not the form or the check digits of its country", label)
        return self.env._("%s is no valid e-mail address", label)
