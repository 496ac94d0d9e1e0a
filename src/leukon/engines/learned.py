"""`leukon setpoint --learn`: the population's numbers from the histories in some files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from leukon.analytes import Analyte
from leukon.catalogue import resolve
from leukon.engines.batches import Question, answer
from leukon.engines.histories import Histories, draws_of, schema_of
from leukon.engines.own_levels import counts_in, of_people
from leukon.errors import EstimateRefused
from leukon.readers.databases import left
from leukon.readers.inputs import find_inputs
from leukon.readers.mapping import declared
from leukon.readers.opening import open_source
from leukon.readers.tables import tables_of
from leukon.setpoints.learning import EDGES, KEPT, Known, Learned, learn
from leukon.setpoints.many import of_each_person
from leukon.setpoints.parameters import Population, shipped

MOST_ROWS = 2_000_000
"""So many counts of an analyte are held: those of the first people by name. More tell hardly more."""
NEXT_REVIEW = timedelta(days=365)


@dataclass
class LearnedPopulation:
    """What was learned, by analyte; what was refused, and why; how many rows were read."""

    population: Population
    learned: dict[Analyte, Learned] = field(default_factory=dict)
    refused: dict[Analyte, str] = field(default_factory=dict)
    rows_read: int = 0


def learned_from_files(
    source: Sequence[str | Path],
    analytes: Sequence[Analyte] = (),
    *,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    table: str = "",
    query: str = "",
    today: date | None = None,
) -> LearnedPopulation:
    """The population's numbers from files of histories; none named: of every analyte that has enough.

    Raises `EstimateRefused` where no analyte has enough people, or one that is named has not.
    """
    kinds = tuple(analytes) or tuple(spread.analyte for spread in shipped().models)
    found = find_inputs(source, table=table, query=query)
    question = Question(resolve(None), declared(units or {}, mapping, decimal=decimal))
    sources = [open_source(one) for one in found.inputs]
    made = LearnedPopulation(shipped())
    try:
        with Histories(schema_of(kinds)) as histories:
            for one in tables_of(sources, question.said):
                for chunk in one:
                    made.rows_read += chunk.rows_read
                    step = answer(chunk, question)
                    histories.add(draws_of(step, one.found, kinds)[0])
            _learn(made, histories, kinds, named=bool(analytes))
    finally:
        left(sources)
    made.population = _population(made, today or date.today())
    return made


def _learn(
    made: LearnedPopulation, histories: Histories, kinds: Sequence[Analyte], *, named: bool
) -> None:
    for kind, known in _known(histories, kinds).items():
        try:
            made.learned[kind] = learn(known, kind)
        except EstimateRefused as error:
            if named:
                raise
            made.refused[kind] = error.what
    if not made.learned:
        raise EstimateRefused(
            "no count has enough people with a history",
            where="; ".join(made.refused.values()),
            hint="give more years, or use the numbers leukon ships",
        )


def _known(histories: Histories, kinds: Sequence[Analyte]) -> dict[Analyte, Known]:
    """The counts of each analyte that may enter, outside pregnancies."""
    parts: dict[Analyte, list[Known]] = {kind: [] for kind in kinds}
    held = dict.fromkeys(kinds, 0)
    people = 0
    for rows in histories.people():
        for kind in kinds:
            if held[kind] < MOST_ROWS:
                part = _usable(rows, kind, people)
                held[kind] += len(part.values)
                parts[kind].append(part)
        people += rows.num_rows
    return {kind: _joined(found) for kind, found in parts.items()}


def _usable(rows: Any, kind: Analyte, first: int) -> Known:
    own = of_people(rows, kind, shipped())
    who = of_each_person(own.draws)
    entering = (own.bands.left_out == 0) & ~own.draws.pregnant
    return Known(
        persons=own.persons[entering] + first,
        days=own.draws.days[entering],
        values=counts_in(rows, kind).values[entering],
        years=who.years[entering],
        sex=who.sex[entering].astype(np.int64),
    )


def _joined(parts: Sequence[Known]) -> Known:
    names = Known.__struct_fields__
    return Known(
        *(np.concatenate([np.zeros(0), *(getattr(part, name) for part in parts)]) for name in names)
    )


def _population(made: LearnedPopulation, today: date) -> Population:
    """What was learned, as a file of set points; a tested phenotype keeps its published centre."""
    tested = [one for one in shipped().centres if one.duffy and one.analyte in made.learned]
    centres = [centre for one in made.learned.values() for centre in one.centres]
    notes = [
        f"{kind}: {one.counts:,} counts of {one.people:,} people."
        for kind, one in made.learned.items()
    ]
    kept = ", ".join(f"{name} {value:g}" for name, value in KEPT.items())
    return Population(
        source="the practice's own histories",
        author="leukon setpoint --learn",
        checked_by="",
        reviewed=today.isoformat(),
        next_review=(today + NEXT_REVIEW).isoformat(),
        notes=(*notes, f"Not learned, but chosen: {kept}."),
        models=tuple(one.spread for one in made.learned.values()),
        centres=(*centres, *tested),
        # From where the youngest group with enough people begins.
        youngest=float(max(edge for edge in EDGES if edge <= min(c.ages[0] for c in centres))),
    )
