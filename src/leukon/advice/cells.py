"""The cells of the decision table, compiled to checks: one function a cell.

A cell of a rule that raises holds where it may; of a rule that calms or informs only where it surely
does. What is not known of the person (age, country) may be so; a finding of which nothing is known
is taken as the first, which has the shortest time. A count other than the neutrophils that was not
taken is not looked at, except lymphocytes where the total alone puts them in the band.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from leukon.advice.content import Band, Rule, When, content, questions
from leukon.advice.facts import FEVER_FROM, is_surely_of_age, may_be_of_age
from leukon.advice.situation import HIGH, NEVER_JUDGED, WHITE, Situation

Check = Callable[[Situation], bool]
Cell = tuple[str, Check, Check]
"""The name of a cell, whether it may hold, whether it surely does."""

ONLY_IF_LAST = "no-other-rule-for-that-count"
UNKNOWN = "unknown"
"""The word of a rule for a medicine that leukon does not know."""
_OF_THE_BODY = ("symptom", "sign", "report")


@cache
def calming_bands() -> tuple[tuple[str, Band], ...]:
    """The bands of the rules that calm, by count."""
    calming = [rule.when for rule in content().rules.rule if rule.effect == "lowers"]
    return tuple(dict.fromkeys(pair for when in calming for pair in when.bands.items()))


@cache
def _countries() -> frozenset[str]:
    """The countries that have rules of their own; everywhere else all of them apply."""
    return frozenset(rule.when.country for rule in content().rules.rule) - {""}


@cache
def _of_kind(*kinds: str) -> frozenset[str]:
    return frozenset(key for key, question in questions().items() if question.kind in kinds)


def cells_of(rule: Rule) -> tuple[Cell, ...]:
    """The cells of one rule, those that fail most often first."""
    when = rule.when
    return (
        *_plain(when),
        *_danger(when),
        *_people(when),
        *_counts(when),
        *_flags(when),
    )


def asks_for_something(when: When) -> bool:
    """Whether a rule fires only where a treatment, medicine, situation or sign was told or measured."""
    told = ((when.treatments, "none"), (when.drugs, "none-listed"), (when.situations, "none"))
    signs = when.red_flags not in ((), ("all-no",), ("any-unanswered",))
    measured = when.temperature_min is not None or when.temperature_max is not None
    return signs or measured or any(words not in ((), (none,)) for words, none in told)


def _same(name: str, check: Check) -> Cell:
    return name, check, check


def _plain(when: When) -> Iterator[Cell]:
    """Treatments, drugs, situations: something said, or surely nothing."""
    if when.treatments == ("none",):
        yield _same("treatments", lambda s: _all_no(s, _of_kind("treatment")))
    elif when.treatments:
        yield _same("treatments", _any_yes(when.treatments))
    if when.drugs == ("none-listed",):
        yield _same("drugs", lambda s: "listed-drug" in s.facts.no)
    elif when.drugs:
        groups = frozenset(when.drugs)
        unknown = UNKNOWN in groups
        yield _same(
            "drugs",
            lambda s: (
                not groups.isdisjoint(s.facts.groups) or (unknown and bool(s.facts.unknown_drugs))
            ),
        )
    if when.situations == ("none",):
        yield _same("situations", lambda s: _all_no(s, _of_kind("situation")))
    elif when.situations:
        yield _same("situations", _any_yes(when.situations))
    if when.answers_required == "all":
        yield _same("answers_required", lambda s: not _is_open(s))


def _any_yes(words: tuple[str, ...]) -> Check:
    wanted = frozenset(words)
    return lambda s: not wanted.isdisjoint(s.facts.yes)


def _all_no(situation: Situation, wanted: frozenset[str]) -> bool:
    """No yes among some questions, and none of them open."""
    facts = situation.facts
    return wanted.isdisjoint(facts.yes) and not any(q.id in wanted for q in facts.open)


def _is_open(situation: Situation) -> bool:
    return any(question.stops_calming for question in situation.facts.open)


def _danger(when: When) -> Iterator[Cell]:
    """Temperature and red flags are one cell: any of them."""
    if when.red_flags == ("all-no",):
        yield _same("red_flags", lambda s: _all_no(s, _of_kind(*_OF_THE_BODY)))
    elif when.red_flags == ("any-unanswered",):
        yield _same("red_flags", _is_open)
    elif when.red_flags or when.temperature_min is not None or when.temperature_max is not None:
        yield _same("red_flags", _danger_sign(when))


def _danger_sign(when: When) -> Check:
    lowest, below = when.temperature_min, when.temperature_max
    words = set(when.red_flags)
    # Fever and cold are answered by a measured temperature and by the questions alike.
    if lowest is not None and lowest <= FEVER_FROM:
        words.add("fever")
    if below is not None:
        words.add("cold")
    signs = frozenset(words)

    def holds(situation: Situation) -> bool:
        if not signs.isdisjoint(situation.facts.yes):
            return True
        return lowest is not None and situation.temperature >= lowest

    return holds


def _people(when: When) -> Iterator[Cell]:
    first, last = when.age_min, when.age_max
    if first or last:
        yield (
            "age",
            lambda s: may_be_of_age(s.age, first, last),
            lambda s: is_surely_of_age(s.age, first, last),
        )
    if when.pregnancy == "no":
        yield _same("pregnancy", lambda s: _all_no(s, frozenset({"pregnant"})))
    if when.phenotype:
        yield _same("phenotype", lambda s: s.duffy == "null")
    if when.country:
        here = when.country
        elsewhere = _countries() - {here}
        yield "country", lambda s: s.country not in elsewhere, lambda s: s.country == here
    if when.finding:
        word = when.finding
        may = (word, "unknown") if word == "first" else (word,)
        yield "finding", lambda s: s.finding in may, lambda s: s.finding == word
    if when.trend:
        yield _same("trend", lambda s: "earlier-count-higher" in s.facts.no)


def _counts(when: When) -> Iterator[Cell]:
    bands = when.bands
    if when.NEUT is not None or when.count_status != "any":
        yield _neutrophils(when.count_status, bands.pop("NEUT", Band()))
    for line, band in bands.items():
        yield _band(line, band)


def _neutrophils(status: str, band: Band) -> Cell:
    """The neutrophils: known (in the band), unknown, or any (in the band, or unknown)."""

    def may(situation: Situation) -> bool:
        seen = situation.counts.get("NEUT")
        unknown = seen is None or situation.neutrophils_old or seen.is_doubtful
        if status == "unknown":
            return unknown
        return (status == "any" and unknown) or (seen is not None and seen.may_lie_in(band))

    def surely(situation: Situation) -> bool:
        seen = situation.counts.get("NEUT")
        if status == "unknown":
            return seen is None or seen.is_doubtful
        known = seen is not None and not situation.not_of_this_illness
        return known and seen is not None and seen.surely_lies_in(band)

    return "NEUT", may, surely


def _band(line: str, band: Band) -> Cell:
    def may(situation: Situation) -> bool:
        seen = situation.counts.get(line)
        if seen is not None:
            return seen.may_lie_in(band)
        total = situation.counts.get("WBC")
        return line == "LYMPH" and total is not None and total.high <= band.ends[1]

    def surely(situation: Situation) -> bool:
        seen = situation.counts.get(line)
        return seen is not None and seen.surely_lies_in(band)

    return line, may, surely


def _flags(when: When) -> Iterator[Cell]:
    if when.flags:
        checks = tuple(_flag(word) for word in when.flags)
        yield _same("flags", lambda s: any(check(s) for check in checks))
    if when.other_lines:
        groups = tuple(tuple(_other(word) for word in group) for group in when.other_lines)
        yield _same("other_lines", lambda s: any(all(c(s) for c in group) for group in groups))


def _flag(word: str) -> Check:
    named: dict[str, Check] = {
        "any-white-low": lambda s: bool(low_lines(s)),
        "critical-low": lambda s: bool(critical_lines(s)),
        "critical-high": lambda s: bool(far_high_lines(s)),
        "any-white-high": lambda s: bool(high_lines(s)),
        "any-unjudged": lambda s: bool(unjudged_lines(s)),
        "no-count": lambda s: not s.has_white_count,
        "calming-band": lambda s: bool(lines_in_calming_bands(s)),
    }
    return named[word] if word in named else _is_low(word.removesuffix("-low"))


def _is_low(line: str) -> Check:
    return lambda s: line in s.counts and s.counts[line].is_low


def _other(word: str) -> Check:
    if word.endswith("-known-normal"):
        line = word.removesuffix("-known-normal")
        return lambda s: line in s.counts and s.counts[line].is_within
    if "<" in word:
        line, _, limit = word.partition("<")
        band = Band(high=float(limit.removeprefix("=")), high_inclusive=limit.startswith("="))
        return lambda s: line in s.counts and s.counts[line].may_lie_in(band)
    return _is_low(word.removesuffix("-low"))


def low_lines(situation: Situation) -> frozenset[str]:
    """The white counts that are, or may be, low."""
    return frozenset(
        line for line in WHITE if line in situation.counts and situation.counts[line].is_low
    )


def high_lines(situation: Situation) -> frozenset[str]:
    """The white counts that some definition calls high."""
    seen = situation.counts
    return frozenset(n for n in HIGH if n in seen and (seen[n].is_high or seen[n].is_far_high))


def far_high_lines(situation: Situation) -> frozenset[str]:
    """The white counts that are critically high."""
    seen = situation.counts
    return frozenset(line for line in HIGH if line in seen and seen[line].is_far_high)


def unjudged_lines(situation: Situation) -> frozenset[str]:
    """The counts of which nothing says that they are low, within or high."""
    counts = situation.counts.items()
    return frozenset(n for n, seen in counts if seen.is_unjudged and n not in NEVER_JUDGED)


def critical_lines(situation: Situation) -> frozenset[str]:
    """The counts that are critically low."""
    return frozenset(line for line, seen in situation.counts.items() if seen.is_critical)


def lines_in_calming_bands(situation: Situation) -> frozenset[str]:
    """The counts that may lie in the band of a rule that calms, whatever its gates."""
    return frozenset(
        line
        for line, band in calming_bands()
        if line in situation.counts and situation.counts[line].may_lie_in(band)
    )
