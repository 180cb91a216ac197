from itertools import chain

from odoo import api, models
from odoo.tools import SQL

from ..industry_templates.sections import walk

#: what belongs to a record itself and goes with it, and the journals of templates and merges
OWN_TABLES = frozenset((
    'crm_industry_application_line', 'ir_attachment', 'ir_model_data', 'mail_activity',
    'mail_followers', 'mail_message', 'team_favorite_user_rel',
))


class CrmIndustryUsageMixin(models.AbstractModel):
    """Where records are used that a template has made, so that they are not taken away.

    Any row that names one of them counts, but those that the template has made as well, and the
    messages and files of the record itself.
    """

    _name = 'crm.industry.usage.mixin'
    _description = "Use of Records"

    @api.model
    def _find_used(self, made):
        """Return where records are used by what is not among them.

        :param dict made: ids by model
        :return: ``{(model, id): {table: number of rows}}``; tables of pairs by the other side
        """
        self.env.flush_all()
        keys = self._all_foreign_keys()
        references = [
            link for link in self.env['crm.merge.mover']._references(None)
            if link.table not in OWN_TABLES
        ]
        by_table = {
            self.env[model]._table: list(ids) for model, ids in made.items() if ids}
        used = {}
        for model, ids in made.items():
            if not ids:
                continue
            selects = [
                *self._foreign_key_selects(model, ids, keys, by_table),
                *self._reference_selects(model, ids, references, by_table),
                *self._company_value_selects(model, ids, by_table),
            ]
            for record_id, table, count in self.env.execute_query(
                    SQL(" UNION ALL ").join(selects)) if selects else ():
                tables = used.setdefault((model, record_id), {})
                tables[table] = tables.get(table, 0) + count
        return used

    @api.model
    def _all_foreign_keys(self):
        """Return the database's foreign keys: ``{table: {column: table that it names}}``."""
        passing = self.env['crm.merge.mover']._passing_tables()
        keys = {}
        for table, column, target in self.env.execute_query(SQL(
            """
            SELECT own.relname, attname, target.relname
              FROM pg_constraint con
              JOIN pg_class own ON own.oid = conrelid
              JOIN pg_class target ON target.oid = confrelid
              JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
             WHERE contype = 'f' AND cardinality(conkey) = 1
               AND own.relnamespace = current_schema::regnamespace
            """
        )):
            if table not in OWN_TABLES and table not in passing:
                keys.setdefault(table, {})[column] = target
        return keys

    @api.model
    def _own_pairs(self, model):
        """Return tables and columns of pairs that say what the model's records name themselves.

        Those of the links that templates write: they tell nothing of who uses the record.
        """
        sections = self.env['crm.industry.template']._industry_sections().values()
        fields = {
            self.env[model]._fields[section.field_of(key)]
            for section in walk(chain.from_iterable(sections)) if section.model == model
            for key in section.fields
        }
        return {(field.relation, field.column1) for field in fields if field.type == 'many2many'}

    @api.model
    def _foreign_key_selects(self, model, ids, keys, by_table):
        models_by_table, own_pairs = self._models_by_table(), self._own_pairs(model)
        target = self.env[model]._table
        for table, columns in keys.items():
            for column, named in columns.items():
                if named != target or (table, column) in own_pairs:
                    continue
                user, others = table, SQL("TRUE")
                if table in by_table:
                    others = SQL("NOT named.id = ANY(%s)", by_table[table])
                elif table not in models_by_table:
                    # a table of pairs: who uses the record is on the other side
                    for other, side in columns.items():
                        if other != column:
                            user = side
                            if side in by_table:
                                others = SQL(
                                    "NOT %s = ANY(%s)", SQL.identifier('named', other),
                                    by_table[side])
                yield SQL(
                    "SELECT %(column)s AS id, %(used_by)s AS used_by, count(*) FROM %(table)s AS named"
                    " WHERE %(column)s = ANY(%(ids)s) AND %(others)s GROUP BY %(column)s",
                    column=SQL.identifier('named', column), used_by=user, others=others,
                    table=SQL.identifier(table), ids=list(ids))

    @api.model
    def _reference_selects(self, model, ids, references, by_table):
        for link in references:
            others = SQL("TRUE")
            if link.table in by_table:
                others = SQL("NOT named.id = ANY(%s)", by_table[link.table])
            column = SQL.identifier('named', link.column)
            record_id = SQL("split_part(%s, ',', 2)::integer", column) if link.is_text else column
            yield SQL(
                "SELECT %(id)s AS id, %(used_by)s AS used_by, count(*) FROM %(table)s AS named"
                " WHERE %(named)s AND %(others)s GROUP BY %(column)s",
                id=record_id, used_by=link.table, table=SQL.identifier(link.table), others=others,
                column=column, named=link.condition(
                    model, [link.value(model, record_id) for record_id in ids]))

    @api.model
    def _company_value_selects(self, model, ids, by_table):
        """Links that each company has of its own, such as the tier of a customer."""
        for field in self.env.registry.many2one_company_dependents[model]:
            table = self.env[field.model_name]._table
            yield SQL(
                "SELECT company.value::integer AS id, %(used_by)s AS used_by, count(*)"
                " FROM %(table)s AS named, jsonb_each(named.%(column)s) AS company"
                " WHERE company.value = ANY(%(values)s::jsonb[])"
                " AND NOT named.id = ANY(%(others)s) GROUP BY company.value",
                used_by=table, table=SQL.identifier(table), column=SQL.identifier(field.name),
                values=[str(record_id) for record_id in ids], others=by_table.get(table, []))

    @api.model
    def _models_by_table(self):
        return {
            records._table: name for name, records in self.env.registry.items()
            if not records._abstract and records._auto
        }

    @api.model
    def _use_in_words(self, tables):
        """Return where something is used: what the user calls the tables, and how often."""
        names = self._models_by_table()
        return self.env._("Used since: %s", ", ".join(
            self.env._(
                "%(model)s (%(count)s)", count=count,
                # sudo: what a model is called
                model=self.env['ir.model'].sudo()._get(names[table]).name
                if table in names else table)
            for table, count in sorted(tables.items(), key=lambda entry: (-entry[1], entry[0]))))
