"""Is this text a number that a position can be? People and programs write them."""

from __future__ import annotations

# As many as a bigint can hold, whatever they are.
MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """The whole number, 0 or more, or None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
