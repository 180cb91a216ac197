from odoo import api, models
from odoo.tools import SQL, ormcache

from ..merging.deletion import read_foreign_keys
from ..merging.links import Link, counts, keys_of, turn

#: numbers of records beside the name of their model, which Odoo declares as mere numbers
NUMBERS = {'res_id': ('res_model', 'model'), 'parent_res_id': ('parent_res_model',)}
#: tables that name records for a moment only
PASSING = ('base_partner_merge_', 'crm_merge_wizard')


class CrmMergeMover(models.AbstractModel):
    """Knows where the database names a lead or contact, and turns those names to another one.

    Nothing is deleted: what the survivor has already, such as a follower, stays with the record
    that is merged away, which is archived and not removed.
    """

    _name = 'crm.merge.mover'
    _description = "Links of Merged Records"

    # ------------------------------------------------------------
    # WHERE RECORDS ARE NAMED
    # ------------------------------------------------------------

    @api.model
    def _links(self, model):
        """All columns in which a record of ``model`` may be named: a list of :class:`Link`."""
        staying = self.env[model]._tables_staying_with_merged() | self._passing_tables()
        return [
            link for link in (*self._foreign_keys(model), *self._references(model))
            if link.table not in staying and not link.table.startswith(PASSING)
            and link.column != 'merged_into_id'
        ]

    @api.model
    @ormcache('model')
    def _foreign_keys(self, model):
        links = []
        # Odoo's own list of the columns that its merge of contacts knows
        pairs = self.env['base.partner.merge.automatic.wizard']._get_fk_on(
            self.env[model]._table)
        columns = self._columns([table for table, _column in pairs])
        for table, column in sorted(pairs):
            others = columns[table] - {column}
            if 'id' in columns[table]:
                links.append(Link(table, column))
            elif len(others) == 1:
                links.append(Link(table, column, key=others.pop()))
        return tuple(links)

    @api.model
    def _columns(self, tables):
        """The columns of tables: ``{table: {column}}``."""
        result = {table: set() for table in tables}
        for table, column in self.env.execute_query(SQL(
            "SELECT class.relname, attribute.attname"
            "  FROM pg_attribute attribute JOIN pg_class class ON class.oid = attrelid"
            " WHERE class.relname = ANY(%s) AND attnum > 0 AND NOT attisdropped"
            "   AND class.relnamespace = current_schema::regnamespace",
            list(result),
        )):
            result[table].add(column)
        return result

    @api.model
    def _references(self, model):
        """Columns that name records of any model: by two columns, or as text."""
        for name in sorted(self.env.registry):
            records = self.env[name]
            if records._abstract or records._transient or not records._auto:
                continue
            for field in records._fields.values():
                if not field.store or not field.column_type or field.compute:
                    continue
                if field.type == 'reference':
                    yield Link(records._table, field.name, is_text=True)
                elif field.type == 'many2one_reference':
                    model_field = records._fields.get(field.model_field)
                    if model_field and model_field.store:
                        yield Link(records._table, field.name, model_column=model_field.name)
                elif field.type == 'integer' and field.name in NUMBERS:
                    for name in NUMBERS[field.name]:
                        if name in records._fields and records._fields[name].type == 'char':
                            yield Link(records._table, field.name, model_column=name)

    @api.model
    @ormcache()
    def _all_foreign_keys(self):
        """The foreign keys of all tables but those of dialogs: see ``merging/deletion.py``."""
        passing = self._passing_tables()
        return tuple(
            foreign_key for foreign_key in read_foreign_keys(self.env)
            if foreign_key.table not in passing and not foreign_key.table.startswith(PASSING))

    @api.model
    def _pair_links(self, model):
        """The tables of pairs in which a record may be named."""
        passing = self._passing_tables()
        return [
            link for link in self._foreign_keys(model)
            if link.key != 'id' and link.table not in passing
            and not link.table.startswith(PASSING)]

    @api.model
    @ormcache()
    def _passing_tables(self):
        """Tables of dialogs, which live for hours only."""
        tables = set()
        for records in self.env.values():
            if records._transient:
                tables.add(records._table)
                tables.update(
                    field.relation for field in records._fields.values()
                    if field.type == 'many2many' and field.store and field.relation)
        return frozenset(tables)

    # ------------------------------------------------------------
    # MOVING
    # ------------------------------------------------------------

    @api.model
    def _counts(self, records):
        """How many rows name one of the records: ``{link: count}``, the most first."""
        self.env.flush_all()
        found = counts(self.env, self._links(records._name), records._name, records.ids,
                       pictures=False)
        own = records._table
        return {
            link: count
            for link, count in sorted(found.items(), key=lambda item: -item[1])
            if link.table != own or link.column == records._parent_name
        }

    @api.model
    def _move(self, records, survivor):
        """Turn all that names the records to ``survivor``; return what was done.

        :return: list of dicts that :meth:`_move_back` understands
        """
        model = survivor._name
        self.env.flush_all()
        moves = []
        for link in counts(self.env, self._links(model), model, records.ids):
            for record in records:
                keys = turn(
                    self.env, link, model,
                    keys_of(self.env, link, model, record.id, survivor.id,
                            survivor._merge_moving_rows(link.table)),
                    link.value(model, record.id), link.value(model, survivor.id))
                if keys:
                    moves.append({
                        'link': list(link), 'model': model, 'keys': keys,
                        'old': link.value(model, record.id),
                        'new': link.value(model, survivor.id),
                    })
        self._forget(moves)
        return moves

    @api.model
    def _move_back(self, moves):
        """Undo moves, the last one first.

        :return: list of ``(link, count)`` of the rows that have gone elsewhere since
        """
        missing = []
        for move in reversed(moves):
            link = Link(*move['link'])
            back = turn(
                self.env, link, move['model'], move['keys'], move['new'], move['old'])
            if len(back) < len(move['keys']):
                missing.append((link, len(move['keys']) - len(back)))
        self._forget(moves)
        return missing

    @api.model
    def _gone(self, moves):
        """The rows of moves that no longer name the survivor: ``[(link, count)]``."""
        gone = []
        for move in moves:
            link = Link(*move['link'])
            [(there,)] = self.env.execute_query(SQL(
                "SELECT count(*) FROM %s AS named WHERE %s = ANY(%s) AND %s",
                SQL.identifier(link.table), SQL.identifier('named', link.key), move['keys'],
                link.condition(move['model'], [move['new']]),
            ))
            if there < len(move['keys']):
                gone.append((link, len(move['keys']) - there))
        return gone

    @api.model
    def _forget(self, moves):
        self.env.invalidate_all()
        if any(move['link'][0] == 'ir_model_data' for move in moves):
            # external ids are remembered
            self.env.registry.clear_cache()

    # ------------------------------------------------------------
    # VALUES PER COMPANY
    # ------------------------------------------------------------

    @api.model
    def _fill_company_values(self, records, survivor, journal):
        """Give the survivor, company by company, what it has not and the others have.

        What is kept per company, such as payment terms, stands in one column for all companies.
        """
        fields = [
            field for field in survivor._fields.values()
            if field.company_dependent and field.store
        ]
        if not fields:
            return
        journal.touch(survivor._table, survivor.ids)
        for field in fields:
            column = SQL.identifier(field.name)
            self.env.execute_query(SQL(
                "UPDATE %(table)s AS kept SET %(column)s ="
                " others.value || COALESCE(kept.%(column)s, '{}'::jsonb)"
                " FROM (SELECT jsonb_object_agg(key, value ORDER BY id DESC) AS value"
                "         FROM %(table)s, jsonb_each(%(column)s)"
                "        WHERE id = ANY(%(ids)s)) others"
                " WHERE kept.id = %(id)s AND others.value IS NOT NULL",
                table=SQL.identifier(survivor._table), column=column, ids=records.ids,
                id=survivor.id,
            ))
        self.env.invalidate_all()

    @api.model
    def _turn_company_values(self, records, survivor, journal):
        """Turn what is kept per company and names one of the records."""
        for field in self.env.registry.many2one_company_dependents[survivor._name]:
            table, column = self.env[field.model_name]._table, SQL.identifier(field.name)
            named = self.env.execute_query(SQL(
                "SELECT id FROM %s WHERE EXISTS (SELECT FROM jsonb_each(%s) company"
                " WHERE company.value = ANY(%s::jsonb[]))",
                SQL.identifier(table), column, [str(record_id) for record_id in records.ids],
            ))
            ids = [record_id for record_id, in named]
            if not ids:
                continue
            journal.touch(table, ids)
            self.env.execute_query(SQL(
                "UPDATE %(table)s SET %(column)s = (SELECT jsonb_object_agg(key,"
                "   CASE WHEN value = ANY(%(old)s::jsonb[]) THEN %(new)s::jsonb ELSE value END)"
                "  FROM jsonb_each(%(column)s)) WHERE id = ANY(%(ids)s)",
                table=SQL.identifier(table), column=column, ids=ids, new=str(survivor.id),
                old=[str(record_id) for record_id in records.ids],
            ))
        self.env.invalidate_all()
