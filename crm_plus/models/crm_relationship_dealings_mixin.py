from odoo import models
from odoo.fields import Domain

from ..relationship import Figure


class CrmRelationshipDealingsMixin(models.AbstractModel):
    """Figures about how we and the customers talk with each other: read from the timeline."""

    _name = 'crm.relationship.dealings.mixin'
    _description = "Relationship Models: Dealings"

    def _channel_figures(self, reading):
        """By which channels people met, wrote and called in the period."""
        timeline = self.env['customer.timeline']
        kinds = timeline._timeline_contact_kinds()
        labels = dict(timeline._fields['kind']._description_selection(self.env))
        return [
            Figure(
                f'channel_{kind}', labels[kind], 'customer.timeline', Domain('kind', '=', kind),
                of=Domain('kind', 'in', kinds) & reading.moments('date')
                & reading.of_team('partner_id.purchase_team_ids'),
                group=self.env._("Contacts by channel"), dated=True,
                todo=self.env._("none yet"),
            )
            for kind in kinds
        ]
