from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

#: records compared at a time; each batch costs the same few statements
BATCH = 500
#: up to so many records all names are compared thoroughly, afterwards those that change
THOROUGH = 50_000
#: a change carries the time at which its transaction began and is seen when that ends: what was
#: still going on when the last search began is looked at again
HOURS_BACK = 1


class CrmDuplicateScan(models.Model):
    """A search through all leads and contacts for those that exist twice.

    It goes through the records in the order of their ids, a batch at a time, and remembers how
    far it has come: it may be stopped at any instant and goes on from there. Every night it
    looks at what has changed since the last one began.
    """

    _name = 'crm.duplicate.scan'
    _description = "Search for Duplicates in All Records"
    _order = 'id DESC'
    _rec_name = 'started_date'

    started_date = fields.Datetime("Started On", readonly=True, default=fields.Datetime.now)
    finished_date = fields.Datetime("Finished On", readonly=True)
    since = fields.Datetime(
        "Changes Since", readonly=True,
        help="Only records changed since then are compared with all others. Empty for all.",
    )
    user_id = fields.Many2one(
        'res.users', string="Started By", readonly=True, ondelete='set null')
    model = fields.Char("Now In", readonly=True, default='crm.lead')
    last_id = fields.Integer("Last Record", readonly=True, aggregator=None)
    compared = fields.Integer("Records Compared", readonly=True)
    total = fields.Integer("Records in All", readonly=True)
    found = fields.Integer("Pairs Found", readonly=True)
    progress = fields.Float(compute='_compute_progress')

    @api.depends('compared', 'total', 'finished_date')
    def _compute_progress(self):
        for scan in self:
            scan.progress = (
                100 if scan.finished_date
                else min(99, 100 * scan.compared / scan.total) if scan.total
                else 0)

    # ------------------------------------------------------------
    # RUNNING
    # ------------------------------------------------------------

    def action_start(self):
        """Compare all records with each other, in the background."""
        self.check_access('read')
        # sudo: a manager asks for a search; it tells nothing but that it runs
        scans = self.sudo()
        if not scans._running():
            scans._start(since=False)
        self.env.ref('crm_plus.ir_cron_duplicate_scan').sudo()._trigger()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'info',
                'message': self.env._(
                    "All leads and contacts are being compared. What is found appears here."),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    @api.model
    def _running(self):
        return self.search([('finished_date', '=', False)], limit=1)

    @api.model
    def _start(self, since):
        scan = self.create({'since': since, 'user_id': self.env.uid})
        scan.total = sum(
            self.env[model].search_count(scan._scope(model))
            for model in self.env['crm.duplicate.finder']._models())
        return scan

    def _scope(self, model):
        domain = Domain(self.env[model]._duplicate_domain(open_only=True))
        return domain & Domain('write_date', '>=', self.since) if self.since else domain

    @api.model
    def _cron_scan(self):
        """Go on with the search that runs, or look at what has changed since the last one."""
        scan = self._running()
        if not scan:
            last = self.search(Domain.TRUE, limit=1)
            scan = self._start(since=last.started_date and fields.Datetime.subtract(
                last.started_date, hours=HOURS_BACK))
        while scan._step():
            if not self.env['ir.cron']._commit_progress(
                BATCH, remaining=max(0, scan.total - scan.compared)
            ):
                return
        self.env['ir.cron']._commit_progress(BATCH, remaining=0)

    def _step(self):
        """Compare the next batch; return whether there is more to do."""
        self.ensure_one()
        if self.finished_date:
            return False
        models_ = self.env['crm.duplicate.finder']._models()
        records = self.env[self.model].search(
            self._scope(self.model) & Domain('id', '>', self.last_id), order='id', limit=BATCH)
        if records:
            found = self._compare(records, bool(self.since) or self.total <= THOROUGH)
            self.write({
                'last_id': records[-1].id, 'compared': self.compared + len(records),
                'found': self.found + found,
            })
            return True
        following = models_[models_.index(self.model) + 1:]
        if following:
            self.write({'model': following[0], 'last_id': 0})
            return True
        self._forget_closed()
        self.finished_date = fields.Datetime.now()
        return False

    # ------------------------------------------------------------
    # COMPARING
    # ------------------------------------------------------------

    @api.model
    def _compare(self, records, thorough=True):
        """Bring the list up to date for these records; return how many pairs are new."""
        finder = self.env['crm.duplicate.finder']
        companies = self.env['res.company'].search(Domain.TRUE)
        minimum = {company.id: company.duplicate_list_score for company in companies}
        lowest = min(minimum.values())
        profiles = finder._profiles(records._name, records.ids)
        known = self._known_pairs(records)
        found = finder._find(profiles, lowest, open_only=True, thorough=thorough)
        matches = {
            self._key(profile, other): (score, reasons, profile.company_id or other.company_id)
            for profile, others in zip(profiles, found, strict=True)
            for score, reasons, other in others
        }
        matches |= self._compare_again(
            [key for key, pair in known.items() if key not in matches and pair.state == 'open'])
        return self._store(known, {
            key: (score, [reason._asdict() for reason in reasons], company_id)
            for key, (score, reasons, company_id) in matches.items()
            if score >= minimum.get(company_id, lowest)
        })

    @api.model
    def _key(self, one, other):
        return tuple(sorted(((one.model, one.id), (other.model, other.id))))

    @api.model
    def _known_pairs(self, records):
        """Return the pairs on the list of which one is among the records, by their key."""
        fnames = (
            ('lead_id', 'other_lead_id') if records._name == 'crm.lead'
            else ('partner_id', 'other_partner_id'))
        pairs = self.env['crm.duplicate'].search(
            Domain.OR(Domain(fname, 'in', records.ids) for fname in fnames))
        return {
            tuple(sorted((record._name, record.id) for record in pair._records())): pair
            for pair in pairs
        }

    @api.model
    def _compare_again(self, keys):
        """Compare pairs that were found from one side and not from the other.

        Of many records with the same number, each sees but some of the others.
        """
        if not keys:
            return {}
        finder = self.env['crm.duplicate.finder']
        ids = defaultdict(set)
        for model, record_id in {side for key in keys for side in key}:
            ids[model].add(record_id)
        profiles = {
            (profile.model, profile.id): profile
            for model, model_ids in ids.items() for profile in finder._profiles(model, model_ids)
        }
        pairs = [
            (profiles[one], profiles[other]) for one, other in keys
            if one in profiles and other in profiles
        ]
        return {
            self._key(one, other): (score, reasons, one.company_id or other.company_id)
            for (one, other), (score, reasons) in zip(
                pairs, finder._compare(pairs), strict=True)
        }

    @api.model
    def _store(self, known, pairs):
        Pair = self.env['crm.duplicate']
        gone = Pair.union(*(
            pair for key, pair in known.items() if key not in pairs and pair.state == 'open'))
        gone.unlink()
        for key, (score, reasons, company_id) in pairs.items():
            pair = known.get(key)
            if pair and pair.state == 'open' and (pair.score, pair.reasons) != (score, reasons):
                pair.write({'score': score, 'reasons': reasons, 'company_id': company_id})
        new = Pair.create([
            {**Pair._pair_values(*key), 'score': score, 'reasons': reasons,
             'company_id': company_id}
            for key, (score, reasons, company_id) in pairs.items() if key not in known
        ])
        return len(new)

    @api.model
    def _forget_closed(self):
        """Take off the list what is closed or archived by now."""
        closed = Domain.OR(
            Domain(fname, '!=', False) & Domain(fname, 'any', ~Domain(
                self.env[self.env['crm.duplicate']._fields[fname].comodel_name]
                ._duplicate_domain(open_only=True)))
            for fname in ('lead_id', 'other_lead_id', 'partner_id', 'other_partner_id')
        )
        self.env['crm.duplicate'].search(Domain('state', '=', 'open') & closed).unlink()
