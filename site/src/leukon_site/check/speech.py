"""What leukon says to the person, in the language of the page; the English beside what must be sure.

A translation of emergency advice that nobody has checked may be wrong where it matters most. Until
a language is listed in `REVIEWED`, the English stands beside every sentence about how soon to go.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from leukon.advice import Question
from leukon.explain import Also, Sentence, explain, languages
from leukon.explain.language import ENGLISH, language_of
from leukon.interpretation import Interpretation

REVIEWED = frozenset({ENGLISH})
"""The languages whose emergency advice was checked by a translator and a clinician; English is what
leukon itself is written in."""
_SURE = ("urgency.", "advice.", "finding.febrile")
"""The sentences that the English stands beside."""


class Said(Struct, frozen=True):
    """A sentence, its language, and the English where that stands beside it."""

    text: str
    language: str
    english: str = ""
    code: str = ""
    about: str = ""


def catalogue(page_language: str) -> str:
    """The language of leukon's own sentences on a page; English where leukon has no other.

    >>> catalogue("tlh")
    'en'
    """
    code = page_language.partition("-")[0]
    return code if code in languages() else ENGLISH


def is_reviewed(page_language: str) -> bool:
    """Whether the emergency advice of a language was checked."""
    return catalogue(page_language) in REVIEWED and page_language.partition("-")[0] in REVIEWED


def speak(answer: Interpretation, also: Also, page_language: str) -> tuple[Said, ...]:
    """Every sentence of an interpretation for the person."""
    code = catalogue(page_language)
    english = explain(answer, also).sentences
    if code == ENGLISH:
        return tuple(_plain(one) for one in english)
    spoken = explain(answer, also, language_code=code).sentences
    return tuple(_beside(one, plain, code) for one, plain in zip(spoken, english, strict=True))


def _plain(one: Sentence) -> Said:
    return Said(one.text, ENGLISH, "", one.code, one.about)


def _beside(one: Sentence, english: Sentence, code: str) -> Said:
    if one.text == english.text:
        return _plain(english)
    sure = one.code.startswith(_SURE) and code not in REVIEWED
    return Said(one.text, code, english.text if sure else "", one.code, one.about)


def content(text: str, page_language: str, *, sure: bool = True) -> Said:
    """A text of leukon's content; with `sure` the English stands beside an unchecked translation."""
    code = catalogue(page_language)
    said = language_of(code).content(text)
    if said == text or code == ENGLISH:
        return Said(text, ENGLISH)
    return Said(said, code, text if sure and code not in REVIEWED else "")


def asked(found: Iterable[Question], page_language: str, *, sure: bool) -> tuple[Said, ...]:
    """Questions of the decision table."""
    return tuple(content(one.question, page_language, sure=sure) for one in found)
