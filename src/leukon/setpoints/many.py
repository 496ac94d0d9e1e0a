"""The own levels of many people: for every draw, the band from the draws before it.

The same answer as `leukon.setpoints.person.setpoint` gives for each draw from those before it, at
once for all: rows in any order, a person's rows all there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec import Struct

from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats, Index, Integers, Truths
from leukon.setpoints import fast
from leukon.setpoints.eligibility import REASONS
from leukon.setpoints.model import Model
from leukon.setpoints.parameters import ADULT_FROM, Population
from leukon.setpoints.person import (
    DAYS_A_YEAR,
    DRAWN_FROM,
    DRAWN_OVER,
    DUFFY_LOWERS,
    SETTLED_OVER,
    USUAL_FROM,
    USUAL_FROM_DUFFY,
)

LEFT_OUT = ("", *REASONS, "age-missing", "no-person")
"""Why a row does not enter the bands of later ones, by its code."""
LEFT_OUT_CODES = {reason: code for code, reason in enumerate(LEFT_OUT)}
NO_BAND = (
    *("", "no-history", "no-model", "age-missing", "no-centre-for-age"),
    *("all-left-out", "no-person", "undated"),
)
"""Why a draw has no band, by its code."""
NO_BAND_CODES = {reason: code for code, reason in enumerate(NO_BAND)}
NULL = 2
"""How `duffy` says that the phenotype is null: 1 is a tested other one, 0 not known."""
FEMALE, MALE = 1, 2


class Draws(Struct, frozen=True):
    """Who was counted, and when: an entry a draw, in any order.

    `persons` numbers people (-1: nobody is named); `days` since 1970, NaN where the day is not
    known; `age_from`, `age_to` the ages at the draw in days; `sex` 1 female, 2 male, 0 not known;
    `duffy` as in `NULL`; `pregnant` whether in pregnancy or soon after a birth; `left_out` the code
    of the reason why nothing counted at that draw may enter, 0 where there is none.
    """

    persons: Integers
    days: Floats
    age_from: Floats
    age_to: Floats
    sex: Codes
    duffy: Codes
    pregnant: Truths
    left_out: Codes

    @property
    def size(self) -> int:
        """How many draws."""
        return len(self.persons)


class Bands(Struct, frozen=True):
    """For each draw, its person's own level from the draws before it, in canonical units.

    As in `SetPoint`, with `used` how many earlier counts entered, `first_day` the first of them,
    `falling` the alarm for a slow fall before or with this count, `stood_higher` likewise, `steady` how surely this count is of the
    steady state, judged by all of the person's counts (NaN: left out), `left_out` why it does not
    enter and `reason` why there is no band, both as codes.
    """

    centre: Floats
    low: Floats
    high: Floats
    low_99: Floats
    high_99: Floats
    n_effective: Floats
    used: Integers
    first_day: Floats
    span_days: Floats
    provisional: Truths
    usual: Truths
    falling: Truths
    stood_higher: Truths
    steady_days: Floats
    steady: Floats
    change_low: Floats
    change_high: Floats
    left_out: Codes
    reason: Codes


class _Sorted(NamedTuple):
    """The draws by series and time: whose, when, what (ln, less what is usual), and who enters."""

    starts: Integers
    days: Floats
    y: Floats
    enters: Truths

    @property
    def when(self) -> tuple[Floats, Integers, Truths]:
        """What occasions are told apart by."""
        return self.days, self.starts, self.enters


def bands(
    draws: Draws, values: Floats, signs: Codes | None, analyte: Analyte, known: Population
) -> Bands:
    """The band of every draw; `signs` are the signs before the values, 0 for none."""
    if not draws.size:
        return _no_bands(draws.left_out, "")
    people = of_each_person(draws)
    left_out = _left_out(draws, values, signs)
    model = known.model(analyte)
    if model is None:
        return _no_bands(left_out, "no-model")
    centre = centres(known, analyte, people)
    unknown = np.isnan(centre) & (left_out == 0)
    ageless = unknown & np.isnan(people.years)
    left_out[unknown] = LEFT_OUT_CODES["no-centre-for-age"]
    left_out[ageless] = LEFT_OUT_CODES["age-missing"]
    series = series_of(draws)
    _same_moment(series, draws.days, values, left_out)
    signed = np.zeros(draws.size, dtype=np.bool_) if signs is None else signs > 0
    usable = np.where(signed | ~(values > 0), np.nan, values)
    order, rows = _in_order(series, draws, usable, centre, left_out)
    null = _adult_null(people) & (analyte in DUFFY_LOWERS)
    found = _bands(rows, centre[order], null[order], model, values[order])
    back = np.empty(len(order), dtype=np.intp)
    back[order] = np.arange(len(order))
    whole = {name: getattr(found, name)[back] for name in found.__struct_fields__}
    whole["left_out"] = left_out
    whole["reason"] = _reasons(whole["used"], centre, people.years, draws, ~np.isnan(values))
    hidden = whole["reason"] > 0
    for name in ("centre", "low", "high", "low_99", "high_99"):
        whole[name][hidden] = np.nan
    return Bands(**whole)


class People(NamedTuple):
    """What is known of each draw's person: the age at the draw in years, sex, Duffy status."""

    years: Floats
    sex: Codes
    duffy: Codes


