"""What belongs together: conditions, their drugs, the counts they lower, what is then found.

A link is a pair, so it leads both ways.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from leukon.findings import BY_FLAG
from leukon_site.atoz import conditions, counts, drugs, findings, published
from leukon_site.atoz.catalogue import Key, by_id
from leukon_site.atoz.entry import DRUG, KINDS, Entry

SEVERAL = ("pancytopenia", "bicytopenia")
"""What is found where several lines are low."""
_BESIDE = ("HGB", "PLT")

Group = tuple[str, tuple[Entry, ...]]


def see_also(entry: Entry) -> tuple[Group, ...]:
    """What belongs to an entry, kind by kind.

    >>> from leukon_site.atoz.catalogue import at
    >>> dict(see_also(at("drug", "carbimazole")))["condition"][0].name
    'Antithyroid drugs'
    """
    linked = _linked().get((entry.kind, entry.id), {})
    grouped = ((kind, tuple(one for one in linked.values() if one.kind == kind)) for kind in KINDS)
    return tuple((kind, found) for kind, found in grouped if found)


@cache
def _linked() -> dict[Key, dict[Key, Entry]]:
    """For each entry those that belong to it, by name."""
    pairs: dict[Key, set[Key]] = defaultdict(set)
    for one, other in _pairs():
        pairs[one].add(other)
        pairs[other].add(one)
    known = by_id()
    return {
        key: {other: known[other] for other in sorted(others, key=lambda k: k[1].casefold())}
        for key, others in pairs.items()
    }


def _pairs() -> Iterator[tuple[Key, Key]]:
    for entry in (*conditions.entries(), *drugs.entries()):
        row = entry.row.effect if entry.kind == DRUG else entry.row
        yield from _to_counts(entry, several=row.several)
    for drug in drugs.entries():
        yield from ((_key(drug), ("test", line)) for line in drug.row.effect.raises)
    for condition in conditions.entries():
        for drug in drugs.entries():
            if _names(condition, drug):
                yield _key(condition), _key(drug)
    for found in findings.entries():
        yield from ((_key(found), ("test", line)) for line in found.lines)
    yield from _between_findings()
    for definition in published.entries():
        yield from ((_key(definition), ("test", line)) for line in definition.lines)
    yield from _units()


def _to_counts(entry: Entry, *, several: bool) -> Iterator[tuple[Key, Key]]:
    """To the counts it lowers, and to what is found where they are low."""
    lines = {*entry.lines, *_BESIDE} if several else {*entry.lines}
    for line in lines:
        yield _key(entry), ("test", line)
        if line in BY_FLAG:
            yield _key(entry), ("symptom", BY_FLAG[line])
    if several:
        yield from ((_key(entry), ("symptom", found)) for found in SEVERAL)


def _names(condition: Entry, drug: Entry) -> bool:
    """Whether a condition speaks of a drug: by name, or by a group where the drug lowers counts."""
    cause, row = condition.row, drug.row
    lowers = bool(row.effect.lowers or row.effect.several)
    return drug.id in cause.drugs or (lowers and not row.groups.isdisjoint(cause.drug_groups))


def _between_findings() -> Iterator[tuple[Key, Key]]:
    """Findings in the same count, and those of several counts."""
    rows = findings.entries()
    for one in rows:
        for other in rows:
            if one.id < other.id and not {*one.lines}.isdisjoint(other.lines):
                yield _key(one), _key(other)
    for line in ("neutropenia", "lymphopenia"):
        yield ("symptom", findings.MAIN), ("symptom", line)


def _units() -> Iterator[tuple[Key, Key]]:
    for entry in counts.entries():
        if entry.id not in (counts.UNITS, counts.ELSEWHERE):
            yield _key(entry), ("test", counts.UNITS)
    yield ("test", counts.UNITS), ("test", counts.ELSEWHERE)


def _key(entry: Entry) -> Key:
    return entry.kind, entry.id
