"""Lower limits by one definition: for adults, for every cell line, and for children by age."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import NamedTuple

from leukon import Count, Definition, Panel, Person, definitions, interpret
from leukon.analytes import LINES, Analyte
from leukon.catalogue import GENERAL
from leukon.definition import loads
from leukon.limits import Limit
from leukon_site.clinical.numbers import name_of, per_microlitre, shown

ADULT_AGE, ADULT_FROM = "34y", "18y"
_ANY_COUNT = 1.0
"""A limit does not depend on the count that is held against it."""
_CELLS = "10*9/L"
_VOTING = ("reference", "decision", "conventional")


class Lower(NamedTuple):
    """One lower limit: the number, whose it is, and whether it is one at all."""

    analyte: str
    value: float | None
    publisher: str
    edition: str
    source: str

    @property
    def name(self) -> str:
        """What is counted, in the language of the page."""
        return name_of(self.analyte)

    @property
    def litre(self) -> str:
        """In billions per litre; "" where there is no limit."""
        return "" if self.value is None else shown(self.value, self.analyte)

    @property
    def microlitre(self) -> str:
        """Per microlitre; "" where there is no limit."""
        return "" if self.value is None else per_microlitre(self.value)


class Band(NamedTuple):
    """A lower limit of one age band of children: borders as the definition writes them."""

    age_from: str
    age_to: str
    value: float
    publisher: str

    @property
    def litre(self) -> str:
        """In billions per litre."""
        return shown(self.value)

    @property
    def microlitre(self) -> str:
        """Per microlitre."""
        return per_microlitre(self.value)


_OWN = "own:"
_own: dict[str, Definition] = {}


def named(definition: str) -> Definition:
    """The definition with this id, or one that `own` gave a name; the composite where none is named."""
    if definition.startswith(_OWN):
        return _own[definition]
    return definitions[definition or GENERAL]


def own(text: str) -> str:
    """A name for the definition in the text of a file, by which `named` finds it.

    Raises `DefinitionRefused` where it cannot be read.
    """
    name = _OWN + sha256(text.encode()).hexdigest()
    if name not in _own:
        _own[name] = loads(text)
    return name


def adult(analyte: str, value: float, duffy: str = "") -> Panel:
    """One count of an adult, in 10*9/L."""
    count = Count(Analyte(analyte), value, _CELLS)
    return Panel(Person(age=ADULT_AGE, duffy=duffy or None), (count,))


@cache
def adult_lower(definition: str, analyte: str, duffy: str = "") -> Lower:
    """The limit below which an adult's count is low.

    >>> adult_lower("", "WBC").litre, adult_lower("", "WBC").publisher
    ('4.0', 'Merck Manual Professional')
    """
    used = named(definition)
    panel = adult(analyte, _ANY_COUNT, duffy)
    found = interpret(panel, by=used, agreement=False)[analyte]
    publisher = found.low_source or used.publisher
    row = _row(used, found.lower, publisher, analyte)
    return Lower(
        analyte,
        found.lower,
        publisher,
        edition(_of(row, publisher) or used),
        (row.source if row else "") or used.source,
    )


def edition(definition: Definition) -> str:
    """Which edition of a publisher's limits: its version, and its date where that says more.

    >>> edition(definitions["arup"])
    'test 0040320, 2016-05-16'
    """
    date = "" if definition.date[:4] in definition.version else definition.date
    return ", ".join(part for part in (definition.version, date) if part)


def _of(row: Limit | None, publisher: str) -> Definition | None:
    """The definition that a row of the composite came from: the one of its publisher that has it."""
    same = [
        one
        for one in definitions.values()
        if one.publisher == publisher and not one.superseded_by
        if row and any(_is_same(limit, row) for limit in one.limits)
    ]
    return same[0] if len(same) == 1 else None


def _is_same(limit: Limit, row: Limit) -> bool:
    return (limit.analyte, limit.low, limit.partition.duffy) == (
        row.analyte,
        row.low,
        row.partition.duffy,
    )


def _row(used: Definition, lower: float | None, publisher: str, analyte: str) -> Limit | None:
    """The row of a definition that a limit came from."""
    rows = zip(used.limits, used.sources, strict=True)
    same = (
        limit
        for limit, source in rows
        if limit.analyte == analyte
        and limit.low is not None
        and limit.canonical(limit.low) == lower
        and source == publisher
    )
    return next(same, None)


@cache
def adult_lines(definition: str) -> tuple[Lower, ...]:
    """The lower limit of every cell line that has one above nothing, neutrophils first."""
    found = [adult_lower(definition, str(line)) for line in LINES]
    return tuple(one for one in found if one.value)


@cache
def child_bands(definition: str, analyte: str = "WBC") -> tuple[Band, ...]:
    """The lower limits of children by age; empty where the definition has none.

    Neighbours with the same limit are one band.
    """
    used = named(definition)
    rows = [
        (limit, source)
        for limit, source in zip(used.limits, used.sources, strict=True)
        if _is_for_children(limit, analyte)
    ]
    found: list[Band] = []
    for row, source in rows:
        of = row.partition
        band = Band(of.age_from, of.age_to, row.canonical(row.low), source)
        last = found[-1] if found else None
        if last and last[1:] == (band.age_from, band.value, band.publisher):
            found[-1] = last._replace(age_to=band.age_to)
        else:
            found.append(band)
    return tuple(found)


def _is_for_children(limit: Limit, analyte: str) -> bool:
    of = limit.partition
    plain = not (of.sex or of.duffy or of.pregnancy or of.specimen or of.qualifiers)
    young = bool(of.age_to) and of.age_from != ADULT_FROM
    kind = limit.analyte == Analyte(analyte) and limit.kind in _VOTING
    return plain and young and kind and limit.low is not None
