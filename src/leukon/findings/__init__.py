"""What is found in the counts of one panel: leukopenia, neutropenia, pancytopenia, with their codes.

A finding follows the flag of the definition in use, or a criterion that a publisher prints; it names
which. It holds where it surely holds, and is possible where a count known only as a range may make
it so. A percentage never makes a finding, and what is not known stays unknown. None is a diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from leukon.ages import UNKNOWN, Age
from leukon.findings.answers import TEXTS, Answer, either
from leukon.findings.content import row
from leukon.findings.counted import Counted, Earlier, Known, counted
from leukon.findings.duffy import duffy_null
from leukon.findings.febrile import febrile
from leukon.findings.finding import CANNOT_SAY, POSSIBLE, PRESENT, Finding, Word, finding
from leukon.findings.history import course, patterns
from leukon.findings.words import answers, words
from leukon.limits import Limit
from leukon.scales import resolve

__all__ = [
    "CANNOT_SAY",
    "POSSIBLE",
    "PRESENT",
    "TEXTS",
    "Counted",
    "Earlier",
    "Finding",
    "Known",
    "Word",
    "counted",
    "course",
    "find",
    "low_lines",
]

BY_FLAG = {
    "WBC": "leukopenia",
    "NEUT": "neutropenia",
    "LYMPH": "lymphopenia",
    "CD4": "cd4-lymphopenia",
    "MONO": "monocytopenia",
}
"""The finding that follows each count's flag."""
_DUFFY_BY = "Hibbs, Merz and others, Blood 2025"
BESIDE = ("HGB", "PLT")
"""The lines that make two or three with the white cells."""


def find(
    counts: Mapping[str, Counted | None],
    *,
    age: Age = UNKNOWN,
    duffy: str | None = None,
    facts: Known | None = None,
    history: Sequence[Earlier] = (),
    drawn_on: date | None = None,
    duffy_interval: Limit | None = None,
) -> tuple[Finding, ...]:
    """What is found in the counts of one panel, by analyte ("WBC", "NEUT" ... as `counted` gives).

    `age` at the draw, `duffy` as tested; `facts` beside the counts; `history` with `drawn_on` for
    patterns over time. `duffy_interval` is the Duffy-null row of the definition in use, where it has
    one; left out, that of leukon-general.

    >>> from leukon.ages import parse_age
    >>> low = counted(0.7, flag="low", lower=1.5, by="My clinic, 2026")
    >>> first, *_ = find({"NEUT": low}, age=parse_age("34y"))
    >>> first.id, first.words[0].word, first.by
    ('neutropenia', 'moderate', 'My clinic, 2026')
    """
    seen = {str(kind): count for kind, count in counts.items() if count is not None}
    known = facts or Known()
    benign = _benign(seen, duffy, age, known, duffy_interval)
    if benign is not None and benign.holds:
        seen["NEUT"] = replace(seen["NEUT"], flag="within")
    found = [*_by_flag(seen, age), *_agranulocytosis(seen, age), *_several(seen)]
    found += [*febrile(seen, age, known), *patterns(seen, drawn_on, history)]
    if benign is not None and benign.holds is not False:
        found.append(finding("duffy-null-count", benign, by=_DUFFY_BY))
    return tuple(found)


def _benign(
    counts: Mapping[str, Counted],
    duffy: str | None,
    age: Age,
    facts: Known,
    interval: Limit | None,
) -> Answer | None:
    """Whether low neutrophils are those of a Duffy-null person: then they make no neutropenia."""
    if duffy != "null" or "NEUT" not in counts:
        return None
    return duffy_null(counts["NEUT"], age, facts, interval)


def _by_flag(counts: Mapping[str, Counted], age: Age) -> Iterator[Finding]:
    for kind, key in BY_FLAG.items():
        count = counts.get(kind)
        if count is None or count.is_low.holds is False:
            continue
        said = [word for scale in row(key).scales for word in words(scale, count, age)]
        yield finding(key, count.is_low, by=count.by, words=said)


def _agranulocytosis(counts: Mapping[str, Counted], age: Age) -> Iterator[Finding]:
    """By each printed limit, whatever the definition in use says, and named with it.

    Neutrophils that were not counted are never more than the total.
    """
    count = counts.get("NEUT")
    if count is None and "WBC" in counts:
        count = Counted(low=0.0, high=counts["WBC"].high, flag="undetermined")
    if count is None:
        return
    for name in row("agranulocytosis").scales:
        scale = resolve(name)
        for band, answer in answers(scale, count, age):
            if answer.holds or (answer.holds is None and "NEUT" in counts):
                yield finding(
                    "agranulocytosis",
                    answer,
                    by=scale.label,
                    source=band.source or scale.source,
                    knowledge_row=band.id,
                )


def _several(counts: Mapping[str, Counted]) -> Iterator[Finding]:
    """Two or three of white cells, haemoglobin and platelets."""
    white = [counts[kind] for kind in ("WBC", "NEUT") if kind in counts]
    groups = {"white": white, **{kind: [counts[kind]] for kind in BESIDE if kind in counts}}
    low = {name: either(*(c.is_low for c in group)) for name, group in groups.items() if group}
    sure = sum(answer.holds is True for answer in low.values())
    may = sum(answer.holds is None for answer in low.values())
    by = " ; ".join(dict.fromkeys(c.by for group in groups.values() for c in group if c.by))
    if sure >= 2 or sure + may >= 2:
        if sure < 3:
            yield finding("bicytopenia", _at_least(sure, may, 2), by=by)
        if sure + may == 3:
            yield finding("pancytopenia", _at_least(sure, may, 3), by=by)


def _at_least(sure: int, may: int, wanted: int) -> Answer:
    return Answer(True) if sure >= wanted else Answer(None, ("range",) if may else ())


def low_lines(counts: Mapping[str, Counted | None]) -> tuple[str, ...]:
    """The counts that are surely low, for the causes that fit."""
    return tuple(kind for kind, count in counts.items() if count and count.is_low.holds)
