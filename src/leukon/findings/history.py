"""Patterns over time: three months low, a fall that is new, a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from leukon.ages import between
from leukon.findings.answers import UNPROVEN, Answer
from leukon.findings.content import row
from leukon.findings.counted import Counted, Earlier
from leukon.findings.finding import Finding, finding

CHRONIC_FROM_MONTHS = 3
"""Calendar months from which a low count is called chronic (knowledge syn-01)."""

CYCLE_FROM_DAYS, CYCLE_TO_DAYS = 14, 28
"""Days between troughs that may be a cycle: typically 21 (syn-04), a week either side (judgement)."""
TROUGHS = 3
"""Troughs that a pattern needs (judgement)."""

Series = list[tuple[date, Counted]]


def series(
    line: str, counts: Mapping[str, Counted], drawn_on: date | None, history: Sequence[Earlier]
) -> Series:
    """The counts of one line in order of time, today's last; empty where today has no date."""
    if drawn_on is None or line not in counts:
        return []
    found = [
        (earlier.drawn_on, earlier.counts[line])
        for earlier in history
        if line in earlier.counts and earlier.drawn_on < drawn_on
    ]
    return [*sorted(found, key=lambda item: item[0]), (drawn_on, counts[line])]


def course(
    line: str, counts: Mapping[str, Counted], drawn_on: date | None, history: Sequence[Earlier]
) -> str:
    """Whether a low count is "chronic" (three months or more), "acute" (new within them), or "".

    Acute: every earlier count was known not to be low, the last of them within three months.
    """
    found = series(line, counts, drawn_on, history)
    if len(found) < 2 or not found[-1][1].is_low.holds:
        return ""
    if _low_for_months(found):
        return "chronic"
    earlier = found[:-1]
    recent = between(earlier[-1][0], found[-1][0]).months_from < CHRONIC_FROM_MONTHS
    return "acute" if recent and all(_surely_not_low(count) for _, count in earlier) else ""


def _surely_not_low(count: Counted) -> bool:
    return count.flag in ("within", "high", "critical-high")


def _low_for_months(found: Series) -> bool:
    """Whether the counts were low from three months ago till today, as far as they were counted."""
    run: Series = []
    for when, count in reversed(found):
        if _surely_not_low(count):
            break
        run.append((when, count))
    first = next((when for when, count in reversed(run) if count.is_low.holds), None)
    if first is None or not run[0][1].is_low.holds:
        return False
    return between(first, run[0][0]).months_from >= CHRONIC_FROM_MONTHS


def patterns(
    counts: Mapping[str, Counted], drawn_on: date | None, history: Sequence[Earlier]
) -> Iterator[Finding]:
    """Chronic neutropenia and a cyclic pattern, where there is history for them."""
    found = series("NEUT", counts, drawn_on, history)
    if len(found) > 1 and _low_for_months(found):
        yield finding("chronic-neutropenia", Answer(True), by=found[-1][1].by)
    if _cycles(found):
        source = row("cyclic-pattern").source
        lacks = Answer(None, (UNPROVEN,))
        yield finding("cyclic-pattern", lacks, by="leukon (judgement)", source=source)


def _cycles(found: Series) -> bool:
    troughs = _troughs(found)
    if len(troughs) < TROUGHS:
        return False
    gaps = [(later - first).days for first, later in pairwise(troughs)]
    return all(CYCLE_FROM_DAYS <= gap <= CYCLE_TO_DAYS for gap in gaps)


def _troughs(found: Series) -> list[date]:
    """The day of the lowest count of each spell of low counts; counts in between end a spell."""
    spells: list[Series] = [[]]
    for when, count in found:
        if count.is_low.holds:
            spells[-1].append((when, count))
        elif _surely_not_low(count) and spells[-1]:
            spells.append([])
    return [min(spell, key=lambda item: item[1].high)[0] for spell in spells if spell]
