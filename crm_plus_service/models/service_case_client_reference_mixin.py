from odoo import api, models


class ServiceCaseClientReferenceMixin(models.AbstractModel):
    """How a case that is sent twice is opened once: by the reference that its sender gives it.

    The portal gives its forms such a reference by itself.
    """

    _name = 'service.case.client.reference.mixin'
    _inherit = ['client.reference.mixin']
    _description = 'Case: Reference of the Sender'

    @api.model
    def _leave_out_sent_before(self, vals_list):
        """Return the values of the cases that are to be opened, and what adds those there are.

        Nothing may happen to a case a second time when it is sent again: it is not opened,
        promised, routed and acknowledged.

        :return: the values, and a function that takes the cases opened with them and returns a
            case for each of ``vals_list``
        """
        keys = [self._get_sender_key(vals) for vals in vals_list]
        if not any(keys):
            return vals_list, lambda cases: cases
        found = self._find_sent_before(set(filter(None, keys)))
        first = {}
        for index, key in enumerate(keys):
            first.setdefault(key or index, index)
        new = [index for key, index in first.items() if key not in found]

        def complete(cases):
            opened = dict(zip(new, cases.ids, strict=True))
            return self.browse(
                found.get(key) or opened[first[key or index]] for index, key in enumerate(keys)
            )

        return [vals_list[index] for index in new], complete

    @api.model
    def _get_sender_key(self, vals):
        """Return the company and the sender's reference of a new case, None without a reference."""
        reference = vals.get('client_reference')
        if not reference:
            return None
        team_id = vals.get('team_id') or self.default_get(['team_id']).get('team_id')
        return self._get_receiving_company(team_id).id, reference

    @api.model
    def _get_reference_taken_text(self):
        return self.env._(
            'There is a case with this reference already, which you may not see. '
            'Use another reference.'
        )
