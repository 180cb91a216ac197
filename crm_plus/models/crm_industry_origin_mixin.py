from odoo import api, models

from ..industry_templates.plan import is_same_properties, read_items, with_texts
from ..industry_templates.shape import is_properties

TEXTS = ('char', 'text', 'html')


class CrmIndustryOriginMixin(models.AbstractModel):
    """The words of exported records in other languages, where Odoo keeps one language only.

    Names of sources and steps, and labels of properties, come in the language of whoever applies
    a template. As long as they are as a template brought them, its files tell the others.
    """

    _name = 'crm.industry.origin.mixin'
    _description = "Origin of Exported Records"

    @api.model
    def _origins(self, calls):
        """Return the items that records are by templates: ``{(model, id): item}``.

        :param calls: how templates call records
        """
        sections, settings = self._industry_sections(), self._industry_settings()
        items = {}
        for template in {call.application.template_id for call in calls.values()}:
            contents, problems = template._get_contents()
            if not problems and not template._validate_files(contents):
                items[template] = read_items(contents, sections, settings)
        return {
            record: item for record, call in calls.items()
            if (item := items.get(call.application.template_id, {}).get(call.item))
        }

    @api.model
    def _original(self, origin, section, key, value):
        """Return a value in the words of the template's main file, where it is the template's."""
        if not origin or not origin.texts or not value or not origin.values.get(key):
            return value
        if is_properties(section, key):
            return [self._original_property(origin, key, fact) for fact in value]
        if self._kind(section.model, section.field_of(key)) in TEXTS and any(
                value == origin.text(key, lang) for lang in origin.texts):
            return origin.values[key]
        return value

    @api.model
    def _original_property(self, origin, key, fact):
        own = [one for one in origin.values[key] if one['name'] == fact['name']]
        if own and is_same_properties([fact], [
            with_texts(own, texts.get(key, {})) for texts in origin.texts.values()
        ]):
            return self._collect_properties(own)[0]
        return fact

    @api.model
    def _original_words(self, origin, section, key, value, lang):
        """Return the template's words for a value in a language; None where it has none.

        :param value: as it is exported
        """
        texts = origin and origin.texts.get(lang, {}).get(key)
        if not texts:
            return None
        if is_properties(section, key):
            own = {fact['name']: fact for fact in self._collect_properties(origin.values[key])}
            return {
                fact['name']: texts[fact['name']] for fact in value
                if fact['name'] in texts and is_same_properties([fact], [[own[fact['name']]]])
            } or None
        if self._kind(section.model, section.field_of(key)) in TEXTS and (
                value == origin.values[key] != texts):
            return texts
        return None
