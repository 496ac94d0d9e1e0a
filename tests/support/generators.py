"""Invented people, panels and definitions: whatever may come, and above all what lies on a border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from leukon import Analyte, Count, Definition, Panel, Partition, Person
from leukon.limits import KINDS, Limit, problems
from leukon.panel import age_at_draw
from leukon.validation import ties
from support import plain_ages
from support.plain_ages import PlainAge, months_after

BORDERS = ("", "12h", "24h", "72h", "7d", "28d", "30d", "1mo", "2mo", "12mo", "18mo", "5y", "18y")
WIDE = (
    Partition(),
    Partition(),
    Partition(age_from="18y"),
    Partition(age_to="18y"),
    Partition(pregnancy=True, weeks_from=8.0, weeks_to=41.0),
)
FACTS = ("birth-weight-1500g-or-less", "altitude-over-2500m")
SMALL = ("NEUT", "LYMPH", "MONO", "EOS", "BASO")
COUNTED = ("WBC", *SMALL, "CD4", "HGB", "PLT")
OFTEN = ("WBC", "NEUT", "LYMPH", "HGB")
SHARED = (*SMALL, "SEG", "BAND", "CD4", "META", "BLAST", "ATYP")
CELL_UNITS = {"10*9/L": Decimal(1), "K/uL": Decimal(1), "/uL": Decimal(1000)}
MORE_UNITS = {"10*6/L": Decimal(1000), "10*4/uL": Decimal("0.1"), "cells/mm3": Decimal(1000)}
MASS_UNITS = {"g/L": Decimal(1), "g/dL": Decimal("0.1")}
SIGNS = ("", "", "", "", "", "<", "<=", ">=", ">")
ABSENT = ("missing", "pending", "quality-control", "not-blood")


@dataclass(frozen=True)
class Case:
    """A panel, and the person's age as the oracle reads it for itself."""

    panel: Panel
    age: PlainAge


def printed(value: Decimal, unit: str, factor: Decimal) -> tuple[float, str]:
    """A value in 10*9/L (or g/L) as a report in another unit prints it."""
    return float(value * factor), unit


def units_of(analyte: str) -> dict[str, Decimal]:
    """The units an analyte is printed in here, and what a canonical value is multiplied with."""
    return MASS_UNITS if analyte == "HGB" else {**CELL_UNITS, **MORE_UNITS}


def amounts(analyte: str) -> st.SearchStrategy[Decimal]:
    """Values of an analyte: coarse steps, so that many lie on a limit, and finer ones between."""
    tens, limit = (Decimal(10), 30) if analyte in ("HGB", "PLT") else (Decimal("0.5"), 24)
    coarse = st.integers(0, limit).map(lambda n: n * tens)
    fine = st.integers(0, limit * 50).map(lambda n: n * tens / 50)
    return st.one_of(coarse, coarse, fine)


@st.composite
def absolutes(draw: st.DrawFn, analyte: str) -> Count:
    """An absolute count, or why there is none."""
    if draw(st.integers(0, 9)) == 0:
        return Count(Analyte(analyte), None, absent=draw(st.sampled_from(ABSENT)))
    unit, factor = draw(st.sampled_from(sorted(units_of(analyte).items())))
    value, unit = printed(draw(amounts(analyte)), unit, factor)
    corrected = draw(st.sampled_from((None, False, True))) if analyte == "WBC" else None
    sign = draw(st.sampled_from(SIGNS))
    return Count(Analyte(analyte), value, unit, comparator=sign, nrbc_corrected=corrected)


@st.composite
def percentages(draw: st.DrawFn, analyte: str) -> Count:
    """A percentage of the white cells."""
    if draw(st.integers(0, 9)) == 0:
        return Count(Analyte(analyte), None, "%", absent=draw(st.sampled_from(ABSENT)))
    most = 12 if analyte in ("BAND", "META", "BLAST", "ATYP") else 80
    value = draw(st.integers(0, most)) + draw(st.sampled_from((0, 0, 0, 0.5)))
    method = draw(st.sampled_from(("", "", "manual")))
    sign = draw(st.sampled_from(SIGNS))
    return Count(Analyte(analyte), value, "%", comparator=sign, method=method)


