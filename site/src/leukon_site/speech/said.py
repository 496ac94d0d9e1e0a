"""leukon's own texts in the language of a page, with the English beside what must be sure."""

from __future__ import annotations

from functools import cache

from django.utils.translation import override
from msgspec import Struct

from leukon.explain import languages
from leukon.explain.language import ENGLISH, Language, language_of


class Said(Struct, frozen=True):
    """A sentence, its language, and the English where that stands beside it."""

    text: str
    language: str
    english: str = ""
    code: str = ""
    about: str = ""


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


def of_the_site(text: object, page_language: str) -> Said:
    """A text of the site itself that must be sure, a lazy one: its English beside it likewise."""
    with override(page_language):
        found = str(text)
    with override(ENGLISH):
        english = str(text)
    if found == english:
        return Said(english, ENGLISH)
    return Said(found, page_language, "" if is_reviewed(page_language) else english)
