"""One entry of the A to Z: what it is called, its codes, its sources, who checked it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

SYMPTOM, CONDITION, TEST, DRUG, DEFINITION = "symptom", "condition", "test", "drug", "definition"
KINDS = (SYMPTOM, CONDITION, TEST, DRUG, DEFINITION)
"""In the order in which they are shown."""


class Coded(NamedTuple):
    """One code: its system ("icd10cm", "loinc" ...), the code, and its text where one was read."""

    system: str
    code: str
    text: str = ""
    source: str = ""


class Cited(NamedTuple):
    """One source: what it is called, and where it was read ("" where there is no address)."""

    who: str
    address: str = ""


class Review(NamedTuple):
    """When leukon's table behind an entry was looked at, when again, and which clinician checked it."""

    reviewed: str
    next_review: str
    checked_by: str

    @classmethod
    def of(cls, file: Any) -> Review:
        """That of a content file, which states all three."""
        return cls(file.reviewed, file.next_review, file.checked_by)


class Entry(NamedTuple):
    """One entry. `name` is English, as the content has it; `also` are other names of the same thing.

    `lines` are the counts it speaks of, `row` is the row of content it is made from.
    """

    kind: str
    id: str
    slug: str
    name: str
    row: Any
    review: Review
    sources: tuple[Cited, ...]
    lines: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    codes: tuple[Coded, ...] = ()

    @property
    def title(self) -> str:
        """The name with a capital letter.

        >>> titled("neutrophils"), titled("HIV infection")
        ('Neutrophils', 'HIV infection')
        """
        return titled(self.name)


def titled(name: str) -> str:
    """A name with a capital letter."""
    return name[:1].upper() + name[1:]


def slug_of(name: str) -> str:
    """What the address of an entry ends with.

    >>> slug_of("Hyper-IgM (CD40L)")
    'hyper-igm-cd40l'
    """
    plain = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


_ADDRESS = re.compile(r"https?://[^\s;)]+")
_EMPTY_BRACKETS = re.compile(r"\(\s*(?:via|read on|:)?\s*\)")


def cited(source: str, address: str = "") -> tuple[Cited, ...]:
    """The sources in the words of a row, each with its address where it has one.

    A row names them in one text ("Andersohn 2007 https://... ; UK label https://..."), or names and
    addresses side by side, as many of the one as of the other or not.

    >>> cited("college manual", "https://a.example/x")
    (Cited(who='college manual', address='https://a.example/x'),)
    >>> [one.who for one in cited("Ibanez 2005 https://b.example/y ; https://c.example/z")]
    ['Ibanez 2005', 'c.example']
    """
    names, places = _parts(source), _parts(address)
    if places and len(names) == len(places) and not _ADDRESS.search(source):
        pairs = [_read(f"{name} {place}") for name, place in zip(names, places, strict=True)]
    else:
        own = {one.address for one in map(_read, names)}
        pairs = [*map(_read, names), *(one for one in map(_read, places) if one.address not in own)]
    return tuple(dict.fromkeys(pair for pair in pairs if pair.who))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _read(text: str) -> Cited:
    """One source: its address, and what is left of the text without it."""
    found = _ADDRESS.search(text)
    if found is None:
        return Cited(text)
    address = found[0].rstrip(".,")
    left = _EMPTY_BRACKETS.sub("", _ADDRESS.sub("", text)).strip(" :,")
    host = re.sub(r"^https?://(?:www\.)?([^/:?]+).*", r"\1", address)
    return Cited(left or host, address)


def coded(system: str, codes: Iterable[str], texts: Iterable[str] = ()) -> list[Coded]:
    """Codes of one system, each with its text where there is one."""
    said = [*texts]
    given = [*codes]
    said += [""] * (len(given) - len(said))
    return [Coded(system, code, text) for code, text in zip(given, said, strict=False)]
