"""Cases of a count beside the person's own band, as the tables of tests/spec/setpoint.md write them.

All draws are counted back from one day: the last earlier one lies one step before it, and so on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from leukon.context import QUESTIONS, Context
from leukon.interpret import interpret
from leukon.interpretation import Interpretation
from leukon.panel import Count, Panel, Person
from leukon.setpoints.eligibility import Earlier
from leukon.setpoints.rules import OwnLevel
from support.found import read_counts
from support.spec import Row

NOW = date(2026, 3, 1)
STEP = 365
_DRAW = re.compile(r"(?P<count>[^\s{]+)(?:\{(?P<said>[^}]*)\})?")
_SIDE = re.compile(r"(?P<name>[a-z]+) (?P<days>\d+) days (?P<side>before|after)")


@dataclass(frozen=True)
class Case:
    """One row, ready to ask: the panel, the history and what is known beside the counts."""

    panel: Panel
    history: list[Earlier]
    context: Context | None
    by: str | None

    @property
    def line(self) -> str:
        """The count that is asked about: the first."""
        return str(self.panel.counts[0].analyte)

    def answer(self) -> Interpretation:
        """The interpretation of the panel, with its history."""
        return interpret(
            self.panel, by=self.by, history=self.history, context=self.context, agreement=False
        )

    def own(self) -> OwnLevel:
        """What is said of the count that is asked about."""
        return next(one for one in self.answer().setpoint if one.analyte == self.line)


def case_of(row: Row) -> Case:
    """The case of a row of the tables."""
    now, dated = _now(row["now"])
    whose = _person(row["person"])
    panel = Panel(whose, read_counts(row["counts"]), now if dated else None)
    line = str(panel.counts[0].analyte)
    step = int(row["apart"] or STEP)
    draws = list(_DRAW.finditer(row["earlier"]))
    history = [
        _earlier(line, draw["count"], draw["said"] or "", now - timedelta(days=step * back), whose)
        for back, draw in zip(range(len(draws), 0, -1), draws, strict=True)
    ]
    about_now = [
        part for part in row["now"].split(";") if part.strip() and part.strip() != "undated"
    ]
    if about_now:
        history.append(_said(Earlier(panel=panel), "; ".join(about_now), now))
    return Case(panel, history, context_of(row["known"]), row["by"] or None)


def _now(text: str) -> tuple[date, bool]:
    return NOW, "undated" not in text


def _person(text: str) -> Person:
    words = [word.strip() for word in text.split(";") if word.strip()]
    sexes = ("female", "male")
    return Person(
        age=next((word for word in words if word[0].isdigit()), None),
        sex=next((word for word in words if word in sexes), None),
        duffy="null" if "Duffy-null" in words else None,
        pregnant="pregnant" in words,
    )


def _earlier(line: str, text: str, said: str, day: date, whose: Person) -> Earlier:
    """An earlier draw: `1.4`, `<1.4`, `30%/4.0` (a share of a total), or no number at all."""
    own, *others = text.split(",")
    share, sign, total = own.partition("/")
    written = [share if share[0] in "<>" else f"={share}", *others]
    written += [f"WBC={total}"] if sign else []
    counts = read_counts(f"{line}{' '.join(written)}")
    if own == "none":
        counts = (Count(line, None),)  # type: ignore[arg-type]
    sex = "male" if said == "male" else whose.sex
    person = Person(age=whose.age, sex=sex, duffy=whose.duffy, pregnant="pregnant" in said)
    panel = Panel(person, counts)
    return _said(Earlier(panel=panel, drawn_at=None if said == "undated" else day), said, day)


def _said(entry: Earlier, said: str, day: date) -> Earlier:
    """The entry with what its braces say: where it was drawn, events near it, medicines."""
    events, drugs = list(entry.events), list(entry.drugs)
    moment = entry.moment
    for part in (part.strip() for part in said.split(";")):
        if found := _SIDE.fullmatch(part):
            days = int(found["days"]) * (-1 if found["side"] == "before" else 1)
            events.append((found["name"], day + timedelta(days=days)))
        elif part.startswith("takes "):
            drugs.append(part.removeprefix("takes "))  # type: ignore[arg-type]
        elif part == "same day":
            moment = NOW
        elif part.endswith(" days later"):
            moment = NOW + timedelta(days=int(part.split()[0]))
        elif part.endswith(" days back"):
            moment = NOW - timedelta(days=int(part.split()[0]))
    return Earlier(
        panel=entry.panel,
        drawn_at=moment,
        in_hospital="in hospital" in said,
        events=tuple(events),
        drugs=tuple(drugs),
    )


def context_of(text: str) -> Context | None:
    """What is known: nothing, or `all well`, with exceptions behind it."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts:
        return None
    said = {name: False for name in QUESTIONS if name != "listed-drug"}
    given: dict[str, object] = {"temperature": "36.8C", "drugs": ()}
    for part in parts:
        word, _, what = part.partition(" ")
        if re.fullmatch(r"[\d.]+C", part):
            given["temperature"] = part
            said.pop("fever"), said.pop("cold")
        elif word == "takes":
            given["drugs"] = what
        elif word == "open":
            said.pop(what)
        elif word == "yes":
            said[what] = True
        elif word == "asked":
            given["asked_on"] = date.fromisoformat(what)
        elif word == "treated":
            given["treatments"] = [what]
        elif part != "all well":
            raise ValueError(f"{part!r} is not known to these tables")
    return Context(answers=said, **given)  # type: ignore[arg-type]
