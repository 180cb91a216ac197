from collections import defaultdict
from typing import NamedTuple
from zlib import crc32

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

#: which records a check is for, and their model
APPLIES_TO = {
    'lead': 'crm.lead',
    'opportunity': 'crm.lead',
    'any_lead': 'crm.lead',
    'company': 'res.partner',
    'person': 'res.partner',
    'contact': 'res.partner',
}
MODELS = ('crm.lead', 'res.partner')
#: How many records are scored in one transaction.
BATCH = 1000
#: How many are scored while somebody waits for it.
AT_ONCE = 5000


class Rule(NamedTuple):
    """A check as it is applied: what scoring a record needs, without asking the database."""

    id: int
    applies_to: str
    field: str
    kind: str
    weight: int
    required: bool
    company_id: int


class CrmQualityCheck(models.Model):
    """What makes a lead or a contact complete and valid, and how much it counts."""

    _name = 'crm.quality.check'
    _description = "Quality Check"
    _order = 'applies_to, sequence, id'

    sequence = fields.Integer(default=10)
    applies_to = fields.Selection(
        [
            ('any_lead', "Leads and opportunities"),
            ('lead', "Leads"),
            ('opportunity', "Opportunities"),
            ('contact', "Contacts: companies and persons"),
            ('company', "Contacts: companies"),
            ('person', "Contacts: persons"),
        ],
        required=True, default='any_lead',
    )
    choosable_field_ids = fields.Many2many(
        'ir.model.fields', compute='_compute_choosable_field_ids', compute_sudo=True,
        export_string_translation=False,
    )
    field_id = fields.Many2one(
        'ir.model.fields', required=True, ondelete='cascade',
        domain="[('id', 'in', choosable_field_ids)]",
    )
    field_name = fields.Char(
        related='field_id.name', store=True, string="Technical Name",
    )
    kind = fields.Selection(
        [
            ('filled', "Is filled in"),
            ('email', "Is an e-mail address that can work"),
            ('phone', "Is a phone number of its country"),
            ('vat', "Is a VAT number of its country"),
        ],
        string="Check", required=True, default='filled',
    )
    weight = fields.Integer(
        required=True, default=10,
        help="How much this counts. The score is what is in order out of what is asked for, "
             "from 0 to 100: with weights of 30 and 10, the first alone makes 75.",
    )
    required = fields.Boolean(
        "Empty Is a Fault", default=True,
        help="Without this, only what is filled in is checked: an empty field does no harm.",
    )
    hint = fields.Char(
        "Advice", translate=True,
        help="What to do about it, shown to the salesperson beside what is missing. For "
             "example: \"Ask for the direct line, not the switchboard.\"",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to check the records of every company. A check of one company is "
             "for its own records: those shared by all companies are not held to it.",
    )
    active = fields.Boolean(default=True)

    _weight_positive = models.Constraint(
        'CHECK (weight > 0)', "The weight of a check must be above zero.",
    )

    @api.depends('applies_to')
    def _compute_choosable_field_ids(self):
        names = {
            model: self.env[model]._quality_fields() for model in MODELS
        }
        choosable = self.env['ir.model.fields'].search(Domain.OR(
            Domain('model', '=', model) & Domain('name', 'in', list(names[model]))
            for model in MODELS
        )).grouped('model')
        for check in self:
            check.choosable_field_ids = choosable.get(APPLIES_TO.get(check.applies_to))

    @api.depends('field_id', 'kind')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for check in self:
            # sudo: the label of a field, which everybody reads on the form of the record
            label = check.field_id.sudo().field_description or ''
            check.display_name = f'{label}: {kinds.get(check.kind, "")}'

    @api.constrains('applies_to', 'field_id', 'kind')
    def _check_field(self):
        for check in self:
            # sudo: whoever sets checks up need not see how the database is made
            field = check.field_id.sudo()
            if field not in check.choosable_field_ids:
                raise ValidationError(self.env._(
                    "The field %(field)s cannot be checked on %(records)s. Choose one from the "
                    "list.",
                    field=field.field_description,
                    records=dict(
                        self._fields['applies_to']._description_selection(self.env)
                    )[check.applies_to],
                ))
            if check.kind != 'filled' and field.ttype != 'char':
                raise ValidationError(self.env._(
                    "The field %s holds no text, so it can only be checked for being filled in.",
                    field.field_description,
                ))

    # ------------------------------------------------------------
    # CRUD: scores follow the checks
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        self._rules_changed()
        return checks

    def write(self, vals):
        result = super().write(vals)
        self._rules_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._rules_changed()
        return result

    @api.model
    def _rules_changed(self):
        """Forget the rules as they were, and let the job apply them as they are."""
        self.env.registry.clear_cache('stable')
        self._plan_rescore()

    @api.model
    def _plan_rescore(self):
        """Let the job score again what was scored by other checks."""
        # sudo: starts a job that anybody's change of the checks starts; nothing is returned
        job = self.env.ref('crm_plus.ir_cron_quality', raise_if_not_found=False)
        if job:
            job.sudo()._trigger()

    # ------------------------------------------------------------
    # THE RULES, READ ONCE
    # ------------------------------------------------------------

    @api.model
    @ormcache(cache='stable')
    def _get_rules(self):
        """Return what each company checks: a dict of model to dict of company to (stamp, rules).

        The company False stands for records of no company and for companies without checks of
        their own. The stamp says by which checks a record was scored: 0 without any.
        """
        # sudo: checks are asked for on behalf of whoever saves a record; they hold no data
        checks = self.sudo().search_fetch(
            Domain.TRUE, ['applies_to', 'field_name', 'kind', 'weight', 'required', 'company_id'],
            order='sequence, id',
        )
        rules = defaultdict(list)
        for check in checks:
            model = APPLIES_TO[check.applies_to]
            if check.field_name in self.env[model]._fields:
                rules[model].append(Rule(
                    check.id, check.applies_to, check.field_name, check.kind, check.weight,
                    check.required or check.kind == 'filled', check.company_id.id,
                ))
        return {
            model: {
                company_id: self._stamped([
                    rule for rule in rules[model] if rule.company_id in (False, company_id)
                ])
                for company_id in {False, *(rule.company_id for rule in rules[model])}
            }
            for model in MODELS
        }

    @api.model
    def _stamped(self, rules):
        if not rules:
            return 0, ()
        content = [rule[1:6] for rule in rules]
        if any(rule.kind == 'email' for rule in rules):
            typos, disposable = self.env['crm.quality.mail.domain']._get_domains()
            content += [sorted(typos.items()), sorted(disposable)]
        # within what an integer column holds, and never 0
        return (crc32(repr(content).encode()) & 0x7fffffff) or 1, tuple(rules)

    @api.model
    def _get_rules_of(self, model, company_id):
        """Return the stamp and the rules for records of a model in a company."""
        rules = self._get_rules()[model]
        return rules.get(company_id) or rules[False]

    @api.model
    @ormcache(cache='stable')
    def _get_country_codes(self):
        """Return the code of each country: a VAT number is judged without reading its country."""
        # sudo: countries are public
        return {
            country.id: country.code
            for country in self.env['res.country'].sudo().search_fetch(Domain.TRUE, ['code'])
        }

    # ------------------------------------------------------------
    # SCORING AGAIN
    # ------------------------------------------------------------

    @api.model
    def _pending_domain(self, model):
        """Return the domain of records that were scored by other checks than today's."""
        rules = self._get_rules()[model]
        return Domain.OR(
            Domain('quality_stamp', '!=', stamp) & (
                Domain('company_id', '=', company_id) if company_id
                else Domain('company_id', 'not in', [own for own in rules if own])
            )
            for company_id, (stamp, _rules) in rules.items()
        )

    @api.model
    def _pending_count(self):
        # sudo: how many there are says nothing about any of them
        return sum(
            self.env[model].sudo().with_context(active_test=False).search_count(
                self._pending_domain(model))
            for model in MODELS
        )

    @api.model
    def _rescore(self, model, after, limit=BATCH):
        """Score the next records of a model that wait for it, in the order of their ids.

        :return: the records, empty once none is left
        """
        # sudo: the score follows from the record's own fields, whoever lets it be computed
        records = self.env[model].sudo().with_context(active_test=False).search(
            self._pending_domain(model) & Domain('id', '>', after), order='id', limit=limit)
        for name in ('quality_score', 'quality_stamp'):
            self.env.add_to_compute(records._fields[name], records)
        records.flush_recordset(['quality_score', 'quality_stamp'])
        return records

    @api.model
    def _cron_rescore(self):
        """Score what was scored by other checks, batch by batch; can be stopped at any time."""
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=self._pending_count())
        for model in MODELS:
            last = 0
            while records := self._rescore(model, last):
                last = records[-1].id
                records.invalidate_recordset()
                if not cron._commit_progress(len(records)):
                    return

    def action_rescore(self):
        """Score at once what waits for it, and leave to the job what takes longer."""
        # the way of a button on the list: whoever may change checks may have them applied
        self.browse().check_access('write')
        done = 0
        for model in MODELS:
            last = 0
            while done < AT_ONCE and (records := self._rescore(model, last)):
                last = records[-1].id
                done += len(records)
        left = self._pending_count()
        if left:
            self._plan_rescore()
            message = self.env._(
                "%(done)s records have been scored. %(left)s are left: they are being scored in "
                "the background. Press again to see how far this is.", done=done, left=left)
        else:
            message = self.env._("All records are scored by today's checks (%s now).", done)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {'type': 'warning' if left else 'success', 'message': message},
        }
