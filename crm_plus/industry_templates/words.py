"""Words for the user, from code that knows no user: they are translated where they are shown."""


def _lt(text: str) -> str:
    """Mark a text to be translated later, by ``env._(text)``."""
    return text
