"""Invented panels in the shape that a definition's view reads, and the view run on a database."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from math import floor, isnan
from typing import Any, NamedTuple

from hypothesis import strategies as st

from leukon import Count, Definition, Panel, Person
from leukon.analytes import INTERPRETED, canonical_unit
from leukon.panel import age_at_draw
from leukon.sql import DIALECTS, Shape, shape_of, view_of
from support import plain_ages
from support.generators import FACTS, amounts
from support.plain_ages import PlainAge, months_after

IMPOSSIBLE = (-0.5, -1e-300, 1e9, float("inf"), float("-inf"))
DAYS = ("age_days", "age_hours")
MONTHS = ("age_months", "age_years")
UNITS = {"age_days": "d", "age_hours": "h", "age_months": "mo", "age_years": "y"}
FLOATS = (*DAYS, *MONTHS, "weeks")
TRUTHS = ("pregnant", *(fact.replace("-", "_") for fact in FACTS))


class Row(NamedTuple):
    """One row of the table, the panel it stands for, and the age as the oracle reads it.

    `absent` says of counts that are no part of the panel why they have no answer; `told` is what a
    file says of the person.
    """

    cells: dict[str, Any]
    panel: Panel
    age: PlainAge
    absent: dict[str, str]
    told: dict[str, Any]


_chance = st.integers(0, 9)
_person: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "sex": st.sampled_from((None, "female", "male")),
        "duffy": st.sampled_from((None, None, "null", "not-null")),
        "pregnant": st.sampled_from((False, False, True)),
        "weeks": st.sampled_from((None, 0, 2, 5, 7, 8, 20, 20.5, 27, 28, 40, 41)),
        "specimen": st.sampled_from((None, "venous", "capillary")),
        "facts": st.sets(st.sampled_from(FACTS)),
    }
)


@st.composite
def rows(draw: st.DrawFn, shape: Shape) -> Row:
    """A row of the table: a person at an exact age, or one known in one unit, and some counts."""
    names = {name for name, _ in shape.columns}
    said = draw(_person)
    said["pregnant"] = said["pregnant"] and said["sex"] != "male"
    weeks = said["weeks"] if said["pregnant"] else None
    age, plain, cells, dates = draw(_ages(sorted(names & {*DAYS, *MONTHS})))
    person = Person(
        age=age,
        sex=said["sex"],
        duffy=said["duffy"],
        pregnant=said["pregnant"],
        weeks=weeks,
        qualifiers=tuple(sorted(said["facts"])),
    )
    cells |= {"sex": said["sex"], "duffy": said["duffy"], "specimen": said["specimen"]}
    cells |= {"pregnant": said["pregnant"] or draw(st.sampled_from((None, False)))}
    cells |= {"weeks": None if weeks is None else float(weeks)}
    cells |= {fact.replace("-", "_"): fact in said["facts"] or None for fact in FACTS}
    counts: list[Count] = []
    absent: dict[str, str] = {}
    few = draw(st.sets(st.sampled_from(shape.analytes), max_size=3)) if draw(_chance) < 8 else ()
    for kind in shape.analytes:
        # Many lines are more than their total, and then nothing is compared.
        value = None if few and kind not in few else draw(_values(str(kind)))
        cells[kind.lower()] = value
        if value is None or isnan(value):
            absent[kind] = "value-missing"
        elif value in IMPOSSIBLE:
            absent[kind] = "impossible"
        else:
            counts.append(Count(kind, value, canonical_unit(kind)))
    if not draw(_chance) and (clash := draw(_clashes(names))):
        cells |= clash
        dates = {name: clash[name] for name in clash if name in UNITS} or dates
        counts, absent = [], dict.fromkeys(map(str, shape.analytes), "contradictory")
    panel = Panel(person, tuple(counts), specimen=said["specimen"] or "")
    told = {**dates, **_facts(cells)}
    return Row({name: cells[name] for name in names - {"panel"}}, panel, plain, absent, told)


def _facts(cells: dict[str, Any]) -> dict[str, Any]:
    """What the cells say of a person, in the columns of a file."""
    held = [fact for fact in FACTS if cells[fact.replace("-", "_")]]
    return {
        **{name: cells[name] for name in ("sex", "duffy", "specimen")},
        "pregnant": {True: "yes", False: "no", None: None}[cells["pregnant"]],
        "pregnancy_weeks": cells["weeks"],
        "qualifiers": ";".join(held) or None,
    }


def file_row(number: int, row: Row) -> dict[str, Any]:
    """The row in a file of two practices, each of which numbers its patients for itself."""
    counts = {
        kind.lower(): row.cells[kind.lower()] for kind in INTERPRETED if kind.lower() in row.cells
    }
    return {"person": f"{number // 2}", "practice": "AB"[number % 2], **row.told, **counts}


def _clashes(names: Set[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What the columns can say of a person that is true of nobody."""
    found: list[dict[str, Any]] = [{}]
    if "pregnant" in names:
        found += [{"pregnant": False, "weeks": week} for week in (0.0, 20.5, 45.0)]
    if {"pregnant", "sex"} <= names:
        found += [{"sex": "male", "pregnant": True, "weeks": week} for week in (None, 20.0, 99.0)]
        found.append({"sex": "male", "pregnant": None, "weeks": 20.0})
    days, months = names & set(DAYS), names & set(MONTHS)
    for day, month in ((20, 24), (300, 36), (5000, 0), (5000, 24), (1000, 480)):
        if days and months:
            found.append({**_in_column(days, day * 24), **_in_column(months, month)})
    return st.sampled_from(found)


