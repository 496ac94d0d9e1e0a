"""Which drugs are meant by names or ATC codes, and to which groups of the rules they belong.

A name is matched exactly once folded (letter case, accents, hyphens, "ph" for "f"), whole, by its
parts ("sulfamethoxazole/trimethoprim") or by the drug names among its words ("clozapine 100 mg").
Nothing is guessed: a near miss is an unknown drug with a suggestion. A code names a group where it
begins as the group's codes do, and where it is so general that a drug of the group may be meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from functools import cache

from msgspec import Struct

from leukon.advice.content import Drug, DrugGroup, content
from leukon.advice.windows import still
from leukon.context import KINDS, Medicine

OTHER = "other-listed"
"""The group of a listed drug that no other group names: it raises nothing, and stops calming."""
ANTICANCER = "anticancer"
_ATC = re.compile(r"[A-Z]\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?")
_PARTS = re.compile(r"\s*(?:[/+,;&]|\band\b|\bwith\b)\s*")
_LONGEST_NAME = 5
"""Words of the longest drug name that is looked for inside a text."""
_JOINING = {"and", "with"}


class DrugFound(Struct, frozen=True):
    """A drug as it was given, the drugs and groups it means, and what of it is not known.

    `counting` are the groups that still count: all of them, or those whose window after the last
    dose has not passed. `unknown` are the parts that leukon does not know.
    """

    given: str
    drugs: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    counting: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Names that are spelt nearly as the unknown ones; never taken for them."""
        shown = _names()
        close = [key for text in self.unknown for key in get_close_matches(fold(text), shown, n=2)]
        return tuple(dict.fromkeys(shown[key] for key in close))

    @property
    def is_known(self) -> bool:
        """Whether every part is a drug leukon knows."""
        return not self.unknown

    @property
    def text(self) -> str:
        """What is said of a drug that is not known, empty where it is.

        >>> find("carbimazol").text
        'leukon does not know this drug. Did you mean carbimazole or carbamazepine?'
        """
        if self.is_known:
            return ""
        close = self.suggestions
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        return f"leukon does not know this drug.{hint}"


class _Index(Struct, frozen=True):
    """Where folded names lead: to drugs, to groups; and what a class may mean."""

    drugs: dict[str, tuple[Drug, ...]]
    groups: dict[str, frozenset[str]]
    classes: dict[str, tuple[Drug, ...]]


def words_of(text: str) -> list[str]:
    """The words of a name, folded.

    >>> words_of("Sulphaméthoxazole-Trimethoprim")
    ['sulfamethoxazole', 'trimethoprim']
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"[a-z0-9]+", plain.replace("ph", "f"))


def fold(text: str) -> str:
    """A name as it is compared."""
    return "".join(words_of(text))


def _in_any_order(text: str) -> str:
    return " ".join(sorted(word for word in words_of(text) if word not in _JOINING))


@cache
def _index() -> _Index:
    tables = content()
    drugs: dict[str, list[Drug]] = {}
    classes: dict[str, list[Drug]] = {}
    for drug in tables.drugs.drug:
        for name in drug.names:
            for key in {fold(name), _in_any_order(name)}:
                drugs.setdefault(key, []).append(drug)
        classes.setdefault(fold(drug.class_), []).append(drug)
    groups: dict[str, set[str]] = {}
    for group in tables.drug_groups.group:
        for name in (group.id, *group.names):
            groups.setdefault(fold(name), set()).add(group.id)
    for more in tables.judgement.drug:
        of_inn = drugs.get(fold(more.inn), [])
        for key in map(fold, more.names):
            if more.atc:
                groups.setdefault(key, set()).update(*map(_groups_of, more.atc))
            else:
                drugs.setdefault(key, []).extend(d for d in of_inn if d not in drugs.get(key, []))
    for word in KINDS["anticancer"]:
        groups.setdefault(fold(word), set()).add(ANTICANCER)
    return _Index(
        {key: tuple(found) for key, found in drugs.items()},
        {key: frozenset(found) for key, found in groups.items()},
        {key: tuple(found) for key, found in classes.items()},
    )


@cache
def _names() -> dict[str, str]:
    """Every name of a listed drug under its folded form, among which a near one is looked for."""
    names = [name for drug in content().drugs.drug for name in drug.names]
    names += [name for drug in content().judgement.drug for name in drug.names]
    return {fold(name): name for name in names}


@cache
def _by_id() -> dict[str, DrugGroup]:
    return {group.id: group for group in content().drug_groups.group}


def find_all(medicines: Iterable[Medicine], today: date | None) -> tuple[DrugFound, ...]:
    """What each of a person's medicines means; `today` is the day of the question."""
    return tuple(find(one.name, stopped=one.stopped, today=today) for one in medicines)


