"""What is said of findings, of causes that fit and of medicines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from leukon.causes import DrugNote, FittingCause
from leukon.explain.voice import Sentence, Voice
from leukon.findings import PRESENT, TEXTS, Finding, Word


def findings(found: Iterable[Finding], voice: Voice) -> Iterator[Sentence]:
    """Every finding with whose definition it is; what cannot be said is said so."""
    told = set[str]()
    for one in found:
        is_first = one.id not in told
        told.add(one.id)
        if voice.is_plain and one.status != PRESENT and not is_first:
            continue
        yield _to_person(one, voice) if voice.is_plain else _to_professional(one, voice)
        if one.status == PRESENT or not voice.is_plain:
            yield from (_word(one, word, voice) for word in one.words)
        if one.note and is_first and not voice.is_plain:
            text = voice.content(one.note)
            yield voice.say("finding.note", one.id, name=_capital(one.name, voice), text=text)


_OPEN = {"febrile-neutropenia": "febrile-open", "duffy-null-count": "duffy-open"}
_ALWAYS = ("cyclic-pattern",)


def _to_person(one: Finding, voice: Voice) -> Sentence:
    if one.status == PRESENT or one.id in _ALWAYS:
        return voice.say(f"finding.{one.id}", one.id, by=one.by)
    if one.id in _OPEN:
        return voice.say(f"finding.{_OPEN[one.id]}", one.id, by=one.by)
    return voice.say("finding.possible", one.id, name=voice.content(one.name), by=one.by)


def _to_professional(one: Finding, voice: Voice) -> Sentence:
    lacks = "; ".join(voice.content(TEXTS[word]) for word in one.lacks)
    return voice.say(
        f"finding.{one.status}",
        one.id,
        name=_capital(one.name, voice),
        by=one.by,
        lacks=lacks,
        source=one.source,
        icd10cm=voice.listed(one.icd10cm),
        snomedct=voice.listed(one.snomedct),
        hpo=voice.listed(one.hpo),
    )


def _capital(name: str, voice: Voice) -> str:
    text = voice.content(name)
    return text[:1].upper() + text[1:]


def _word(one: Finding, word: Word, voice: Voice) -> Sentence:
    key = f"word.{word.word}"
    said = voice.name(key) if voice.language.knows(f"name.{key}") else word.word
    if voice.is_plain:
        return voice.say("finding.word", one.id, word=said, by=word.label)
    code = "finding.word-possible" if word.possible else "finding.word"
    return voice.say(
        code,
        one.id,
        name=voice.title(one.lines[0]),
        word=said,
        by=word.label,
        row=word.row,
        source=word.source,
    )


def causes(fits: Sequence[FittingCause], voice: Voice) -> Iterator[Sentence]:
    """The kinds of causes that fit; each cause with mechanism, course, codes and source."""
    if not fits:
        return
    kinds = dict.fromkeys(fit.cause.category for fit in fits)
    yield voice.say("causes", kinds="; ".join(voice.name(f"kind.{kind}") for kind in kinds))
    if not voice.is_plain:
        for fit in fits:
            yield from _cause(fit, voice)


def _cause(fit: FittingCause, voice: Voice) -> Iterator[Sentence]:
    one, unread = fit.cause, voice.name("not-read")
    name = voice.content(one.name)
    yield voice.say(
        "cause",
        one.id,
        name=name,
        kind=voice.content(one.category),
        lines=voice.lines(fit.lines),
        mechanism=voice.content(one.mechanism) or unread,
        course=voice.content(one.course) or unread,
        icd10cm=voice.listed(one.icd10cm),
        snomedct=voice.listed(one.snomedct),
        hpo=voice.listed(one.hpo),
        omim=voice.listed(one.omim),
        orpha=voice.listed(one.orpha),
        source=one.address or one.source,
        row=one.id,
    )
    if fit.because:
        yield voice.say("cause.because", one.id, name=name, drugs=", ".join(fit.because))


def drugs(notes: Iterable[DrugNote], voice: Voice) -> Iterator[Sentence]:
    """What each medicine does; to the person whom to call today, never to stop it."""
    for note in notes:
        if not note.inn:
            yield from _nameless(note, voice)
        elif voice.is_plain:
            yield from _drug_to_person(note, voice)
        else:
            yield from _drug_to_professional(note, voice)


def _nameless(note: DrugNote, voice: Voice) -> Iterator[Sentence]:
    code = "drug.group" if note.is_known else "drug.unknown"
    yield voice.say(code, note.given, drug=note.given, groups=voice.listed(note.groups))
    if note.suggestions:
        yield voice.say("drug.did-you-mean", note.given, names=", ".join(note.suggestions))


def _drug_to_person(note: DrugNote, voice: Voice) -> Iterator[Sentence]:
    if note.bears_on:
        code, lines = "drug.bears", note.bears_on
    else:
        code, lines = ("drug.several" if note.several else "drug.lowers"), note.lowers
    if note.bears_on or note.several or note.lowers:
        yield voice.say(code, note.inn, drug=note.given, lines=voice.lines(lines))
    if note.raises:
        yield voice.say("drug.raises", note.inn, drug=note.given, lines=voice.lines(note.raises))


def _drug_to_professional(note: DrugNote, voice: Voice) -> Iterator[Sentence]:
    several = ("PANCYTOPENIA",) if note.several else ()
    yield voice.say(
        "drug.effect",
        note.inn,
        drug=note.inn,
        atc=voice.listed(note.atc),
        kind=voice.content(note.drug_class),
        lowers=voice.lines((*note.lowers, *several)),
        raises=voice.lines(note.raises),
        bears=voice.lines(note.bears_on),
        evidence=voice.content(note.evidence) or voice.name("not-read"),
        source=note.source,
    )
    if note.monitoring:
        said = voice.content(note.monitoring)
        yield voice.say("drug.monitoring", note.inn, drug=note.inn, monitoring=said)
    if note.note:
        yield voice.say("drug.note", note.inn, drug=note.inn, text=voice.content(note.note))
