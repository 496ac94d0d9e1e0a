"""The answer as a page shows it: urgency first, then each count, whose limit, and what to ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from leukon import Definition, Interpretation, definitions, interpret
from leukon.causes import explain_drugs
from leukon.explain import Also
from leukon.interpretation import Agreement, DefinitionUsed, Interpreted, Vote
from leukon.report.agreement_strip import agreement_strip
from leukon.report.number_line import number_line
from leukon_site.check import speech
from leukon_site.check.echo import Echo, echo
from leukon_site.check.fields import LABELS
from leukon_site.check.reading import Read
from leukon_site.check.urgency import Card, card
from leukon_site.speech import said as tongue
from leukon_site.speech.pictures import PageWording
from leukon_site.speech.said import Said
from leukon_site.speech.writing import write_number

ALWAYS_COMPARED = ("WBC", "NEUT")
"""The counts that are shown against all publishers also where they are not low."""
_LOW = ("critical-low", "low")
_ORDER = ("critical-low", "low", "critical-high", "high", "undetermined", "within")


class Voter(Struct, frozen=True):
    """One publisher behind the strip: a row of its table."""

    publisher: str
    source: str
    lower: str
    upper: str
    flag: str


class Shown(Struct, frozen=True):
    """One count: what is said of it, its two pictures, and the publishers behind the second."""

    kind: str
    label: Any
    flag: str
    said: tuple[Said, ...]
    agreed: tuple[Said, ...]
    line: str
    strip: str
    voters: tuple[Voter, ...]


class Answer(Struct, frozen=True):
    """Everything that an answer page shows, in its order."""

    card: Card
    echoes: tuple[Echo, ...]
    counts: tuple[Shown, ...]
    driver: Said | None
    definition: DefinitionUsed
    more: tuple[Said, ...]
    also_called: tuple[Said, ...]
    medicines: tuple[Said, ...]
    to_ask: tuple[Any, ...]
    signs: tuple[Said, ...]
    open: tuple[Said, ...]
    notes: tuple[Said, ...]
    is_reviewed: bool


def interpreted(found: Read, *, by: Definition | None, emergency_number: str) -> Interpretation:
    """What leukon says of a form, by the practice's definition (None: leukon-general)."""
    return interpret(
        found.panel,
        by=by,
        context=found.context,
        emergency_number=emergency_number,
    )


def answer_of(found: Read, said: Interpretation, language: str, today: date) -> Answer:
    """The page's answer to a form."""
    assert said.advice is not None
    spoken = speech.speak(said, _also(said, today), language)
    advice = said.advice
    later = [one for one in advice.unanswered if one not in advice.emergency_signs]
    return Answer(
        card(advice, language),
        tuple(echo(entry, language) for entry in found.entries),
        _counts(said, spoken, language),
        next((one for one in spoken if said.counts and one.code.startswith("driver.")), None),
        said.definition,
        *_found(spoken),
        tuple(one for one in spoken if one.code.startswith("drug.")),
        tuple(_to_ask(found, said)),
        speech.asked(advice.emergency_signs, language, sure=True),
        speech.asked(later, language, sure=False),
        tuple(one for one in spoken if one.code.startswith(("note.", "overdue"))),
        tongue.is_reviewed(language),
    )


def _found(spoken: tuple[Said, ...]) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """What was found: each thing once, and the names that other publishers have for the same."""
    told = set[tuple[str, str]]()
    first: list[Said] = []
    rest: list[Said] = []
    for one in spoken:
        if one.code.startswith(("finding.", "causes")):
            (rest if (one.code, one.about) in told else first).append(one)
            told.add((one.code, one.about))
    return tuple(first), tuple(rest)


def _also(said: Interpretation, today: date) -> Also:
    assert said.advice is not None
    low = [count.analyte for count in said.counts if count.flag in _LOW]
    drugs = explain_drugs(said.advice.drugs, low_lines=low)
    return Also(findings=said.findings, causes=said.causes, drugs=drugs, today=today)


def _counts(said: Interpretation, spoken: tuple[Said, ...], language: str) -> tuple[Shown, ...]:
    """The counts, those that are low first."""
    ordered = sorted(said.counts, key=lambda count: _ORDER.index(count.flag))
    wording = PageWording(language)
    return tuple(_shown(count, spoken, language, wording) for count in ordered)


def _shown(
    count: Interpreted, spoken: tuple[Said, ...], language: str, wording: PageWording
) -> Shown:
    about = [one for one in spoken if one.about == count.analyte]
    compared = count.flag in _LOW or count.analyte in ALWAYS_COMPARED
    agreed = count.agreement if compared else None
    strip = agreement_strip(count, wording) if _can_say(agreed) else ""
    return Shown(
        count.analyte,
        LABELS[count.analyte],  # type: ignore[index]  # the id of an analyte is the analyte
        count.flag,
        tuple(one for one in about if one.code.startswith(("count.", "why."))),
        tuple(one for one in about if one.code.startswith("agreement")) if strip else (),
        number_line(count, wording),
        strip,
        tuple(_voter(vote, language) for vote in agreed.votes) if strip and agreed else (),
    )


def _can_say(agreed: Agreement | None) -> bool:
    return agreed is not None and agreed.undetermined < agreed.total


def _voter(vote: Vote, language: str) -> Voter:
    known = vote.flag != "undetermined"
    lower, upper = (
        write_number(end, language) if known and end is not None else "–"
        for end in (vote.lower, vote.upper)
    )
    found = definitions[vote.definition]
    source = found.source if found.source.startswith(("http://", "https://")) else ""
    return Voter(found.label, source, lower, upper, vote.flag)


def _to_ask(found: Read, said: Interpretation) -> list[Any]:
    """What to ask the doctor: by what was found, in the order of a talk."""
    flags = {count.analyte: count.flag for count in said.counts}
    low = [kind for kind, flag in flags.items() if flag in _LOW]
    texts = []
    if low:
        texts += [
            _("Should the count be repeated, and when?"),
            _("Which kind of white cell is low, and what does that mean for me?"),
        ]
    texts.append(_("What were my counts before, and is this a change for me?"))
    texts.append(_("Whose limits does this laboratory use, and are they made for my age?"))
    if found.context.drugs:
        texts.append(_("Could one of my medicines be the reason? I will not stop one by myself."))
    if found.panel.person.pregnant:
        texts.append(_("Do these limits hold in pregnancy?"))
    if "NEUT" in low and found.panel.person.duffy is None:
        texts.append(_("Would a test for the Duffy-null type help to judge my neutrophils?"))
    texts.append(_("With which signs should I come at once, and whom do I call at night?"))
    return texts