def nucleated() -> st.SearchStrategy[Count]:
    """Nucleated red cells, per 100 white cells or absolute."""
    per_100 = st.sampled_from((0, 4, 5, 6, 25, 100, 300))
    return st.one_of(
        per_100.map(lambda n: Count(Analyte.NRBC, n, "/100{WBC}")),
        st.sampled_from((0, 0.1, 0.5, 2)).map(lambda n: Count(Analyte.NRBC, n, "10*9/L")),
    )


@st.composite
def counts(draw: st.DrawFn) -> tuple[Count, ...]:
    """The counts of one panel."""
    often = st.sets(st.sampled_from(OFTEN), min_size=1)
    seldom = st.sets(st.sampled_from((*COUNTED, "SEG", "BAND")), max_size=6)
    counted = draw(st.one_of(often, often, seldom))
    shared = draw(st.sets(st.sampled_from(SHARED), max_size=draw(st.sampled_from((0, 2, 5)))))
    found = [draw(absolutes(analyte)) for analyte in sorted(counted)]
    found += [draw(percentages(analyte)) for analyte in sorted(shared)]
    if draw(st.integers(0, 3)) == 0:
        found.append(draw(nucleated()))
    if found and draw(st.integers(0, 7)) == 0 and found[0].analyte != "WBC":
        again = str(found[0].analyte)
        found.append(draw(percentages(again) if found[0].is_percentage else absolutes(again)))
    return tuple(found)


@st.composite
def ages(draw: st.DrawFn) -> tuple[object, PlainAge]:
    """An age as leukon takes it, and as the oracle reads it."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return None, ()
    if kind < 6:
        text = draw(st.sampled_from([border for border in BORDERS if border])) if kind < 3 else ""
        text = text or draw(_ages_in_words())
        return text, plain_ages.stated(text)
    born, drawn = draw(dates())
    return age_at_draw(born, drawn), plain_ages.at_draw(born, drawn)


def _ages_in_words() -> st.SearchStrategy[str]:
    spans = {"h": 100, "d": 800, "wk": 110, "mo": 240, "y": 100}
    whole = st.sampled_from(sorted(spans)).flatmap(
        lambda unit: st.integers(0, spans[unit]).map(lambda n: f"{n}{unit}")
    )
    tenths = st.integers(1, 229).filter(lambda n: n % 10).map(lambda n: f"{n / 10}y")
    both = st.tuples(st.integers(0, 19), st.integers(0, 11)).map(lambda p: f"{p[0]}y {p[1]}mo")
    return st.one_of(whole, whole, tenths, both)


@st.composite
def dates(draw: st.DrawFn) -> tuple[date, date]:
    """A birth and a draw: at and beside birthdays, on 29 February, at the ends of months."""
    born = draw(
        st.sampled_from((date(2008, 2, 29), date(2007, 3, 1), date(2024, 1, 31), date(1999, 8, 31)))
        | st.dates(date(1930, 1, 1), date(2026, 6, 30))
    )
    months = draw(st.sampled_from((0, 1, 2, 12, 18, 60, 216)))
    near = months_after(born, months) + timedelta(days=draw(st.integers(-1, 1)))
    day = draw(st.sampled_from((near, near, born + timedelta(days=draw(st.integers(0, 40))))))
    drawn = max(day, born)
    if not draw(st.booleans()):
        return born, drawn
    first = datetime(born.year, born.month, born.day) + timedelta(hours=draw(st.integers(0, 23)))
    last = datetime(drawn.year, drawn.month, drawn.day) + timedelta(hours=draw(st.integers(0, 23)))
    return first, max(first, last)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any panel of any person."""
    age, plain = draw(ages())
    pregnant = draw(st.sampled_from((False, False, True)))
    said = draw(st.sampled_from(("", "weeks", "trimester"))) if pregnant else ""
    person = Person(
        age=age,  # type: ignore[arg-type]
        sex=draw(st.sampled_from((None, "female", "male"))),
        duffy=draw(st.sampled_from((None, None, "null", "not-null"))),
        pregnant=pregnant,
        weeks=draw(st.sampled_from((0, 7, 8, 20, 20.5, 27, 28, 40, 41)))
        if said == "weeks"
        else None,
        trimester=draw(st.integers(1, 3)) if said == "trimester" else None,
        qualifiers=tuple(sorted(draw(st.sets(st.sampled_from(FACTS))))),
    )
    specimen = draw(st.sampled_from(("", "venous", "capillary")))
    return Case(Panel(person, draw(counts()), specimen=specimen), plain)