def find(given: str, *, stopped: date | None = None, today: date | None = None) -> DrugFound:
    """The drugs and groups that a name or an ATC code means.

    A drug whose last dose is longer ago than the window of a group does not count for it; where a
    date is missing it does.

    >>> sorted(find("Rituximab").groups), sorted(find("H03BB").drugs)
    (['agranulocytosis', 'anticancer'], ['carbimazole', 'thiamazole'])
    """
    code = "".join(given.split()).upper()
    if _ATC.fullmatch(code):
        codes: tuple[str, ...] = (code,)
        drugs, named = _drugs_of(code), _groups_of(code)
        unknown: tuple[str, ...] = () if named or drugs else (given,)
    else:
        drugs, named, unknown = _by_name(given)
        codes = tuple(one for drug in drugs for one in drug.atc)
    groups = frozenset(named.union(*(_groups_of_drug(drug) for drug in drugs)))
    counting = groups
    if stopped is not None and today is not None:
        counting = frozenset(g for g in groups if still(stopped, _window(g, codes), today))
    names = tuple(dict.fromkeys(drug.inn for drug in drugs))
    return DrugFound(given, names, groups, counting, unknown)


def _window(group_id: str, codes: Iterable[str]) -> str:
    """How long after the last dose: the longer window where a code is, or may be, one of its own."""
    group = _by_id()[group_id]
    long = any(_matches(code, prefix) for code in codes for prefix in group.long_atc)
    return group.long_window if long else group.window


def _matches(code: str, prefix: str) -> bool:
    """Whether a code is one of a prefix, or so general that it may be."""
    return code.startswith(prefix) or prefix.startswith(code)


def _groups_of(code: str) -> frozenset[str]:
    return frozenset(
        group.id
        for group in content().drug_groups.group
        if any(_matches(code, prefix) for prefix in group.atc)
    )


def _drugs_of(code: str) -> tuple[Drug, ...]:
    listed = content().drugs.drug
    return tuple(drug for drug in listed if any(one.startswith(code) for one in drug.atc))


def _groups_of_drug(drug: Drug) -> frozenset[str]:
    """The groups by code, by name, and the one the drug is listed in."""
    names = _index().groups
    found = frozenset().union(*map(_groups_of, drug.atc), *_named(drug, names))
    listed = frozenset([drug.group]) if drug.group else frozenset()
    return found | listed or frozenset([OTHER])


def _named(drug: Drug, names: dict[str, frozenset[str]]) -> list[frozenset[str]]:
    return [names[key] for key in map(fold, drug.names) if key in names]


_Found = tuple[tuple[Drug, ...], frozenset[str], tuple[str, ...]]


def _by_name(given: str) -> _Found:
    """The drugs, groups and unknown parts of a name."""
    whole = _exactly(given)
    if whole is not None:
        return whole
    drugs: list[Drug] = []
    groups: set[str] = set()
    unknown: list[str] = []
    for part in filter(None, _PARTS.split(given.casefold())):
        found = _exactly(part) or _among_words(part)
        drugs += found[0]
        groups |= found[1]
        unknown += found[2]
    return tuple(drugs), frozenset(groups), tuple(unknown)


def _exactly(text: str) -> _Found | None:
    index = _index()
    keys = (fold(text), _in_any_order(text))
    drugs = next((index.drugs[key] for key in keys if key in index.drugs), ())
    groups = index.groups.get(keys[0], frozenset())
    if not drugs and not groups:
        drugs = index.classes.get(keys[0], ())
    if not drugs and OTHER in groups:
        return (), groups, ()
    return (drugs, groups, ()) if drugs or groups else None


def _among_words(text: str) -> _Found:
    """The drugs named by whole words inside a text such as "clozapine 100 mg"."""
    words, index = words_of(text), _index()
    drugs: list[Drug] = []
    groups: set[str] = set()
    for size in range(1, _LONGEST_NAME + 1):
        for start in range(len(words) - size + 1):
            key = "".join(words[start : start + size])
            drugs += index.drugs.get(key, ())
            groups |= index.groups.get(key, frozenset())
    unknown = () if drugs or groups else (text,)
    return tuple(drugs), frozenset(groups), unknown
