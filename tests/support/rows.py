"""Invented panels as rows of a table, as a laboratory prints them: text, a row a panel or a count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from leukon import Count, Panel, Person
from leukon.panel import age_at_draw
from support import plain_ages
from support.generators import STATED, Case, ages_in_words, cases, dates

Row = dict[str, str | None]
FACTS = (
    "practice",
    "person",
    "age",
    "birth_date",
    "drawn_at",
    "sex",
    "duffy",
    "pregnant",
    "pregnancy_weeks",
    "trimester",
    "specimen",
    "qualifiers",
)
ABSENT = {"missing": "", "pending": "pending"}
ODD = {"-1": "impossible", "1e9": "impossible", "much": "not-read", "1.2.3": "not-read"}
"""Cells of which no count can be made, and the reason that is given."""


@dataclass(frozen=True)
class Printed:
    """A panel with what a table says of the person and, in whole words, of the draw.

    `odd` is a cell beside its counts that holds no count.
    """

    case: Case
    age: str = ""
    born: date | None = None
    drawn: date | None = None
    odd: tuple[str, str] | None = None

    @property
    def why(self) -> dict[str, str]:
        """Why an analyte has no answer, where the panel itself does not say."""
        return {} if self.odd is None else {self.odd[0]: ODD[self.odd[1]]}

    def facts(self, number: int) -> Row:
        """The columns of the person."""
        person = self.case.panel.person
        said: dict[str, object] = {
            "practice": "AB"[number % 2],
            "person": f"P{number:05d}",
            "age": self.age,
            "birth_date": None if self.born is None else self.born.isoformat(),
            "drawn_at": None if self.drawn is None else self.drawn.isoformat(),
            "sex": person.sex,
            "duffy": person.duffy,
            "pregnant": "yes" if person.pregnant else None,
            "pregnancy_weeks": person.weeks,
            "trimester": person.trimester,
            "specimen": self.case.panel.specimen,
            "qualifiers": ";".join(person.qualifiers),
        }
        return {name: None if said[name] in (None, "") else str(said[name]) for name in FACTS}

    def wide(self, number: int) -> Row:
        """The panel as one row: each count with its unit behind it or in a column beside it."""
        row = self.facts(number)
        for place, count in enumerate(self.case.panel.counts):
            name = f"{count.analyte.lower()}{'_pct' if count.is_percentage else ''}"
            unit = "" if count.is_percentage else count.unit or ""
            beside = bool(unit) and place % 2 == 1
            row[name] = _cell(count, "" if beside or count.is_percentage else unit)
            if beside:
                row[f"{name}_unit"] = unit
        if self.odd is not None:
            row[self.odd[0].lower()], row[f"{self.odd[0].lower()}_unit"] = self.odd[1], "10*9/L"
        return row

    def long(self, number: int) -> list[Row]:
        """The panel as a row a count."""
        facts = {"specimen_id": f"S{number:05d}", **self.facts(number)}
        return [
            {
                **facts,
                "test": f"{count.analyte} {'%' if count.is_percentage else ''}".strip(),
                "value": _cell(count, ""),
                "unit": count.unit or None,
            }
            for count in self.case.panel.counts
        ] + self._odd(facts)

    def _odd(self, facts: Row) -> list[Row]:
        if self.odd is None:
            return []
        analyte, text = self.odd
        return [{**facts, "test": analyte, "value": text, "unit": "10*9/L"}]


def _cell(count: Count, unit: str) -> str | None:
    if count.value is None:
        return ABSENT[count.absent or "missing"] or None
    return f"{count.comparator}{count.value!r} {unit}".strip()


# Of platelets: they are no part of the white cells, so nothing else depends on them.
_odd = st.sampled_from((None, None, None, *(("PLT", text) for text in ODD)))


@st.composite
def printed(draw: st.DrawFn) -> Printed:
    """A panel that a table can say: no remark on how it was counted, no count twice."""
    case = draw(cases())
    counts: dict[tuple[str, bool], Count] = {}
    for count in case.panel.counts:
        if count.analyte != "NRBC" and count.absent in ("", "missing", "pending"):
            counts.setdefault((count.analyte, count.is_percentage), _plain(count))
    odd = None if ("PLT", False) in counts else draw(_odd)
    if draw(st.booleans()):
        text = draw(st.sampled_from(STATED) | ages_in_words())
        stated = _with(case, tuple(counts.values()), text, plain_ages.stated(text))
        return Printed(stated, age=text, odd=odd)
    born, drawn = (_not_midnight(when) for when in draw(dates()))
    drawn = max(born, drawn)
    age, plain = age_at_draw(born, drawn), plain_ages.at_draw(born, drawn)
    dated = _with(case, tuple(counts.values()), age, plain)
    return Printed(dated, born=born, drawn=drawn, odd=odd)


def _plain(count: Count) -> Count:
    """The count without what stands in no column."""
    return Count(
        count.analyte, count.value, count.unit, comparator=count.comparator, absent=count.absent
    )


def _not_midnight(when: date) -> date:
    """A moment at midnight is a date: files are full of dates that are stored so."""
    at_midnight = isinstance(when, datetime) and when.hour == 0
    return when + timedelta(hours=1) if at_midnight else when


def _with(case: Case, counts: tuple[Count, ...], age: object, plain: plain_ages.PlainAge) -> Case:
    said = case.panel.person
    person = Person(
        age=age,  # type: ignore[arg-type]
        sex=said.sex,
        duffy=said.duffy,
        pregnant=said.pregnant,
        weeks=said.weeks,
        trimester=said.trimester,
        qualifiers=said.qualifiers,
    )
    return Case(Panel(person, counts, specimen=case.panel.specimen), plain)
