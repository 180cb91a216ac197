"""The one error that the user of the loader sees."""


class HistoryError(Exception):
    """Say in one sentence what is wrong with the history or the database, and the remedy."""