@st.composite
def partitions(draw: st.DrawFn) -> Partition:
    """Some people: often everybody or all of an age, now and then told apart by all the rest."""
    if draw(st.integers(0, 2)) == 0:
        return draw(st.sampled_from(WIDE))
    rare = draw(st.integers(0, 3)) == 0
    pregnant = draw(st.integers(0, 5)) == 0
    weeks = (
        draw(st.sampled_from(((None, None), (8.0, 41.0), (None, 8.0), (28.0, None))))
        if pregnant
        else (None, None)
    )
    places = sorted(draw(st.tuples(st.integers(0, len(BORDERS)), st.integers(0, len(BORDERS)))))
    start, end = BORDERS[places[0] % len(BORDERS)], BORDERS[places[1] % len(BORDERS)]
    duffy = draw(st.sampled_from(("", "null", "not-null"))) if rare else ""
    return Partition(
        sex=draw(st.sampled_from(("", "", "female", "male"))),
        age_from="18y" if duffy == "null" else start,
        age_to="" if duffy == "null" else end,
        duffy=duffy,
        pregnancy=pregnant,
        weeks_from=weeks[0],
        weeks_to=weeks[1],
        specimen=draw(st.sampled_from(("", "venous", "capillary"))) if rare else "",
        qualifiers=tuple(sorted(draw(st.sets(st.sampled_from(FACTS))))) if rare else (),
    )


@st.composite
def limits(draw: st.DrawFn) -> Limit | None:
    """One row of a definition; None where what was drawn is no sound row."""
    analyte = draw(st.sampled_from((*COUNTED, *OFTEN, *OFTEN, "NEUT", "WBC")))
    sides = draw(st.sampled_from(("both", "both", "low", "high")))
    low, high = sorted((draw(amounts(analyte)), draw(amounts(analyte))))
    unit, factor = draw(st.sampled_from(sorted(units_of(analyte).items())))
    floor = draw(amounts(analyte)) if draw(st.integers(0, 5)) == 0 else None
    fields: dict[str, object] = {
        "analyte": Analyte(analyte),
        "unit": unit,
        "kind": draw(st.sampled_from((*KINDS, "reference", "decision"))),
        "low": float(low * factor) if sides != "high" else None,
        "high": float(high * factor) if sides != "low" else None,
        "floor": None if floor is None else float(floor * factor),
        "low_inclusive": draw(st.booleans()),
        "high_inclusive": draw(st.booleans()),
        "partition": draw(partitions()),
        "votes": draw(st.booleans()),
        "source": "https://example.org/limits",
    }
    return _sound(fields)


def _sound(fields: dict[str, object]) -> Limit | None:
    from leukon.definition import _CLASSES
    from leukon.errors import DefinitionRefused

    try:
        found = _CLASSES[str(fields["kind"])](**fields)  # type: ignore[arg-type]
    except DefinitionRefused:
        return None
    return None if list(problems(found)) else found


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Any valid definition: rows that tie with an earlier one are left out."""
    rows: list[Limit] = []
    for row in draw(st.lists(limits(), min_size=1, max_size=12)):
        if row is not None and not ties([*rows, row]):
            rows.append(row)
    rows = rows or [Limit(analyte=Analyte.WBC, low=4.0, unit="10*9/L", kind="decision")]
    return Definition(id="made", publisher="Nobody", version="1", limits=tuple(rows))


@st.composite
def catalogues(draw: st.DrawFn) -> list[Definition]:
    """Some definitions of different publishers, an older edition now and then among them."""
    found = draw(st.lists(definitions(), min_size=1, max_size=4))
    older = draw(st.lists(st.booleans(), min_size=len(found), max_size=len(found)))
    return [
        Definition(
            id=f"made-{place}",
            publisher=f"Nobody {place}",
            version="1",
            limits=definition.limits,
            superseded_by="made" if old and place else "",
        )
        for place, (definition, old) in enumerate(zip(found, older, strict=True))
    ]
