"""What is said of a count beside the person's own band."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from leukon.explain.numbers import band_end
from leukon.explain.voice import Sentence, Voice
from leukon.interpretation import Interpreted
from leukon.setpoints.eligibility import REASONS
from leukon.setpoints.rules import LOW_BY_DEFINITION, NO_ANSWER, WITHHELD, OwnLevel

_SAID_ALREADY = ("high", "undetermined", "value-missing")
"""Reasons that the sentence about the flag has given."""


def told(levels: Sequence[OwnLevel]) -> Sequence[OwnLevel]:
    """The levels of which something is said by count: none where no count has a history."""
    return () if all(level.reason == "no-history" for level in levels) else levels


def own_level(level: OwnLevel, count: Interpreted, by: str, voice: Voice) -> Iterator[Sentence]:
    """The answer or why there is none, that a band is provisional, a fall, and what was left out.

    Where "usual for you" is withheld the person is not shown the band: it would say it all the same.
    """
    about, name = level.analyte, voice.title(level.analyte)
    if level.answer:
        yield voice.say(f"own.{level.answer}", about, **_values(level, count, by, voice))
        if level.provisional and (level.answer != LOW_BY_DEFINITION or not voice.is_plain):
            yield voice.say("own.provisional", about, name=name)
    elif level.reason not in _SAID_ALREADY:
        reason = voice.content(NO_ANSWER[level.reason])
        yield voice.say("own.none", about, name=name, reason=reason)
    if level.falling:
        yield voice.say("own.falling", about, name=name)
    if level.left_out:
        reasons = _texts("left-out", (one.reason for one in level.left_out), REASONS, voice)
        size = str(len(level.left_out))
        yield voice.say("own.left-out", about, name=name, number=size, reasons=reasons)


def _values(level: OwnLevel, count: Interpreted, by: str, voice: Voice) -> dict[str, str]:
    ends = (("centre", level.centre, None), *_ends(level, count))
    texts = {
        key: voice.signed(band_end(value, level.analyte, beside))
        for key, value, beside in ends
        if value is not None
    }
    lower = voice.name("none") if count.lower is None else voice.number(count.lower, count.analyte)
    return {
        **texts,
        "name": voice.title(level.analyte),
        "by": by,
        "lower": lower,
        "counts": _counts(level, voice),
        "number": voice.number(round(level.n_effective, 1)),
        "reasons": _texts("withheld", level.withheld, WITHHELD, voice),
    }


def _ends(
    level: OwnLevel, count: Interpreted
) -> tuple[tuple[str, float | None, float | None], ...]:
    """The ends of the band; on which side of them the count lies must be seen."""
    return ("low", level.low, count.value), ("high", level.high, count.value)


def _counts(level: OwnLevel, voice: Voice) -> str:
    """How many earlier counts, and since when."""
    year = "" if level.first is None else str(level.first.year)
    if level.counts_used == 1:
        return voice.name("earlier.one", date=year)
    return voice.name("earlier", number=str(level.counts_used), date=year)


def _texts(kind: str, found: Iterable[str], texts: Mapping[str, str], voice: Voice) -> str:
    """Several reasons, each once, in plainer words where there are such for the audience."""
    said = [
        voice.say(f"{kind}.{one}").text
        if voice.knows(f"{kind}.{one}")
        else voice.content(texts[one])
        for one in dict.fromkeys(found)
    ]
    return "; ".join(said)
