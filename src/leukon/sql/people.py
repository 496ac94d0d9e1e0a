"""Who the people of a definition are, in SQL: the facts it tells apart, and the row each one gets.

The engine itself is asked for every kind of person and every age that can make a difference; what
it answers is written down as a decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import floor
from typing import NamedTuple

import numpy as np

from leukon.ages import Ages
from leukon.analytes import Analyte
from leukon.arrays import Floats, Index
from leukon.axes import Axes, places
from leukon.batch import People
from leukon.compiled import Compiled, row_numbers
from leukon.panel import LAST_WEEK
from leukon.sql.ages import Probes, band_case, lived, never_together, probes_of
from leukon.sql.cases import Case, Condition, Node, along, decide, numbered, one_of
from leukon.sql.dialects import Dialect, plain_name

_DENIED = -1
"""The place of a pregnancy that is denied beside its week: on no axis, so the limits are those of
place 0, and no count is compared with them."""


class Fact(NamedTuple):
    """One thing a definition tells people apart by.

    `column` is what the view reads, `read` the SQL that settles it under the name `settled`,
    `about` what the column holds; `condition` asks for some of its places.
    """

    column: str
    settled: str
    read: Node
    about: str
    condition: Condition


@dataclass(frozen=True)
class Look:
    """The look-up of a definition: facts, ages with their bands, and a decision an analyte.

    `nobody` are conditions that hold for no person, of what is settled of one.
    """

    facts: tuple[Fact, ...]
    probes: Probes
    bands: Node
    rows: Mapping[Analyte, Node]
    nobody: tuple[str, ...]


def look_up(compiled: Compiled, same: Mapping[Analyte, Index], dialect: Dialect) -> Look:
    """The look-up of a compiled definition; `same` are the numbers of its rows as the view has them."""
    axes = compiled.axes
    probes = probes_of(axes)
    own = lived(probes, axes)
    people = _people(axes, probes.ages)
    where = places(people, axes)
    shape = (*_person_shape(axes), len(own))
    answers = {
        kind: same[kind][row_numbers(found, where)].reshape(shape)[..., own]
        for kind, found in compiled.analytes.items()
    }
    first, numbers = _bands(list(answers.values()))
    facts = tuple(_facts(axes, dialect))
    conditions = [*(fact.condition for fact in facts), numbered("age_band")]
    rows = {kind: decide(table[..., first], conditions) for kind, table in answers.items()}
    return Look(facts, probes, band_case(probes, numbers), rows, tuple(_nobody(axes, probes)))


def _bands(answers: list[Index]) -> tuple[list[int], list[int]]:
    """Ages at which everybody has the same rows have one number: the first of each, and all numbers."""
    columns = np.concatenate([table.reshape(-1, table.shape[-1]) for table in answers])
    seen: dict[bytes, int] = {}
    first: list[int] = []
    numbers = []
    for place, column in enumerate(columns.T):
        number = seen.setdefault(column.tobytes(), len(seen))
        first += [place] if number == len(first) else []
        numbers.append(number)
    return first, numbers


def _person_shape(axes: Axes) -> tuple[int, ...]:
    """The axes in the order in which a person reads them: rare facts first, sex last."""
    sex, duffy, pregnancy, specimen = axes.shape[:4]
    named = (specimen, duffy, pregnancy, sex)
    return *(2 for _ in axes.qualifiers), *(size for size in named if size > 1)


def _people(axes: Axes, ages: Ages) -> People:
    """Every kind of person at every age."""
    sex, duffy, pregnancy, specimen = axes.shape[:4]
    kinds = list(
        product(
            *([False, True] for _ in axes.qualifiers),
            range(specimen),
            range(duffy),
            range(pregnancy),
            range(sex),
        )
    )
    many = len(ages.days_from)
    columns = [np.repeat(np.array(column), many) for column in zip(*kinds, strict=True)]
    facts, (capillary, null, week, female) = columns[:-4], columns[-4:]
    start, end = _weeks(axes, week)
    return People(
        Ages(*(np.tile(column, len(kinds)) for column in ages)),
        female.astype(np.int8),
        null.astype(np.int8),
        week > 0,
        start,
        end,
        capillary.astype(np.int8),
        dict(zip(axes.qualifiers, facts, strict=True)),
    )


def _weeks(axes: Axes, place: Index) -> tuple[Floats, Floats]:
    """An exact week in the band of each place: the first week before the first border is 0 or less."""
    edges = axes.weeks
    below = edges[0] - 1 if len(edges) else 0.0
    week: Floats = np.array([np.nan, np.nan, below, *edges])[place]
    return week, np.nextafter(week, np.inf)


def _nobody(axes: Axes, probes: Probes) -> Iterator[str]:
    """What no person is: pregnant beside a word that says no, male and pregnant, of two ages."""
    if axes.by_pregnancy:
        yield f"pregnancy = {_DENIED}"
    if axes.by_pregnancy and axes.by_sex:
        yield "sex = 'male' AND pregnancy > 0"
    if probes.elapsed and probes.calendar:
        yield from never_together(probes.elapsed, probes.calendar)


def _facts(axes: Axes, dialect: Dialect) -> Iterator[Fact]:
    """The facts, in the order of `_person_shape`."""
    for name in axes.qualifiers:
        # Quoted, since it may be a word of the language; settled as a name that is none.
        column = plain_name(name)
        settled, read = f"is_{column}", f"COALESCE({dialect.identifier(column)}, FALSE)"
        yield Fact(column, settled, read, "true or false", _is_so(settled))
    if axes.by_specimen:
        yield _worded("specimen", ("venous", "capillary"))
    if axes.by_duffy:
        yield _worded("duffy", ("null", "not-null"))
    if axes.by_pregnancy:
        about = "true or false, and weeks: the completed ones"
        yield Fact("pregnant", "pregnancy", _pregnancy(axes), about, numbered("pregnancy"))
    if axes.by_sex:
        yield _worded("sex", ("female", "male"))


def _is_so(column: str) -> Condition:
    return lambda _: column


def _worded(column: str, words: tuple[str, ...]) -> Fact:
    quoted = [f"'{word}'" for word in words]
    read = f"CASE WHEN {column} IN ({', '.join(quoted)}) THEN {column} END"
    return Fact(column, column, read, f"{' or '.join(quoted)}", one_of(column, ["NULL", *quoted]))


def _pregnancy(axes: Axes) -> Node:
    """Place 0 is "not pregnant", 1 "week not known", then the bands between the weeks; or denied.

    A week between two whole ones lies in no band where a border cuts it, since completed weeks
    say no more.
    """
    edges = axes.weeks.tolist()
    starts = sorted({0.0, *edges, *(float(floor(edge)) for edge in edges)})
    nodes: list[Node] = [_week_place(start, edges) for start in starts]
    known = f"weeks >= 0 AND weeks <= {LAST_WEEK}"
    return Case(
        (
            (f"NOT pregnant AND {known}", _DENIED),
            ("NOT COALESCE(pregnant, weeks IS NOT NULL)", 0),
            (known, along("weeks", starts, nodes)),
        ),
        1,
    )


def _week_place(week: float, edges: list[float]) -> int:
    if any(week < edge < floor(week) + 1 for edge in edges):
        return 1
    return 2 + sum(edge <= week for edge in edges)