def _in_column(columns: Set[str], smallest: float) -> dict[str, float]:
    """A number of hours, or of months, as the column there is of them holds it."""
    per = {"age_hours": 1, "age_days": 24, "age_months": 1, "age_years": 12}
    return {name: float(smallest / per[name]) for name in columns}


def _values(analyte: str) -> st.SearchStrategy[float | None]:
    good = amounts(analyte).map(float)
    odd: st.SearchStrategy[float | None] = st.sampled_from((None, float("nan"), *IMPOSSIBLE))
    return _chance.flatmap(lambda n: good if n else odd)


@st.composite
def _ages(
    draw: st.DrawFn, columns: Sequence[str]
) -> tuple[Any, PlainAge, dict[str, Any], dict[str, Any]]:
    """An age as leukon takes it, as the oracle reads it, in the columns there are, and in a file."""
    none: dict[str, Any] = dict.fromkeys(columns)
    kind = draw(_chance)
    if not kind or not columns:
        return None, (), none, {}
    if kind < 4:
        column = draw(st.sampled_from(sorted(columns)))
        most = {"age_hours": 900, "age_days": 7000, "age_months": 230, "age_years": 25}[column]
        near = {"age_hours": 80, "age_days": 70, "age_months": 20, "age_years": 3}[column]
        number = draw(st.integers(0, near) | st.integers(0, most))
        text = f"{number}{UNITS[column]}"
        return text, plain_ages.stated(text), {**none, column: float(number)}, {"age": text}
    born, drawn = draw(_moments())
    months = _months(born, drawn)
    hours = (drawn - born).total_seconds() / 3600
    exact = {
        "age_hours": hours,
        "age_days": hours / 24 if draw(st.booleans()) else float(floor(hours / 24)),
        "age_months": float(months),
        "age_years": float(months // 12),
    }
    cells = {column: exact[column] for column in columns}
    dates = {"birth_date": born.isoformat(), "drawn_at": drawn.isoformat()}
    return age_at_draw(born, drawn), plain_ages.at_draw(born, drawn), cells, dates


@st.composite
def _moments(draw: st.DrawFn) -> tuple[datetime, datetime]:
    # Not at midnight, and not drawn then: a file would say no time of day.
    births = (datetime(2008, 2, 29, 1), datetime(2024, 1, 31, 23), datetime(1999, 8, 31, 12))
    born = draw(st.sampled_from(births))
    months = draw(st.sampled_from((0, 1, 2, 12, 18, 24, 60, 216)))
    day = months_after(born.date(), months) + timedelta(days=draw(st.integers(-1, 1)))
    early = born + timedelta(hours=draw(st.integers(0, 24 * 40)))
    late = datetime(day.year, day.month, day.day) + timedelta(hours=draw(st.integers(1, 23)))
    drawn = draw(st.sampled_from((early, max(born, late))))
    return born, drawn if drawn.hour else drawn + timedelta(hours=1)


def _months(born: datetime, drawn: datetime) -> int:
    months = (drawn.year - born.year) * 12 + drawn.month - born.month
    while months_after(born.date(), months) > drawn.date():
        months -= 1
    return months


_known: dict[int, tuple[Definition, Shape]] = {}


def known_shape(definition: Definition) -> Shape:
    """The shape of a definition's table, worked out once."""
    # The definition is held too, so that no other can get its number.
    if id(definition) not in _known:
        _known[id(definition)] = (definition, shape_of(definition))
    return _known[id(definition)][1]


Said = dict[str, tuple[Any, ...]]
"""Flag, lower, upper, reason and value of each count."""


def asked(found: Sequence[Row], definition: Definition, *, sql: str) -> tuple[str, str, str]:
    """The table as SQL constants, the view over it, and the query of all its answers in order."""
    shape = known_shape(definition)
    names = [name for name, _ in shape.columns if name != "panel"]
    dialect = DIALECTS[sql]
    lines = [_constants(number, row, names, sql) for number, row in enumerate(found)]
    columns = ", ".join(["panel", *names])
    # The types are stated by a row that no panel has.
    typed = ", ".join(["-1", *(f"CAST(NULL AS {_type(name, sql)})" for name in names)])
    values = ", ".join([f"({typed})", *lines])
    table = f"CREATE OR REPLACE TEMPORARY VIEW panels ({columns}) AS VALUES {values}"
    view = view_of(definition, sql).replace(
        "CREATE OR REPLACE VIEW", "CREATE OR REPLACE TEMPORARY VIEW"
    )
    name = view.partition("CREATE OR REPLACE TEMPORARY VIEW ")[2].partition(" AS\n")[0]
    assert name.startswith(dialect.quote)
    return table, view, f"SELECT * FROM {name} WHERE panel >= 0 ORDER BY panel"


def _type(name: str, sql: str) -> str:
    dialect = DIALECTS[sql]
    if name in TRUTHS:
        return "BOOLEAN"
    return dialect.text if name in ("sex", "duffy", "specimen") else dialect.double


def _constants(number: int, row: Row, names: Sequence[str], sql: str) -> str:
    cells = [_constant(row.cells[name], sql) for name in names]
    return f"({', '.join([str(number), *cells])})"


def _constant(value: Any, sql: str) -> str:
    dialect = DIALECTS[sql]
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return dialect.literal(value)
    return dialect.cast(f"'{value!r}'")


def answered(columns: Sequence[str], line: Sequence[Any], shape: Shape) -> tuple[Said, str, str]:
    """What a line of a view says of each count, the driver and the definition."""
    by_name = dict(zip(columns, line, strict=True))
    said: Said = {
        str(kind): tuple(
            by_name[kind.lower() + ending]
            for ending in ("_flag", "_lower", "_upper", "_reason", "")
        )
        for kind in shape.analytes
    }
    return said, by_name["driver"], by_name["definition"]
