"""When to see a doctor: the rules of leukon that a page shows, the most urgent first.

Which rules stand on a page is listed here by their ids; what they say, how soon, and who says so
is leukon's. A test holds that no emergency rule of the minimal set is left out.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from leukon.advice import Urgency, content
from leukon.advice.content import Rule
from leukon_site.speech.said import content as spoken_text
from leukon_site.speech.said import with_number

EMERGENCY = {
    "anyone": ("URG-04", "URG-01", "URG-01b", "URG-42", "LKN-06", "URG-10a", "URG-11e"),
    "treated": ("URG-02", "URG-03", "URG-41"),
    "medicines": ("URG-06a", "URG-06d", "URG-02b"),
    "children": ("URG-07", "LKN-08", "URG-07b", "URG-14"),
    "spleen": ("URG-34",),
    "film": ("URG-15", "URG-09"),
}
"""Emergencies by whom they concern."""
URGENT = ("URG-08", "URG-10b", "URG-11b", "URG-06b", "URG-03b", "LKN-11", "LKN-07", "URG-43",
          "URG-37a", "URG-31d", "URG-12", "URG-13", "URG-11a")  # fmt: skip
SOON = ("URG-21", "URG-22", "URG-31a", "URG-18", "URG-26", "URG-45")
ROUTINE = ("URG-20", "URG-24", "URG-29")

NEXT_STEPS = ("URG-21", "URG-22", "URG-20", "URG-29b", "URG-29", "URG-45")
ANY_OTHER = "URG-45"
"""The rule for a low count of which no other speaks."""


class Shown(NamedTuple):
    """One rule as a person reads it; in English too while nobody has checked the translation."""

    id: str
    rule: str
    action: str
    timeframe: str
    source: str
    address: str
    is_judgement: bool
    rule_english: str = ""
    action_english: str = ""


class Card(NamedTuple):
    """All that is as urgent: groups of rules, each with whom it concerns ("" for anyone)."""

    urgency: str
    groups: tuple[tuple[str, tuple[Shown, ...]], ...]

    @property
    def rules(self) -> tuple[Shown, ...]:
        """All rules of the card."""
        return tuple(rule for _, rules in self.groups for rule in rules)


@cache
def cards(language: str = "en", emergency_number: str = "") -> tuple[Card, ...]:
    """The cards, the most urgent first.

    >>> [card.urgency for card in cards()]
    ['emergency', 'urgent', 'soon', 'routine']
    """
    groups = {
        Urgency.EMERGENCY: tuple(EMERGENCY.items()),
        Urgency.URGENT: (("", URGENT),),
        Urgency.SOON: (("", SOON),),
        Urgency.ROUTINE: (("", ROUTINE),),
    }
    return tuple(
        Card(
            urgency.slug,
            tuple((whom, _rules(ids, language, emergency_number)) for whom, ids in found),
        )
        for urgency, found in groups.items()
    )


def rule(id_: str, language: str = "en", emergency_number: str = "") -> Shown:
    """One rule by its id."""
    return _rules((id_,), language, emergency_number)[0]


@cache
def next_steps(language: str = "en") -> tuple[Shown, ...]:
    """What is usually done after a first or a lasting low count of neutrophils or lymphocytes."""
    return _rules(NEXT_STEPS, language, "")


@cache
def every_rule(language: str = "en") -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """Every rule of leukon that speaks to people, by urgency, the most urgent first."""
    rules = [rule for rule in content().rules.rule if rule.audience in ("both", "public")]
    return tuple(
        (
            urgency.slug,
            tuple(_shown(rule, language, "") for rule in rules if rule.how_soon == urgency),
        )
        for urgency in (Urgency.EMERGENCY, Urgency.URGENT, Urgency.SOON, Urgency.ROUTINE)
    )


@cache
def _listed() -> dict[str, Rule]:
    return {rule.id: rule for rule in content().rules.rule}


def _rules(ids: tuple[str, ...], language: str, number: str) -> tuple[Shown, ...]:
    return tuple(_shown(_listed()[id_], language, number) for id_ in ids)


def _shown(rule: Rule, language: str, number: str) -> Shown:
    when = spoken_text(rule.rule_public or rule.rule, language)
    do = spoken_text(rule.action, language)
    action, action_english = with_number(do, number, language)
    return Shown(
        rule.id,
        when.text,
        action,
        spoken_text(rule.timeframe, language).text,
        rule.source,
        rule.address,
        "judgement" in rule.status,
        when.english,
        action_english,
    )


def checked_by() -> str:
    """The clinician who checked the rules; "" while nobody has."""
    return content().rules.checked_by
