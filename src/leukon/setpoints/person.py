"""One person's own level and band, from their earlier counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from statistics import median
from typing import NamedTuple

from msgspec import Struct

from leukon.ages import Age, parse_age
from leukon.analytes import Analyte, canonical_unit
from leukon.analytes import analyte as read_analyte
from leukon.errors import UnitRefused, ValueRefused
from leukon.panel import checked_value, read_sex
from leukon.setpoints.falls import ROUNDS, alarms
from leukon.setpoints.kernel import few, few_quantile, fit
from leukon.setpoints.model import CLUSTER_DAYS, STEADY_FROM, Constants, Model
from leukon.setpoints.parameters import ADULT_FROM, Population, shipped
from leukon.units import read_unit

DAYS_A_YEAR = 365.25
DRAWN_FROM, DRAWN_OVER = 3.0, 90.0
"""A band is drawn from so many effective counts over so many days."""
SETTLED_OVER = 365.0
USUAL_FROM, USUAL_FROM_DUFFY = 5.0, 3.0
"""From how many effective counts "usual for you" may be said; fewer with a tested phenotype."""
DUFFY_LOWERS = (Analyte.NEUT, Analyte.WBC)
"""What Duffy-null people have fewer of: only there does the phenotype stand in for counts."""
UNDATED_GAP = 90.0
"""How far apart counts without dates are taken to be."""


class SetPoint(Struct, frozen=True, kw_only=True):
    """A person's own level and the band for their next steady-state count.

    `low` to `high` holds 95 of 100 such counts, `low_99` to `high_99` 99. `n_effective` is how many
    counts the level rests on: counts of one occasion weigh as one, excursions as nothing; `steady`
    says for each count given how surely it is of the steady state (None: left out, and `left_out`
    says why). `provisional` bands rest on too few counts or too short a time; `usual` says whether
    "usual for you" may be said at all. `falling` is the alarm for a slow fall; `stood_higher`, that
    it rang once, or that the first counts lie over the band, or over the level and were taken for
    excursions: a new level is not called usual, however long it lasts. `steady_days` is the time between the first and
    the last count of the steady state. `change_low` and
    `change_high` is the reference change value around the last count, to compare. Where there is
    no band, `reason` says why.
    """

    analyte: str
    unit: str
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    low_99: float | None = None
    high_99: float | None = None
    n_effective: float = 0.0
    span_days: float | None = None
    provisional: bool = True
    usual: bool = False
    falling: bool = False
    stood_higher: bool = False
    steady_days: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    steady: tuple[float | None, ...] = ()
    left_out: Mapping[int, str] = {}
    reason: str = ""


def setpoint(
    analyte: str | Analyte,
    values: Sequence[float],
    drawn_at: Sequence[str | date | datetime] | None = None,
    *,
    unit: str,
    age: str | Age | None = None,
    sex: str | None = None,
    duffy: str | None = None,
    left_out: Mapping[int, str] | None = None,
    population: Population | None = None,
) -> SetPoint:
    """What is usual for this person: the band for the next count, from the earlier ones.

    `values` in `unit`, in any order where `drawn_at` dates them (else in the order drawn); `age` at
    the last of them. `left_out` names counts, by their place, that must not enter, with the reason
    (in hospital, an infection, a drug, pregnancy). `duffy` is "null" only if tested. Two counts of
    one moment enter once where they agree, and not at all where they differ.

    Raises `ValueRefused`, `UnitRefused`, `AgeRefused`, `AnalyteUnknown`.

    >>> dates = [f"{year}-03-01" for year in range(2019, 2025)]
    >>> own = setpoint("NEUT", [1.5, 1.4, 1.7, 1.5, 1.3, 1.6], dates,
    ...     unit="10*9/L", age="44y", sex="female")
    >>> own.low < 1.3 < 1.9 < own.high, own.usual
    (True, True)
    >>> setpoint("NEUT", [], unit="10*9/L", age="44y").reason
    'no-history'
    """
    kind = read_analyte(analyte)
    known = population or shipped()
    model = known.model(kind)
    if model is None:
        return SetPoint(analyte=str(kind), unit=canonical_unit(kind), reason="no-model")
    numbers = _canonical(kind, values, unit)
    moments = _moments(drawn_at, len(numbers))
    history = _history(numbers, moments, dict(left_out or {}))
    years = years_of(age)
    centres = _centres(known, kind, history, years, (read_sex(sex), duffy))
    if isinstance(centres, str):
        return _none(kind, history, centres)
    # Nothing is published for Duffy-null children: they need what everybody needs.
    adult = years is not None and years >= ADULT_FROM
    adult_null = duffy == "null" and adult and kind in DUFFY_LOWERS
    return _answer(kind, history, centres, model, adult_null=adult_null, dated=drawn_at is not None)


def _canonical(kind: Analyte, values: Sequence[float], unit: str) -> list[float]:
    read = read_unit(unit, kind)
    if read.family not in ("cells", "mass"):
        raise UnitRefused("a set point is of counts, and this is the unit of a percentage")
    found = []
    for place, value in enumerate(values):
        try:
            number = checked_value(kind, value, read)
        except ValueRefused as error:
            raise error.at(f"count {place + 1}") from None
        if not number > 0:
            raise ValueRefused(
                "a count of zero has no logarithm",
                where=f"count {place + 1}",
                hint="leave it out: it is never of the steady state",
            )
        found.append(number)
    return found


def _moments(drawn_at: Sequence[str | date | datetime] | None, size: int) -> list[float]:
    """When each count was drawn, in days."""
    if drawn_at is None:
        return [UNDATED_GAP * place for place in range(size)]
    if len(drawn_at) != size:
        raise ValueRefused(
            f"there are {size} counts and {len(drawn_at)} dates", hint="a date for each count"
        )
    return [_day(when, place) for place, when in enumerate(drawn_at)]


def _day(when: str | date | datetime, place: int) -> float:
    try:
        moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    except ValueError:
        raise ValueRefused(
            "the date cannot be read", where=f"count {place + 1}", hint="as in 2026-03-01"
        ) from None
    days = float(moment.toordinal())
    if isinstance(moment, datetime):
        days += (moment.hour + moment.minute / 60 + moment.second / 3600) / 24
    if days >= datetime.now().astimezone().toordinal() + 1:
        raise ValueRefused("the date lies in the future", where=f"count {place + 1}")
    return days


class _History(NamedTuple):
    """The counts that enter, in order of time: their places, values and days; and who is left out."""

    places: list[int]
    values: list[float]
    days: list[float]
    left_out: dict[int, str]
    size: int
    now: float


def _history(numbers: list[float], days: list[float], left_out: dict[int, str]) -> _History:
    entering = [place for place in range(len(numbers)) if place not in left_out]
    order = sorted(entering, key=lambda place: (days[place], numbers[place]))
    by_moment: dict[float, list[int]] = {}
    for place in order:
        by_moment.setdefault(days[place], []).append(place)
    places = []
    for same in by_moment.values():
        if len({numbers[place] for place in same}) > 1:
            left_out |= dict.fromkeys(same, "contradictory")
        else:
            places.append(same[0])
            left_out |= dict.fromkeys(same[1:], "duplicate")
    values = [numbers[place] for place in places]
    return _History(
        places,
        values,
        [days[place] for place in places],
        left_out,
        len(numbers),
        max(days, default=0.0),
    )


def years_of(age: str | Age | None) -> float | None:
    """The age in years, or None where it is not known.

    >>> round(years_of("18mo"), 2)
    1.54
    """
    if age is None:
        return None
    found = parse_age(age) if isinstance(age, str) else age
    if math.isnan(found.days_from):
        return None
    return (found.days_from + found.days_to) / 2 / DAYS_A_YEAR


def _centres(
    known: Population,
    kind: Analyte,
    history: _History,
    years: float | None,
    who: tuple[str | None, str | None],
) -> list[float] | str:
    """What was usual at the age of each count, and at the last; or why that cannot be said."""
    if not history.places:
        return "no-history"
    if years is None:
        return "age-missing"
    found = []
    for day in (*history.days, history.now):
        centre = known.centre(kind, years - (history.now - day) / DAYS_A_YEAR, *who)
        if centre is None:
            return "no-centre-for-age"
        found.append(centre)
    return found


def _none(kind: Analyte, history: _History, reason: str) -> SetPoint:
    return SetPoint(
        analyte=str(kind),
        unit=canonical_unit(kind),
        steady=(None,) * history.size,
        left_out=history.left_out,
        reason=reason,
    )


def _answer(
    kind: Analyte,
    history: _History,
    centres: list[float],
    model: Model,
    *,
    adult_null: bool,
    dated: bool,
) -> SetPoint:
    y = [math.log(v) - c for v, c in zip(history.values, centres[:-1], strict=True)]
    own = band(y, history.days, model.constants(0.95))
    wide = band(y, history.days, model.constants(0.99))
    last, span = centres[-1], history.days[-1] - history.days[0] if dated else None
    change = math.exp(model.change)
    steady: list[float | None] = [None] * history.size
    for place, probability in zip(history.places, own.steady, strict=True):
        steady[place] = probability
    long = span is not None and span >= SETTLED_OVER
    needed = USUAL_FROM_DUFFY if adult_null else USUAL_FROM
    alarmed = alarms(y, _clusters(history.days), model.constants())
    enough = span is not None and span >= DRAWN_OVER and own.n_effective >= DRAWN_FROM
    return SetPoint(
        analyte=str(kind),
        unit=canonical_unit(kind),
        centre=math.exp(own.level + last),
        low=math.exp(own.low + last),
        high=math.exp(own.high + last),
        low_99=math.exp(wide.low + last),
        high_99=math.exp(wide.high + last),
        n_effective=own.n_effective,
        span_days=span,
        provisional=not (enough and long),
        usual=own.n_effective >= needed and (long or (adult_null and enough)),
        falling=alarmed[-1],
        stood_higher=any(alarmed) or _began_higher(y, own),
        steady_days=_steady_days(history.days, own) if dated else None,
        change_low=history.values[-1] / change,
        change_high=history.values[-1] * change,
        steady=tuple(steady),
        left_out=history.left_out,
    )


class Band(NamedTuple):
    """The level and the ends of the band (ln, less what is usual), and how surely steady each is.

    `square` is the variance of steady counts, `error` that of the level.
    """

    level: float
    square: float
    error: float
    low: float
    high: float
    n_effective: float
    steady: list[float]


def band(y: Sequence[float], days: Sequence[float], c: Constants) -> Band:
    """The band for the next count, from counts sorted by time (ln, less what is usual)."""
    clusters = _clusters(days)
    weights = [1.0 / len(rows) for rows in clusters for _ in rows]
    steady = [1.0] * len(y)
    start = median(y) * c.tau2 / (c.tau2 + 1.57 * c.s02 / len(clusters))
    level, square, error, counted = fit(
        y,
        weights,
        steady,
        0,
        len(y),
        start,
        ROUNDS,
        0.0,
        c.tau2,
        c.s02,
        c.nu0,
        c.nu,
        c.power,
        c.odds,
        c.exc2,
    )
    if len(clusters) > 2:
        half = math.sqrt(c.k**2 * square + c.kv**2 * error)
        return Band(level, square, error, level - half, level + half, counted, steady)
    means = [sum(y[row] for row in rows) / len(rows) for rows in clusters]
    parts = [0.0] * 12
    cases = few(parts, len(means), means[0], means[-1], 0.0, c.tau2, c.s02, c.nu, c.eps, c.exc2)
    tail = 0.5 * math.erfc(c.z * math.sqrt(0.5))
    low = few_quantile(parts, cases, c.s02, tail, -c.z, c.k, c.kv)
    high = few_quantile(parts, cases, c.s02, 1 - tail, c.z, c.k, c.kv)
    return Band(level, square, error, low, high, counted, steady)


def _clusters(days: Sequence[float]) -> list[list[int]]:
    """Counts less than a month after the first of an occasion are of that occasion."""
    found: list[list[int]] = []
    for row, day in enumerate(days):
        if found and day - days[found[-1][0]] < CLUSTER_DAYS:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _began_higher(y: Sequence[float], own: Band) -> bool:
    """Whether the first count lies over the band, or one before the first steady one over the level.

    Either may have been the level of the person.
    """
    for value, steady in zip(y, own.steady, strict=True):
        settled = steady >= STEADY_FROM
        if value > (own.high if settled else own.level):
            return True
        if settled:
            return False
    return False


def _steady_days(days: Sequence[float], own: Band) -> float:
    held = [day for day, steady in zip(days, own.steady, strict=True) if steady >= STEADY_FROM]
    return held[-1] - held[0] if held else 0.0
