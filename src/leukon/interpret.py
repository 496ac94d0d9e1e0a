"""Is this count low: by whose definition, in which cell line, for this person?

`interpret(panel)` answers for one panel. It is a batch of one: the comparison itself is written
once, on arrays, in `leukon.compare`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec.structs import replace

from leukon.agreed import agreements_on
from leukon.agreement import Votes, agreement_of, shipped_ballot, vote
from leukon.analytes import LINES, NAMES, Analyte, canonical_unit
from leukon.batch import COMPARATOR_CODES, DUFFY_CODES, Batch, batch_of
from leukon.catalogue import resolve
from leukon.compare import Compared, Outcome, interpret_batch
from leukon.definition import Definition
from leukon.interpretation import (
    DRIVERS,
    FLAG_SLUGS,
    LOW_SLUGS,
    Agreement,
    DefinitionUsed,
    Interpretation,
    Interpreted,
    Note,
    Reported,
)
from leukon.notes import note
from leukon.panel import Panel
from leukon.reasons import SLUGS

if TYPE_CHECKING:
    from leukon.context import Context
    from leukon.graded import Grades
    from leukon.past import Past
    from leukon.scales import Grade, Scale
    from leukon.setpoints.eligibility import Entry

DUFFY_EXPLAINS_FROM = 1.0
"""Neutrophils under which the Duffy-null phenotype explains nothing (knowledge, column `floor`)."""
_SIGNS = {code: sign for sign, code in COMPARATOR_CODES.items()}


def interpret(
    panel: Panel,
    *,
    by: str | Path | Definition | None = None,
    scales: Sequence[str | Path | Scale] = (),
    history: Sequence[Entry] | None = None,
    context: Context | None = None,
    agreement: bool = True,
    findings: bool = True,
    emergency_number: str = "",
) -> Interpretation:
    """What the counts of one panel mean by one definition.

    `by` is a definition, the id of a shipped one, or a TOML file; left out, the composite
    `leukon-general` is used, each of whose limits names its own source. An explicit `by` never
    borrows from another: what it does not define is undetermined by it. With `agreement` each count
    carries how many publishers call it low. `scales` are severity scales, each with its version.
    With a `context` (what is known beside the counts; an empty one says that nothing is) the answer
    carries when to see a doctor and, with `findings`, what is found and which causes fit;
    `emergency_number` is the practice's.

    With a `history`, the person's earlier draws in any order, each count carries the person's own
    band and where it lies in it (`setpoint`; docs/explanation/setpoint.md). An entry is a `Panel`
    with its day, a day and a `Panel`, or an `Earlier`. With a context neutrophils low for three months
    are a finding. No history changes an urgency.

    Raises `DefinitionUnknown`, `DefinitionRefused`; for a history `InputRefused`, and `ValueRefused`
    where a day lies in the future or before birth.

    >>> from leukon import Count, Panel, Person
    >>> panel = Panel(Person(age="34y", sex="female"), [Count("WBC", 3.7, "10*9/L")])
    >>> interpret(panel, by="mayo-clinic-2015")["WBC"].flag
    'low'
    >>> interpret(panel, by="mayo-clinic-2024")["WBC"].flag
    'within'
    """
    definition = resolve(by)
    batch = batch_of([panel])
    outcome = interpret_batch(batch, definition.compiled)
    agreed = agreements_on(batch, outcome) if agreement or context else {}
    one = _Row(0, batch, outcome, definition)
    graded = _graded(outcome, batch, scales)
    answer = _answer(one, agreed if agreement else {}, graded, _reported(panel))
    past = None if history is None else _past(panel, history, definition, context)
    if context is not None:
        answer = _with_context(
            panel,
            one,
            answer,
            agreed,
            context=context,
            past=past,
            findings=findings,
            emergency_number=emergency_number,
        )
    if past is None:
        return answer
    from leukon.own import own_levels

    own = own_levels(panel, answer, past, context=context, current=(batch, outcome))
    return replace(answer, setpoint=own)


def _past(
    panel: Panel, history: Sequence[Entry], definition: Definition, context: Context | None
) -> Past:
    """The earlier draws; without them nothing of set points is loaded."""
    from leukon.past import past_of

    return past_of(panel, history, definition, context)


def _with_context(
    panel: Panel,
    one: _Row,
    answer: Interpretation,
    agreed: Mapping[Analyte, Agreement],
    *,
    context: Context,
    past: Past | None,
    findings: bool,
    emergency_number: str,
) -> Interpretation:
    """The answer with when to see a doctor and, if asked for, what is found and which causes fit."""
    from leukon.advised import advice_on

    advice = advice_on(
        panel,
        one.batch,
        one.definition,
        one.outcome,
        agreed,
        context,
        emergency_number=emergency_number,
    )
    notes = tuple(remark for remark in answer.notes if remark.code != "no-context")
    answer = replace(answer, advice=advice, notes=notes)
    if not findings:
        return answer
    from leukon.pattern import pattern_of

    found, causes = pattern_of(panel, answer.counts, one.definition, context, past)
    return replace(answer, findings=found, causes=causes)


def _graded(
    outcome: Outcome, batch: Batch, scales: Sequence[str | Path | Scale]
) -> tuple[Grades, ...]:
    """The grades of a batch; without a scale nothing of grading is loaded."""
    if not scales:
        return ()
    from leukon.grading import grades_on

    return grades_on(outcome, batch, scales)


def votes_on(batch: Batch, outcome: Outcome) -> dict[Analyte, Votes]:
    """How every voting publisher of the shipped catalogue calls the counts of a batch."""
    ballots = {kind: shipped_ballot(kind) for kind in outcome.counts}
    return {
        kind: vote(ballot, batch.people, outcome.counts[kind])
        for kind, ballot in ballots.items()
        if ballot is not None
    }


def interpretation_at(
    row: int,
    batch: Batch,
    outcome: Outcome,
    definition: Definition,
    *,
    votes: Mapping[Analyte, Votes] = MappingProxyType({}),
    graded: tuple[Grades, ...] = (),
    reported: Mapping[Analyte, Reported] = MappingProxyType({}),
) -> Interpretation:
    """The answer for one row of an interpreted batch, as an object.

    `votes` is what `votes_on` gave (none: no agreement), `graded` what `grading.grades_on` gave,
    `reported` the numbers as printed.
    """
    one = _Row(row, batch, outcome, definition)
    agreed = {kind: agreement_of(found, row) for kind, found in votes.items()}
    return _answer(one, agreed, graded, reported)


def _answer(
    one: _Row,
    agreed: Mapping[Analyte, Agreement],
    graded: tuple[Grades, ...],
    reported: Mapping[Analyte, Reported],
) -> Interpretation:
    counts = tuple(
        _interpreted(kind, one, agreed.get(kind), reported.get(kind)) for kind in one.outcome.counts
    )
    driver = DRIVERS[int(one.outcome.drivers[one.row])]
    notes = _notes(one, counts)
    return Interpretation(counts, driver, used(one.definition), notes, _grades(one, graded))


def _grades(one: _Row, graded: tuple[Grades, ...]) -> tuple[Grade, ...]:
    if not graded:
        return ()
    from leukon.grading import grades_at

    return grades_at(one.row, graded, one.outcome, one.definition)


class _Row(NamedTuple):
    """One row of an interpreted batch."""

    row: int
    batch: Batch
    outcome: Outcome
    definition: Definition


def used(definition: Definition) -> DefinitionUsed:
    """Whose limits, as an interpretation names them."""
    return DefinitionUsed(
        definition.id,
        definition.publisher,
        definition.version,
        definition.date,
        definition.source,
        definition.label,
        definition.checked_by,
    )


def _interpreted(
    kind: Analyte, one: _Row, agreement: Agreement | None, reported: Reported | None
) -> Interpreted:
    row, compared, sources = one.row, one.outcome.counts[kind], one.definition.sources
    value = _number(compared.values[row])
    lower, upper = _number(compared.lower[row]), _number(compared.upper[row])
    low, high = _limit(compared, row, "low_limit"), _limit(compared, row, "high_limit")
    flag = FLAG_SLUGS[compared.flags[row]]
    critical = _critical(compared, one, flag) if flag in _CRITICAL else None
    derived = one.outcome.differential.derived.get(kind)
    return Interpreted(
        analyte=str(kind),
        value=value,
        unit=canonical_unit(kind),
        comparator="" if compared.comparators is None else _SIGNS[int(compared.comparators[row])],
        reported=reported,
        flag=flag,
        lower=lower,
        upper=upper,
        distance=_distance(value, lower),
        definition=one.definition.id,
        reason=SLUGS[compared.reasons[row]],
        derived=bool(derived is not None and derived[row]),
        low_source="" if low is None else sources[low],
        high_source="" if high is None else sources[high],
        lower_inclusive=True if low is None else one.definition.limits[low].low_inclusive,
        critical_limit=critical[0] if critical else None,
        critical_source=critical[1] if critical else "",
        agreement=agreement,
    )


def _number(value: np.float64) -> float | None:
    number = float(value)
    return None if isnan(number) else number


def _distance(value: float | None, lower: float | None) -> float | None:
    # 3.7 - 4.0 is -0.2999...98: a difference of two printed decimals is one itself.
    return None if value is None or lower is None else round(value - lower, 9)


def _limit(compared: Compared, row: int, column: str) -> int | None:
    """The number of the limit that a column of the row used names."""
    if compared.rows is None or compared.table is None:
        return None
    number = int(getattr(compared.table, column)[compared.rows[row]])
    return number if number >= 0 else None


_CRITICAL = {"critical-low": "low", "critical-high": "high"}


def _critical(compared: Compared, one: _Row, flag: str) -> tuple[float, str] | None:
    """The critical limit that was passed, and whose it is."""
    side = _CRITICAL[flag]
    number = _limit(compared, one.row, f"critical_{side}_limit")
    if number is None:
        return None
    limit = one.definition.limits[number]
    return limit.canonical(getattr(limit, side)), one.definition.sources[number]


def _reported(panel: Panel) -> dict[Analyte, Reported]:
    """The numbers as they were given: the count itself, or the percentage it was made from."""
    found: dict[Analyte, Reported] = {}
    for count in sorted(panel.counts, key=lambda count: count.is_percentage):
        found.setdefault(count.analyte, Reported(count.value, count.unit))
    return found


def _notes(one: _Row, counts: tuple[Interpreted, ...]) -> tuple[Note, ...]:
    agreed = any(count.agreement for count in counts)
    remarks = [note(code) for code in (*_notes_on_making(one), *_notes_on_lines(counts))]
    remarks += _notes_on_person(one, agreed)
    last = {
        "agreement-no-risk": agreed,
        "not-checked": not one.definition.checked_by,
        "no-context": True,
        "informs": True,
    }
    return (*remarks, *(note(code) for code, holds in last.items() if holds))


def _notes_on_making(one: _Row) -> list[str]:
    row, made = one.row, one.outcome.differential
    codes = {
        "derived": any(rows[row] for rows in made.derived.values()),
        "nrbc-corrected": made.corrected is not None and bool(made.corrected[row]),
        "bands-added": made.bands_added is not None and bool(made.bands_added[row]),
        "counting-error": any(
            bool(low[row] < one.outcome.counts[kind].lower[row] <= high[row])
            for kind, (low, high) in made.spread.items()
        ),
    }
    return [code for code, holds in codes.items() if holds]


def _notes_on_lines(counts: tuple[Interpreted, ...]) -> list[str]:
    flags = {count.analyte: count.flag for count in counts}
    total = flags.get(Analyte.WBC)
    low_lines = [line for line in LINES if flags.get(line) in LOW_SLUGS]
    if total in LOW_SLUGS and not low_lines:
        known = flags.get(Analyte.NEUT, "undetermined") != "undetermined"
        return ["total-low-no-line-low" if known else "total-low-lines-unknown"]
    if low_lines and total in ("within", "high", "critical-high"):
        return ["total-within-line-low"]
    return []


def _notes_on_person(one: _Row, agreed: bool) -> list[Note]:
    people = one.batch.people
    pregnant = people.pregnant is not None and bool(people.pregnant[one.row])
    null = people.duffy is not None and bool(people.duffy[one.row] == DUFFY_CODES["null"])
    found = []
    if pregnant:
        found += _not_considered("pregnancy", one, [*one.outcome.counts], agreed)
    if null and not _very_low(one):
        counted = [kind for kind in (Analyte.WBC, Analyte.NEUT) if kind in one.outcome.counts]
        found += _not_considered("duffy", one, counted, agreed)
    return found


def _very_low(one: _Row) -> bool:
    """Whether the neutrophils are under the count below which no phenotype is an explanation."""
    found = one.outcome.counts.get(Analyte.NEUT)
    return found is not None and bool(found.values[one.row] < DUFFY_EXPLAINS_FROM)


def _not_considered(what: str, one: _Row, kinds: Sequence[Analyte], agreed: bool) -> list[Note]:
    """What a pregnant or Duffy-null person must know about limits made for everybody."""
    spoken = {lim.analyte for lim in one.definition.limits if getattr(lim.partition, what)}
    names = tuple(NAMES[kind] for kind in kinds if kind not in spoken)
    found = [note(f"{what}-not-considered", names)] if names else []
    return [*found, note(f"agreement-not-for-{what}")] if agreed else found
