"""The plain oracle: what a panel means by a definition, in slow and obvious Python.

Everything that interprets must equal it. A limit is found by looking at every row of the
definition in turn, for every age the person may have; numbers are exact fractions. It knows nothing
of arrays, tables of cells or compiled limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import inf

from leukon import Definition, Panel
from leukon.limits import Limit
from support import plain_ages
from support.plain_ages import Border, PlainAge
from support.plain_counts import CELLS, LINES, MASS, Amount, absolute_amounts

TIER = {"reference": 0, "decision": 0, "conventional": 1, "study": 2}
ORDER = ("critical-low", "low", "within", "high", "critical-high")
TRIMESTERS = {1: (0.0, 14.0), 2: (14.0, 28.0), 3: (28.0, 45.0)}

Place = tuple[Fraction | float, int]
"""A number and a nudge: (4, -1) is just under 4, (4, 1) just over it."""


@dataclass(frozen=True)
class Said:
    """What the oracle says of one count."""

    flag: str
    lower: Fraction | None
    upper: Fraction | None
    reason: str
    derived: bool
    value: Fraction | None


@dataclass(frozen=True)
class Judgement:
    """What the oracle says of a panel."""

    counts: dict[str, Said]
    driver: str


@dataclass(frozen=True)
class Chosen:
    """The rows that answer for a person: one for each side, and one for each critical side."""

    low: Limit | None
    high: Limit | None
    critical_low: Limit | None
    critical_high: Limit | None


NONE_HOLDS = Chosen(None, None, None, None)


def judge(panel: Panel, definition: Definition, *, age: PlainAge | None = None) -> Judgement:
    """The flags and the driver of a panel; `age` as the oracle itself reads it, where known."""
    ages = plain_ages.of_age(panel.person.age_at_draw) if age is None else age
    amounts = absolute_amounts(panel)
    counts: dict[str, Said] = {}
    short: dict[str, Fraction] = {}
    for analyte, amount in amounts.items():
        rows = [row for row in definition.limits if row.analyte == analyte]
        chosen, why = _settled(rows, panel, ages, definition)
        counts[analyte] = _said(amount, chosen, why)
        if amount.number is not None and counts[analyte].flag in ORDER[:2]:
            short[analyte] = _bar(chosen) - amount.number
    return Judgement(counts, _driver(counts, short, definition))


def value_of(row: Limit, side: str) -> Fraction:
    """A printed limit in 10*9/L or g/L."""
    factor = MASS[row.unit] if row.analyte == "HGB" else CELLS[row.unit]
    return Fraction(Decimal(repr(getattr(row, side)))) * factor


# Which rows hold


def _settled(
    rows: Sequence[Limit], panel: Panel, ages: PlainAge, definition: Definition
) -> tuple[Chosen, str]:
    """The rows that hold whatever the person's exact age is, and why there is no lower limit."""
    if not rows:
        return NONE_HOLDS, "no-limit"
    borders = borders_of(rows)
    possible = ages or plain_ages.everyone(borders)
    answers = {
        _answer(rows, panel, months, days, definition)
        for months, days in plain_ages.points(possible, borders)
    }
    found = [
        Chosen(*(None if place is None else rows[place] for place in places))
        for places, _ in answers
    ]
    if len(answers) > 1:
        return _critical_at_all_ages(found), "age-inexact" if ages else "age-missing"
    return found[0], answers.pop()[1]


def _critical_at_all_ages(found: Sequence[Chosen]) -> Chosen:
    """A critical limit is never hidden by an age: what is critical at each age is critical."""
    lows, highs = [one.critical_low for one in found], [one.critical_high for one in found]
    low = high = None
    if None not in lows:
        low = min((row for row in lows if row), key=lambda row: _edge(row, "low"))
    if None not in highs:
        high = max((row for row in highs if row), key=lambda row: _edge(row, "high"))
    return Chosen(None, None, low, high)


def _edge(row: Limit, side: str) -> Place:
    """The number beyond which a count is critical, the limit itself where it is so too."""
    inclusive = row.low_inclusive if side == "low" else row.high_inclusive
    return value_of(row, side), 0 if inclusive else {"low": 1, "high": -1}[side]


def borders_of(rows: Iterable[Limit]) -> list[Border]:
    texts = {text for r in rows for text in (r.partition.age_from, r.partition.age_to)}
    return [edge for text in texts if (edge := plain_ages.border(text)) is not None]


