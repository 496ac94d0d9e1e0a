"""The neutrophils in percent. Are the bands part of them? Some laboratories print them beside."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from leukon.analytes import LINES, Analyte
from leukon.arrays import Codes, Floats, Truths
from leukon.batch import Batch, Column, without
from leukon.reasons import Reason

SUM_TOLERANCE = 5.0
"""How far percentages may be from 100 in all: each is rounded, and some cells are left out."""
DECIMALS = 9
"""Decimals that counts worked out here are rounded to: far beyond what any report prints."""

BESIDE_THE_LINES = (
    Analyte.META,
    Analyte.MYELO,
    Analyte.PROMY,
    Analyte.BLAST,
    Analyte.ATYP,
    Analyte.OTHER,
    Analyte.LUC,
)


def other_readings_of(batch: Batch, added: Truths) -> dict[Analyte, Column]:
    """Whether variant lymphocytes are lymphocytes, and bands neutrophils, differs by laboratory."""
    found = {}
    whole, bands, lymphocytes, variant = (
        batch.percents.get(kind)
        for kind in (Analyte.NEUT, Analyte.BAND, Analyte.LYMPH, Analyte.ATYP)
    )
    if whole is not None and bands is not None:
        other = np.where(added, whole.values, sum_of(whole, bands))
        found[Analyte.NEUT] = replace(whole, values=other)
    if lymphocytes is not None and variant is not None:
        found[Analyte.LYMPH] = replace(lymphocytes, values=sum_of(lymphocytes, variant))
    return found


def neutrophil_share(batch: Batch) -> tuple[Column | None, Truths, Truths]:
    """The neutrophils in percent, bands included, and where bands were added or are in doubt."""
    none = np.zeros(batch.size, dtype=np.bool_)
    whole, segs, bands = (
        batch.percents.get(kind) for kind in (Analyte.NEUT, Analyte.SEG, Analyte.BAND)
    )
    if segs is not None:
        segs = with_bands(segs, bands)
    if whole is None:
        return segs, none if bands is None else ~np.isnan(bands.values), none
    if bands is None:
        return first_given(whole, segs), none, none
    added, unclear = _bands_beside(batch, whole, bands)
    values = np.where(added, sum_of(whole, bands), whole.values)
    return first_given(replace(whole, values=values), segs), added, unclear


def _bands_beside(batch: Batch, whole: Column, bands: Column) -> tuple[Truths, Truths]:
    """Whether bands stand beside the neutrophils or are part of them: what adds up to 100 tells."""
    others = [
        batch.percents[kind].values
        for kind in (*LINES[1:], *BESIDE_THE_LINES)
        if kind in batch.percents
    ]
    rest = np.nansum(others, axis=0) if others else np.zeros(batch.size)
    with np.errstate(invalid="ignore"):
        inside = np.abs(whole.values + rest - 100)
        beside = np.abs(whole.values + bands.values + rest - 100)
        matters = bands.values > 0
        added = matters & (beside < inside) & (beside <= SUM_TOLERANCE)
        unclear = (matters | is_duplicate(bands)) & ~added & (inside > SUM_TOLERANCE)
    return added, unclear


def with_bands(segs: Column, bands: Column | None) -> Column:
    """Segs and bands together; where two numbers are printed for the bands, nobody can say."""
    if bands is None:
        return segs
    together = replace(segs, values=sum_of(segs, bands))
    doubtful = is_duplicate(bands) & ~np.isnan(segs.values)
    return without(together, doubtful, Reason.CONTRADICTORY) if doubtful.any() else together


def is_duplicate(column: Column) -> Truths:
    """Where two different numbers were printed for one thing."""
    if column.reasons is None:
        return np.zeros(len(column.values), dtype=np.bool_)
    two: Truths = column.reasons == Reason.DUPLICATE
    return two


def sum_of(segs: Column, bands: Column) -> Floats:
    """Segs and bands together; bands that are not printed are none."""
    total: Floats = np.round(segs.values + np.nan_to_num(bands.values), DECIMALS)
    return total


def first_given(whole: Column, segs: Column | None) -> Column:
    """The whole where it was printed; the segs, with their sign or reason, where it was not."""
    if segs is None:
        return whole
    use = np.isnan(whole.values) & (~np.isnan(segs.values) | simply_missing(whole))
    return Column(
        np.where(use, segs.values, whole.values),
        pick(use, segs.comparators, whole.comparators),
        pick(use, segs.reasons, whole.reasons),
    )


def simply_missing(column: Column) -> Truths:
    """Where nothing is known against a value: it is neither pending nor of another specimen."""
    if column.reasons is None:
        return np.ones(len(column.values), dtype=np.bool_)
    return np.isin(column.reasons, (Reason.NONE, Reason.VALUE_MISSING))


def pick(use: Truths, first: Codes | None, second: Codes | None) -> Codes | None:
    """The codes of the first column where it is used, else those of the second."""
    if first is None and second is None:
        return None
    zero = np.zeros(len(use), dtype=np.int8)
    return np.where(use, zero if first is None else first, zero if second is None else second)
