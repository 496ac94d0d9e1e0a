"""Invented people, panels and definitions: whatever may come, and above all what lies on a border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

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
    Partition(sex="female"),
    Partition(sex="male"),
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


@cache
def amounts(analyte: str) -> st.SearchStrategy[Decimal]:
    """Values of an analyte: coarse steps, so that many lie on a limit, and finer ones between."""
    tens, limit = (Decimal(10), 30) if analyte in ("HGB", "PLT") else (Decimal("0.5"), 24)
    coarse = [n * tens for n in range(limit + 1)]
    fine = st.integers(0, limit * 50).map(lambda n: n * tens / 50)
    return st.one_of(st.sampled_from(coarse), st.sampled_from(coarse[:9]), fine)


_tenth, _sign = st.integers(0, 9), st.sampled_from(SIGNS)
_absent, _corrected = st.sampled_from(ABSENT), st.sampled_from((None, None, False, True))
_method, _half = st.sampled_from(("", "", "manual")), st.sampled_from((0, 0, 0, 0.5))
_units = {name: st.sampled_from(sorted(units_of(name).items())) for name in ("HGB", "WBC")}


def unit_and_factor(analyte: str) -> st.SearchStrategy[tuple[str, Decimal]]:
    """A unit an analyte is printed in, and what a canonical value is multiplied with."""
    return _units["HGB" if analyte == "HGB" else "WBC"]


@cache
def absolutes(analyte: str) -> st.SearchStrategy[Count]:
    """An absolute count, or why there is none."""
    there = st.builds(
        _absolute, st.just(analyte), amounts(analyte), unit_and_factor(analyte), _sign, _corrected
    )
    none = _absent.map(lambda why: Count(Analyte(analyte), None, absent=why))
    return _tenth.flatmap(lambda n: there if n else none)


def _absolute(
    analyte: str, value: Decimal, unit: tuple[str, Decimal], sign: str, corrected: bool | None
) -> Count:
    number, spelling = printed(value, *unit)
    state = corrected if analyte == "WBC" else None
    return Count(Analyte(analyte), number, spelling, comparator=sign, nrbc_corrected=state)


@cache
def percentages(analyte: str) -> st.SearchStrategy[Count]:
    """A percentage of the white cells, or why there is none."""
    most = 12 if analyte in ("BAND", "META", "BLAST", "ATYP") else 80
    values = st.builds(lambda n, half: n + half, st.integers(0, most), _half)
    there = st.builds(_percentage, st.just(analyte), values, _sign, _method)
    none = _absent.map(lambda why: Count(Analyte(analyte), None, "%", absent=why))
    return _tenth.flatmap(lambda n: there if n else none)


def _percentage(analyte: str, value: float, sign: str, method: str) -> Count:
    return Count(Analyte(analyte), value, "%", comparator=sign, method=method)


_nucleated = st.one_of(
    st.sampled_from((0, 4, 5, 6, 25, 100, 300)).map(lambda n: Count(Analyte.NRBC, n, "/100{WBC}")),
    st.sampled_from((0, 0.1, 0.5, 2)).map(lambda n: Count(Analyte.NRBC, n, "10*9/L")),
)
_few = st.sets(st.sampled_from(OFTEN), min_size=1)
_seldom = st.sets(st.sampled_from((*COUNTED, "SEG", "BAND")), max_size=6)
_shared = st.sets(st.sampled_from(SHARED), max_size=5)
_kinds = st.sampled_from(("few", "few", "few", "differential", "anything"))


@st.composite
def counts(draw: st.DrawFn) -> tuple[Count, ...]:
    """The counts of one panel: a few, an orderly differential, or anything."""
    kind = draw(_kinds)
    if kind == "differential":
        return draw(differentials())
    found = [draw(absolutes(name)) for name in sorted(draw(_few if kind == "few" else _seldom))]
    if kind == "anything":
        found += [draw(percentages(name)) for name in sorted(draw(_shared))]
    if draw(_tenth) < 2:
        found.append(draw(_nucleated))
    if found and draw(_tenth) == 1:
        found.append(draw(_another(draw(st.sampled_from((found[0], found[-1]))))))
    return tuple(found)


def _another(count: Count) -> st.SearchStrategy[Count]:
    """A second number for the same thing."""
    if count.analyte is Analyte.NRBC:
        return _nucleated
    again = str(count.analyte)
    return percentages(again) if count.is_percentage else absolutes(again)


_total = st.builds(
    _absolute, st.just("WBC"), amounts("WBC"), _units["WBC"], st.just(""), _corrected
)
_shares = st.tuples(
    st.sampled_from(("NEUT", "NEUT", "SEG")),
    st.sampled_from((5, 10, 20, 30, 35, 40, 50, 60)),
    st.sampled_from((0, 0, 5, 10)),
    st.sampled_from((10, 20, 30, 35, 40, 50, 70)),
    st.sampled_from((0, 1, 3, 5, 10)),
)


@st.composite
def differentials(draw: st.DrawFn) -> tuple[Count, ...]:
    """A total and percentages that may add up to 100, or nearly, or not."""
    name, neutrophils, bands, lymphocytes, monocytes = draw(_shares)
    numbers = {name: neutrophils, "BAND": bands, "LYMPH": lymphocytes, "MONO": monocytes}
    found = [Count(Analyte(key), value, "%") for key, value in numbers.items() if value]
    if draw(_tenth) < 3:
        found.append(draw(absolutes("NEUT")))
    if draw(_tenth) < 3:
        found.append(draw(_nucleated))
    if draw(_tenth) == 1:
        found.append(draw(percentages("BAND")))
    return draw(_total), *found


STATED = ("1y", "1mo", "0mo", "60d", "4wk", "0y", "17y", "18y", "34y", "34y")
_texts = st.sampled_from((*STATED, *(border for border in BORDERS if border)))


@st.composite
def ages(draw: st.DrawFn) -> tuple[object, PlainAge]:
    """An age as leukon takes it, and as the oracle reads it."""
    kind = draw(_tenth)
    if kind == 0:
        return None, ()
    if kind < 6:
        text = draw(_texts if kind < 4 else ages_in_words())
        return text, plain_ages.stated(text)
    born, drawn = draw(dates())
    return age_at_draw(born, drawn), plain_ages.at_draw(born, drawn)


_SPANS = {"h": 100, "d": 800, "wk": 110, "mo": 240, "y": 100}


def _in_unit(unit: str, most: int) -> st.SearchStrategy[str]:
    return st.integers(0, most).map(lambda n: f"{n}{unit}")


@cache
def ages_in_words() -> st.SearchStrategy[str]:
    """Ages as they are stated, exact or not."""
    whole = st.one_of(*(_in_unit(unit, most) for unit, most in _SPANS.items()))
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


_maybe_pregnant = st.sampled_from((False, False, True))
_sex, _duffy = (
    st.sampled_from((None, "female", "male")),
    st.sampled_from((None, None, "null", "not-null")),
)
_weeks, _trimester = st.sampled_from((0, 7, 8, 20, 20.5, 27, 28, 40, 41)), st.integers(1, 3)
_facts, _specimen = st.sets(st.sampled_from(FACTS)), st.sampled_from(("", "venous", "capillary"))
_said_of_pregnancy = st.sampled_from(("", "weeks", "trimester"))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any panel of any person."""
    age, plain = draw(ages())
    sex = draw(_sex)
    pregnant = sex != "male" and draw(_maybe_pregnant)
    said = draw(_said_of_pregnancy) if pregnant else ""
    person = Person(
        age=age,  # type: ignore[arg-type]
        sex=sex,
        duffy=draw(_duffy),
        pregnant=pregnant,
        weeks=draw(_weeks) if said == "weeks" else None,
        trimester=draw(_trimester) if said == "trimester" else None,
        qualifiers=tuple(sorted(draw(_facts))),
    )
    specimen = draw(_specimen)
    return Case(Panel(person, draw(counts()), specimen=specimen), plain)


