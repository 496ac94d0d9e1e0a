"""The columns of a table of own levels, and the persons that are shown from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from msgspec import Struct

from leukon.analytes import Analyte, canonical_unit
from leukon.engines.output import numbers
from leukon.engines.own_levels import Own, counts_in, of_column
from leukon.interpretation import FLAG_SLUGS, Flag
from leukon.panel import COMPARATORS
from leukon.readers import arrow
from leukon.readers.sources import FILE_BITS
from leukon.setpoints.answers import ANSWER, REASON, withheld_words
from leukon.setpoints.many import LEFT_OUT
from leukon.setpoints.rules import SAY_LOW
from leukon.strata import NO_GRADE

SCHEMA_VERSION = "1"
WORD = pa.dictionary(pa.int8(), pa.string())
_PLACES = pa.dictionary(pa.int32(), pa.string())
_NUMBER, _TRUTH = pa.float64(), pa.bool_()
FIELDS = (
    ("person", pa.string()),
    ("practice", pa.string()),
    ("drawn_at", pa.timestamp("s")),
    ("row", pa.int64()),
    ("analyte", WORD),
    ("value", _NUMBER),
    ("comparator", WORD),
    ("unit", WORD),
    ("flag", WORD),
    ("lower", _NUMBER),
    ("upper", _NUMBER),
    ("grade", pa.int8()),
    ("centre", _NUMBER),
    ("low", _NUMBER),
    ("high", _NUMBER),
    ("low_99", _NUMBER),
    ("high_99", _NUMBER),
    ("change_percent", _NUMBER),
    ("change_low", _NUMBER),
    ("change_high", _NUMBER),
    ("n_effective", _NUMBER),
    ("counts_used", pa.int32()),
    ("first", pa.date32()),
    ("span_days", _NUMBER),
    ("provisional", _TRUTH),
    ("falling", _TRUTH),
    ("steady", _NUMBER),
    ("in_pregnancy", _TRUTH),
    ("left_out", WORD),
    ("answer", WORD),
    ("withheld", _PLACES),
    ("reason", WORD),
)
"""The columns of the output, in their order."""
SCHEMA = pa.schema(FIELDS, metadata={"leukon_setpoint_schema_version": SCHEMA_VERSION})


class OwnDraw(Struct, frozen=True, kw_only=True):
    """One draw of a table of own levels, with the names of its columns."""

    person: str | None
    practice: str | None
    drawn_at: datetime | None
    row: int
    analyte: str
    value: float | None
    comparator: str
    unit: str
    flag: str
    lower: float | None
    upper: float | None
    grade: int | None
    centre: float | None
    low: float | None
    high: float | None
    low_99: float | None
    high_99: float | None
    change_percent: float | None
    change_low: float | None
    change_high: float | None
    n_effective: float
    counts_used: int
    first: Any
    span_days: float | None
    provisional: bool
    falling: bool
    steady: float | None
    in_pregnancy: bool
    left_out: str
    answer: str
    withheld: tuple[str, ...]
    reason: str


def draws_from(batch: Any) -> list[OwnDraw]:
    """The rows of an output batch as objects."""
    return [
        OwnDraw(**{**row, "withheld": tuple(filter(None, row["withheld"].split(";")))})
        for row in batch.to_pylist()
    ]


def laid_out(rows: Any, own: Own, analyte: Analyte) -> Any:
    """The output of some draws as an Arrow batch."""
    counted, found = counts_in(rows, analyte), own.bands
    given = {
        **_draw(rows, own, analyte),
        "value": numbers(counted.values),
        "comparator": arrow.coded(counted.signs, arrow.texts(COMPARATORS)),
        "flag": arrow.coded(counted.flags, arrow.texts(FLAG_SLUGS)),
        "change_percent": numbers(100 * (counted.values / found.centre - 1)),
        "left_out": arrow.coded(found.left_out, arrow.texts(LEFT_OUT)),
        "answer": arrow.coded(own.answers.answer, arrow.texts(ANSWER)),
        "withheld": joined_reasons(own.answers.withheld),
        "reason": arrow.coded(own.answers.reason, arrow.texts(REASON)),
        "counts_used": pa.array(found.used, pa.int32()),
        "first": _days(found.first_day),
        "in_pregnancy": pa.array(own.draws.pregnant),
    }
    for name in FIELDS_OF_BANDS:
        column = getattr(found, name)
        given[name] = pa.array(column) if column.dtype == np.bool_ else numbers(column)
    return pa.RecordBatch.from_arrays([given[name] for name, _ in FIELDS], schema=SCHEMA)


FIELDS_OF_BANDS = (
    "centre", "low", "high", "low_99", "high_99", "change_low", "change_high", "n_effective",
    "span_days", "provisional", "falling", "steady",
)  # fmt: skip


def _draw(rows: Any, own: Own, analyte: Analyte) -> dict[str, Any]:
    """The columns that say whose count it is, and what the definition says of it."""
    size, name = own.draws.size, analyte.lower()
    no = np.zeros(size, dtype=np.int8)
    grades = of_column(rows, f"{name}_grade")
    seconds = np.round(np.nan_to_num(own.draws.days) * 86_400).astype("datetime64[s]")
    seconds[np.isnan(own.draws.days)] = np.datetime64("NaT")
    return {
        "person": _one(rows.column("person")),
        "practice": _one(rows.column("practice")),
        "drawn_at": pa.array(seconds),
        "row": pa.array(of_column(rows, "row") & ((1 << FILE_BITS) - 1)),
        "analyte": arrow.coded(no, arrow.texts([str(analyte)])),
        "unit": arrow.coded(no, arrow.texts([canonical_unit(analyte)])),
        "lower": numbers(of_column(rows, f"{name}_lower")),
        "upper": numbers(of_column(rows, f"{name}_upper")),
        "grade": pa.array(grades, mask=grades == NO_GRADE),
    }


def _one(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _days(days: Any) -> Any:
    whole = np.floor(np.nan_to_num(days)).astype(np.int32)
    return pa.array(whole, pa.int32(), mask=np.isnan(days)).cast(pa.date32())


def joined_reasons(bits: Any) -> Any:
    """The reasons to withhold, joined by a semicolon."""
    distinct, places = np.unique(bits, return_inverse=True)
    texts = [";".join(withheld_words(int(one))) for one in distinct]
    return pa.DictionaryArray.from_arrays(
        pa.array(places.astype(np.int32)), pa.array(texts, pa.string())
    )


class _Candidate(NamedTuple):
    """A person that may be shown: how much there is to see, and the rows."""

    interest: int
    rows: Any


class Shown:
    """The persons that are shown of many: at most so many, those of whom most is to be said first.

    First whose counts fall slowly, then who has a count low for them, one low by the definition,
    any band at all; of those alike the first by name.
    """

    def __init__(self, most: int) -> None:
        """Hold nobody yet."""
        self._most, self._held = most, list[_Candidate]()

    def add(self, own: Own, batch: Any) -> None:
        """Look at some whole persons, sorted by person."""
        if not self._most or not own.draws.size:
            return
        starts = np.flatnonzero(np.append(True, own.persons[1:] != own.persons[:-1]))
        interest = np.maximum.reduceat(_interest(own, batch), starts)
        ends = np.append(starts[1:], own.draws.size)
        named = own.persons[starts] >= 0
        # Most interest first, and in the order of the names where it is equal.
        best = np.argsort(-interest[named], kind="stable")[: self._most]
        at, until, worth = starts[named][best], ends[named][best], interest[named][best]
        self._held += [
            _Candidate(int(w), batch.slice(a, b - a))
            for a, b, w in zip(at, until, worth, strict=True)
        ]
        self._held = sorted(self._held, key=lambda one: -one.interest)[: self._most]

    def people(self) -> list[list[OwnDraw]]:
        """The draws of each person that is shown."""
        return [draws_from(one.rows) for one in self._held]


def _interest(own: Own, batch: Any) -> Any:
    says_low = np.isin(own.answers.answer, [ANSWER.index(answer) for answer in SAY_LOW])
    flags = np.array([Flag(place).is_low for place in range(len(FLAG_SLUGS))])
    low = flags[batch.column("flag").indices.to_numpy()]
    has_band = own.bands.reason == 0
    return 8 * own.bands.falling + 4 * says_low + 2 * low + has_band


def words_counted(names: Iterable[str], codes: Any, size: int) -> dict[str, int]:
    """How often each word stands in a column of codes."""
    found = np.bincount(codes, minlength=size).tolist()
    return {name: count for name, count in zip(names, found, strict=True) if count and name}
