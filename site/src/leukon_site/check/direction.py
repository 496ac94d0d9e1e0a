"""Latin words and signed numbers inside Arabic: kept together, and in their own direction."""

from __future__ import annotations

import re

from django.utils.translation import get_language_bidi

LEFT_TO_RIGHT, END = "\u2066", "\u2069"
_SIGNED = re.compile(r"[<>≤≥]")
_LATIN = re.compile(r"[A-Za-z](?:[^\u0590-\u08ff\n]*[A-Za-z0-9)])?")
"""From a Latin letter to the last one, or digit, before the next Arabic letter."""


def together(text: str) -> str:
    """A number whose sign must not change sides: "< 0.1" reads as "0.1 >" in the midst of Arabic."""
    signed = _SIGNED.search(text) is not None and get_language_bidi()
    return f"{LEFT_TO_RIGHT}{text}{END}" if signed else text


def isolated(text: str) -> str:
    """An Arabic sentence whose Latin names (a publisher, a version) are each kept together.

    >>> isolated("\u0648\u0641\u0642 leukon, 2026.1.") == "\u0648\u0641\u0642 \u2066leukon, 2026.1\u2069."
    True
    """
    return _LATIN.sub(lambda found: _kept_together(found[0]), text)


def _kept_together(run: str) -> str:
    """A Latin run; a bracket that closes one of the Arabic around it stays outside."""
    name = run
    while name.count(")") > name.count("("):
        name = name[: name.rindex(")")]
    return f"{LEFT_TO_RIGHT}{name}{END}{run[len(name) :]}"
