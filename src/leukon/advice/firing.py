"""Which rules fire in a situation, and of which counts they speak."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import isnan

from msgspec import Struct

from leukon.advice.cells import (
    ONLY_IF_LAST,
    Cell,
    Check,
    asks_for_something,
    cells_of,
    critical_lines,
    far_high_lines,
    high_lines,
    lines_in_calming_bands,
    low_lines,
    unjudged_lines,
)
from leukon.advice.content import Rule, content
from leukon.advice.situation import Situation


class Fired(Struct, frozen=True):
    """A rule that fires; `unsure` names cells that hold because something is not known.

    `lines` are the counts it was looked at for, where it is looked at count by count, or that are
    high or not judged.
    """

    rule: Rule
    unsure: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class _Row(Struct, frozen=True):
    """A rule with its checks: those that must hold, and the cells that may only seem to."""

    rule: Rule
    checks: tuple[Check, ...]
    doubtful: tuple[Cell, ...]

    def fires(self, situation: Situation) -> bool:
        """Whether every cell holds. A loop: this runs for every rule of every panel."""
        for check in self.checks:  # noqa: SIM110 (half the time of a generator)
            if not check(situation):
                return False
        return True


def _row(rule: Rule) -> _Row:
    cells = cells_of(rule)
    if rule.effect == "raises":
        doubtful = tuple(cell for cell in cells if cell[1] is not cell[2])
        return _Row(rule, tuple(may for _, may, _ in cells), doubtful)
    return _Row(rule, tuple(surely for _, _, surely in cells), ())


@cache
def _table() -> tuple[_Row, ...]:
    """The rules with their checks, in the order of the table; those looked at last left out."""
    rules = sorted(content().rules.rule, key=lambda rule: rule.order)
    return tuple(_row(rule) for rule in rules if not rule.when.only_if)


@cache
def _table_of_silence() -> tuple[_Row, ...]:
    """The rules that can fire where nothing at all was told or measured beside the counts."""
    return tuple(row for row in _table() if not asks_for_something(row.rule.when))


def _rows_for(situation: Situation) -> tuple[_Row, ...]:
    facts = situation.facts
    silent = not facts.yes and not facts.drugs and isnan(situation.temperature)
    return _table_of_silence() if silent else _table()


@cache
def _last() -> tuple[_Row, ...]:
    rules = [rule for rule in content().rules.rule if rule.when.only_if]
    if any(rule.when.only_if != ONLY_IF_LAST for rule in rules):
        raise ValueError("a condition of a rule in a word that is not known")
    return tuple(_row(rule) for rule in rules)


def fire(situation: Situation) -> tuple[Fired, ...]:
    """Every rule that fires, the most urgent first, then in the order of the table."""
    found = [
        Fired(row.rule, _unsure(row, situation), _named(row.rule, situation))
        for row in _rows_for(situation)
        if row.fires(situation)
    ]
    found += _looked_at_last(situation, found)
    return tuple(sorted(found, key=lambda fired: (fired.rule.how_soon, fired.rule.order)))


_NAMED = {
    "critical-high": far_high_lines,
    "any-white-high": high_lines,
    "any-unjudged": unjudged_lines,
}


def _named(rule: Rule, situation: Situation) -> tuple[str, ...]:
    """The counts that a rule about high counts, or those not judged, fires for."""
    return tuple(
        sorted(
            line for word in rule.when.flags if word in _NAMED for line in _NAMED[word](situation)
        )
    )


def _unsure(row: _Row, situation: Situation) -> tuple[str, ...]:
    return tuple(name for name, _, surely in row.doubtful if not surely(situation))


def _looked_at_last(situation: Situation, found: list[Fired]) -> Iterator[Fired]:
    """The rule for every low count of which no other rule speaks."""
    low = low_lines(situation) | lines_in_calming_bands(situation)
    spoken = frozenset().union(*(lines_spoken_of(fired.rule, situation) for fired in found))
    if situation.driver in spoken:
        spoken |= {"WBC"}
    if rest := sorted(low - spoken):
        for row in _last():
            if row.fires(situation):
                yield Fired(row.rule, (), tuple(rest))


def lines_spoken_of(rule: Rule, situation: Situation) -> frozenset[str]:
    """The counts of which a rule that fired speaks; one that only informs speaks of none."""
    if rule.effect == "informs":
        return frozenset()
    lines = set(rule.when.bands)
    for word in rule.when.flags:
        if word == "any-white-low":
            lines |= low_lines(situation)
        elif word == "calming-band":
            lines |= lines_in_calming_bands(situation)
        elif word == "critical-low":
            lines |= critical_lines(situation)
        elif word not in _NAMED:
            lines.add(word.removesuffix("-low"))
    return frozenset(lines)
