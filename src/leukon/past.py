"""The earlier draws of a person: which counts they hold, and which of them may enter a set point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from math import isnan
from typing import NamedTuple

from leukon.advice.drugs import find_all
from leukon.analytes import Analyte
from leukon.batch import batch_of
from leukon.compare import Compared, interpret_batch
from leukon.context import Context, Medicine
from leukon.definition import Definition
from leukon.errors import InputRefused, ValueRefused
from leukon.panel import Panel, day_of
from leukon.reasons import Reason
from leukon.setpoints.eligibility import (
    BIRTH,
    Circumstances,
    Earlier,
    Entry,
    earlier_of,
    events_near,
    in_pregnancy,
    left_out_reason,
)

_TREATED = {"anticancer": "chemotherapy", "cell-therapy": "transplant", "gcsf": "gcsf"}
CONTRADICTORY = (Reason.CONTRADICTORY, Reason.DUPLICATE, Reason.PERCENT_SUM)
THIS_DRAW = "this-draw"
"""Why an entry of the very draw that is interpreted does not enter."""
_UNEXPLAINED = ("", "comparator", "zero", "undated")
"""Why a count does not enter that explains nothing; "": it enters."""
Moment = date | datetime
"""A day, or a moment of it in a clock that all moments share."""
_Events = list[tuple[str, date]]


class Draw(NamedTuple):
    """One earlier draw: when, and why none of its counts may enter ("": they may)."""

    at: Moment | None
    reason: str
    panel: Panel

    @property
    def day_before(self) -> date | None:
        """Its day, where that is known and lies before this draw."""
        before = self.at is not None and self.reason not in (THIS_DRAW, "not-earlier")
        return day_of(self.at) if self.at is not None and before else None


class EarlierCount(NamedTuple):
    """One earlier count, in canonical units, when, and why it may not enter ("": it may)."""

    value: float
    at: Moment | None
    reason: str


class Past(NamedTuple):
    """The earlier draws with their counts, and what is known of the draw that is interpreted."""

    draws: list[Draw]
    compared: dict[Analyte, Compared]
    now: Circumstances

    def counts(self, kind: Analyte) -> Iterator[EarlierCount]:
        """The earlier counts of one analyte, one for every draw that was to count it."""
        found = self.compared.get(kind)
        if found is None:
            return
        for row, draw in enumerate(self.draws):
            if not isnan(found.values[row]) or any(c.analyte is kind for c in draw.panel.counts):
                reason = draw.reason or _unusable(found, row)
                yield EarlierCount(float(found.values[row]), draw.at, reason)

    def was_severe(self, below: float) -> bool:
        """Whether neutrophils were, or may have been, under a count where nothing explains it."""
        return any(
            one.value < below or (one.reason == "comparator" and one.value == below)
            for one in self.counts(Analyte.NEUT)
            if one.reason in _UNEXPLAINED
        )

    def reaches_back_to(self, days: Iterable[date]) -> bool:
        """Whether a draw that may enter was taken up to one of some days."""
        last = max(days, default=None)
        entering = (day_of(draw.at) for draw in self.draws if draw.at and not draw.reason)
        return last is not None and any(day <= last for day in entering)


def past_of(
    panel: Panel, history: Sequence[Entry], definition: Definition, context: Context | None
) -> Past:
    """The earlier draws of a history, as seen from the draw that is interpreted.

    All are made absolute in one go, so that a count which a report gives as a percentage is there
    too. Raises `ValueRefused` for a day that lies in the future, or before birth.
    """
    entries = _entries(history)
    _refuse_future(panel, entries)
    _refuse_unborn(panel, entries)
    events = [event for entry in entries for event in entry.events] + _treated(context)
    now = _now(panel, entries, events, context)
    draws = [_draw(entry, panel, events, now) for entry in entries]
    batch = batch_of([draw.panel for draw in draws])
    compared = interpret_batch(batch, definition.compiled).counts if draws else {}
    return Past(draws, compared, now)


def _entries(history: Iterable[Entry]) -> list[Earlier]:
    try:
        given = list(history)
    except TypeError:
        hint = "history=[panel, ...]"
        raise InputRefused("a history is a list of earlier draws", hint=hint) from None
    return [earlier_of(one) for one in given]


def _unusable(found: Compared, row: int) -> str:
    if isnan(found.values[row]):
        given = found.reasons[row] in CONTRADICTORY
        return "contradictory" if given else "not-counted"
    if found.comparators is not None and found.comparators[row]:
        return "comparator"
    return "zero" if found.values[row] == 0 else ""


def _refuse_future(panel: Panel, entries: Iterable[Earlier]) -> None:
    """A day that has not come is an error of typing, and would move a window."""
    today = date.today()
    for place, entry in enumerate(entries, 1):
        for at in (entry.moment, *(day for _, day in entry.events)):
            if at is not None and day_of(at) > today:
                raise ValueRefused("the day lies in the future", where=f"history, entry {place}")
    if panel.drawn_at is not None and day_of(panel.drawn_at) > today:
        raise ValueRefused("the day of the draw lies in the future", hint="check drawn_at")


def _refuse_unborn(panel: Panel, entries: Iterable[Earlier]) -> None:
    """A draw from before the person was born is another person's, or its day is wrong."""
    if panel.drawn_at is None:
        return
    oldest = panel.person.age_at_draw.days_to
    for place, entry in enumerate(entries, 1):
        if entry.moment is not None:
            before = (day_of(panel.drawn_at) - day_of(entry.moment)).days
            # An age that is not known is NaN, and nothing is over it.
            if before > oldest:
                raise ValueRefused("the day lies before birth", where=f"history, entry {place}")


