"""What leukon says to the person, in the language of the page; the English beside what must be sure.

Until somebody has checked a translation, the English stands beside every sentence about how soon to go.
"""

from __future__ import annotations

from collections.abc import Iterable

from leukon.advice import Question
from leukon.explain import Also, Sentence, explain
from leukon.explain.language import ENGLISH
from leukon.interpretation import Interpretation
from leukon_site.speech.said import Said, catalogue, content, is_reviewed

_SURE = ("urgency.", "advice.", "finding.febrile")
"""The sentences that the English stands beside."""


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
    sure = one.code.startswith(_SURE) and not is_reviewed(code)
    return Said(one.text, code, english.text if sure else "", one.code, one.about)


def asked(found: Iterable[Question], page_language: str, *, sure: bool) -> tuple[Said, ...]:
    """Questions of the decision table."""
    return tuple(content(one.question, page_language, sure=sure) for one in found)