def _answer(
    rows: Sequence[Limit], panel: Panel, months: int, days: Fraction, definition: Definition
) -> tuple[tuple[int | None, ...], str]:
    """The rows for one exact age, and why there is no lower limit."""
    person = facts_of(panel, definition.limits)
    here = [
        best(rows, person, (months, days), side=side, kinds=kinds)
        for kinds in (tuple(TIER), ("critical",))
        for side in ("low", "high")
    ]
    why = "" if here[0] is not None else _why_none(rows, person, (months, days))
    return tuple(here), why


Facts = dict[str, object]
Exact = tuple[int, Fraction]


def facts_of(panel: Panel, limits: Iterable[Limit]) -> Facts:
    """What is known of the person, as the limits that will be looked through tell people apart."""
    person = panel.person
    return {
        "sex": person.sex,
        "duffy": person.duffy,
        "pregnant": person.pregnant,
        "week": _week(panel, limits),
        "specimen": panel.specimen,
        "qualifiers": set(person.qualifiers),
    }


def _week(panel: Panel, limits: Iterable[Limit]) -> float | None:
    """The completed week; a trimester is as good where no week border of the limits cuts it."""
    person = panel.person
    if person.weeks is not None:
        return float(person.weeks)
    if person.trimester is None:
        return None
    start, end = TRIMESTERS[person.trimester]
    parts = [row.partition for row in limits]
    weeks = {week for part in parts for week in (part.weeks_from, part.weeks_to)}
    cut = any(week is not None and start < week < end for week in weeks)
    return None if cut else start


def best(
    rows: Sequence[Limit], person: Facts, age: Exact, *, side: str, kinds: tuple[str, ...]
) -> int | None:
    """The row that wins on one side: the tier first, then the most specific."""
    winner: int | None = None
    for place, row in enumerate(rows):
        wanted = row.kind in kinds and getattr(row, side) is not None
        if not wanted or not _holds(row, rows, person, age):
            continue
        if winner is None or _strength(row) > _strength(rows[winner]):
            winner = place
    return winner


def _strength(row: Limit) -> tuple[int, int]:
    people = row.partition
    asked = [people.sex, people.duffy, people.pregnancy, people.specimen, *people.qualifiers]
    return -TIER.get(row.kind, 0), sum(1 for fact in asked if fact)


def _holds(row: Limit, rows: Sequence[Limit], person: Facts, age: Exact) -> bool:
    people = row.partition
    start, end = plain_ages.border(people.age_from), plain_ages.border(people.age_to)
    if not plain_ages.reached(start, *age) or (end is not None and plain_ages.reached(end, *age)):
        return False
    if people.sex and people.sex != person["sex"]:
        return False
    if people.duffy and people.duffy != person["duffy"]:
        return False
    if people.specimen and people.specimen != person["specimen"]:
        return False
    known = person["qualifiers"]
    assert isinstance(known, set)
    return set(people.qualifiers) <= known and _holds_in_pregnancy(row, rows, person)


def _holds_in_pregnancy(row: Limit, rows: Sequence[Limit], person: Facts) -> bool:
    people, week = row.partition, person["week"]
    if not people.pregnancy:
        answered = any(other.partition.pregnancy for other in rows)
        return not (person["pregnant"] and answered and row.kind != "critical")
    if not person["pregnant"]:
        return False
    if people.weeks_from is None and people.weeks_to is None:
        return True
    if week is None:
        return False
    assert isinstance(week, float)
    after = people.weeks_from is None or week >= people.weeks_from
    return after and (people.weeks_to is None or week < people.weeks_to)


def _why_none(rows: Sequence[Limit], person: Facts, age: Exact) -> str:
    """Why a person has no lower limit: what would have to be known, or be another, to have one."""
    lower = [row for row in rows if row.kind in TIER and row.low is not None]
    if not lower:
        return "historic-only" if {r.kind for r in rows} == {"historic"} else "no-lower-limit"

    def found(changes: Iterable[Facts], ages: Iterable[Exact]) -> bool:
        return any(
            best(rows, {**person, **change}, at, side="low", kinds=tuple(TIER)) is not None
            for change in changes
            for at in ages
        )

    sexes: list[Facts] = [{"sex": sex} for sex in ("female", "male", None)]
    weeks = _weeks_to_try(rows, person)
    by_sex = "no-limit-for-sex" if person["sex"] else "sex-missing"
    borders = borders_of(rows)
    others = plain_ages.points(plain_ages.everyone(borders), borders)
    for reason, changes, ages in (
        (by_sex, sexes, [age]),
        ("weeks-missing", weeks, [age]),
        ("no-limit-for-age", sexes, others),
    ):
        if found(changes, ages):
            return reason
    return "no-limit-for-person"


