"""The causes of low white cells, grouped by kind, in the order in which leukon names them."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from leukon.causes.content import Cause, named_causes, orders
from leukon_site.speech.said import spoken

LINES = ("NEUT", "LYMPH")


class Named(NamedTuple):
    """One cause: its address on the site, and which counts it lowers."""

    id: str
    slug: str
    name: str
    lines: tuple[str, ...]
    several: bool


class Group(NamedTuple):
    """The causes of one kind."""

    kind: str
    heading: str
    causes: tuple[Named, ...]


@cache
def groups(line: str = "", *, child: bool = False, language: str = "en") -> tuple[Group, ...]:
    """The causes by kind; those that lower one line where a line is given.

    >>> groups()[0].heading
    'A problem with the sample'
    """
    order = orders()[f"one line, {'child' if child else 'adult'}"]
    found = [cause for cause in named_causes() if not line or line in cause.lines]
    grouped = ((kind, [cause for cause in found if cause.category == kind]) for kind in order)
    return tuple(
        Group(kind, _heading(kind, language), tuple(_named(cause, language) for cause in causes))
        for kind, causes in grouped
        if causes
    )


def slug_of(cause: Cause) -> str:
    """What the address of a cause's page ends with.

    >>> slug_of(named_causes()[0])
    'hiv-infection'
    """
    return re.sub(r"[^a-z0-9]+", "-", cause.name.lower()).strip("-")


def _named(cause: Cause, language: str) -> Named:
    name = spoken(language).content(cause.name)
    return Named(cause.id, slug_of(cause), name, cause.lines, cause.several)


def _heading(kind: str, language: str) -> str:
    text = spoken(language).text(f"name.kind.{kind}")
    return text[:1].upper() + text[1:]
