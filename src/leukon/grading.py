"""How severe is this count, by a named scale; one count is a batch of one.

Every answer names its scale and version. A count is compared exactly, and a range ("<0.1") at both
of its ends. What cannot be graded says why; it never becomes grade 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from pathlib import Path

import numpy as np

from leukon.ages import Age
from leukon.analytes import Analyte, canonical_unit
from leukon.analytes import analyte as find_analyte
from leukon.axes import places
from leukon.batch import COMPARATOR_CODES, Batch, batch_of
from leukon.catalogue import resolve as resolve_definition
from leukon.compare import Outcome
from leukon.compiled import row_numbers
from leukon.definition import Definition
from leukon.errors import UsageError
from leukon.graded import Grades, grade_batch
from leukon.limits import Limit
from leukon.panel import Count, Panel, Person
from leukon.reasons import Reason
from leukon.scales import Grade, Scale, resolve
from leukon.severity import GradeBand, Ungraded, reason_slug
from leukon.strata import Stratum

__all__ = [
    "Grade",
    "Grades",
    "grade",
    "grade_at",
    "grade_batch",
    "grade_count",
    "grade_outcome",
    "grades_at",
    "grades_on",
]

_SIGNS = {code: sign for sign, code in COMPARATOR_CODES.items()}
GIVEN = "as given"
"""Whose lower limit it was, where the caller gave it."""


def grade_outcome(outcome: Outcome, batch: Batch, *, scale: Scale, analyte: Analyte) -> Grades:
    """One analyte of an interpreted batch, graded with the lower limits it was interpreted by."""
    compared = outcome.counts.get(analyte)
    if compared is None:
        none = np.full(batch.size, np.nan)
        return grade_batch(none, scale=scale, analyte=analyte, ages=batch.people.ages)
    return grade_batch(
        compared.values,
        scale=scale,
        analyte=analyte,
        comparators=compared.comparators,
        ages=batch.people.ages,
        lln=compared.lower,
        missing=compared.reasons,
        spread=outcome.differential.spread.get(analyte),
    )


def grades_on(
    outcome: Outcome, batch: Batch, scales: Iterable[str | Path | Scale]
) -> tuple[Grades, ...]:
    """Every count of an interpreted batch that the scales speak of, graded."""
    return tuple(
        grade_outcome(outcome, batch, scale=scale, analyte=kind)
        for scale in map(resolve, scales)
        for kind in scale.analytes
        if kind in outcome.counts
    )


def grades_at(
    row: int, graded: Iterable[Grades], outcome: Outcome, definition: Definition
) -> tuple[Grade, ...]:
    """The grades of one row of a batch, as objects, each with whose lower limit was used."""
    return tuple(
        grade_at(row, one, definition=definition, limit=_lower_limit(row, one, outcome, definition))
        for one in graded
    )


def _lower_limit(row: int, found: Grades, outcome: Outcome, definition: Definition) -> Limit | None:
    compared = outcome.counts[found.analyte]
    if compared.rows is None or compared.table is None:
        return None
    number = int(compared.table.low_limit[compared.rows[row]])
    return definition.limits[number] if number >= 0 else None


def grade_at(
    row: int, found: Grades, *, definition: Definition | None = None, limit: Limit | None = None
) -> Grade:
    """One row of a graded column as an object; `definition` and `limit` say whose lower limit."""
    scale, code = found.scale, int(found.codes[row])
    stratum = _stratum(found, row)
    band = _band(stratum, scale, code)
    lln = _used_lln(row, found, stratum)
    value = float(found.values[row])
    return Grade(
        scale=scale.id,
        version=scale.version,
        label=scale.label,
        analyte=str(found.analyte),
        value=None if isnan(value) else value,
        unit=canonical_unit(found.analyte),
        comparator="" if found.comparators is None else _SIGNS[int(found.comparators[row])],
        grade=scale.grade(code),
        reason=_slug(int(found.reasons[row]), found),
        term=_term(stratum),
        low_grade=scale.grade(int(found.low[row])),
        high_grade=scale.grade(int(found.high[row])),
        lln=lln,
        lln_source="" if lln is None else _whose(definition, limit),
        lln_definition="" if lln is None or definition is None else definition.id,
        population=_population(stratum),
        note=_note(stratum, code, value, lln),
        row=band.id if band else "",
        source=(band.source if band else "") or scale.source,
        checked_by=scale.checked_by,
    )


def _stratum(found: Grades, row: int) -> Stratum | None:
    table = found.scale.tables.get(found.analyte)
    if table is None:
        return None
    return table.stratum(0 if found.strata is None else int(found.strata[row]))


def _band(stratum: Stratum | None, scale: Scale, code: int) -> GradeBand | None:
    bands = stratum.bands if stratum else ()
    return next((band for band in bands if scale.rank(band.grade) == code), None)


def _used_lln(row: int, found: Grades, stratum: Stratum | None) -> float | None:
    """The lower limit the row was looked up with, where its stratum asks for one."""
    if found.lln is None or stratum is None or not any(b.uses_lln for b in stratum.bands):
        return None
    lln = float(found.lln[row])
    return None if isnan(lln) else lln


def _slug(code: int, found: Grades) -> str:
    if code == Ungraded.NEEDS:
        return f"needs-{found.scale.needs(found.analyte)}"
    return reason_slug(code)


def _term(stratum: Stratum | None) -> str:
    if stratum is None:
        return ""
    return stratum.bands[0].term if stratum.bands else getattr(stratum.not_graded, "term", "")


def _population(stratum: Stratum | None) -> str:
    return stratum.bands[0].population if stratum and stratum.bands else ""


def _note(stratum: Stratum | None, code: int, value: float, lln: float | None) -> str:
    """What must be said beside a grade, or beside its absence."""
    if stratum is not None and stratum.not_graded is not None:
        return stratum.not_graded.why
    if lln is not None and code > 0 and value >= lln:
        return "not under the lower limit used, and graded all the same: the scale says so"
    return ""


def _whose(definition: Definition | None, limit: Limit | None) -> str:
    if definition is None:
        return GIVEN
    return (limit.publisher if limit else "") or definition.label


def grade(
    analyte: str | Analyte,
    value: float | None,
    *,
    unit: str | None,
    scale: str | Path | Scale,
    lln: float | None = None,
    age: Age | str | None = None,
    sex: str | None = None,
    comparator: str = "",
    definition: str | Path | Definition | None = None,
) -> Grade:
    """How severe one count is by one scale.

    `scale` is the id of a shipped scale, a TOML file or a `Scale`. `lln` is the laboratory's lower
    limit of normal, in the same unit; or give a `definition`, whose lower limit for this age and
    sex is then used and named. A percentage is never graded.

    Raises `UsageError`, `UnitRefused`, `ValueRefused`, `AgeRefused`, `AnalyteUnknown`.

    >>> grade("NEUT", 0.7, unit="10*9/L", scale="ctcae-5.0").grade
    3
    >>> grade("NEUT", 0.7, unit="10*9/L", scale="ctcae-6.0").grade
    2
    >>> grade("NEUT", 1.6, unit="10*9/L", scale="ctcae-5.0").reason
    'lln-missing'
    """
    if lln is not None and definition is not None:
        raise UsageError("the lower limit is given twice", hint="give lln or a definition")
    count = Count(find_analyte(analyte), value, unit, comparator=comparator)
    return grade_count(
        count,
        Person(age=age, sex=sex),
        scale=scale,
        lln=None if lln is None else Count(count.analyte, lln, unit),
        definition=definition,
    )


def grade_count(
    count: Count,
    person: Person,
    *,
    scale: str | Path | Scale,
    lln: Count | None = None,
    definition: str | Path | Definition | None = None,
) -> Grade:
    """How severe a `Count` of a `Person` is by one scale: what `grade` does, from objects."""
    whose = None if definition is None else resolve_definition(definition)
    batch = batch_of([Panel(person, (count,))])
    limit = _limit_for(whose, batch, count.analyte) if whose else None
    lower = limit.canonical(limit.low) if limit else lln.canonical if lln else np.nan
    column = batch.counts.get(count.analyte)
    found = grade_batch(
        np.array([np.nan]) if column is None else column.values,
        scale=resolve(scale),
        analyte=count.analyte,
        comparators=column.comparators if column else None,
        ages=batch.people.ages,
        lln=np.array([lower]),
        missing=column.reasons if column else np.array([Reason.PERCENTAGE_ONLY], dtype=np.int8),
    )
    return grade_at(0, found, definition=whose, limit=limit)


def _limit_for(definition: Definition, batch: Batch, analyte: Analyte) -> Limit | None:
    """The row of the definition whose lower limit holds for the one person of a batch."""
    compiled = definition.compiled
    found = compiled.analytes.get(analyte)
    if found is None:
        return None
    row = row_numbers(found, places(batch.people, compiled.axes))[0]
    number = int(found.rows.low_limit[row])
    return definition.limits[number] if number >= 0 else None