def _weeks_to_try(rows: Sequence[Limit], person: Facts) -> list[Facts]:
    if not person["pregnant"] or person["week"] is not None:
        return []
    edges = {row.partition.weeks_from or 0.0 for row in rows}
    return [{"week": float(edge)} for edge in edges]


# What the count is, by those rows


def _said(amount: Amount, chosen: Chosen, why: str) -> Said:
    lower = value_of(chosen.low, "low") if chosen.low else None
    upper = value_of(chosen.high, "high") if chosen.high else None
    if amount.number is None:
        return Said("undetermined", lower, upper, amount.reason or "value-missing", False, None)
    flag, reason = _flag(amount, chosen)
    if flag == "within" and why:
        flag, reason = "undetermined", why
    return Said(flag, lower, upper, reason, amount.derived, amount.number)


def ends(amount: Amount) -> tuple[Place, Place]:
    """The lowest and the highest number a count may be."""
    assert amount.number is not None
    lowest, highest = (amount.number, 0), (amount.number, 0)
    spans: dict[str, tuple[Place, Place]] = {
        "": (lowest, highest),
        "<": ((Fraction(0), 0), (amount.number, -1) if amount.number else highest),
        "<=": ((Fraction(0), 0), highest),
        ">=": (lowest, (inf, 0)),
        ">": ((amount.number, 1), (inf, 0)),
    }
    return spans[amount.sign]


def _flag(amount: Amount, chosen: Chosen) -> tuple[str, str]:
    first, last = ends(amount)
    flags = _flag_at(first, chosen), _flag_at(last, chosen)
    reason = ""
    flag = flags[0]
    if flags[0] != flags[1]:
        reason = "comparator"
        flag = "undetermined"
        for group, name in ((ORDER[:2], "low"), (ORDER[3:], "high")):
            if flags[0] in group and flags[1] in group:
                flag = name
    if flag == "low" and not _under(last, chosen.low, "low") and not _critical(last, chosen):
        reason = "below-floor"
    return flag, reason


def _flag_at(place: Place, chosen: Chosen) -> str:
    """The flag of one number; a low one first, since nothing may hide it."""
    if _critical(place, chosen):
        return "critical-low"
    if _under(place, chosen.low, "low") or _under_floor(place, chosen.low):
        return "low"
    if _over(place, chosen.critical_high):
        return "critical-high"
    return "high" if _over(place, chosen.high) else "within"


def _critical(place: Place, chosen: Chosen) -> bool:
    return _under(place, chosen.critical_low, "low")


def _under(place: Place, row: Limit | None, side: str) -> bool:
    return row is not None and place < (value_of(row, side), 0 if row.low_inclusive else 1)


def _under_floor(place: Place, row: Limit | None) -> bool:
    return row is not None and row.floor is not None and place < (value_of(row, "floor"), 0)


def _over(place: Place, row: Limit | None) -> bool:
    return row is not None and place > (value_of(row, "high"), 0 if row.high_inclusive else -1)


def _bar(chosen: Chosen) -> Fraction:
    """The highest of the limits that make a count low."""
    bars = [value_of(row, "low") for row in (chosen.low, chosen.critical_low) if row]
    if chosen.low and chosen.low.floor is not None:
        bars.append(value_of(chosen.low, "floor"))
    return max(bars)


def _driver(counts: dict[str, Said], short: dict[str, Fraction], definition: Definition) -> str:
    """The low line with the largest shortfall; "none" only where the neutrophils were compared."""
    low = [line for line in LINES if line in short]
    if low:
        return max(low, key=lambda line: (short[line], -LINES.index(line)))
    known = [line for line in LINES if line in counts and counts[line].flag != "undetermined"]
    if any(row.analyte == "NEUT" for row in definition.limits):
        return "none" if "NEUT" in known else "undetermined"
    return "none" if known else "undetermined"
