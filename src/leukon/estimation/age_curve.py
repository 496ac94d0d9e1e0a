"""Estimate limits that are continuous in age, from mixed results: one fit for all ages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from leukon.arrays import Floats, Truths
from leukon.errors import UsageError
from leukon.estimation.age_bins import AgeBins, age_bins
from leukon.estimation.age_table import NEWBORN_STEPS, STEPS, YOUNG, spans, why_not
from leukon.estimation.answer import Limit, Refusal
from leukon.estimation.asked import check_asked
from leukon.estimation.bins import reporting_step, value_counts
from leukon.estimation.curve_quantiles import everybodys_quantile, reference_quantile, sick_share
from leukon.estimation.refusal import (
    LEAST_RESULTS,
    Findings,
    absurd,
    reason_to_refuse,
    unusable,
    warnings_of,
)
from leukon.estimation.sample import NEWBORN_DAYS
from leukon.estimation.splines import on_axis
from leukon.limits import Partition

if TYPE_CHECKING:
    from leukon.estimation.curve_fit import CurveFit

LOWER, UPPER = 0.025, 0.975
FEWEST_FITTED = 60
_CARRIED = 1e-3
_WIDE = 1.959964
METHOD_ERROR = 0.13
"""What the shapes of the sick add to the error of a limit, in standard deviations of the reference
group, whatever the number of results: measured on simulated children (benchmarks/estimation)."""
_NORMAL = NormalDist()
SEXES = ("", "female", "male")


@dataclass(frozen=True)
class Row:
    """One row of the table: whose limits, what they are, and which share was taken for sick.

    `reason` says why there are none, where the results cannot carry them.
    """

    partition: Partition
    limits: tuple[Limit, ...]
    sick_share: float
    reason: str | None = None


@dataclass(frozen=True)
class Curve:
    """The limits of one sex (or of everybody, "") at every age between the youngest and oldest.

    `fits` are the mixtures that carry the limits, each with its weight. `redrawn` are fits on counts
    drawn anew, for the intervals. With `everybody` the limits are percentiles of all results.
    """

    sex: str
    quantiles: tuple[float, ...]
    everybody: bool
    days: Floats
    values: Floats
    counts: Floats
    bins: AgeBins | None
    fits: tuple[tuple[float, CurveFit], ...]
    redrawn: tuple[CurveFit, ...]
    warnings: tuple[tuple[str, str], ...]
    refusal: Refusal | None

    @property
    def n(self) -> float:
        """How many results."""
        return float(self.counts.sum())

    def at(self, days: float) -> tuple[Limit, ...]:
        """The limits at an age in days, with their 95 % intervals; NaN where nothing was fitted."""
        return self.over(np.array([days], dtype=float))[0]

    def over(self, days: Floats) -> list[tuple[Limit, ...]]:
        """The limits at several ages."""
        columns = [self.limits(days, q) for q in self.quantiles]
        return [tuple(column[place] for column in columns) for place in range(len(days))]

    def sick(self, days: Floats) -> Floats:
        """The share of the results taken for sick at some ages."""
        if not self.fits:
            return np.full(len(days), np.nan)
        axis = on_axis(days)
        return np.asarray(sum(w * sick_share(fit.theta(axis)) for w, fit in self.fits))

    def limits(self, days: Floats, probability: float) -> list[Limit]:
        """The values at some ages below which a share of the group lies, asked for or not."""
        axis = on_axis(days)
        if not self.fits:
            return [Limit(probability, math.nan)] * len(axis)
        logs = np.array([self._logs(fit, axis, probability) for _, fit in self.fits])
        weights = np.array([weight for weight, _ in self.fits])
        middle = weights @ logs
        if not self.redrawn:
            return [Limit(probability, float(np.exp(x))) for x in middle]
        between = weights @ (logs - middle) ** 2
        drawn = np.array([self._logs(fit, axis, probability) for fit in self.redrawn])
        method = self._method_error(axis, probability)
        away = _WIDE * np.sqrt(drawn.var(axis=0, ddof=1) + between + method**2)
        ends = np.exp(np.stack([middle, middle - away, middle + away], axis=1))
        return [Limit(probability, *(float(x) for x in row)) for row in ends]

    def _method_error(self, axis: Floats, probability: float) -> Floats | float:
        """How far a limit moves with the error that no draw shows; none where nobody is sought."""
        if self.everybody:
            return 0.0
        top = best(self)
        further = _NORMAL.cdf(_NORMAL.inv_cdf(probability) + METHOD_ERROR)
        return self._logs(top, axis, further) - self._logs(top, axis, probability)

    def _logs(self, fit: CurveFit, axis: Floats, probability: float) -> Floats:
        bins = fit.problem.bins
        theta = fit.theta(axis)
        if not self.everybody:
            return np.asarray(np.log(bins.unit * reference_quantile(theta, probability)))
        tops = np.array([row.span[1] / bins.unit for row in bins.rows])
        span = np.interp(axis, bins.axis, tops)
        found = everybodys_quantile(theta, fit.problem.shape, probability, span)
        return np.asarray(np.log(bins.unit * found))


def best(curve: Curve) -> CurveFit:
    """The mixture of the largest weight."""
    return max(curve.fits, key=lambda pair: pair[0])[1]


@dataclass(frozen=True)
class AgeCurve:
    """Limits continuous in age: one curve, or one a sex.

    The table (`table`) is what is published; the curves are where it comes from. `left_out` counts
    results that did not enter, with the reason.
    """

    curves: tuple[Curve, ...]
    step: float | None
    in_hours: bool
    left_out: dict[str, float] = field(default_factory=dict)

    @property
    def refusal(self) -> Refusal | None:
        """The first reason not to publish, if there is one."""
        return next((curve.refusal for curve in self.curves if curve.refusal), None)

    def of(self, sex: str = "") -> Curve:
        """The curve of a sex."""
        for curve in self.curves:
            if curve.sex == sex:
                return curve
        told = " or ".join(repr(curve.sex) for curve in self.curves)
        raise UsageError(f"there is no curve for sex {sex!r}", hint=f"there is one for {told}")

    def at(self, days: float, sex: str = "") -> tuple[Limit, ...]:
        """The limits at an age in days, in the order of the quantiles asked for."""
        return self.of(sex).at(days)

    def table(self, borders: Sequence[str] | None = None) -> list[Row]:
        """The limits row by row, at a declared step: the borders between ages ("28d", "1y").

        Rows that cannot be carried are there too, with the reason and no limits. Without borders:
        weeks to three months, months to one year, quarters, years, and five years from 20.
        """
        steps = borders or ((*NEWBORN_STEPS, *STEPS) if self.in_hours else STEPS)
        return [row for curve in self.curves for row in self._rows(curve, steps)]

    def _rows(self, curve: Curve, borders: Sequence[str]) -> list[Row]:
        rows = spans(borders)
        days = np.array([row.days for row in rows])
        found = zip(rows, curve.over(days), curve.sick(days).tolist(), strict=True)
        return [
            Row(span.of(curve.sex), limits, sick, self._reason(curve, why))
            for span, limits, sick in found
            for why in [why_not(span, curve.days, curve.counts, in_hours=self.in_hours)]
        ]

    @staticmethod
    def _reason(curve: Curve, why: str | None) -> str | None:
        return curve.refusal.message if curve.refusal else why


def estimate_by_age(
    values: object,
    ages: object,
    *,
    sex: object = None,
    counts: object = None,
    quantiles: Sequence[float] = (LOWER, UPPER),
    step: float | None = None,
    replicates: int = 0,
    seed: int = 0,
    in_hours: bool = False,
    everybody: bool = False,
) -> AgeCurve:
    """The limits of the healthy among mixed results at every age, though nobody says who is ill.

    Args:
        values: One result a person, in one unit.
        ages: The age of each at the draw, in days (fractions are welcome).
        sex: "female" or "male" for each, for a curve a sex; None for one curve.
        counts: How many results each row stands for; fractions (weights) are welcome.
        quantiles: Which shares of the reference group lie below the limits asked for.
        step: To what results were rounded (0.1); None: found from the values.
        replicates: How many times the counts are drawn anew for the 95 % intervals; 0 for none.
        seed: Of the draws.
        in_hours: Whether ages are exact to the hour; without it ages under 28 days are left out.
        everybody: Percentiles of all results instead: for people who were chosen as healthy.

    Raises:
        UsageError: Arrays of different lengths, an unknown sex, a quantile outside 0 to 1, a step
            that is not above 0, or a single draw.
        ExtraMissing: The extra `[fit]` is not installed.

    >>> rng = np.random.default_rng(1)
    >>> ages = rng.uniform(365, 6570, 8000)
    >>> falling = 2.4 - 0.15 * np.log(ages / 365)
    >>> curve = estimate_by_age(np.round(np.exp(rng.normal(falling, 0.25)), 1), ages)
    >>> [round(limit.value) for limit in curve.at(730)], [round(x.value) for x in curve.at(5000)]
    ([6, 16], [5, 12])
    """
    check_asked(quantiles, step, replicates)
    rows = _read(values, ages, sex, counts)
    left_out = _left_out(rows, in_hours=in_hours)
    kept = ~np.any([where for _, where in left_out], axis=0)
    x, days, weights = rows.values[kept], rows.days[kept], rows.counts[kept]
    found = step if step is not None else reporting_step(*value_counts(x, weights))
    told = ("female", "male") if sex is not None else ("",)
    negative = float(rows.counts[rows.values < 0].sum())
    curves = []
    for name in told:
        mine = rows.sex[kept] == name
        part = _Rows(x[mine], days[mine], rows.sex[kept][mine], weights[mine])
        curves.append(
            _curve(part, name, found, tuple(quantiles), negative, everybody, (replicates, seed))
        )
    counted = {why: float(rows.counts[where].sum()) for why, where in left_out if where.any()}
    return AgeCurve(tuple(curves), found, in_hours, counted)


@dataclass(frozen=True)
class _Rows:
    values: Floats
    days: Floats
    sex: np.ndarray
    counts: Floats


def _read(values: object, ages: object, sex: object, counts: object) -> _Rows:
    x = np.asarray(values, dtype=float).ravel()
    days = np.asarray(ages, dtype=float).ravel()
    weights = np.ones(x.size) if counts is None else np.asarray(counts, dtype=float).ravel()
    names = np.full(x.size, "") if sex is None else np.asarray(sex, dtype=str).ravel()
    for what, size in (("ages", days.size), ("counts", weights.size), ("sexes", names.size)):
        if size != x.size:
            raise UsageError(f"{size} {what} for {x.size} values")
    if not set(np.unique(names).tolist()) <= {*SEXES, "None"}:
        raise UsageError("an unknown word for sex", hint="female, male, or empty where not known")
    return _Rows(x, days, names, weights)


def _left_out(rows: _Rows, *, in_hours: bool) -> list[tuple[str, Truths]]:
    """Which rows do not enter, by reason; the first that holds."""
    young = rows.days < NEWBORN_DAYS
    found = [
        ("no value", ~np.isfinite(rows.values) | ~(rows.counts > 0)),
        ("an age that is not known or negative", ~(rows.days >= 0)),
        ("negative values", rows.values < 0),
        (YOUNG, young & (not in_hours)),
    ]
    seen = np.zeros(rows.values.size, dtype=np.bool_)
    apart: list[tuple[str, Truths]] = []
    for why, where in found:
        apart.append((why, where & ~seen))
        seen |= where
    return apart


def _curve(
    rows: _Rows, sex: str, step: float | None, quantiles: tuple[float, ...], negative: float,
    everybody: bool, draws: tuple[int, int],
) -> Curve:  # fmt: skip
    from leukon.estimation.curve_fit import fit_all

    distinct, numbers = value_counts(rows.values, rows.counts)
    refusal = unusable(distinct, numbers) or _one_age(rows.days) or _few(float(numbers.sum()))
    given = (sex, quantiles, everybody, rows.days, rows.values, rows.counts)
    if refusal:
        return Curve(*given, None, (), (), (), refusal)
    bins = age_bins(rows.days, rows.values, rows.counts, step)
    fits = _weighted(fit_all(bins))
    redrawn = _redrawn(max(fits, key=lambda pair: pair[0])[1], bins, *draws)
    made = Curve(*given, bins, fits, redrawn, (), None)
    return _judged(made, step, negative, absurd(distinct, numbers))


def _few(n: float) -> Refusal | None:
    """The refusal of fewer results than can be fitted at all."""
    if n >= FEWEST_FITTED:
        return None
    what = f"{n:.0f} results; at least {LEAST_RESULTS} people are needed"
    return Refusal("too-few-results", what, "collect for longer, or pool with other sites")


def _one_age(days: Floats) -> Refusal | None:
    if days.size and on_axis(days.max(keepdims=True)) - on_axis(days.min(keepdims=True)) > 0.3:
        return None
    return Refusal(
        "one-age", "all results are of about the same age", "estimate them as one group, not by age"
    )


def _weighted(fits: list[CurveFit]) -> tuple[tuple[float, CurveFit], ...]:
    """The fits that carry something, each with the weight of its evidence."""
    evidence = np.array([fit.evidence for fit in fits])
    raw = np.exp(evidence - evidence.max())
    raw[raw < _CARRIED] = 0.0
    return tuple((float(w), fit) for w, fit in zip(raw / raw.sum(), fits, strict=True) if w)


def _redrawn(fit: CurveFit, bins: AgeBins, replicates: int, seed: int) -> tuple[CurveFit, ...]:
    """The best mixture on counts drawn anew, each climbed from where it stood."""
    from leukon.estimation.curve_fit import refitted

    rng = np.random.default_rng(seed)
    drawn = [
        [rng.poisson(row.counts).astype(float) for row in bins.rows] for _ in range(replicates)
    ]
    return tuple(refitted(fit, bins.with_counts(counts)) for counts in drawn)


def _judged(curve: Curve, step: float | None, negative: float, absurd_ones: float) -> Curve:
    """The curve with what speaks against it."""
    assert curve.bins is not None
    days, weights = curve.bins.days, curve.bins.n
    limits = np.array([[x.value for x in curve.limits(days, q)] for q in (LOWER, UPPER)])
    steps = float(np.median(limits[1] - limits[0])) / step if step else math.inf
    top = best(curve)
    found = Findings(
        n=curve.n,
        sick=0.0 if curve.everybody else float(np.average(curve.sick(days), weights=weights)),
        rival=0.0 if curve.everybody else top.rival,
        steps=steps,
        negative=negative,
        absurd=absurd_ones,
        spread=float(np.median(np.exp(top.theta(curve.bins.axis)[:, 1]))),
        misfit=top.misfit,
        converged=top.converged,
    )
    return replace(curve, refusal=reason_to_refuse(found), warnings=warnings_of(found))