def _treated(context: Context | None) -> _Events:
    """The dated treatments of a context as events of the history."""
    given = context.treatments if context else ()
    return [(_TREATED[one.kind], one.on) for one in given if one.on and one.kind in _TREATED]


def stopped_drugs(context: Context | None) -> list[date]:
    """The last days of medicines that may change counts, whether or not they still count.

    When they were begun is not known, so that any count before may be of their time.
    """
    given = (context.drugs or ()) if context else ()
    found = zip(given, find_all(given, None), strict=True)
    return [one.stopped for one, drug in found if one.stopped and (drug.groups or drug.unknown)]


def _now(
    panel: Panel, entries: list[Earlier], events: _Events, context: Context | None
) -> Circumstances:
    """What is known of the draw that is interpreted; entries of its moment speak of it."""
    same = [entry for entry in entries if _is_now(entry, panel)]
    drugs = [*((context.drugs or ()) if context else ()), *(d for one in same for d in one.drugs)]
    pregnant = panel.person.pregnant or bool(context and context.answer("pregnant"))
    return _circumstances(
        panel.drawn_at,
        events,
        in_hospital=any(one.in_hospital for one in same),
        drugs=drugs,
        pregnant=pregnant or any(one.panel.person.pregnant for one in same),
    )


def _draw(entry: Earlier, panel: Panel, events: _Events, now: Circumstances) -> Draw:
    at = None if entry.moment is None else clock(entry.moment)
    if _is_now(entry, panel):
        return Draw(at, THIS_DRAW, entry.panel)
    if at and panel.drawn_at and not precedes(at, panel.drawn_at):
        return Draw(at, "not-earlier", entry.panel)
    if at is None:
        return Draw(at, "undated", entry.panel)
    then = _circumstances(
        at,
        events,
        in_hospital=entry.in_hospital,
        drugs=entry.drugs,
        pregnant=entry.panel.person.pregnant,
    )
    return Draw(at, left_out_reason(then, now), entry.panel)


def _circumstances(
    at: Moment | None,
    events: _Events,
    *,
    in_hospital: bool,
    drugs: Sequence[Medicine],
    pregnant: bool,
) -> Circumstances:
    day = None if at is None else day_of(at)
    births = [when for name, when in events if name == BIRTH]
    return Circumstances(
        in_hospital=in_hospital,
        near=() if day is None else events_near(day, events),
        on_listed_drug=any(one.counting or not one.is_known for one in find_all(drugs, day)),
        in_pregnancy=pregnant if day is None else in_pregnancy(day, births, pregnant=pregnant),
    )


def _is_now(entry: Earlier, panel: Panel) -> bool:
    """Whether an entry is of the very draw that is interpreted."""
    at, now = entry.moment, panel.drawn_at
    if at is None or now is None:
        return entry.panel == panel
    return not precedes(at, now) and not precedes(now, at)


def clock(at: Moment) -> Moment:
    """A moment of any time zone in the clock that all share; a day stays one.

    >>> clock(datetime.fromisoformat("2025-03-01T01:30+02:00"))
    datetime.datetime(2025, 2, 28, 23, 30)
    """
    if isinstance(at, datetime) and at.tzinfo is not None:
        return at.astimezone(UTC).replace(tzinfo=None)
    return at


def precedes(at: Moment, now: Moment) -> bool:
    """Whether a moment was before another; within one day only times of day can say so.

    >>> precedes(date(2025, 3, 1), datetime(2025, 3, 1, 9))
    False
    """
    at, now = clock(at), clock(now)
    if isinstance(at, datetime) and isinstance(now, datetime):
        return at < now
    return day_of(at) < day_of(now)
