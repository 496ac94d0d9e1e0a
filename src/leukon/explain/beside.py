"""What is said beside the counts: advice, grades, notes, overdue content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from leukon.advice import Advice, FiredRule
from leukon.advice.answer import BASES
from leukon.advice.content import content
from leukon.analytes import NAMES
from leukon.audit import is_overdue
from leukon.catalogue import definitions
from leukon.explain.calling import with_number
from leukon.explain.voice import Sentence, Voice
from leukon.interpretation import DefinitionUsed, Note
from leukon.notes import TEXTS
from leukon.scales import Grade
from leukon.severity import reason_text


def advice(found: Advice, voice: Voice) -> Iterator[Sentence]:
    """How soon and what to do first of all, then the questions that are open."""
    yield voice.say(f"urgency.{found.urgency.slug}")
    if voice.is_plain:
        yield Sentence("advice.text", _what_to_do(found, voice))
        if found.reason:
            yield Sentence("advice.reason", voice.content(found.reason))
        yield from _conflicts(found.deciding, voice)
        yield from (
            voice.say("advice.sign", sign.id, question=voice.content(sign.question))
            for sign in found.emergency_signs
        )
    else:
        for rule in found.rules:
            yield from _rule(rule, found.emergency_number, voice)
    for asked in found.unanswered:
        if asked not in found.emergency_signs:
            yield voice.say("advice.open", asked.id, question=voice.content(asked.question))


def _what_to_do(found: Advice, voice: Voice) -> str:
    """The action, and the warning where one goes with it."""
    if BASES[found.basis]:
        action = voice.content(found.action)
    else:
        action = _action(found.deciding[0], found.emergency_number, voice)
    return f"{action} {voice.content(found.warning)}".strip()


def _action(rule: FiredRule, number: str, voice: Voice) -> str:
    """What a rule says to do, with the number to call."""
    listed = next(one.action for one in content().rules.rule if one.id == rule.id)
    return with_number(voice.content(listed), number, voice.language)


def _conflicts(rules: Iterable[FiredRule], voice: Voice) -> Iterator[Sentence]:
    for text in dict.fromkeys(rule.conflict_public for rule in rules if rule.conflict_public):
        yield Sentence("advice.conflict", voice.content(text))


def _rule(rule: FiredRule, number: str, voice: Voice) -> Iterator[Sentence]:
    yield voice.say(
        "advice.rule",
        rule.id,
        row=rule.id,
        timeframe=voice.content(rule.timeframe),
        rule=voice.content(rule.rule_professional or rule.rule),
        action=voice.content(rule.action_professional) or _action(rule, number, voice),
        source=rule.address or rule.source,
        status=rule.status,
    )
    if rule.conflict:
        yield voice.say("advice.conflict", rule.id, row=rule.id, text=voice.content(rule.conflict))


def grades(found: Iterable[Grade], voice: Voice) -> Iterator[Sentence]:
    """Each grade with its scale and version, or why there is none."""
    for one in found:
        name, by = voice.title(one.analyte), one.label or f"{one.scale} {one.version}"
        if one.grade is None:
            reason = voice.content(reason_text(one.reason))
            yield voice.say("grade.none", one.analyte, name=name, by=by, reason=reason)
        else:
            yield voice.say(
                "grade",
                one.analyte,
                name=name,
                grade=str(one.grade),
                by=by,
                row=one.row or voice.name("none"),
                source=one.source,
            )


LAST = ("not-checked", "no-context", "informs")
"""The notes that close every explanation, in this order."""


def notes(found: Sequence[Note], voice: Voice, *, closing: bool) -> Iterator[Sentence]:
    """The notes of an interpretation; `closing`: those that close it, else the others."""
    for note in found:
        if (note.code in LAST) is not closing:
            continue
        code = f"note.{note.code}"
        if voice.knows(code):
            yield voice.say(code, names=_names(note, voice))
        else:
            yield Sentence(code, voice.content(note.text))


def _names(note: Note, voice: Voice) -> str:
    """The counts a note speaks of, by their names in the language; "" where it names none."""
    before, sign, after = TEXTS.get(note.code, "").partition("{names}")
    if not sign:
        return ""
    kinds = {name: str(kind) for kind, name in NAMES.items()}
    named = note.text.removeprefix(before).removesuffix(after).split(", ")
    return voice.lines(kinds[name] for name in named if name in kinds)


def overdue(used: DefinitionUsed, today: date | None, voice: Voice) -> Iterator[Sentence]:
    """That the definition in use is due for another look, where it is one that leukon ships."""
    if today is None or used.id not in definitions:
        return
    shipped = definitions[used.id]
    if shipped.label == used.label and is_overdue(shipped.reviewed, shipped.next_review, today):
        yield voice.say("overdue", date=shipped.next_review, by=used.label)


def definition(used: DefinitionUsed, voice: Voice) -> Sentence:
    """Which definition, from when, from where, and who checked it."""
    checked = used.checked_by or voice.name("not-checked")
    return voice.say("definition", used.id, by=used.label, source=used.source, checked=checked)
