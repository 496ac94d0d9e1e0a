"""leukon's own texts in the language of a page, with the English beside what must be sure."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.utils.translation import override
from msgspec import Struct

from leukon.explain import calling, languages
from leukon.explain.language import ENGLISH, Language, language_of


class Said(Struct, frozen=True):
    """A sentence, its language, and the English where that stands beside it."""

    text: str
    language: str
    english: str = ""
    code: str = ""
    about: str = ""


@cache
def catalogue(page_language: str) -> str:
    """The language of leukon's own sentences on a page; English where leukon has no other.

    >>> catalogue("tlh"), catalogue("zh-hans")
    ('en', 'zh')
    """
    code = page_language.partition("-")[0]
    return code if code in languages() else ENGLISH


@cache
def spoken(page_language: str) -> Language:
    """Leukon's messages in the language of a page."""
    return language_of(catalogue(page_language))


def is_reviewed(page_language: str) -> bool:
    """Whether somebody checked the translations of a language. English is what leukon speaks."""
    code = page_language.partition("-")[0]
    return code == ENGLISH or (catalogue(code) == code and spoken(code).is_checked)


def content(text: str, page_language: str, *, sure: bool = True) -> Said:
    """A text of leukon's content; with `sure` the English stands beside an unchecked translation."""
    code = catalogue(page_language)
    said = spoken(page_language).content(text)
    if said == text or code == ENGLISH:
        return Said(text, ENGLISH)
    return Said(said, code, text if sure and not is_reviewed(page_language) else "")


def with_number(said: Said, number: str, page_language: str) -> tuple[str, str]:
    """What is said and the English beside it, with the practice's number to call in both."""
    text = calling.with_number(said.text, number, spoken(page_language))
    return text, calling.with_number(said.english, number, spoken(ENGLISH))


def english_beside(text: Callable[[], str], page_language: str) -> str:
    """The English of a text of the site that must be sure; "" where it need not stand beside it.

    `text` says it in the language in use when it is called.
    """
    if is_reviewed(page_language):
        return ""
    with override(ENGLISH):
        english = text()
    return "" if english == text() else english
