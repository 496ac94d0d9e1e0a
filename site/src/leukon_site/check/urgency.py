"""How soon, as a card that stands before everything else: the urgency is in its heading's words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from msgspec import Struct

from leukon.advice import Advice, Urgency, content
from leukon.advice.answer import BASES
from leukon.explain.language import ENGLISH
from leukon_site.speech import said as tongue
from leukon_site.speech.said import Said

HEADINGS = {
    "emergency": _("Emergency: get help now"),
    "urgent": _("Urgent: speak to a doctor today or tomorrow"),
    "urgent-at-least": _("Urgent, at the least: speak to a doctor today or tomorrow"),
    "soon": _("Soon: see a doctor within days or weeks"),
    "soon-at-least": _("Soon, at the least: see a doctor within days or weeks"),
    "routine": _("Not urgent by what you told: speak of it at your next visit"),
    "routine-at-least": _("How soon cannot be said until the questions are answered"),
    "unknown": _("How soon cannot be said"),
}
"""The headings by urgency; one that rests on open questions is at least as urgent as it says."""
GO_NOW = _("If you have a fever, shivers, are bleeding or feel ill: go to hospital now.")
OPEN = _("Questions are still open. With their answers it may be more urgent than this.")


class Card(Struct, frozen=True):
    """How soon and what to do; `number` is the practice's emergency number, "" where it has none."""

    urgency: str
    heading: Said
    actions: tuple[Said, ...]
    why: tuple[Said, ...]
    conflicts: tuple[Said, ...]
    number: str


def card(advice: Advice, language: str) -> Card:
    """The card of one advice."""
    key = _key(advice)
    return Card(
        key.partition("-")[0],
        _heading(key, language),
        tuple(_actions(advice, language)),
        tuple(_why(advice, language)),
        _conflicts(advice, language),
        advice.emergency_number,
    )


def _key(advice: Advice) -> str:
    """The heading: what rests on open questions is at least as urgent as it says."""
    if advice.basis == "no-rule":
        return "unknown"
    open_ = advice.unanswered and advice.urgency is not Urgency.EMERGENCY
    return f"{advice.urgency.slug}-at-least" if open_ else advice.urgency.slug


def _heading(key: str, language: str) -> Said:
    return _said(HEADINGS[key], language)


def _said(message: Any, language: str) -> Said:
    """A sentence of the site about urgency, the English beside it as for leukon's own."""
    text = str(message)
    with override(ENGLISH):
        english = str(message)
    if text == english:
        return Said(text, ENGLISH)
    return Said(text, language, "" if tongue.is_reviewed(language) else english)


def _actions(advice: Advice, language: str) -> list[Said]:
    """What to do; with open questions also what must not wait for them."""
    texts = [_action(advice, language)]
    waits = advice.unanswered and advice.urgency is not Urgency.EMERGENCY
    if waits and advice.basis == "rules":
        texts.append(go_now(language))
        texts.append(_said(OPEN, language))
    if advice.warning:
        texts.append(tongue.content(advice.warning, language))
    return texts


def go_now(language: str) -> Said:
    """When not to wait for any answer."""
    return _said(GO_NOW, language)


def _action(advice: Advice, language: str) -> Said:
    """The action with the practice's number."""
    if BASES[advice.basis]:
        return tongue.content(advice.action, language)
    listed = {rule.id: rule.action for rule in content().rules.rule}
    said = tongue.content(listed[advice.deciding[0].id], language)
    text, english = tongue.with_number(said, advice.emergency_number, language)
    return Said(text, said.language, english)


def _why(advice: Advice, language: str) -> list[Said]:
    """The rules that decided, in words; no more than three."""
    rules = dict.fromkeys(rule.rule for rule in advice.deciding[:3])
    return [tongue.content(text, language, sure=False) for text in rules]


def _conflicts(advice: Advice, language: str) -> tuple[Said, ...]:
    texts = dict.fromkeys(rule.conflict_public for rule in advice.deciding if rule.conflict_public)
    return tuple(tongue.content(text, language) for text in texts)
