"""What is remembered of the practice for a time when its database does not answer."""

from __future__ import annotations

_last = {"emergency_number": ""}


def remember(emergency_number: str) -> None:
    """Keep the emergency number that a page was made with."""
    _last["emergency_number"] = emergency_number


def emergency_number() -> str:
    """The last number that was seen; "" where none was."""
    return _last["emergency_number"]
