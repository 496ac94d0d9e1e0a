"""An estimate as a definition like any other: a publisher's, dated, with what it rests on.

Published limits are rounded to the nearest reporting step: a limit between two values that can be
reported calls nobody otherwise than its neighbour would. Nobody has checked it, and the file says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from leukon.analytes import Analyte
from leukon.arrays import Floats
from leukon.definition import Definition
from leukon.errors import EstimateRefused, UsageError
from leukon.estimation.age_curve import AgeCurve
from leukon.estimation.answer import Estimate, Limit, Refusal
from leukon.estimation.exclusions import Tally
from leukon.estimation.histogram import on_step
from leukon.limits import Partition, ReferenceInterval
from leukon.validation import describe

METHOD = "indirect method: a mixture of groups fitted to value counts"
"""What the limits were made by, in one line."""


@dataclass(frozen=True)
class Made:
    """The estimate of one group, and the value counts it was made from."""

    partition: Partition
    estimate: Estimate
    values: Floats
    counts: Floats

    @property
    def refusal(self) -> Refusal | None:
        """Why it must not be published, also where the limits asked for are no numbers."""
        found = self.estimate
        if not self.counts.sum():
            return _NOBODY
        if found.refusal is None and not all(isfinite(q.value) for q in found.quantiles[:2]):
            return _NO_LIMITS
        return found.refusal


_NOBODY = Refusal("nobody", "nobody entered", "look at what was left out, and why")
_NO_LIMITS = Refusal(
    "no-limits",
    "no limits could be found in these results",
    "look at the report, and at the export",
)


@dataclass(frozen=True)
class Study:
    """The estimates of one analyte, and what they rest on; `tally` is None for histogram files.

    Where limits are continuous in age, `made` holds the rows of their table and `curve` where they
    come from; `notes` say which ages are left out, and why. `chosen` says how it was made: the
    choices of the sample, the draws.
    """

    analyte: Analyte
    unit: str
    step: float
    made: tuple[Made, ...]
    tally: Tally | None
    first_day: str = ""
    last_day: str = ""
    quantiles: tuple[float, float] = (0.025, 0.975)
    curve: AgeCurve | None = None
    notes: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Made, ...]:
        """The groups whose estimate must not be published."""
        return tuple(one for one in self.made if one.refusal is not None)


@dataclass(frozen=True)
class Head:
    """What a publisher says of its definition; `id` and `version` are made where left out."""

    publisher: str
    date: str
    version: str = ""
    id: str = ""
    country: str = ""
    software: str = "leukon"

    def __post_init__(self) -> None:
        """Refuse a definition of nobody."""
        if not self.publisher.strip():
            raise UsageError("whose definition is it?", hint="--publisher NAME")


def limits_of(one: Made) -> tuple[Limit, Limit]:
    """The two limits a group is given: those of the quantiles asked for."""
    low, high = one.estimate.quantiles[:2]
    return low, high


def rounded(value: float, step: float) -> float:
    """A limit at the nearest value that is reported.

    >>> rounded(3.8449, 0.1)
    3.8
    """
    return float(on_step(np.array([round(value / step)]), step)[0])


def definition_of(
    studies: Sequence[Study], head: Head, *, leave_out_refused: bool = False
) -> Definition:
    """The definition of one or more studies.

    Raises `EstimateRefused` where an estimate is refused; with `leave_out_refused` only where all
    are, and the groups left out are named in the notes.
    """
    kept = [(s, one) for s in studies for one in s.made if one.refusal is None]
    if not kept or (not leave_out_refused and any(study.refused for study in studies)):
        raise refusal(studies, any_kept=bool(kept))
    return Definition(
        id=identity_of(studies, head),
        publisher=head.publisher,
        version=head.version or head.date,
        date=head.date,
        country=head.country,
        source=f"own results of {head.publisher}, estimated by {head.software}",
        author=head.software,
        limits=tuple(_row(study, one) for study, one in kept),
        notes=tuple(_notes(studies, head)),
    )


def results(study: Study) -> float:
    """How many results a study rests on; rows of one curve share theirs."""
    if study.curve is not None:
        return sum(curve.n for curve in study.curve.curves)
    return sum(one.estimate.n for one in study.made)


def refusal(studies: Sequence[Study], *, any_kept: bool) -> EstimateRefused:
    """The error for estimates that must not be published: which, why, and what is missing."""
    lines = [
        f"{study.analyte}, {describe(one.partition)}: {one.refusal.message} ({one.refusal.hint})"
        for study in studies
        for one in study.refused
        if one.refusal is not None
    ]
    hint = "--leave-out-refused publishes the other groups" if any_kept else "nothing was written"
    return EstimateRefused("no definition is written. " + "; ".join(lines), hint=hint)


def identity_of(studies: Sequence[Study], head: Head) -> str:
    """The id of the definition: the one asked for, or one made of publisher, counts and date."""
    return head.id or _slug(head.publisher, studies, head.date)


def _slug(publisher: str, studies: Sequence[Study], date: str) -> str:
    names = "-".join(str(study.analyte) for study in studies)
    text = re.sub(r"[^a-z0-9]+", "-", f"{publisher} {names} {date}".lower()).strip("-")
    return text or "own-definition"


def _row(study: Study, one: Made) -> ReferenceInterval:
    low, high = limits_of(one)
    return ReferenceInterval(
        analyte=study.analyte,
        unit=study.unit,
        low=rounded(low.value, study.step),
        high=rounded(high.value, study.step),
        partition=one.partition,
        note=_note(one, low, high),
    )


def _note(one: Made, low: Limit, high: Limit) -> str:
    parts = [f"{one.estimate.n:,.0f} people", f"about {one.estimate.sick_share:.0%} taken for sick"]
    for name, limit in (("lower", low), ("upper", high)):
        parts.append(f"{name} limit: percentile {100 * limit.probability:g}{interval(limit)}")
    return "; ".join(parts)


def interval(limit: Limit) -> str:
    """The 95 % interval of a limit in words, "" where none was made."""
    if limit.low is None or limit.high is None:
        return ""
    return f", 95 % interval {limit.low:.3g} to {limit.high:.3g}"


def _notes(studies: Sequence[Study], head: Head) -> list[str]:
    notes = [f"{head.software}; {METHOD}; limits rounded to the nearest reporting step."]
    for study in studies:
        days = f" drawn {study.first_day} to {study.last_day}" if study.first_day else ""
        notes += [f"{study.analyte}: {text}" for text in study.notes]
        n = results(study)
        notes.append(f"{study.analyte}: {n:,.0f} results{days}, in steps of {study.step:g}.")
        if study.chosen:
            notes.append(f"{study.analyte}: {'; '.join(study.chosen)}.")
        if study.tally is not None:
            notes += [
                f"{study.analyte}: {rows:,} row{'s' * (rows > 1)} left out: {reason.text}."
                for reason, rows in sorted(study.tally.excluded.items())
            ]
        notes += [
            f"{study.analyte}: not published for {describe(one.partition)}: {one.refusal.message}."
            for one in study.refused
            if one.refusal is not None
        ]
        notes += [f"{study.analyte}: {text}" for text in warnings_of(study)]
    if any(without_intervals(study) for study in studies):
        notes.append(NO_INTERVALS)
    if any(study.tally is None for study in studies):
        return [*notes, "Made from value counts, which do not say who was left out of them."]
    return [*notes, "Pregnant people were left out as far as the file named them."]


NO_INTERVALS = "No 95 % intervals were made: how sure these limits are is not known."


def drawn(replicates: int, seed: int) -> str:
    """How the 95 % intervals were made, for whoever makes them again."""
    return f"{replicates} draws for the 95 % intervals, seed {seed}"


def without_intervals(study: Study) -> bool:
    """Whether a group's limits come without 95 % intervals."""
    return any(limit.low is None for one in study.made for limit in limits_of(one))


def warnings_of(study: Study) -> list[str]:
    """The warnings of all groups of a study, each once; a curve's are those of its sex."""
    if study.curve is not None:
        told = [(Partition(sex=one.sex), one.warnings) for one in study.curve.curves]
    else:
        told = [(one.partition, one.estimate.diagnostics.warnings) for one in study.made]
    found = (f"{describe(people)}: {text}" for people, texts in told for _, text in texts)
    return list(dict.fromkeys(found))
