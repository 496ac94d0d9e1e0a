"""The counts of one panel beside the person's own level, from the panels of earlier draws.

What may be said is decided in `leukon.setpoints.rules`; here stand the facts it is decided by. The
advice never sees a history.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from leukon.analytes import Analyte
from leukon.batch import Batch
from leukon.compare import Outcome
from leukon.context import Context
from leukon.interpretation import Interpretation, Interpreted
from leukon.panel import Panel, Person, day_of
from leukon.past import THIS_DRAW, EarlierCount, Moment, Past, clock, stopped_drugs
from leukon.setpoints.parameters import shipped
from leukon.setpoints.person import (
    DAYS_A_YEAR,
    SetPoint,
    setpoint,
    years_of,
)
from leukon.setpoints.rules import (
    LOW_BY_DEFINITION,
    SAY_LOW,
    SEVERE_BELOW,
    WITHHELD,
    LeftOut,
    OwnLevel,
    Seen,
    answer_for,
    is_held,
    place_of,
    too_young,
    why_no_answer,
    withheld_by_history,
)
from leukon.withheld import withheld_outside


def own_levels(
    panel: Panel,
    answer: Interpretation,
    past: Past,
    *,
    context: Context | None,
    current: tuple[Batch, Outcome],
) -> tuple[OwnLevel, ...]:
    """For each count of a panel that has a model, the person's own band and what is said beside it.

    `answer` is the panel's, with its advice where there is a `context`; `past` its earlier draws,
    `current` its batch of one.
    """
    withheld = withheld_outside(panel, answer, past.now, context=context, current=current)
    known = [one for one in answer.counts if shipped().model(Analyte(one.analyte)) is not None]
    beside = [_beside(panel, one, past) for one in known]
    if any(one.falling for one in beside):
        withheld.add("falling")
    if any(one.is_low for one in beside):
        withheld.add("another-low-for-you")
    withheld |= {name for name, holds in _by_past(panel, past, context).items() if holds}
    return tuple(_own_level(one, withheld) for one in beside)


def _by_past(panel: Panel, past: Past, context: Context | None) -> dict[str, bool]:
    """Why the earlier draws forbid to call any count usual, whichever count is asked about."""
    sexes = {draw.panel.person.sex for draw in past.draws} | {panel.person.sex}
    return {
        "severe-before": past.was_severe(SEVERE_BELOW),
        "drug-before": past.reaches_back_to(stopped_drugs(context)),
        "sex-differs": len(sexes - {None}) > 1,
    }


class _Beside(NamedTuple):
    """One count beside the band of its own past: where it lies, and what made the band."""

    seen: Interpreted
    own: SetPoint
    days: list[Moment]
    left_out: tuple[LeftOut, ...]
    place: str
    falling: bool
    stood_higher: bool

    @property
    def is_low(self) -> bool:
        """Whether it is low for the person."""
        return answer_for(self.seen.flag, self.place, young=True, calm=False) in SAY_LOW


class _Series(NamedTuple):
    """The earlier counts that may enter, and the moment whose age says what is usual."""

    seen: Interpreted
    person: Person
    values: list[float]
    moments: list[Moment]
    now: Moment | None

    def setpoint(self, *, with_current: bool = False) -> SetPoint:
        """The set point at the age of now; the count of now enters only a look for a fall."""
        values, moments = [*self.values], [*self.moments]
        left_out = {}
        if self.now is not None:
            left_out = {} if with_current else {len(values): "now"}
            values.append((self.seen.value if with_current else None) or 1.0)
            moments.append(self.now)
        return setpoint(
            self.seen.analyte,
            values,
            moments,
            unit=self.seen.unit,
            age=self.person.age_at_draw,
            sex=self.person.sex,
            duffy=self.person.duffy,
            left_out=left_out,
        )


def _beside(panel: Panel, seen: Interpreted, past: Past) -> _Beside:
    counts = list(past.counts(Analyte(seen.analyte)))
    now = _last(counts) if panel.drawn_at is None else clock(panel.drawn_at)
    counts = [_old_enough(one, panel.person, now) for one in counts]
    enter = [(one.value, one.at) for one in counts if not one.reason and one.at is not None]
    series = _Series(seen, panel.person, [v for v, _ in enter], [at for _, at in enter], now)
    own = series.setpoint()
    left = [LeftOut(one.at and day_of(one.at), one.reason) for one in counts if one.reason]
    for place, (_, at) in enumerate(enter):
        if place in own.left_out:
            left.append(LeftOut(day_of(at), own.left_out[place]))
    kept = [at for place, (_, at) in enumerate(enter) if place not in own.left_out]
    with_now = _with_now(series, panel)
    return _Beside(
        seen,
        own,
        kept,
        tuple(sorted(left, key=lambda one: (str(one.drawn_at or ""), one.reason))),
        "" if own.low is None or own.high is None else place_of(_plain(seen), own.low, own.high),
        own.falling or with_now.falling,
        own.stood_higher or with_now.stood_higher,
    )


def _with_now(series: _Series, panel: Panel) -> SetPoint:
    """The set point of which the count of now is a part, to see a fall with it."""
    seen = series.seen
    if not seen.value or seen.comparator or panel.drawn_at is None or not series.values:
        return SetPoint(analyte=seen.analyte, unit=seen.unit)
    return series.setpoint(with_current=True)


def _last(counts: Iterable[EarlierCount]) -> Moment | None:
    """The last moment of a history, where the day of the draw itself is not known."""
    return max((one.at for one in counts if one.at is not None), key=_timed, default=None)


def _timed(at: Moment) -> datetime:
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day)


def _old_enough(one: EarlierCount, person: Person, now: Moment | None) -> EarlierCount:
    """A count of an age at which nobody knows what is usual is left out, not the whole history."""
    years = years_of(person.age_at_draw)
    if one.reason or years is None or now is None or one.at is None:
        return one
    then = years - (day_of(now) - day_of(one.at)).days / DAYS_A_YEAR
    too_early = then < shipped().youngest <= years
    return one._replace(reason="no-centre-for-age") if too_early else one


def _plain(count: Interpreted) -> Seen:
    return Seen(count.value, count.comparator, count.flag)


def _own_level(one: _Beside, withheld: set[str]) -> OwnLevel:
    """What is said of one count."""
    own, seen = one.own, _plain(one.seen)
    shown = OwnLevel(analyte=one.seen.analyte, unit=one.seen.unit, left_out=one.left_out)
    if own.low is None:
        others = any(left.reason != THIS_DRAW for left in one.left_out)
        nothing = own.reason == "no-history" and others
        return replace(shown, reason="all-left-out" if nothing else own.reason)
    young = too_young(own.n_effective, own.span_days)
    held = withheld | _held_by(one)
    answer = answer_for(seen.flag, one.place, young=bool(young), calm=not held)
    return replace(
        shown,
        centre=own.centre,
        low=own.low,
        high=own.high,
        low_99=own.low_99,
        high_99=own.high_99,
        n_effective=own.n_effective,
        counts_used=len(one.days),
        first=min(map(day_of, one.days)),
        span_days=own.span_days,
        provisional=own.provisional,
        falling=one.falling,
        answer=answer,
        withheld=tuple(name for name in WITHHELD if name in held) if _may_calm(answer) else (),
        reason=young if answer else why_no_answer(seen, young),
    )


def _held_by(one: _Beside) -> set[str]:
    """Why its own history forbids to call a count usual."""
    own = one.own
    return set(
        withheld_by_history(
            one.place,
            usual=own.usual and is_held(own.span_days or 0.0, own.steady_days or 0.0),
            falling=one.falling,
            stood_higher=one.stood_higher,
        )
    )


def _may_calm(answer: str) -> bool:
    """Whether "usual for you" is what was withheld."""
    return answer == LOW_BY_DEFINITION
