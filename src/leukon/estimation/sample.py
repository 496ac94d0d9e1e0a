"""Which results enter an estimate: one a person, of known age, none from a ward; the rest counted.

It works on arrays and never sees a file. Every row leaves for one reason, the first that holds in
the order of `Exclusion`, so that what came in is what went out and what was left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from leukon.ages import Ages, parse_border
from leukon.arrays import Codes, Floats, Integers, Moments, Truths
from leukon.batch import SEX_CODES
from leukon.errors import AgeRefused, UsageError
from leukon.estimation.exclusions import BY_REASON, Exclusion, Tally
from leukon.limits import Partition
from leukon.reasons import Reason

OUTSIDE, IN_PATIENT, REPEATED_COURSE, UNKNOWN_WORD = 1, 2, 3, 4
"""Where a specimen was taken: codes of `Candidates.settings`; 0 where nothing is said."""
ADULT = "18y"
NEWBORN_DAYS = 28.0
_HOURS = 2.0 / 24.0


def bands(borders: str) -> tuple[tuple[str, str], ...]:
    """The age bands between borders, the last one open.

    >>> bands("18y,40y,65y")
    (('18y', '40y'), ('40y', '65y'), ('65y', ''))
    """
    named = [text.strip() for text in borders.split(",") if text.strip()]
    if not named:
        raise UsageError("no age border is given", hint="for example 18y,40y,65y")
    places = [_place(text) for text in named]
    if any(later <= earlier for earlier, later in itertools.pairwise(places)):
        raise UsageError("age borders go up", where=borders, hint="for example 18y,40y,65y")
    return tuple(zip(named, [*named[1:], ""], strict=True))


def _place(text: str) -> float:
    try:
        border = parse_border(text)
    except AgeRefused as error:
        raise UsageError(f"{text!r} is no age border", hint=error.hint) from None
    return border.value if border.scale == "days" else border.value * 30.4375


@dataclass(frozen=True)
class Rules:
    """How a sample is chosen. `adults` is the owner's word that who has no age is an adult.

    `per_person` is "first" or "all" (every result, weighing 1/n); with `most` people of more results
    are left out. `first_day` and `last_day` are both included. Wards stay in with `keep_in_patients`.
    With `continuous` there are no age bands: the limits are to move with age.
    """

    bands: tuple[tuple[str, str], ...] = ((ADULT, ""),)
    by_sex: bool = False
    adults: bool = False
    per_person: str = "first"
    most: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    keep_in_patients: bool = False
    keep_pregnant: bool = False
    continuous: bool = False

    def __post_init__(self) -> None:
        """Refuse a choice there is none of."""
        if self.per_person not in ("first", "all"):
            raise UsageError(
                f"no such choice: {self.per_person!r}", hint="--per-person first or all"
            )
        if self.most is not None and self.most < 1:
            raise UsageError("a person has at least one result", hint="--most-results 1 or more")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise UsageError("the dates run backwards", hint="--from is the earlier one")

    @property
    def said(self) -> tuple[str, ...]:
        """The choices in words, for whoever signs."""
        first = self.per_person == "first"
        told = {
            "one result a person, the first that may enter": first,
            "every result of a person, weighing 1/n": not first,
            f"people of more than {self.most} results were left out": self.most is not None,
            f"only draws from {self.first_day} on": self.first_day is not None,
            f"only draws up to {self.last_day}": self.last_day is not None,
            "in-patients and repeated courses stayed in": self.keep_in_patients,
            "who has no age in the file was taken for an adult": self.adults,
        }
        return tuple(text for text, holds in told.items() if holds)

    @property
    def groups(self) -> tuple[Partition, ...]:
        """The groups an estimate is made for, in order."""
        sexes = ("female", "male") if self.by_sex else ("",)
        return tuple(
            Partition(sex=sex, age_from=start, age_to=end)
            for sex in sexes
            for start, end in self.bands
        )


@dataclass(frozen=True)
class Candidates:
    """Rows that may enter: one analyte in its canonical unit, and whose it is.

    `persons` numbers people (-1: the file names none, so each row is its own); `choice` numbers the
    group of a row where somebody else has settled it (-1: none), and is None elsewhere.
    """

    values: Floats
    reasons: Codes
    signs: Codes
    derived: Truths
    ages: Ages
    sex: Codes
    pregnant: Truths
    capillary: Truths
    settings: Codes
    drawn: Moments
    persons: Integers
    choice: Integers | None = None

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.values)


@dataclass(frozen=True)
class Sample:
    """The results that entered: values, weights, and the number of each one's group.

    `days` are the ages, in the middle of what is known. `first_day` and `last_day` are those of the
    draws, None where no date is known.
    """

    groups: tuple[Partition, ...]
    values: Floats
    weights: Floats
    choice: Integers
    tally: Tally
    first_day: date | None = None
    last_day: date | None = None
    days: Floats | None = None

    def of(self, number: int) -> tuple[Floats, Floats]:
        """The values and weights of one group."""
        mine = self.choice == number
        return self.values[mine], self.weights[mine]


class Selector:
    """Chooses a sample from rows that come in pieces; `groups` are given where `choice` is."""

    def __init__(self, rules: Rules, groups: Sequence[Partition] | None = None) -> None:
        """Begin with nothing chosen."""
        self.rules = rules
        self.groups = tuple(groups) if groups is not None else rules.groups
        self.tally = Tally()
        self._pieces: list[tuple[Floats, Integers, Moments, Integers, Truths, Floats, Codes]] = []

    def lost(self, rows: int) -> None:
        """Count rows that a reader could not even make a panel of."""
        self.tally.came += rows
        self.tally.leave_out(Exclusion.UNREADABLE, rows)

    def add(self, rows: Candidates) -> None:
        """Look at some more rows."""
        why = np.zeros(rows.size, dtype=np.int8)
        for reason, where in self._looked_at(rows):
            why[(why == 0) & where] = reason
        choice, reasons = self._choice(rows)
        why = np.where(why == 0, reasons, why)
        self.tally.came += rows.size
        for reason in Exclusion:
            self.tally.leave_out(reason, int((why == reason).sum()))
        kept = np.flatnonzero(why == 0)
        self.tally.unknown_settings += int((rows.settings[kept] == UNKNOWN_WORD).sum())
        self._pieces.append(
            (
                rows.values[kept],
                rows.persons[kept],
                rows.drawn[kept],
                choice[kept],
                rows.derived[kept],
                (rows.ages.days_from[kept] + rows.ages.days_to[kept]) / 2.0,
                rows.sex[kept],
            )
        )

    def _looked_at(self, rows: Candidates) -> list[tuple[Exclusion, Truths]]:
        """What every row is asked, in order, before its group is looked for."""
        empty = np.isnan(rows.values)
        found = [
            (BY_REASON.get(Reason(code), Exclusion.NO_VALUE), empty & (rows.reasons == code))
            for code in np.unique(rows.reasons[empty]).tolist()
        ]
        found += [
            (Exclusion.IMPLAUSIBLE, ~empty & ~(rows.values >= 0)),
            (Exclusion.COMPARATOR, rows.signs != 0),
            *self._dates(rows),
        ]
        if not self.rules.keep_pregnant:
            found.append((Exclusion.PREGNANT, rows.pregnant))
        if not self.rules.keep_in_patients:
            found += [
                (Exclusion.IN_PATIENT, rows.settings == IN_PATIENT),
                (Exclusion.REPEATED_COURSE, rows.settings == REPEATED_COURSE),
            ]
        return [*found, (Exclusion.CAPILLARY, rows.capillary)]

    def _dates(self, rows: Candidates) -> list[tuple[Exclusion, Truths]]:
        first, last = self.rules.first_day, self.rules.last_day
        if first is None and last is None:
            return []
        days = rows.drawn.astype("datetime64[D]")
        outside = np.zeros(rows.size, dtype=np.bool_)
        if first is not None:
            outside |= days < np.datetime64(first)
        if last is not None:
            outside |= days > np.datetime64(last)
        return [(Exclusion.DATE_UNKNOWN, np.isnat(days)), (Exclusion.DATE_OUTSIDE, outside)]

    def _choice(self, rows: Candidates) -> tuple[Integers, Codes]:
        """The group of each row, and why it has none."""
        if rows.choice is not None:
            lacking = np.where(rows.choice < 0, np.int8(Exclusion.NO_LIMIT), np.int8(0))
            return rows.choice, lacking
        band, why = self._band(rows.ages)
        if not self.rules.by_sex:
            return band, why
        male = rows.sex == SEX_CODES["male"]
        unknown = rows.sex == SEX_CODES[None]
        why = np.where((why == 0) & unknown, np.int8(Exclusion.SEX_UNKNOWN), why)
        return band + len(self.rules.bands) * male, why

    def _band(self, ages: Ages) -> tuple[Integers, Codes]:
        found = np.full(len(ages.days_from), -1, dtype=np.int64)
        touched = np.zeros(len(found), dtype=np.int64)
        for number, (start, end) in enumerate(self.rules.bands):
            wholly, partly = _within(ages, start, end)
            found[wholly] = number
            touched += partly
        why = np.zeros(len(found), dtype=np.int8)
        why[found < 0] = Exclusion.AGE_OUTSIDE
        why[(found < 0) & (touched > 0)] = Exclusion.AGE_INEXACT
        unknown = np.isnan(ages.days_from)
        if self.rules.continuous:
            why[_too_vague(ages)] = Exclusion.AGE_INEXACT
        if self.rules.adults and self.rules.bands == ((ADULT, ""),):
            found[unknown] = 0
            why[unknown] = 0
        else:
            why[unknown] = Exclusion.AGE_UNKNOWN
        return found, why

    def sample(self) -> Sample:
        """The sample, once every row has been seen: one result a person, or all with weights."""
        if not self._pieces:
            none = np.array([], dtype=np.int64)
            empty = np.array([], dtype=np.float64)
            return Sample(self.groups, empty, empty, none, self.tally)
        values, persons, drawn, choice, derived, days, sex = (
            np.concatenate(part) for part in zip(*self._pieces, strict=True)
        )
        alone = persons < 0
        persons = np.where(alone, -1 - np.arange(len(persons)), persons)
        people, place, counts = np.unique(persons, return_inverse=True, return_counts=True)
        kept = np.ones(len(values), dtype=np.bool_)
        if self.rules.most is not None:
            kept = counts[place] <= self.rules.most
            self.tally.leave_out(Exclusion.MANY_RESULTS, int((~kept).sum()))
        if self.rules.per_person == "first":
            first = _first(place, drawn, len(people))
            self.tally.leave_out(Exclusion.LATER_RESULT, int((kept & ~first).sum()))
            kept &= first
        weights = np.where(self.rules.per_person == "first", 1.0, 1.0 / counts[place])
        found = self._sample(values, weights, choice, drawn, kept, derived, place)
        self._describe(days[kept], sex[kept])
        return replace(found, days=days[kept])

    def _describe(self, days: Floats, sex: Codes) -> None:
        """Count women and men, and say how old they are."""
        self.tally.female = int((sex == SEX_CODES["female"]).sum())
        self.tally.male = int((sex == SEX_CODES["male"]).sum())
        known = days[np.isfinite(days)]
        if known.size:
            ends = (float(known.min()), float(np.median(known)), float(known.max()))
            self.tally.ages = ends

    def _sample(
        self,
        values: Floats,
        weights: Floats,
        choice: Integers,
        drawn: Moments,
        kept: Truths,
        derived: Truths,
        place: Integers,
    ) -> Sample:
        self.tally.entered = int(kept.sum())
        self.tally.people = len(np.unique(place[kept]))
        self.tally.derived = int(derived[kept].sum())
        days = drawn[kept].astype("datetime64[D]")
        known = days[~np.isnat(days)]
        span = (known.min().item(), known.max().item()) if len(known) else (None, None)
        return Sample(self.groups, values[kept], weights[kept], choice[kept], self.tally, *span)


def _too_vague(ages: Ages) -> Truths:
    """Which ages say too little for limits that move with age; of newborns the hour must be known."""
    width, middle = ages.days_to - ages.days_from, (ages.days_from + ages.days_to) / 2.0
    with np.errstate(invalid="ignore"):
        young = (middle < NEWBORN_DAYS) & (width > _HOURS)
        return np.asarray(vague(ages.days_from, ages.days_to) | young)


def vague(first: Floats | float, last: Floats | float) -> Truths:
    """Whether ages between two, in days, are not even known to within half of themselves."""
    return np.asarray(np.subtract(last, first) > 0.25 * np.add(first, last))


def _within(ages: Ages, start: str, end: str) -> tuple[Truths, Truths]:
    """Which ages lie wholly in a band, and which do so at least in part."""
    size = len(ages.days_from)
    wholly, partly = np.ones(size, dtype=np.bool_), np.ones(size, dtype=np.bool_)
    for text, is_start in ((start, True), (end, False)):
        if not text:
            continue
        border = parse_border(text)
        in_days = border.scale == "days"
        low = ages.days_from if in_days else ages.months_from
        high = ages.days_to if in_days else ages.months_to
        with np.errstate(invalid="ignore"):
            wholly &= (low >= border.value) if is_start else (high <= border.value)
            partly &= (high > border.value) if is_start else (low < border.value)
    known = ~np.isnan(ages.days_from)
    return wholly & known, partly & known


def _first(place: Integers, drawn: Moments, people: int) -> Truths:
    """The earliest result of each person; where no date is known, the one that stands first."""
    when = drawn.astype("datetime64[s]").astype(np.int64)
    when = np.where(np.isnat(drawn), np.iinfo(np.int64).max, when)
    order = np.lexsort((np.arange(len(place)), when, place))
    starts = np.flatnonzero(np.append(True, np.diff(place[order]) > 0))
    first = np.zeros(len(place), dtype=np.bool_)
    first[order[starts[:people]]] = True
    return first
