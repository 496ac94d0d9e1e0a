"""The index by letter: every entry under its name, and under its other names with "see"."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from leukon_site.atoz.catalogue import of_kind
from leukon_site.atoz.entry import DRUG, SYMPTOM, Entry, titled
from leukon_site.atoz.naming import title_of

OTHER = "#"
"""Where names stand that begin with no letter."""


class Line(NamedTuple):
    """A line of an index: a name, its entry or an editor's page; `see` where that is called otherwise."""

    name: str
    entry: Any
    see: bool = False


class Letter(NamedTuple):
    """A letter, and the lines under it."""

    letter: str
    anchor: str
    lines: tuple[Line, ...]


@cache
def letters(kind: str, language: str) -> tuple[Letter, ...]:
    """The index of one kind.

    >>> [letter.letter for letter in letters("drug", "en")][:3]
    ['A', 'B', 'C']
    """
    return by_letter(line for entry in of_kind(kind) for line in _lines(entry, language))


def with_pages(pages: Iterable[Any], language: str) -> tuple[Letter, ...]:
    """The index of the symptoms, with the pages that editors made, which stand before an entry."""
    written = {page.slug: page for page in pages}
    lines = [Line(page.title, page) for page in written.values()]
    for entry in of_kind(SYMPTOM):
        page = written.get(entry.slug)
        if page is None:
            lines += _lines(entry, language)
        elif page.title != title_of(entry, language):
            lines.append(Line(title_of(entry, language), page, see=True))
    return by_letter(lines)


def by_letter(given: Iterable[Line]) -> tuple[Letter, ...]:
    """Lines under their letters."""
    lines = sorted(given, key=lambda line: (_letter(line.name) == OTHER, _plain(line.name)))
    grouped = groupby(lines, key=lambda line: _letter(line.name))
    return tuple(
        Letter(letter, f"letter-{place}", tuple(found))
        for place, (letter, found) in enumerate(grouped, 1)
    )


def _lines(entry: Entry, language: str) -> list[Line]:
    own = [Line(title_of(entry, language), entry)]
    if entry.kind == DRUG:
        own += [Line(titled(name), entry, see=True) for name in entry.also]
    return own


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _letter(name: str) -> str:
    first = _plain(name)[:1].upper()
    return first if first.isalpha() else OTHER
