from odoo.tests import HttpCase, tagged

from .relationship_common import RelationshipCommon


@tagged('post_install', '-at_install')
class TestRelationshipTour(RelationshipCommon, HttpCase):

    def test_salesperson_reads_the_models(self):
        """One of the two buyers is the salesperson's: that one is counted and opened."""
        self.env['res.partner'].concat(*map(self.make_everything, range(2)))
        self.start_tour(
            '/odoo/relationship-models', 'crm_plus_relationship_models_tour', login='crm_sales',
            timeout=180)
