"""Which earlier counts may enter a set point, and why the others may not.

Counts drawn in hospital, near an infection or a treatment, or on a listed drug say nothing about
the steady state; pregnancy to twelve weeks after a birth is a series of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from leukon.context import Medicine, dated, slug
from leukon.errors import InputRefused
from leukon.panel import Panel

WINDOWS = {
    "infection": 30,
    "steroids": 30,
    "vaccination": 30,
    "surgery": 30,
    "chemotherapy": 90,
    "gcsf": 90,
    "transplant": 90,
}
"""Days on either side of an event within which a count is not of the steady state."""
BIRTH = "birth"
PREGNANCY_DAYS, AFTER_BIRTH_DAYS = 280, 84
"""A pregnancy, before a birth whose day is known, and the twelve weeks after it."""
EVENTS = (*WINDOWS, BIRTH)


class Earlier(Struct, frozen=True, kw_only=True):
    """One earlier draw: its panel, and what is known of that day.

    `drawn_at` is that of the panel unless given. `events` are things that happened to the person,
    each with its (last) day: "infection:2025-02-01", or ("infection", date); an event of any draw
    counts for every draw near it. `drugs` are the medicines then taken, as in a `Context`. An entry
    of the very draw that is interpreted is no earlier count: it says what is known of that draw.

    Raises `InputRefused` for an event that is not known or has no day, or a day that cannot be read.

    >>> from leukon.panel import Count, Person
    >>> panel = Panel(Person(age="34y"), [Count("NEUT", 1.6, "10*9/L")], date(2025, 3, 1))
    >>> Earlier(panel=panel, events=["infection:2025-02-20"]).events
    (('infection', datetime.date(2025, 2, 20)),)
    """

    panel: Panel
    drawn_at: date | datetime | str | None = None
    in_hospital: bool = False
    events: tuple[tuple[str, date], ...] = ()
    drugs: tuple[Medicine, ...] = ()

    def __post_init__(self) -> None:
        """Settle the day, the events and the medicines once."""
        if not isinstance(self.panel, Panel):
            raise InputRefused("an entry of a history without a panel", hint="Earlier(panel=...)")
        force_setattr(self, "drawn_at", _moment(self.drawn_at or self.panel.drawn_at))
        force_setattr(self, "events", tuple(_event(given) for given in _listed(self.events)))
        force_setattr(self, "drugs", tuple(_medicine(given) for given in _listed(self.drugs)))

    @property
    def moment(self) -> date | datetime | None:
        """When it was drawn, settled; None: not known."""
        assert not isinstance(self.drawn_at, str)
        return self.drawn_at


def _moment(given: date | datetime | str | None) -> date | datetime | None:
    try:
        return datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise InputRefused("the day of an earlier draw cannot be read", hint="2026-03-01") from None


def _listed(given: Iterable[Any]) -> Iterable[Any]:
    return [given] if isinstance(given, str) else given


def _event(given: str | tuple[str, date]) -> tuple[str, date]:
    name, day = dated(given) if isinstance(given, str) else given
    name = slug(name)
    if name not in EVENTS:
        raise InputRefused("an event leukon does not know", hint="one of " + ", ".join(EVENTS))
    if not isinstance(day, date):
        raise InputRefused("an event without its day", hint=f"write {name}:2026-01-31")
    return name, day.date() if isinstance(day, datetime) else day


def _medicine(given: Medicine | str) -> Medicine:
    return given if isinstance(given, Medicine) else Medicine(*dated(given))


Entry = Panel | tuple[date | datetime | str, Panel] | Earlier
"""The forms of an entry of a history: a panel with its day, a day and a panel, or an `Earlier`."""


def earlier_of(given: Entry) -> Earlier:
    """An entry of a history, in whatever of its forms it was given."""
    if isinstance(given, Earlier):
        return given
    if isinstance(given, Panel):
        return Earlier(panel=given)
    try:
        day, panel = given
    except (TypeError, ValueError):
        raise InputRefused(
            "an entry of a history is not one", hint="a Panel, (day, Panel), or an Earlier"
        ) from None
    return Earlier(panel=panel, drawn_at=day)


def events_near(day: date, events: Iterable[tuple[str, date]]) -> tuple[str, ...]:
    """The events whose window a day falls in, in the order of `EVENTS`.

    >>> events_near(date(2025, 3, 1), [("infection", date(2025, 1, 30)), ("gcsf", date(2025, 1, 1))])
    ('infection', 'gcsf')
    """
    near = {name for name, at in events if name != BIRTH and abs((day - at).days) <= WINDOWS[name]}
    return tuple(name for name in WINDOWS if name in near)


def in_pregnancy(day: date, births: Iterable[date], *, pregnant: bool) -> bool:
    """Whether a day lies in a pregnancy, or in the twelve weeks after a birth.

    >>> in_pregnancy(date(2025, 3, 1), [date(2025, 1, 1)], pregnant=False)
    True
    """
    return pregnant or any(
        -PREGNANCY_DAYS <= (day - birth).days <= AFTER_BIRTH_DAYS for birth in births
    )


class Circumstances(Struct, frozen=True, kw_only=True):
    """What is known of one draw: enough to say whether its counts are of the steady state."""

    in_hospital: bool = False
    near: tuple[str, ...] = ()
    on_listed_drug: bool = False
    in_pregnancy: bool = False

    @property
    def reason(self) -> str:
        """Why its counts may not enter, whatever the series; "" where they may."""
        if self.in_hospital:
            return "in-hospital"
        if self.near:
            return f"{self.near[0]}-near"
        return "listed-drug" if self.on_listed_drug else ""


def left_out_reason(then: Circumstances, now: Circumstances) -> str:
    """Why the counts of a draw do not enter the set point of now; "" where they do.

    >>> left_out_reason(Circumstances(in_hospital=True), Circumstances())
    'in-hospital'
    """
    if then.reason:
        return then.reason
    if then.in_pregnancy and not now.in_pregnancy:
        return "pregnancy"
    return "not-in-pregnancy" if now.in_pregnancy and not then.in_pregnancy else ""


_SAID = {
    "infection": "an infection",
    "surgery": "an operation",
    "vaccination": "a vaccination",
    "gcsf": "G-CSF",
    "transplant": "a transplant",
}
REASONS: Mapping[str, str] = {
    "in-hospital": "drawn in hospital",
    **{
        f"{name}-near": f"within {days} days of {_SAID.get(name, name)}"
        for name, days in WINDOWS.items()
    },
    "listed-drug": "drawn on a drug that may change counts",
    "pregnancy": "in pregnancy, or within 12 weeks after a birth",
    "not-in-pregnancy": "not in pregnancy or within 12 weeks after a birth, as this count is",
    "this-draw": "of the same draw as this count, as far as day and time tell",
    "not-earlier": "not drawn before the count it is compared with",
    "undated": "the day of the draw is not known",
    "no-centre-for-age": "of an age at which what is usual is not known",
    "comparator": "known only as a range",
    "zero": "a count of zero has no logarithm",
    "not-counted": "no count that can be used",
    "duplicate": "the same draw twice",
    "contradictory": "two different counts of one moment",
}
"""Why a row is left out, in words."""