_wide, _yes = st.sampled_from(WIDE), st.booleans()
_sex_of_rows = st.sampled_from(("", "", "female", "male"))
_duffy_of_rows = st.sampled_from(("", "null", "not-null"))
_places = st.tuples(st.integers(0, len(BORDERS)), st.integers(0, len(BORDERS)))
_weeks_of_rows = st.sampled_from(
    ((None, None), (8.0, 41.0), (None, 8.0), (28.0, None), (0.0, None))
)
_limited = st.sampled_from((*COUNTED, *OFTEN, *OFTEN, *OFTEN))
_sides = st.sampled_from(("both", "both", "both", "low", "high"))
_kind = st.sampled_from((*KINDS, "reference", "decision", "conventional", "critical"))


@st.composite
def partitions(draw: st.DrawFn) -> Partition:
    """Some people: often everybody or all of an age, now and then told apart by all the rest."""
    if draw(_tenth) < 5:
        return draw(_wide)
    rare = draw(_tenth) < 3
    pregnant = draw(_tenth) < 2
    weeks = draw(_weeks_of_rows) if pregnant else (None, None)
    places = sorted(draw(_places))
    start, end = BORDERS[places[0] % len(BORDERS)], BORDERS[places[1] % len(BORDERS)]
    duffy = draw(_duffy_of_rows) if rare else ""
    return Partition(
        sex=draw(_sex_of_rows),
        age_from="18y" if duffy == "null" else start,
        age_to="" if duffy == "null" else end,
        duffy=duffy,
        pregnancy=pregnant,
        weeks_from=weeks[0],
        weeks_to=weeks[1],
        specimen=draw(_specimen) if rare else "",
        qualifiers=tuple(sorted(draw(_facts))) if rare else (),
    )


@st.composite
def limits(draw: st.DrawFn) -> Limit | None:
    """One row of a definition; None where what was drawn is no sound row."""
    analyte = draw(_limited)
    sides = draw(_sides)
    low, high = sorted((draw(amounts(analyte)), draw(amounts(analyte))))
    unit, factor = draw(unit_and_factor(analyte))
    floor = draw(amounts(analyte)) if draw(_tenth) < 3 else None
    fields: dict[str, object] = {
        "analyte": Analyte(analyte),
        "unit": unit,
        "kind": draw(_kind),
        "low": float(low * factor) if sides != "high" else None,
        "high": float(high * factor) if sides != "low" else None,
        "floor": None if floor is None else float(floor * factor),
        "low_inclusive": draw(_yes),
        "high_inclusive": draw(_yes),
        "partition": draw(partitions()),
        "votes": draw(_yes),
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


_rows = limits()


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Any valid definition: rows that tie with an earlier one are left out."""
    rows: list[Limit] = []
    for row in draw(st.lists(_rows, min_size=3, max_size=14)):
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
