"""What is known while a demo company is being loaded."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta


class Demo:
    """The demo company that is being loaded: what its files say, and what has been made of it.

    :param key: of the template
    :param company: whose demo data it is
    :param today: the day from which everything is dated back
    :param data: what the file of CRM+ says
    :param tell: called with what is being made, how many of it there are and will be (0: not known)
    """

    def __init__(
        self, key: str, company, today: date, data: Mapping,
        tell: Callable[[str, int, int], None] | None = None,
    ):
        self.key, self.company, self.today, self.data = key, company, today, data
        self.tell = tell or (lambda *_progress: None)
        #: record of each item of the template, by section/key
        self.items = {}
        self._made = {}

    def part(self, name: str) -> list[dict]:
        """Return a list of the file, empty where it is not there."""
        return self.data.get(name, [])

    def remember(self, kind: str, records: Mapping) -> None:
        """Keep records by their keys."""
        self._made.setdefault(kind, {}).update(records)

    def get(self, kind: str, key: str):
        """Return a record that was made of an entry.

        :raise KeyError: where there is none
        """
        return self._made[kind][key]

    def of_kind(self, kind: str) -> dict:
        """Return all records of a kind by their keys."""
        return self._made.get(kind, {})

    def counts(self) -> dict[str, int]:
        """Return how many records there are of each kind."""
        return {kind: len(records) for kind, records in self._made.items()}

    def day(self, entry: Mapping, name: str = '') -> date | None:
        """Return a day of an entry: ``name_days`` before or ``name_in`` after the day of loading."""
        before, after = (f'{name}_{word}'.lstrip('_') for word in ('days', 'in'))
        if before in entry:
            return self.today - timedelta(days=entry[before])
        if after in entry:
            return self.today + timedelta(days=entry[after])
        return None
