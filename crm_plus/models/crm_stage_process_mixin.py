from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache


class ProcessInUse(NamedTuple):
    """Which parts of the process a database uses."""

    gated: frozenset[int]  #: ids of the stages that may lie behind one with exit criteria
    guarded: frozenset[int]  #: ids of the stages with exit criteria
    acting: frozenset[int]  #: ids of the stages with entry actions
    logged: bool  #: whether anything was ever overridden or asked for


class CrmStageProcessMixin(models.AbstractModel):
    """What a stage asks for before it is left, and what happens when it is entered."""

    _name = 'crm.stage.process.mixin'
    _description = "Stage with Exit Criteria and Entry Actions"

    exit_criterion_ids = fields.One2many('crm.stage.criterion', 'stage_id', "Exit Criteria")
    entry_action_ids = fields.One2many('crm.stage.action', 'stage_id', "Entry Actions")
    gate_free = fields.Boolean(
        "Open From Everywhere",
        help="Opportunities move here whatever the stages on the way ask for. Without it, also "
        "winning an opportunity meets the criteria of all stages that it passes.",
    )

    @api.model
    @ormcache()
    def _get_process_in_use(self):
        """Return what there is to obey: asked once, so that what is not used costs nothing."""
        for model in ('crm.stage.criterion', 'crm.stage.action'):
            self.env[model].flush_model(['active', 'stage_id'])
        for model in ('crm.stage.approval', 'crm.stage.override'):
            self.env[model].flush_model(['lead_id'])
        self.flush_model(['sequence'])
        [(gated, guarded, acting, logged)] = self.env.execute_query(SQL(
            """
            WITH guarded AS (
                SELECT DISTINCT stage.id, stage.sequence
                  FROM crm_stage_criterion criterion
                  JOIN crm_stage stage ON stage.id = criterion.stage_id
                 WHERE criterion.active)
            SELECT ARRAY(SELECT stage.id FROM crm_stage stage
                          WHERE EXISTS (SELECT FROM guarded
                                         WHERE guarded.id <> stage.id
                                           AND COALESCE(guarded.sequence, 0)
                                               <= COALESCE(stage.sequence, 0))),
                   ARRAY(SELECT DISTINCT stage_id FROM crm_stage_criterion WHERE active),
                   ARRAY(SELECT DISTINCT stage_id FROM crm_stage_action WHERE active),
                   EXISTS(SELECT FROM crm_stage_approval) OR EXISTS(SELECT FROM crm_stage_override)
            """
        ))
        return ProcessInUse(frozenset(gated), frozenset(guarded), frozenset(acting), logged)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if not {'name', 'sequence'}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=''):
        self.env.registry.clear_cache()
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang)

    @api.model
    def _get_names(self):
        """Names of all stages by id, as the user reads them: not read for each question."""
        return self._get_names_in(self.env.lang)

    @api.model
    @ormcache('lang')
    def _get_names_in(self, lang):
        # sudo: what the columns of the pipeline are called
        stages = self.sudo().with_context(lang=lang).search(Domain.TRUE)
        return {stage.id: stage.name for stage in stages}
