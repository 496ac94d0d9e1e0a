"""What to watch for: the rules of urgency that concern an entry, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from leukon.advice import content
from leukon.advice.content import Rule
from leukon.advice.drugs import ANTICANCER
from leukon_site.atoz.entry import DRUG, Entry

ANYONE = ("URG-04", "URG-01", "URG-01b")
"""What holds whatever the reason for a low count: signs of sepsis, fever with low neutrophils."""
_TREATED = "anticancer-6wk"


def rules_for(entry: Entry) -> tuple[Rule, ...]:
    """The rules that concern the groups of a drug, and those that concern anyone.

    >>> from leukon_site.atoz.catalogue import at
    >>> [rule.id for rule in rules_for(at("drug", "carbimazole"))][:2]
    ['URG-06a', 'URG-39a']
    """
    if entry.kind == DRUG:
        groups = entry.row.groups
    else:
        groups = frozenset(getattr(entry.row, "drug_groups", ()))
    return _of_groups(groups)


@cache
def _of_groups(groups: frozenset[str]) -> tuple[Rule, ...]:
    rules = [rule for rule in content().rules.rule if rule.effect == "raises"]
    own = [rule for rule in rules if rule.audience != "professional" and _concerns(rule, groups)]
    found = [*own, *(rule for rule in rules if rule.id in ANYONE)]
    return tuple(sorted(found, key=lambda rule: (rule.how_soon, rule not in own, rule.order)))


def _concerns(rule: Rule, groups: frozenset[str]) -> bool:
    treated = ANTICANCER in groups and _TREATED in rule.when.treatments
    return treated or not groups.isdisjoint(rule.when.drugs)


def placed(rules: tuple[Rule, ...]) -> Iterator[tuple[str, list[Rule]]]:
    """Rules by how soon, the soonest first."""
    for urgency in sorted({rule.how_soon for rule in rules}):
        yield urgency.slug, [rule for rule in rules if rule.how_soon == urgency]
