from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.once import one_at_a_time


class ClientReferenceMixin(models.AbstractModel):
    """How a record that is sent twice is made once: by the reference that its sender gives it.

    A program that was cut off before it got its answer cannot know whether the record was made.
    It sends the same again, and gets the record there is. A file that is loaded again does too.
    """

    _name = 'client.reference.mixin'
    _description = "Reference of the Sender"

    client_reference = fields.Char(
        string="Reference of the Sender",
        copy=False,
        groups='base.group_user',
        help="What the program or the file that it came from calls it. What is sent again with "
             "the same reference is not made a second time in the company.",
    )

    _client_reference_unique = models.UniqueIndex(
        "(client_reference, COALESCE(company_id, 0)) WHERE client_reference <> ''",
        "Two records of a company cannot have the same reference of the sender.",
    )

    @api.model
    def _find_sent_before(self, keys):
        """Return the id of the record by key, of those that there are.

        Waits for whoever is making one of them at this moment.

        :param keys: set of the id of a company, or False, and a reference
        """
        found = self._search_sent(keys)
        missing = keys - found.keys()
        if missing:
            locks = [
                f'{self._name} {company_id} {reference}' for company_id, reference in missing
            ]
            with one_at_a_time(self.env, *locks) as env:
                found |= env[self._name]._search_sent(missing)
        return found

    @api.model
    def _search_sent(self, keys):
        if not keys:
            return {}
        references = {}
        for company_id, reference in keys:
            references.setdefault(company_id, []).append(reference)
        # sudo: a reference is taken whoever may see its record; who may not is not told which
        records_sudo = self.sudo().with_context(active_test=False).search(
            Domain.OR(
                Domain('company_id', '=', company_id)
                & Domain('client_reference', 'in', of_company)
                for company_id, of_company in references.items()
            )
        )
        if not self.browse(records_sudo.ids).has_access('read'):
            raise ValidationError(self._get_reference_taken_text())
        return {
            (record.company_id.id, record.client_reference): record.id for record in records_sudo
        }

    @api.model
    def _get_reference_taken_text(self):
        return self.env._(
            "There is a record with this reference already, which you may not see. Use another "
            "reference."
        )
