"""The ways to ask leukon, each with the same plain answer: so that they can be held to the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from leukon import Definition, Flag, Interpretation, Panel, interpret
from leukon.batch import batch_of
from leukon.compare import Outcome, interpret_batch
from leukon.interpretation import DRIVERS
from leukon.reasons import Reason
from support.oracle import Judgement


@dataclass(frozen=True)
class Answer:
    """One count's answer: flag, limits, reason, value, and if it was derived (None: no value)."""

    flag: str
    lower: float | None
    upper: float | None
    reason: str
    derived: bool | None
    value: float | None


@dataclass(frozen=True)
class Answers:
    """A panel's answers by analyte, and the driver."""

    counts: dict[str, Answer]
    driver: str


def by_oracle(judgement: Judgement) -> Answers:
    """What the oracle says, in numbers that can be compared."""
    counts = {
        analyte: Answer(
            said.flag,
            None if said.lower is None else float(said.lower),
            None if said.upper is None else float(said.upper),
            said.reason,
            None if said.value is None else said.derived,
            printed(None if said.value is None else float(said.value)),
        )
        for analyte, said in judgement.counts.items()
    }
    return Answers(counts, judgement.driver)


def printed(value: float | None) -> float | None:
    """A value to more decimals than any report prints."""
    return None if value is None else round(value, 7)


def by_python(panel: Panel, definition: Definition | str | None) -> Answers:
    """What `leukon.interpret` says of one panel."""
    return of_interpretation(interpret(panel, by=definition, agreement=False))


def of_interpretation(found: Interpretation) -> Answers:
    """The answers an `Interpretation` holds."""
    counts = {
        count.analyte: Answer(
            count.flag,
            count.lower,
            count.upper,
            count.reason,
            None if count.value is None else count.derived,
            printed(count.value),
        )
        for count in found.counts
    }
    return Answers(counts, found.driver)


def by_batch(panels: Sequence[Panel], definition: Definition) -> list[Answers]:
    """What the arrays say of many panels at once, for the analytes that each panel holds."""
    outcome = interpret_batch(batch_of(panels), definition.compiled)
    return [_row(outcome, row, _held(panel)) for row, panel in enumerate(panels)]


def _held(panel: Panel) -> set[str]:
    """The analytes a panel speaks of: segs speak of the neutrophils."""
    named = {str(count.analyte) for count in panel.counts}
    return named | ({"NEUT"} if "SEG" in named else set())


def _row(outcome: Outcome, row: int, held: set[str]) -> Answers:
    counts = {}
    for analyte, found in outcome.counts.items():
        if analyte not in held:
            continue
        derived = outcome.differential.derived.get(analyte)
        counts[str(analyte)] = Answer(
            Flag(int(found.flags[row])).slug,
            _number(float(found.lower[row])),
            _number(float(found.upper[row])),
            Reason(int(found.reasons[row])).slug,
            None if isnan(found.values[row]) else bool(derived is not None and derived[row]),
            printed(_number(float(found.values[row]))),
        )
    return Answers(counts, DRIVERS[int(outcome.drivers[row])])


def _number(value: float) -> float | None:
    return None if isnan(value) else value
