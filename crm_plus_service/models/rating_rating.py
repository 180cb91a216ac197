from odoo import api, models


class RatingRating(models.Model):
    _inherit = 'rating.rating'

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._note_on_cases()
        return ratings

    def write(self, vals):
        res = super().write(vals)
        if {'rating', 'consumed'} & vals.keys():
            self._note_on_cases()
        return res

    def _note_on_cases(self):
        """Tell the cases what their customers said, whichever way they said it."""
        # sudo: the customer may rate a case but not change it; what follows is the case's doing
        for rating in self.sudo().filtered('consumed'):
            if rating.res_model == 'service.case':
                self.env['service.case'].sudo().browse(rating.res_id)._note_rating(rating)
