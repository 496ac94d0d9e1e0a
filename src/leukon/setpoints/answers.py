"""What may be said of many counts beside their persons' bands.

The rules are those of `leukon.setpoints.rules`, asked once for every case there is; a table of many
counts only looks up which case each of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from msgspec import Struct

from leukon.arrays import Codes, Floats, Integers, Table, Truths
from leukon.panel import COMPARATORS
from leukon.setpoints import rules
from leukon.setpoints.many import NO_BAND, Bands
from leukon.setpoints.person import DRAWN_FROM, DRAWN_OVER, SETTLED_OVER

ANSWER = ("", *rules.ANSWERS)
"""The answers, by their code."""
REASON = tuple(dict.fromkeys((*NO_BAND, *rules.NO_ANSWER)))
"""Why there is no answer, by its code."""
BITS = {reason: 1 << place for place, reason in enumerate(rules.WITHHELD)}
"""Each reason to withhold "usual for you" is a bit of a number."""
_PLACES = ("below", "in", "above", "")
_YOUNG = ("", "too-few-counts", "too-short-a-time")
_LINE = rules.NO_PATIENCE_BELOW
_HIGH = ("another-high",)


class Counted(Struct, frozen=True):
    """Counts to be judged: values (NaN: none), the signs before them, their flags by name.

    `signs` are places in `COMPARATORS`, `flags` in `flag_names`.
    """

    values: Floats
    signs: Codes
    flags: Codes
    flag_names: tuple[str, ...]


class Answers(Struct, frozen=True):
    """For each count the answer, why "usual" is withheld (bits), and why there is no answer."""

    answer: Codes
    withheld: Integers
    reason: Codes


def answers(counted: Counted, own: Bands, withheld: Integers) -> Answers:
    """The answer of every count; `withheld` are the reasons from outside its history, as bits."""
    place = _places(counted, own)
    young = np.where(own.n_effective < DRAWN_FROM, 1, np.where(own.span_days >= DRAWN_OVER, 0, 2))
    usual = own.usual & _is_held(own)
    history = _by_history()[
        place, usual.astype(int), own.falling.astype(int), own.stood_higher.astype(int)
    ]
    why = withheld | history
    given = _answers(counted.flag_names)
    found = given[counted.flags, place, (young > 0).astype(int), (why == 0).astype(int)]
    none = np.isnan(counted.values).astype(int)
    reason = _no_answer(counted.flag_names)[none, counted.flags, (counted.signs > 0) + 0, young]
    reason = np.where(own.reason > 0, own.reason, reason)
    found = np.where(own.reason > 0, np.int8(0), found)
    unsaid = found == ANSWER.index(rules.LOW_BY_DEFINITION)
    return Answers(
        found,
        np.where(unsaid, why, 0),
        np.where(found > 0, _young(young, own), reason).astype(np.int8),
    )


def _is_held(own: Bands) -> Truths:
    """As `rules.is_held`, of each count."""
    short = (own.span_days < SETTLED_OVER) & (own.steady_days >= DRAWN_OVER)
    found: Truths = (own.steady_days >= SETTLED_OVER) | short
    return found


def _young(young: Integers, own: Bands) -> Codes:
    """Why a series is too young to calm, which stands beside an answer too."""
    codes = np.array([REASON.index(reason) for reason in _YOUNG], dtype=np.int8)
    return np.where(own.reason > 0, np.int8(0), codes[young])


def withheld_by_counts(
    neutrophils: Counted | None,
    haemoglobin: Counted | None,
    platelets: Counted | None,
    *,
    worst_grade: Codes,
    critically_low: Truths,
) -> Integers:
    """Why the counts of panels forbid to call any of them usual, as bits; None: nobody counted.

    `critically_low` says whether any count of the panel is.
    """
    found = np.where(worst_grade >= rules.GRAVE_FROM, BITS["grade-3-or-more"], 0)
    found |= np.where(critically_low, BITS["critically-low"], 0)
    found |= _neutrophils(neutrophils) | _high(neutrophils)
    for analyte, counted in (("HGB", haemoglobin), ("PLT", platelets)):
        names = ("undetermined",) if counted is None else counted.flag_names
        table = np.array([_of_counts({analyte: rules.Seen(1.0, "", name)}) for name in names])
        found |= table[0] if counted is None else table[counted.flags]
    return found


def withheld_words(bits: int) -> tuple[str, ...]:
    """The reasons that a number stands for, in the order of the rules.

    >>> withheld_words(BITS["falling"] | BITS["few-counts"])
    ('falling', 'few-counts')
    """
    return tuple(reason for reason, bit in BITS.items() if bits & bit)


def bits_of(reasons: Iterable[str]) -> int:
    """The number that stands for some reasons.

    >>> withheld_words(bits_of(["no-context"]))
    ('no-context',)
    """
    return sum(BITS[reason] for reason in set(reasons))


def _places(counted: Counted, own: Bands) -> Integers:
    """Which of `_PLACES` each count has, by how it lies to both ends of its band."""
    to_low = np.sign(counted.values - own.low)
    to_high = np.sign(counted.values - own.high)
    found: Integers = np.full(len(to_low), _PLACES.index(""))
    known = ~(np.isnan(to_low) | np.isnan(to_high))
    where = (to_low[known] + to_high[known] + 2).astype(np.intp)
    found[known] = _place_table()[where, counted.signs[known]]
    return found


@cache
def _place_table() -> Table:
    """By how a count lies (under, at the low end, between, at the high end, over) and its sign."""
    return _table(
        [_PLACES.index(rules.place_of(rules.Seen(value, sign, "low"), 1.0, 2.0))
         for sign in COMPARATORS]
        for value in (0.5, 1.0, 1.5, 2.0, 2.5)
    )  # fmt: skip


@cache
def _by_history() -> Table:
    """By place, whether usual may be said, whether the counts fall, and whether they stood higher."""
    no_yes = (False, True)
    return _table(
        [
            [
                [
                    bits_of(
                        rules.withheld_by_history(place, usual=u, falling=f, stood_higher=higher)
                    )
                    for higher in no_yes
                ]
                for f in no_yes
            ]
            for u in no_yes
        ]
        for place in _PLACES
    )


@cache
def _answers(flags: tuple[str, ...]) -> Table:
    """By flag, place, whether the series is young, and whether nothing is withheld."""
    no_yes = (False, True)
    return _table(
        [
            [
                [ANSWER.index(rules.answer_for(flag, place, young=y, calm=c)) for c in no_yes]
                for y in no_yes
            ]
            for place in _PLACES
        ]
        for flag in flags
    ).astype(np.int8)


@cache
def _no_answer(flags: tuple[str, ...]) -> Table:
    """By whether there is no value, flag, whether there is a sign, and why the series is young."""
    return _table(
        [
            [[_why(value, sign, flag, young) for young in _YOUNG] for sign in ("", "<")]
            for flag in flags
        ]
        for value in (1.0, None)
    ).astype(np.int8)


def _why(value: float | None, sign: str, flag: str, young: str) -> int:
    return REASON.index(rules.why_no_answer(rules.Seen(value, sign, flag), young))


def _neutrophils(counted: Counted | None) -> Integers | int:
    if counted is None:
        return _of_counts({})
    values = (_LINE / 2, _LINE, _LINE * 2, None)
    table = _table(
        [_of_counts({"NEUT": rules.Seen(value, sign, "low")}) for sign in COMPARATORS]
        for value in values
    )
    where = np.nan_to_num(np.sign(counted.values - _LINE) + 1, nan=3).astype(np.intp)
    found: Integers = table[where, counted.signs]
    return found


def _high(counted: Counted | None) -> Integers | int:
    """Another line that is high, as `rules` has it; of HGB and PLT the tables above say it."""
    if counted is None:
        return 0
    high = [bool(bits_of(_HIGH) & _of_counts({"PLT": rules.Seen(1.0, "", name)}))
            for name in counted.flag_names]  # fmt: skip
    found: Integers = np.where(np.array(high)[counted.flags], bits_of(_HIGH), 0)
    return found


def _of_counts(counts: dict[str, rules.Seen]) -> int:
    """What the rules say of one kind of count, the other kinds being without fault."""
    good = rules.Seen(_LINE * 2, "", "within")
    whole = {"HGB": good, "PLT": good} | counts
    if "NEUT" not in whole and counts:
        whole["NEUT"] = good
    return bits_of(rules.withheld_by_counts(whole, 0))


def _table(rows: Iterable[Sequence[object]]) -> Table:
    return np.array(list(rows), dtype=np.int64)