def of_each_person(draws: Draws) -> People:
    """What all draws of a person together say of the person, at each draw.

    A birth lies where all stated ages allow it, so that an age in whole years narrows with every
    draw. Sexes that differ are not known; a phenotype that was tested once holds at every draw.
    """
    named = draws.persons >= 0
    group = np.where(named, draws.persons, draws.persons.max(initial=0) + 1 + np.arange(draws.size))
    numbers, inverse = np.unique(group, return_inverse=True)
    size = len(numbers)
    earliest, latest = np.full(size, -np.inf), np.full(size, np.inf)
    given = ~np.isnan(draws.age_from) & ~np.isnan(draws.days)
    np.maximum.at(earliest, inverse[given], (draws.days - draws.age_to)[given])
    np.minimum.at(latest, inverse[given], (draws.days - draws.age_from)[given])
    with np.errstate(invalid="ignore"):
        years = (draws.days - (earliest / 2 + latest / 2)[inverse]) / DAYS_A_YEAR
    # A draw without a date, but with an age.
    stated = (draws.age_from + draws.age_to) / 2 / DAYS_A_YEAR
    years = np.where(np.isfinite(years), years, stated)
    return People(years, _agreed(draws.sex, inverse, size), _agreed(draws.duffy, inverse, size))


def _agreed(codes: Codes, of: Index, size: int) -> Codes:
    """The one code that a person's rows give, 0 where they give none or several."""
    most, least = np.zeros(size, dtype=np.int8), np.full(size, 127, dtype=np.int8)
    np.maximum.at(most, of, codes)
    np.minimum.at(least, of, np.where(codes == 0, np.int8(127), codes))
    return np.where(most == least, most, np.int8(0))[of]


def centres(known: Population, analyte: Analyte, people: People) -> Floats:
    """The logarithm of what is usual for each person, NaN where that is not known."""
    found = np.full(len(people.years), np.nan)
    for sex, word in ((FEMALE, "female"), (MALE, "male"), (0, "")):
        mine = people.sex == sex
        found[mine] = _centre(known, analyte, people.years[mine], word)
    adult_null = _adult_null(people)
    own = _level(known, analyte, people.years[adult_null], "", "null")
    if own is not None:
        found[adult_null] = own
    return np.where(people.years >= known.youngest, found, np.nan)


def _adult_null(people: People) -> Truths:
    """Who was tested Duffy-null and is an adult: nothing is published for children."""
    found: Truths = (people.duffy == NULL) & (people.years >= ADULT_FROM)
    return found


def _centre(known: Population, analyte: Analyte, years: Floats, sex: str) -> Floats:
    sexes = (sex,) if sex else ("female", "male")
    found = [
        level for one in sexes if (level := _level(known, analyte, years, one, "")) is not None
    ]
    return np.mean(found, axis=0) if found else np.full(len(years), np.nan)


