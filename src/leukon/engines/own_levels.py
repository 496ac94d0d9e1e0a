"""The own levels of the people of some files: each draw beside its person's band.

files -> narrow rows (`histories`) -> sorted by person -> `of_people`, block by block -> a table, a
summary, and the persons that are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from leukon.analytes import Analyte
from leukon.arrays import Integers
from leukon.engines.histories import DAY_ZERO, KIND_SHIFT, person_numbers
from leukon.interpretation import FLAG_SLUGS
from leukon.setpoints.against import severe_before, sexes_differ
from leukon.setpoints.answers import ANSWER, Answers, Counted, answers, bits_of
from leukon.setpoints.many import LEFT_OUT_CODES, Bands, Draws, bands
from leukon.setpoints.parameters import Population
from leukon.setpoints.rules import SAY_LOW
from leukon.setpoints.windows import Told, in_pregnancy, left_out

ALWAYS = bits_of(["no-context"])
"""A file says nothing of symptoms: a danger sign that nobody asked for was not answered."""
_WINDOWED = np.array(
    [reason == "in-hospital" or reason.endswith("-near") for reason in LEFT_OUT_CODES]
)

MOST_DRAWS = 3_000
"""More draws than anybody has: a name that stands for many, such as that of a quality control."""
_LOW = [ANSWER.index(answer) for answer in SAY_LOW]


class Own(NamedTuple):
    """One analyte of the draws of whole persons, with the person's number of each."""

    persons: Integers
    draws: Draws
    bands: Bands
    answers: Answers


def of_people(rows: Any, analyte: Analyte, known: Population) -> Own:
    """The own levels in some narrow rows of whole persons, sorted by person."""
    persons, draws = draws_in(rows)
    counted = counts_in(rows, analyte)
    found = bands(draws, counted.values, counted.signs, analyte, known)
    why = of_column(rows, "withheld") | _withheld(rows, draws)
    return Own(persons, draws, found, answers(counted, found, why))


def of_panels(rows: Any, analytes: Sequence[Analyte], known: Population) -> Mapping[Analyte, Own]:
    """The own levels of several analytes: what one says of the person holds for the others too.

    Nothing is called usual where another count falls, or is low for the person.
    """
    persons, draws = draws_in(rows)
    counted = {kind: counts_in(rows, kind) for kind in analytes}
    found = {
        kind: bands(draws, one.values, one.signs, kind, known) for kind, one in counted.items()
    }
    why = of_column(rows, "withheld") | _withheld(rows, draws)
    said = {kind: answers(counted[kind], found[kind], why) for kind in analytes}
    cross = np.zeros(draws.size, dtype=np.int64)
    for kind in analytes:
        cross |= np.where(found[kind].falling, bits_of(["falling"]), 0)
        cross |= np.where(np.isin(said[kind].answer, _LOW), bits_of(["another-low-for-you"]), 0)
    return {
        kind: Own(persons, draws, found[kind], answers(counted[kind], found[kind], why | cross))
        for kind in analytes
    }


def draws_in(rows: Any) -> tuple[Integers, Draws]:
    """The draws of narrow rows, and the number of each one's person."""
    numbers = person_numbers(rows)
    nobody = rows.column("person").is_null().to_numpy(zero_copy_only=False)
    nobody |= np.bincount(numbers, minlength=1)[numbers] > MOST_DRAWS
    persons = np.where(nobody, -1, numbers)
    days = of_column(rows, "at")
    told = _told(rows, persons)
    out = left_out(
        persons, days, told,
        in_hospital=of_column(rows, "in_hospital"), on_drug=of_column(rows, "on_drug"),
    )  # fmt: skip
    pregnant = in_pregnancy(persons, days, told, of_column(rows, "pregnant"))
    return persons, Draws(
        persons=persons,
        days=days,
        age_from=of_column(rows, "age_from"),
        age_to=of_column(rows, "age_to"),
        sex=of_column(rows, "sex"),
        duffy=of_column(rows, "duffy"),
        pregnant=pregnant,
        left_out=out,
    )


def counts_in(rows: Any, analyte: Analyte) -> Counted:
    """The counts of one analyte of narrow rows."""
    values, signs, flags = (
        of_column(rows, f"{analyte.lower()}{end}") for end in ("", "_sign", "_flag")
    )
    return Counted(values, signs, flags, FLAG_SLUGS)


def of_column(rows: Any, name: str) -> Any:
    """A column of narrow rows as an array."""
    column = rows.column(name)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return column.to_numpy(zero_copy_only=False)


def _told(rows: Any, persons: Integers) -> Told:
    column = rows.column("events")
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    lengths = column.value_lengths().fill_null(0).to_numpy()
    codes = column.flatten().to_numpy()
    kinds = codes >> KIND_SHIFT
    days = codes - (kinds << KIND_SHIFT) - DAY_ZERO
    return Told(np.repeat(persons, lengths), kinds.astype(np.int8), days)


def _withheld(rows: Any, draws: Draws) -> Integers:
    """Why "usual for you" is not said, by what is known of the draw and of the others."""
    holds = {
        "excluded-window": _WINDOWED[draws.left_out],
        "listed-drug": of_column(rows, "on_drug"),
        "pregnancy": draws.pregnant,
        "draw-undated": np.isnan(draws.days),
        "severe-before": severe_before(draws, of_column(rows, "severe")),
        "sex-differs": sexes_differ(draws.persons, draws.sex),
    }
    found: Integers = np.full(draws.size, ALWAYS)
    for reason, holding in holds.items():
        found |= np.where(holding, bits_of([reason]), 0)
    return found
