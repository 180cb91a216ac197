"""What is wrong with a template, in words that say where, what, and what to do about it."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One fault of a template.

    ``message`` and ``remedy`` are English texts with places for ``values``; whoever shows them
    translates them first.
    """

    file: str
    key: str  #: the way to the value, with slashes: ``stages/offer/sequence``; '' for the file
    message: str
    remedy: str
    values: dict = {}  # never changed: a tuple's default, for problems without places

    def words(self, translate=str) -> dict[str, str]:
        """Return the problem as ``{file, key, message, remedy}``, ready to be read.

        :param translate: ``env._`` where there is one
        """
        return {
            'file': self.file,
            'key': self.key,
            'message': translate(self.message) % self.values,
            'remedy': translate(self.remedy) % self.values,
        }

    def __str__(self):
        words = self.words()
        where = ', '.join(part for part in (self.file, self.key) if part)
        return f'{where}: {words["message"]} {words["remedy"]}'


class TemplateError(ValueError):
    """A template that cannot be read at all, with the problem that stands in the way."""

    def __init__(self, problem: Problem):
        super().__init__(str(problem))
        self.problem = problem