def _level(
    known: Population, analyte: Analyte, years: Floats, sex: str, duffy: str
) -> Floats | None:
    row = next(
        (c for c in known.centres if (c.analyte, c.sex, c.duffy) == (analyte, sex, duffy)), None
    )
    return None if row is None else np.interp(years, row.ages, np.log(row.medians))


def _left_out(draws: Draws, values: Floats, signs: Codes | None) -> Codes:
    """Why each count does not enter, as far as it alone says."""
    said = {
        "undated": np.isnan(draws.days),
        "no-person": draws.persons < 0,
        "comparator": np.zeros(draws.size, dtype=np.bool_) if signs is None else signs > 0,
        "zero": values == 0,
        "not-counted": np.isnan(values),
    }
    found = draws.left_out.copy()
    for reason, holds in said.items():
        found[holds] = LEFT_OUT_CODES[reason]
    return found


def series_of(draws: Draws) -> Integers:
    """The number of each draw's series: a person's, their pregnancies apart; nobody's are alone."""
    alone = 2 * draws.persons.max(initial=0) + 2 + np.arange(draws.size)
    found: Integers = np.where(
        draws.persons < 0, alone, 2 * draws.persons + draws.pregnant.astype(np.int64)
    )
    return found


def _same_moment(series: Integers, days: Floats, values: Floats, left_out: Codes) -> None:
    """Of counts of one moment that agree one enters, of those that differ none."""
    open_ = np.flatnonzero(left_out == 0)
    order = open_[np.lexsort((values[open_], days[open_], series[open_]))]
    if len(order) < 2:
        return
    again = (series[order][1:] == series[order][:-1]) & (days[order][1:] == days[order][:-1])
    if not again.any():
        return
    starts = np.flatnonzero(np.append(True, ~again))
    group = np.cumsum(np.append(True, ~again)) - 1
    ends = np.append(starts[1:], len(order)) - 1
    differ = values[order[starts]] != values[order[ends]]
    left_out[order[1:][again]] = LEFT_OUT_CODES["duplicate"]
    left_out[order[differ[group]]] = LEFT_OUT_CODES["contradictory"]


