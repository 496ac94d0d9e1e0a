"""What is said of each count: its flag and whose, why it cannot be said, how many publishers."""

from __future__ import annotations

from collections.abc import Iterator

from leukon.analytes import CELLS
from leukon.explain.own import own_level, told
from leukon.explain.voice import Sentence, Voice
from leukon.interpretation import Agreement, DefinitionUsed, Interpretation, Interpreted
from leukon.reasons import SLUGS, Reason

_LOW, _HIGH = ("low", "critical-low"), ("high", "critical-high")
_REASONS = {slug: Reason(place).text for place, slug in enumerate(SLUGS)}


def counts(answer: Interpretation, voice: Voice) -> Iterator[Sentence]:
    """Everything said of the counts, the low ones first, then those that cannot be said."""
    levels = {level.analyte: level for level in told(answer.setpoint)}
    for count in sorted(answer.counts, key=_rank):
        yield _flag(count, answer.definition, voice)
        yield from _beside(count, answer.definition, voice)
        if count.analyte in levels:
            by = whose(count, answer.definition, voice)
            yield from own_level(levels[count.analyte], count, by, voice)
        if count.agreement is not None and count.agreement.total:
            yield from _agreement(count, count.agreement, voice)
    if answer.setpoint and not levels:
        yield voice.say("own.no-history")


def _rank(count: Interpreted) -> int:
    order = ("critical-low", "low", "critical-high", "high", "undetermined", "within")
    return order.index(count.flag)


def driver(answer: Interpretation, voice: Voice) -> Sentence:
    """Which cell line drives a low count, by whose limits."""
    by = answer.definition.label
    if answer.driver in ("none", "undetermined"):
        return voice.say(f"driver.{answer.driver}", by=by)
    count = answer[answer.driver]
    name = voice.name(f"count.{answer.driver}")
    return voice.say(
        "driver.line", answer.driver, name=name, by=whose(count, answer.definition, voice)
    )


def whose(count: Interpreted, definition: DefinitionUsed, voice: Voice) -> str:
    """Whose limits decided: the publisher of the row, and the definition that holds it."""
    sides = {"low": count.low_source, "high": count.high_source}
    used = ["low"] if count.flag in _LOW else ["high"] if count.flag in _HIGH else ["low", "high"]
    named = [sides[side] for side in used if sides[side] and sides[side] != definition.publisher]
    # A critical limit is the definition's: which publisher printed it, the count does not say.
    if not named or count.flag.startswith("critical"):
        return definition.label
    source = "; ".join(dict.fromkeys(named))
    return voice.name("borrowed", source=source, label=definition.label)


def measured(count: Interpreted, voice: Voice) -> str:
    """The number with its unit, and the sign it was printed with."""
    if count.value is None:
        return voice.name("none")
    kind = "cells" if count.unit == CELLS else "mass"
    text = voice.number(count.value, count.analyte, near=(count.lower, count.upper))
    return voice.name(f"{voice.audience}.{kind}.{count.comparator}", value=text)


def _flag(count: Interpreted, definition: DefinitionUsed, voice: Voice) -> Sentence:
    name, by = voice.title(count.analyte), whose(count, definition, voice)
    if count.flag == "undetermined":
        return _why(count, name, by, voice)
    return voice.say(
        f"count.{_kind(count)}",
        count.analyte,
        name=name,
        by=by,
        measured=measured(count, voice),
        lower=_limit(count.lower, count, voice),
        upper=_limit(count.upper, count, voice),
    )


def _kind(count: Interpreted) -> str:
    if count.flag == "low" and not count.lower_inclusive:
        return "low-itself"
    if count.flag != "within" or (count.lower is not None and count.upper is not None):
        return count.flag
    return "within-high-only" if count.lower is None else "within-low-only"


def _limit(value: float | None, count: Interpreted, voice: Voice) -> str:
    return voice.name("none") if value is None else voice.number(value, count.analyte)


def _why(count: Interpreted, name: str, by: str, voice: Voice) -> Sentence:
    code = f"why.{count.reason}"
    if voice.knows(code):
        return voice.say(code, count.analyte, name=name, by=by)
    reason = voice.content(_REASONS.get(count.reason, count.reason))
    return voice.say("why.other", count.analyte, name=name, by=by, reason=reason)


def _beside(count: Interpreted, definition: DefinitionUsed, voice: Voice) -> Iterator[Sentence]:
    """The number as it was printed, how it was made, and a floor that decided."""
    name, given = voice.title(count.analyte), count.reported
    if count.flag == "undetermined" and count.value is not None:
        yield voice.say("count.plain", count.analyte, name=name, measured=measured(count, voice))
    if given is not None and given.value is not None and given.unit != count.unit:
        printed = f"{format(given.value, 'g')} {given.unit}"
        yield voice.say("count.reported", count.analyte, name=name, reported=printed)
    if count.derived:
        yield voice.say("count.derived", count.analyte, name=name)
    if count.reason == Reason.BELOW_FLOOR.slug:
        by = whose(count, definition, voice)
        yield voice.say("count.floor", count.analyte, name=name, by=by)


def _agreement(count: Interpreted, found: Agreement, voice: Voice) -> Iterator[Sentence]:
    name, about = voice.title(count.analyte), count.analyte
    yield voice.say(
        "agreement",
        about,
        name=name,
        low=str(found.low),
        within=str(found.within),
        high=str(found.high),
        total=str(found.total),
        lowest=_limit(found.lowest, count, voice),
        highest=_limit(found.highest, count, voice),
    )
    for code, size in (("undetermined", found.undetermined), ("mixed", found.mixed)):
        if size:
            yield voice.say(f"agreement.{code}", about, name=name, number=str(size))
