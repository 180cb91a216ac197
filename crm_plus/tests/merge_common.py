import json

from odoo.fields import Command
from odoo.tools import SQL

from .common import CrmPlusCommon

#: the log of merges itself, and what a browser is told of messages
NOT_COMPARED = {'crm_merge', 'bus_bus', 'ir_logging', 'ir_cron_trigger'}


class MergeCommon(CrmPlusCommon):
    """Leads and contacts with everything that may hang on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        #: the rows of tables that this transaction has left alone
        cls.untouched = {}

    @classmethod
    def make_request(cls, name, **values):
        return cls.env['crm.lead'].create({
            'name': name, 'type': 'opportunity', 'user_id': False, 'team_id': False,
            'company_id': cls.company.id, **values,
        })

    @classmethod
    def furnish(cls, record, tag):
        """Hang messages, an activity, files, a follower and what else there is on a record."""
        record.message_post(body=f"Said {tag}", message_type='comment')
        record.activity_schedule('mail.mail_activity_data_todo', summary=f"Do {tag}",
                                 user_id=cls.manager.id)
        cls.env['ir.attachment'].create({
            'name': f"{tag}.txt", 'raw': b'x', 'res_model': record._name, 'res_id': record.id})
        record.message_subscribe(cls.manager.partner_id.ids)
        if record._name == 'crm.lead':
            record.tag_ids = [Command.create({'name': f"Tag {tag}"})]
            cls.make_order(cls.customer, 100, '2024-01-01 10:00:00').opportunity_id = record
            cls.make_meeting(cls.contact, opportunity_id=record.id)
        else:
            record.category_id = [Command.create({'name': f"Tag {tag}"})]
            cls.make_order(record, 100, '2024-01-01 10:00:00')
            cls.make_meeting(record)
            cls.make_request(f"Lead of {tag}", partner_id=record.id)

    def merge(self, survivor, merged, user=None, **values):
        """Merge as a user does, without choosing but what is given as values."""
        user = user or self.manager
        return self.as_user(self.env['crm.merge'], user)._merge(
            self.as_user(survivor, user), self.as_user(merged, user), values)

    def undo(self, merge, user=None):
        user = user or self.manager
        return self.as_user(merge, user).action_undo()

    # ------------------------------------------------------------
    # THE DATABASE
    # ------------------------------------------------------------

    def dump(self):
        """Every row of every table as JSON, but of those that only log: ``{table: {row}}``.

        Numbers are compared by their value: 1.50 is 1.5. Tables to which nothing has happened
        since the test class began are read once.
        """
        self.env.flush_all()
        tables = {
            table: touched for table, touched in self.env.execute_query(SQL(
                """
                SELECT tablename, n_tup_ins + n_tup_upd + n_tup_del > 0
                  FROM pg_tables
                  LEFT JOIN pg_stat_xact_user_tables seen
                         ON seen.schemaname = pg_tables.schemaname AND relname = tablename
                 WHERE pg_tables.schemaname = current_schema
                """))
            if table not in NOT_COMPARED
        }
        for table in tables.keys() - self.untouched.keys():
            if not tables[table]:
                self.untouched[table] = self._rows(table)
        return {
            table: self._rows(table) if tables[table] else self.untouched[table]
            for table in sorted(tables)
        }

    def _rows(self, table):
        return {json.dumps(row, sort_keys=True) for row, in self.env.execute_query(SQL(
            "SELECT to_jsonb(dumped) FROM %s dumped", SQL.identifier(table)))}

    def assertSameDatabase(self, before, after):
        different = {
            table: self._difference(rows - after[table], after[table] - rows)
            for table, rows in before.items()
            if rows is not after[table] and rows != after[table]
        }
        self.assertFalse(different, "columns as they were and as they are, or whole rows")

    @staticmethod
    def _difference(gone, new):
        gone, new = (sorted(rows)[:3] for rows in (gone, new))
        if len(gone) != len(new):
            return gone, new
        pairs = [(json.loads(one), json.loads(other))
                 for one, other in zip(gone, new, strict=True)]
        return [
            {column: (value, other[column]) for column, value in one.items()
             if other[column] != value}
            for one, other in pairs
        ]
