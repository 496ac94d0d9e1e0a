"""Everything the rules look at, in one frozen value: the person, the counts as ranges, the facts.

Counts come in as plain ranges with what the definitions say of them, so that the rules need no
definition: the emergency rules are looked at before any interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from leukon.advice.content import Band
from leukon.advice.facts import Facts, counted_from, facts_of
from leukon.ages import Age
from leukon.context import Context
from leukon.errors import InputRefused
from leukon.panel import COMPARATORS, Person

WHITE = ("WBC", "NEUT", "LYMPH", "CD4", "MONO")
"""The counts that "any white count low" speaks of."""
HIGH = (*WHITE, "EOS", "BASO")
"""The counts that "any white count high" speaks of."""
ON_THE_FILM = ("BLAST", "PROMY")
NEVER_JUDGED = (*ON_THE_FILM, "BAND", "SEG", "NRBC")
"""Parts of other counts, or cells that are no count of their own: no limit is asked for them."""
_LOW = ("low", "critical-low")
_HIGH = ("high", "critical-high")


class Counted(Struct, frozen=True, kw_only=True):
    """One count: the lowest and the highest number it may be, and what definitions say of it.

    `is_low` where it is or may be low, `is_critical` where it is critically low, `is_within` only
    where it surely lies within, `is_within_by_some` where the definitions that can say all say so,
    `is_high` where one calls it high, `is_far_high` where it is critically high. `is_low_in_use`:
    the definition in use itself calls it low. `is_doubtful`: the report contradicts itself, so that
    the count is known only as this range; such neutrophils count as unknown too.
    """

    low: float
    high: float
    is_low: bool = False
    is_critical: bool = False
    is_within: bool = False
    is_far_high: bool = False
    is_high: bool = False
    is_within_by_some: bool = False
    is_low_in_use: bool = False
    is_doubtful: bool = False

    @property
    def is_unjudged(self) -> bool:
        """Whether nothing says that it is low, within or high."""
        low, high = self.is_low or self.is_critical, self.is_high or self.is_far_high
        return not (low or high or self.is_within or self.is_within_by_some)

    def may_lie_in(self, band: Band) -> bool:
        """Whether the count may lie in a band."""
        low, high = band.ends
        return self.low <= high and self.high >= low

    def surely_lies_in(self, band: Band) -> bool:
        """Whether the count lies in a band whatever it is; a doubtful one surely lies in none."""
        low, high = band.ends
        return not self.is_doubtful and self.low >= low and self.high <= high


def counted(
    value: float | None,
    comparator: str = "",
    *,
    flags: Iterable[str] = (),
    lower: float | None = None,
    votes_low: int = 0,
    votes_open: int = 0,
    is_not_high: bool = False,
) -> Counted | None:
    """A count as the rules see it, None where there is no value.

    `value` in 10*9/L (g/L for haemoglobin). `flags` are what the definition in use calls it, and
    any other definition that must be heard, in this order: one low is enough, all must say within. Leave the Duffy
    status, and every definition made for it, out of them: a benign interval never lowers urgency.
    Where all are undetermined, `votes_low` publishers that call it low make it low, and
    `votes_open` that cannot say, or a range that reaches below `lower`, make it one that may be.
    `is_not_high`: the definition has no lower limit for it and it is not above the upper one. That is
    enough only for a count whose low nobody defines (eosinophils, basophils): it is no unjudged one.

    >>> counted(0.5, "<").high < 0.5, counted(3.7, flags=["low"]).is_low
    (True, True)
    """
    if value is None or math.isnan(value):
        return None
    low, high = _range(value, comparator)
    said = tuple(flags)
    silent = all(flag == "undetermined" for flag in said)
    may_be_low = votes_low > 0 or votes_open > 0 or (lower is not None and low < lower)
    return Counted(
        low=low,
        high=high,
        is_low=any(flag in _LOW for flag in said) or (silent and may_be_low),
        is_critical="critical-low" in said,
        is_within=bool(said) and all(flag == "within" for flag in said),
        is_far_high="critical-high" in said,
        is_high=any(flag in _HIGH for flag in said),
        is_within_by_some=_may_be_within(said) and (is_not_high or "within" in said),
        is_low_in_use=said[:1] != () and said[0] in _LOW,
    )


def _may_be_within(said: tuple[str, ...]) -> bool:
    return set(said) <= {"within", "undetermined"}


def _range(value: float, comparator: str) -> tuple[float, float]:
    if comparator not in COMPARATORS:
        raise InputRefused("a sign before a count that leukon does not know", hint="< or >")
    if comparator in ("<", "<="):
        high = value if comparator == "<=" else math.nextafter(value, -math.inf)
        return 0.0, max(high, 0.0)
    if comparator in (">", ">="):
        return (value if comparator == ">=" else math.nextafter(value, math.inf)), math.inf
    return value, value


class Situation(Struct, frozen=True, kw_only=True):
    """What the rules look at; made by `situation_of`.

    `driver` is the low cell line that drives a low total. `neutrophils_old`: counted on another day
    than the questions were asked, so that they may have fallen since.
    """

    age: Age
    sex: str | None
    duffy: str | None
    counts: Mapping[str, Counted]
    facts: Facts
    driver: str = ""
    temperature: float = math.nan
    country: str = ""
    finding: str = "unknown"
    neutrophils_old: bool = False
    not_of_this_illness: bool = False
    questions_asked: bool = False

    @property
    def has_white_count(self) -> bool:
        """Whether any white count was given with a value."""
        return any(line in self.counts for line in WHITE)


def situation_of(
    person: Person,
    context: Context,
    counts: Mapping[str, Counted | None] | None = None,
    *,
    driver: str = "",
    drawn_at: date | datetime | None = None,
) -> Situation:
    """What the rules look at, from a person, the context and the counts (none are needed).

    `counts` by analyte, as `counted` gives them; those without a value count as not counted.
    BLAST and PROMY above zero say that the film shows them. `drawn_at` is the day of the draw.

    >>> from leukon.advice import advise
    >>> baby = situation_of(Person(age="6wk"), Context(temperature="38.2C"))
    >>> advise(baby).urgency.slug
    'emergency'
    """
    found = {str(kind): seen for kind, seen in (counts or {}).items() if seen is not None}
    drawn = drawn_at.date() if isinstance(drawn_at, datetime) else drawn_at
    today = counted_from(context, drawn_at)
    facts = facts_of(person, context, today, seen=_on_the_film(found))
    later = context.asked_on is not None and drawn is not None and drawn < context.asked_on
    told = context.counted_in_this_illness
    return Situation(
        age=person.age_at_draw,
        sex=person.sex,
        duffy=person.duffy,
        counts=found,
        facts=facts,
        driver=driver,
        temperature=context.celsius,
        country=context.country,
        finding=context.finding,
        neutrophils_old=told is False or (told is None and later),
        not_of_this_illness=told is False,
        questions_asked=bool(context.answers) or context.drugs is not None,
    )


def _on_the_film(counts: Mapping[str, Counted]) -> frozenset[str]:
    """A yes to blasts or promyelocytes where the differential counted some."""
    seen = any(kind in counts and counts[kind].low > 0 for kind in ON_THE_FILM)
    return frozenset({"blasts-film"}) if seen else frozenset()
