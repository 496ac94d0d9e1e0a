"""Clozapine monitoring: which band of a country's scheme the counts lie in. For professionals.

It is shown beside the advice and decides nothing: the urgency comes from the rules.
"""

from __future__ import annotations

import re

from msgspec import Struct

from leukon.advice.content import Band, ClozapineBand, ClozapineNotice, content
from leukon.advice.situation import Counted


class ClozapineAnswer(Struct, frozen=True, kw_only=True):
    """The band, or the bands the counts may lie in, the strictest first; empty: `reason` says why.

    `notices` are what a regulator announced without changing a band.
    """

    bands: tuple[ClozapineBand, ...]
    regime: str = ""
    population: str = ""
    notices: tuple[ClozapineNotice, ...] = ()
    reason: str = ""


NO_SCHEME = "no monitoring scheme of this country was read: ask the clozapine team"
NO_SCHEME_THEN = "the scheme of that year was superseded, and is not answered from today's"
NO_DUFFY_SCHEME = (
    "this country's bands for people tested Duffy-null were not read: the general ones are shown"
)
NO_COUNT = "the neutrophils were not counted"
NO_TOTAL = "the total white count is missing, and this scheme needs both"


def monitoring(
    country: str,
    *,
    neutrophils: Counted | None,
    white_cells: Counted | None = None,
    duffy: str | None = None,
    year: int | None = None,
) -> ClozapineAnswer:
    """The band of the scheme of a country ("US", "UK"), for counts and phenotype.

    `year` is that of the counts, left out for today: a scheme says from which year it holds, and
    older ones are not answered from it.

    The bands for people tested Duffy-null are used where the country has them and `duffy` is
    "null"; otherwise the general ones, and the answer says so.

    >>> from leukon.advice.situation import counted
    >>> [band.band for band in monitoring("US", neutrophils=counted(1.2)).bands]
    ['mild']
    """
    known = [one for one in content().clozapine.band if one.country == country and one.current]
    notices = tuple(one for one in content().clozapine.notice if one.country == country)
    if not known:
        return ClozapineAnswer(bands=(), notices=notices, reason=NO_SCHEME)
    if year is not None and year < _first_year(known[0].regime):
        return ClozapineAnswer(bands=(), notices=notices, reason=NO_SCHEME_THEN)
    own = [one for one in known if one.duffy == "null"] if duffy == "null" else []
    scheme = own or [one for one in known if not one.duffy]
    found, why = _bands(scheme, neutrophils, white_cells)
    if duffy == "null" and not own:
        why = "; ".join(filter(None, (why, NO_DUFFY_SCHEME)))
    return ClozapineAnswer(
        bands=found,
        regime=scheme[0].regime,
        population=scheme[0].population,
        notices=notices,
        reason=why,
    )


def _first_year(regime: str) -> int:
    """The year in a regime such as "US PI 2015-"; 0 where none is printed."""
    found = re.search(r"(\d{4})-", regime)
    return int(found[1]) if found else 0


def _bands(
    scheme: list[ClozapineBand], neutrophils: Counted | None, white_cells: Counted | None
) -> tuple[tuple[ClozapineBand, ...], str]:
    """The strictest band each known count may lie in, and what is missing."""
    needs_total = any(one.WBC for one in scheme)
    missing = NO_COUNT if neutrophils is None else ""
    if needs_total and white_cells is None and not missing:
        missing = NO_TOTAL
    strictest_first = sorted(scheme, key=_lowest)
    found = [one for one in strictest_first if _holds(one, neutrophils, white_cells)]
    if needs_total and found:
        # One count in a stricter band is enough (and/or), so the first band is the answer.
        found = found[:1]
    return tuple(found), missing


def _lowest(band: ClozapineBand) -> float:
    return (band.NEUT or Band()).ends[0]


def _holds(band: ClozapineBand, neutrophils: Counted | None, white_cells: Counted | None) -> bool:
    pairs = ((band.NEUT, neutrophils), (band.WBC, white_cells))
    said = [
        seen is not None and seen.may_lie_in(limits) for limits, seen in pairs if limits is not None
    ]
    return all(said) if band.combine == "and" else any(said)
