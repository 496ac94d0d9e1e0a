"""From what a report prints to absolute counts: percentages, bands, nucleated red cells.

A count made here from a percentage is marked derived. Where a report contradicts itself (an
absolute count against its own percentage, a part larger than the whole), the count concerned is
undetermined with the reason: which of the two numbers is wrong cannot be known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from leukon.analytes import INTERPRETED, LINES, Analyte, impossible_above
from leukon.arrays import Codes, Floats, Truths
from leukon.batch import COMPARATOR_CODES, CORRECTED, NOT_CORRECTED, Batch, Column, without
from leukon.counting import counting_error
from leukon.neutrophils import (
    BESIDE_THE_LINES,
    DECIMALS,
    SUM_TOLERANCE,
    first_given,
    is_duplicate,
    neutrophil_share,
    other_readings_of,
    pick,
    simply_missing,
    with_bands,
)
from leukon.reasons import Reason

NRBC_COUNTS_FROM = 5.0
"""Nucleated red cells per 100 white cells from which the total is corrected (knowledge trap-01)."""

# A report rounds each of its numbers: the count to 0.1, the percentage to 1, the total to 0.1.
# Two numbers that differ by more than those roundings together contradict each other.
ROUNDING = 0.1
ROUNDING_OF_SHARE = 0.006
_LESS_EQUAL = COMPARATOR_CODES["<="]


class Differential(Struct, frozen=True):
    """Absolute counts ready to compare: columns by analyte, and how some came about.

    `derived` marks counts worked out here; `corrected` rows whose total was corrected for
    nucleated red cells here; `bands_added` rows whose neutrophils are segs + bands; `spread` is the
    95 % counting error of a manual differential, as a low and a high count.
    """

    counts: dict[Analyte, Column]
    derived: dict[Analyte, Truths]
    corrected: Truths | None = None
    bands_added: Truths | None = None
    spread: dict[Analyte, tuple[Floats, Floats]] = {}


def absolute_counts(batch: Batch) -> Differential:
    """The absolute counts of every panel of a batch, with what was derived and what contradicts.

    >>> from leukon import Count, Panel, Person
    >>> from leukon.batch import batch_of
    >>> panel = Panel(Person(), [Count("WBC", 9.2, "10*9/L"), Count("NEUT", 33, "%")])
    >>> absolute_counts(batch_of([panel])).counts[Analyte.NEUT].values.round(3)
    array([3.036])
    """
    possible = batch.counts
    if not batch.possible:
        possible = {kind: _possible(kind, column) for kind, column in batch.counts.items()}
    counts, derived = _segs_and_bands(possible)
    total, corrected = _corrected_total(batch, counts)
    if total is not None:
        counts[Analyte.WBC] = total
    if corrected is not None and corrected.any():
        counts = _lines_beside_uncorrected(counts, corrected)
    if not batch.percents:
        counts = _parts_within_total(counts)
        return Differential(_interpreted(counts), derived, corrected)
    if batch.manual is None and all(map(_holds_nothing, batch.percents.values())):
        return _without_shares(batch, counts, derived, corrected)
    return _with_shares(batch, counts, derived, corrected)


def _interpreted(counts: dict[Analyte, Column]) -> dict[Analyte, Column]:
    return {kind: counts[kind] for kind in INTERPRETED if kind in counts}


def _possible(kind: Analyte, column: Column) -> Column:
    with np.errstate(invalid="ignore"):
        wrong = (column.values > impossible_above(kind)) | (column.values < 0)
    wrong |= np.isinf(column.values)
    return without(column, wrong, Reason.IMPOSSIBLE) if wrong.any() else column


def _of_two_numbers(batch: Batch, kind: Analyte) -> Truths:
    found = np.zeros(batch.size, dtype=np.bool_)
    for column in (batch.percents.get(kind), batch.counts.get(kind)):
        if column is not None:
            found |= is_duplicate(column)
    return found


def _nrbc_per_100(batch: Batch, total: Floats) -> Floats | None:
    shares, counts = batch.percents.get(Analyte.NRBC), batch.counts.get(Analyte.NRBC)
    if shares is None and counts is None:
        return None
    found = np.full(batch.size, np.nan) if shares is None else shares.values
    if counts is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(np.isnan(found), counts.values * 100 / total, found)
    return found


def _corrected_total(
    batch: Batch, counts: dict[Analyte, Column]
) -> tuple[Column | None, Truths | None]:
    """The total corrected for nucleated red cells; undetermined where nobody says if it was."""
    total = counts.get(Analyte.WBC)
    per_100 = None if total is None else _nrbc_per_100(batch, total.values)
    if total is None or per_100 is None:
        return total, None
    state = np.broadcast_to(np.asarray(batch.wbc_correction), per_100.shape)
    known = ~np.isnan(total.values)
    # Of two numbers of nucleated red cells neither is taken: the total may be far from right.
    of_two = np.isnan(per_100) & _of_two_numbers(batch, Analyte.NRBC) & (state != CORRECTED) & known
    total = without(total, of_two, Reason.CONTRADICTORY) if of_two.any() else total
    with np.errstate(invalid="ignore"):
        matters = per_100 >= NRBC_COUNTS_FROM
    corrected = matters & (state == NOT_CORRECTED) & ~np.isnan(total.values)
    made = np.round(total.values * 100 / (100 + per_100), DECIMALS)
    values = np.where(corrected, made, total.values)
    unknown = matters & (state != NOT_CORRECTED) & (state != CORRECTED) & ~np.isnan(total.values)
    return without(replace(total, values=values), unknown, Reason.NRBC_UNKNOWN), corrected


def _lines_beside_uncorrected(
    counts: dict[Analyte, Column], corrected: Truths
) -> dict[Analyte, Column]:
    """A line printed beside an uncorrected total has no number here.

    It was counted with the nucleated red cells in it, or not: nobody says. A percentage of the
    corrected total stands.
    """
    doubtful = {
        kind: without(counts[kind], corrected & ~np.isnan(counts[kind].values), Reason.NRBC_UNKNOWN)
        for kind in LINES
        if kind in counts
    }
    return {**counts, **doubtful}


def _holds_nothing(column: Column) -> bool:
    """Whether a column is empty in every row, with nothing to say about it."""
    silent = column.reasons is None or bool((column.reasons <= Reason.VALUE_MISSING).all())
    return silent and bool(np.isnan(column.values).all())


def _without_shares(
    batch: Batch,
    counts: dict[Analyte, Column],
    derived: dict[Analyte, Truths],
    corrected: Truths | None,
) -> Differential:
    """Where percentages may stand and none does: a file whose units say which are, row by row."""
    none = np.zeros(batch.size, dtype=np.bool_)
    lines = [kind for kind in LINES if kind in batch.percents]
    if Analyte.SEG in batch.percents and Analyte.NEUT not in lines:
        lines.append(Analyte.NEUT)
    empty = {kind: Column(np.full(batch.size, np.nan)) for kind in lines if kind not in counts}
    derived = {**dict.fromkeys(lines, none), **derived}
    counts = _parts_within_total(_with_share_of_cd4(batch, {**counts, **empty}))
    return Differential(_interpreted(counts), derived, corrected, none)


class Shares(Struct, frozen=True):
    """Percentages ready to multiply: by line, which neutrophils hold added bands, and doubts.

    `other_readings` are shares had the bands, or the variant lymphocytes, been taken otherwise.
    """

    percents: dict[Analyte, Column]
    other_readings: dict[Analyte, Column]
    bands_added: Truths
    bands_unclear: Truths
    too_many: Truths


def _shares(batch: Batch) -> Shares:
    size = batch.size
    neutrophils, added, unclear = neutrophil_share(batch)
    percents = {kind: batch.percents[kind] for kind in LINES if kind in batch.percents}
    if neutrophils is not None:
        percents[Analyte.NEUT] = neutrophils
    beside = [batch.percents[kind] for kind in BESIDE_THE_LINES if kind in batch.percents]
    parts = [column.values for column in (*percents.values(), *beside)]
    total = np.nansum(parts, axis=0) if parts else np.zeros(size)
    other = other_readings_of(batch, added)
    return Shares(percents, other, added, unclear, total > 100 + SUM_TOLERANCE)


def _with_shares(
    batch: Batch,
    counts: dict[Analyte, Column],
    derived: dict[Analyte, Truths],
    corrected: Truths | None,
) -> Differential:
    shares, total = _shares(batch), counts.get(Analyte.WBC)
    none = np.zeros(batch.size, dtype=np.bool_)
    spread: dict[Analyte, tuple[Floats, Floats]] = {}
    added = none
    for kind, share in shares.percents.items():
        made = _from_share(kind, share, total, shares)
        readings = [share, *([other] if (other := shares.other_readings.get(kind)) else [])]
        given = _consistent(counts.get(kind), total, readings)
        counts[kind], use = _join(given, made, share)
        derived[kind] = use | derived.get(kind, none)
        if kind is Analyte.NEUT:
            added = shares.bands_added & use
        if batch.manual is not None and total is not None:
            spread[kind] = _spread(share, total, use & batch.manual)
    counts = _parts_within_total(_with_share_of_cd4(batch, counts))
    return Differential(_interpreted(counts), derived, corrected, added, spread)


def _with_share_of_cd4(batch: Batch, counts: dict[Analyte, Column]) -> dict[Analyte, Column]:
    """CD4 cells in percent are a share of the lymphocytes: no count is made of them, and said so."""
    share = batch.percents.get(Analyte.CD4)
    if share is None:
        return counts
    empty = Column(np.full(batch.size, np.nan), None, share.reasons)
    empty = without(empty, ~np.isnan(share.values), Reason.PERCENTAGE_ONLY)
    given = counts.get(Analyte.CD4)
    return {**counts, Analyte.CD4: empty if given is None else first_given(given, empty)}


def _segs_and_bands(
    counts: dict[Analyte, Column],
) -> tuple[dict[Analyte, Column], dict[Analyte, Truths]]:
    """Absolute segs + bands where no absolute neutrophils are given."""
    segs, bands, whole = (counts.get(kind) for kind in (Analyte.SEG, Analyte.BAND, Analyte.NEUT))
    if segs is None:
        return dict(counts), {}
    segs = with_bands(segs, bands)
    known = ~np.isnan(segs.values)
    if whole is None:
        return {**counts, Analyte.NEUT: segs}, {Analyte.NEUT: known}
    use = np.isnan(whole.values) & known
    return {**counts, Analyte.NEUT: first_given(whole, segs)}, {Analyte.NEUT: use}


def _from_share(kind: Analyte, share: Column, total: Column | None, shares: Shares) -> Column:
    """The count a percentage of the total makes, or why it makes none."""
    size = len(share.values)
    given = ~np.isnan(share.values)
    if total is None:
        empty = Column(np.full(size, np.nan), None, share.reasons)
        return without(empty, given, Reason.PERCENTAGE_ONLY)
    made = Column(_product(total, share), _signs(share, total), share.reasons)
    lacking = given & np.isnan(total.values)
    why = np.full(size, Reason.PERCENTAGE_ONLY, dtype=np.int8)
    if total.reasons is not None:
        plain = (Reason.NONE, Reason.VALUE_MISSING)
        why = np.where(np.isin(total.reasons, plain), why, total.reasons)
    reasons = np.zeros(size, dtype=np.int8) if made.reasons is None else made.reasons
    made = replace(made, reasons=np.where(lacking, why, reasons))
    given &= ~lacking
    made = without(made, given & _opposite(share, total), Reason.COMPARATOR)
    made = without(made, given & shares.too_many, Reason.PERCENT_SUM)
    if kind is Analyte.NEUT:
        made = without(made, given & shares.bands_unclear, Reason.BANDS_UNCLEAR)
    return made


def _product(total: Column, share: Column) -> Floats:
    # 2.3 x 3 / 100 is 0.06899999999999999: a product is rounded so that it can lie on a limit.
    product: Floats = np.round(total.values * share.values / 100, DECIMALS)
    return product


def _signs(share: Column, total: Column) -> Codes | None:
    """The sign of a product: that of the factor that has one, the strict one where both have."""
    if share.comparators is None or total.comparators is None:
        return total.comparators if share.comparators is None else share.comparators
    smaller = np.minimum(share.comparators, total.comparators)
    larger = np.maximum(share.comparators, total.comparators)
    return np.where((smaller > 0) & (larger <= _LESS_EQUAL), smaller, larger)


def _opposite(share: Column, total: Column) -> Truths:
    """Where one factor is "less than" and the other "more than": the product may be anything."""
    if share.comparators is None or total.comparators is None:
        return np.zeros(len(share.values), dtype=np.bool_)
    smaller = np.minimum(share.comparators, total.comparators)
    larger = np.maximum(share.comparators, total.comparators)
    apart: Truths = (smaller > 0) & (smaller <= _LESS_EQUAL) & (larger > _LESS_EQUAL)
    return apart


def _consistent(
    given: Column | None, total: Column | None, readings: Sequence[Column]
) -> Column | None:
    """The printed count, contradictory where no reading of its percentage makes it."""
    if given is None or total is None:
        return given
    apart = _exact(given) & _exact(total) & ~np.isnan(given.values)
    slack = ROUNDING + ROUNDING_OF_SHARE * total.values
    for share in readings:
        with np.errstate(invalid="ignore"):
            near = ~(np.abs(given.values - _product(total, share)) > slack)
        apart &= np.where(np.isnan(share.values), share is not readings[0], ~near & _exact(share))
    return without(given, apart, Reason.CONTRADICTORY)


_REPLACEABLE = (Reason.NONE, Reason.VALUE_MISSING, Reason.NRBC_UNKNOWN)


def _join(given: Column | None, made: Column, share: Column) -> tuple[Column, Truths]:
    """The printed count where there is one, else the one made from the percentage."""
    if given is None:
        return made, ~np.isnan(made.values)
    use = np.isnan(given.values) & ~np.isnan(share.values)
    if given.reasons is not None:
        use &= np.isin(given.reasons, _REPLACEABLE)
    use |= np.isnan(given.values) & simply_missing(given)
    merged = Column(
        np.where(use, made.values, given.values),
        pick(use, made.comparators, given.comparators),
        pick(use, made.reasons, given.reasons),
    )
    return merged, use & ~np.isnan(made.values)


def _exact(column: Column) -> Truths:
    if column.comparators is None:
        return np.ones(len(column.values), dtype=np.bool_)
    exact: Truths = column.comparators == 0
    return exact


def _parts_within_total(counts: dict[Analyte, Column]) -> dict[Analyte, Column]:
    """A line larger than the total, or lines that add up to more: both are contradictory."""
    total = counts.get(Analyte.WBC)
    lines = [kind for kind in LINES if kind in counts]
    if total is None or not lines:
        return counts
    clash = _add_up_to_more(total, [counts[kind] for kind in lines])
    if clash is None:
        return counts
    clashing = {
        kind: without(counts[kind], clash & ~np.isnan(counts[kind].values), Reason.CONTRADICTORY)
        for kind in (Analyte.WBC, *lines)
    }
    return {**counts, **clashing}


def _add_up_to_more(total: Column, lines: Sequence[Column]) -> Truths | None:
    """Where the known lines are more than the total, by more than their roundings; None: nowhere."""
    parts = np.zeros(len(total.values))
    for line in lines:
        parts += np.fmax(line.values, 0.0)
    # The slack is never less than half a rounding: few rows need a closer look.
    rows = (parts > total.values + ROUNDING / 2).nonzero()[0]
    if not rows.size:
        return None
    known, more = np.zeros(len(rows)), np.ones(len(rows), dtype=np.bool_)
    for line in lines:
        known += ~np.isnan(line.values[rows])
    slack = ROUNDING * (1 + known) / 2 + ROUNDING_OF_SHARE * known * total.values[rows]
    more &= parts[rows] > total.values[rows] + slack
    # A range may be any of its numbers, and so may a sum it is part of.
    for line in (total, *lines):
        if line.comparators is not None:
            more &= (line.comparators[rows] == 0) | np.isnan(line.values[rows])
    found = np.zeros(len(parts), dtype=np.bool_)
    found[rows] = more
    return found if np.count_nonzero(more) else None


def _spread(share: Column, total: Column, rows: Truths) -> tuple[Floats, Floats]:
    """The counts at both ends of the counting error, NaN where it does not apply."""
    low, high = counting_error(np.where(rows, share.values, np.nan))
    return total.values * low / 100, total.values * high / 100