def _in_order(
    series: Integers, draws: Draws, values: Floats, centre: Floats, left_out: Codes
) -> tuple[Index, _Sorted]:
    """The order of the draws by series and time; of one moment, the one that enters comes last.

    So each draw is held against those that were truly earlier.
    """
    enters = left_out == 0
    order = np.lexsort((enters, np.where(np.isnan(draws.days), -np.inf, draws.days), series))
    at = series[order]
    starts = np.flatnonzero(np.append(True, at[1:] != at[:-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.log(values[order]) - centre[order]
    starts = np.append(starts, len(at)).astype(np.int64)
    return order, _Sorted(starts, draws.days[order], y, enters[order])


class _Past(NamedTuple):
    """Of each row, the rows before it that entered: how many, the first, the last (-1: none)."""

    used: Integers
    first: Integers
    last: Integers
    occasions: Integers


def _past(rows: _Sorted) -> _Past:
    size = len(rows.days)
    begins = np.repeat(rows.starts[:-1], np.diff(rows.starts))
    places = np.arange(size)
    seen = np.maximum.accumulate(np.where(rows.enters, places, -1))
    last = np.append(-1, seen[:-1])[:size]
    last = np.where(last >= begins, last, -1)
    used = _before(rows.enters, begins)
    first = np.minimum.reduceat(np.where(rows.enters, places, size), rows.starts[:-1])
    first = np.repeat(first, np.diff(rows.starts))
    return _Past(used, np.where(last >= 0, first, -1), last, fast.occasions(*rows.when))


def _before(holds: Truths, begins: Index) -> Integers:
    """How many rows of the same series before each row hold."""
    total = np.append(0, np.cumsum(holds))
    found: Integers = (total[:-1] - total[begins]).astype(np.int64)
    return found


def _bands(rows: _Sorted, centre: Floats, null: Truths, model: Model, values: Floats) -> Bands:
    """The bands of rows in order."""
    past, c = _past(rows), model.constants(0.95)
    own, falls, higher, steady_days = fast.every(rows.y, rows.days, rows.starts, rows.enters, c)
    low_99, high_99 = _wide(rows, own, past, model)
    n = np.nan_to_num(own[:, fast.N_EFFECTIVE])
    known = past.last >= 0
    first_day = np.where(known, rows.days[past.first], np.nan)
    span = np.where(known, rows.days[past.last] - first_day, np.nan)
    enough, long = (span >= DRAWN_OVER) & (n >= DRAWN_FROM), span >= SETTLED_OVER
    needed = np.where(null, USUAL_FROM_DUFFY, USUAL_FROM)
    change = np.exp(model.change)
    before = np.where(known, values[past.last], np.nan)
    return Bands(
        centre=np.exp(own[:, fast.LEVEL] + centre),
        low=np.exp(own[:, fast.LOW] + centre),
        high=np.exp(own[:, fast.HIGH] + centre),
        low_99=np.exp(low_99 + centre),
        high_99=np.exp(high_99 + centre),
        n_effective=n,
        used=past.used,
        first_day=first_day,
        span_days=span,
        provisional=~(enough & long),
        usual=(n >= needed) & (long | (null & enough)),
        falling=falls > 0,
        stood_higher=higher,
        steady_days=steady_days,
        steady=_steady(rows, model),
        change_low=before / change,
        change_high=before * change,
        left_out=np.zeros(len(n), dtype=np.int8),
        reason=np.zeros(len(n), dtype=np.int8),
    )


def _wide(rows: _Sorted, own: Floats, past: _Past, model: Model) -> tuple[Floats, Floats]:
    """The ends of the 99 % band: from level and spread, or anew where there are few counts."""
    c = model.constants(0.99)
    half = np.sqrt(c.k**2 * own[:, fast.SQUARE] + c.kv**2 * own[:, fast.ERROR])
    low, high = own[:, fast.LEVEL] - half, own[:, fast.LEVEL] + half
    few = np.flatnonzero(past.occasions <= 2)
    if len(few):
        sizes = np.add.reduceat((past.occasions <= 2).astype(np.int64), rows.starts[:-1])
        starts = np.append(0, np.cumsum(sizes)).astype(np.int64)
        again = fast.every(rows.y[few], rows.days[few], starts, rows.enters[few], c).own
        low[few], high[few] = again[:, fast.LOW], again[:, fast.HIGH]
    return low, high


def _steady(rows: _Sorted, model: Model) -> Floats:
    """How surely each count is of the steady state, by all counts of its series."""
    found = np.full(len(rows.y), np.nan)
    entering = np.flatnonzero(rows.enters)
    total = np.append(0, np.cumsum(rows.enters))
    starts = total[rows.starts].astype(np.int64)
    _, found[entering] = fast.latest(
        rows.y[entering], rows.days[entering], starts, model.constants()
    )
    return found


def _reasons(used: Integers, centre: Floats, years: Floats, draws: Draws, counted: Truths) -> Codes:
    found = np.where(used == 0, np.int8(NO_BAND_CODES["no-history"]), np.int8(0))
    first = np.full(draws.persons.max(initial=0) + 1, np.inf)
    dated = counted & (draws.persons >= 0) & ~np.isnan(draws.days)
    np.minimum.at(first, draws.persons[dated], draws.days[dated])
    earlier = first[np.maximum(draws.persons, 0)] < draws.days
    found[(used == 0) & earlier] = NO_BAND_CODES["all-left-out"]
    found[np.isnan(centre)] = NO_BAND_CODES["no-centre-for-age"]
    found[np.isnan(years)] = NO_BAND_CODES["age-missing"]
    found[draws.persons < 0] = NO_BAND_CODES["no-person"]
    found[np.isnan(draws.days)] = NO_BAND_CODES["undated"]
    return found


def _no_bands(left_out: Codes, reason: str) -> Bands:
    size = len(left_out)
    none, no = np.full(size, np.nan), np.zeros(size, dtype=np.bool_)
    return Bands(
        *(none,) * 5, np.zeros(size), np.zeros(size, dtype=np.int64), none, none, ~no, no, no, no,
        none, none, none, none, left_out, np.full(size, NO_BAND_CODES[reason], dtype=np.int8),
    )  # fmt: skip
