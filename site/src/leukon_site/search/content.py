"""The index of leukon's content: which entry has which word, in one language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from leukon.findings import BY_FLAG
from leukon_site.atoz import naming
from leukon_site.atoz.catalogue import coded_as, every
from leukon_site.atoz.counts import written_as
from leukon_site.atoz.entry import CONDITION, SYMPTOM, Entry
from leukon_site.search.words import allowed, apart, folded, plain_words, telling, words
from leukon_site.speech.said import spoken

NAME, ALSO, ABOUT = 6.0, 4.0, 1.0
"""What a word is worth in the name of an entry, in another name, in what is said of it."""
_WHOLE, _BEGINS, _NEAR = 1.0, 0.5, 0.35
_SAME = 20.0
"""What an entry is worth that is called just as it was asked for."""
_LINE_OF = {finding: line for line, finding in BY_FLAG.items()}

Weights = dict[int, float]


class Index(NamedTuple):
    """The entries, the weight of each word in them, their names, how each word is spelt there."""

    entries: tuple[Entry, ...]
    weights: dict[str, Weights]
    names: dict[tuple[str, ...], frozenset[int]]
    spelt: dict[str, str]


class Match(NamedTuple):
    """The words that were understood, how a word was read that is known otherwise, the entries."""

    entries: tuple[Entry, ...]
    read_as: tuple[tuple[str, str], ...] = ()


def search(text: str, language: str) -> Match:
    """The entries that a text asks for, the best first.

    >>> search("WBC", "en").entries[0].name
    'white blood cells'
    >>> search("neutropaenia", "en").entries[0].name
    'neutropenia'
    >>> search("D70.4", "en").entries[-1].name
    'Cyclic neutropenia'
    """
    coded = of_code(text)
    if coded:
        return Match(coded)
    asked = telling(text)
    index = made(language)
    found = [_weights(folded(word), index) for word in asked]
    scores = _together([weights for weights, _ in found])
    for place in index.names.get(tuple(sorted(words(text))), ()):
        scores[place] = scores.get(place, 0.0) + _SAME
    ranked = sorted(scores, key=lambda place: (-scores[place], place))
    pairs = zip(asked, found, strict=True)
    read_as = [(word, index.spelt[near]) for word, (_, near) in pairs if near]
    return Match(tuple(index.entries[place] for place in ranked), tuple(read_as))


def of_code(text: str) -> tuple[Entry, ...]:
    """The entries with a code of any system, where the text is one."""
    systems = ("icd10cm", "loinc", "snomedct", "atc", "hpo")
    found = {(one.kind, one.id): one for system in systems for one in coded_as(system, text)}
    return tuple(found.values())


def _together(found: list[Weights]) -> Weights:
    """The entries that have every word; where none has, those that have some."""
    everywhere = set.intersection(*map(set, found)) if found else set()
    wanted = everywhere or {place for weights in found for place in weights}
    return {place: sum(weights.get(place, 0.0) for weights in found) for place in wanted}


def _weights(word: str, index: Index) -> tuple[Weights, str]:
    """Where a word stands, whole or as a beginning; else where the nearest known word does."""
    found: Weights = {}
    for known, weights in index.weights.items():
        if known.startswith(word):
            worth = _WHOLE if known == word else _BEGINS
            for place, weight in weights.items():
                found[place] = max(found.get(place, 0.0), weight * worth)
    if found:
        return found, ""
    near = nearest(word, tuple(index.weights))
    return {place: weight * _NEAR for place, weight in index.weights.get(near, {}).items()}, near


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The known word that is spelt most nearly alike; "" where none is near enough."""
    most = allowed(word)
    best = ""
    for other in known:
        # A misspelt word nearly always begins well, or is right from its second letter on.
        if most and (other[:1] == word[:1] or other[1:3] == word[1:3]):
            distance = apart(word, other, most)
            if distance <= most:
                best, most = other, distance - 1
                if most < 1:
                    return best
    return best


@cache
def made(language: str) -> Index:
    """The index in one language; English names are found in every language."""
    entries = every()
    weights: dict[str, Weights] = defaultdict(dict)
    names: dict[tuple[str, ...], set[int]] = defaultdict(set)
    spelt: dict[str, str] = {}
    for place, entry in enumerate(entries):
        for text, weight in _texts(entry, language):
            for plain in plain_words(text):
                word = folded(plain)
                spelt.setdefault(word, plain)
                weights[word][place] = max(weights[word].get(place, 0.0), weight)
            if weight != ABOUT:
                names[tuple(sorted(words(text)))].add(place)
    settled = {name: frozenset(places) for name, places in names.items()}
    return Index(entries, dict(weights), settled, spelt)


def _texts(entry: Entry, language: str) -> Iterator[tuple[str, float]]:
    """What is said of an entry, and what a word of it is worth."""
    yield entry.name, NAME
    yield naming.name_of(entry, language), NAME
    yield from ((name, ALSO) for name in entry.also)
    if entry.kind == SYMPTOM:
        yield from ((name, ALSO) for name in _low(_LINE_OF.get(entry.id, "")))
    if entry.kind == CONDITION:
        yield entry.row.category, ABOUT
    messages = spoken(language)
    for line in entry.lines:
        yield messages.text(f"name.count.{line}"), ABOUT
        yield line, ABOUT


def _low(line: str) -> Iterator[str]:
    """How people say that a count is low."""
    for name in (line, *written_as().get(line, ())) if line else ():
        yield f"low {name}"
