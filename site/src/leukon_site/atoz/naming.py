"""What entries are called in the language of the page; marked as English where they are not in it."""

from __future__ import annotations

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from leukon_site.atoz.entry import Entry, titled
from leukon_site.speech.said import spoken

ENGLISH = "en"


def tongue() -> str:
    """The language of the page."""
    return get_language() or ENGLISH


def said(text: str, language: str = "") -> str:
    """A text of the content in a language, the page's own where none is named."""
    return spoken(language or tongue()).content(text)


def marked(text: str) -> SafeString:
    """A text of the content as HTML: what stays English on a page in another language says so."""
    found = said(text)
    if found == text and text and tongue() != ENGLISH:
        return format_html('<span lang="en" dir="ltr">{}</span>', text)
    return conditional_escape(found)


def name_of_line(analyte: str) -> str:
    """What a count is called in a sentence of the page's language."""
    return spoken(tongue()).text(f"name.count.{analyte}")


def title_of(entry: Entry, language: str = "") -> str:
    """The title of an entry in a language, the page's own where none is named."""
    return titled(name_of(entry, language))


def name_of(entry: Entry, language: str = "") -> str:
    """The name of an entry in a language."""
    messages = spoken(language or tongue())
    key = f"name.count.{entry.id}"
    return messages.text(key) if messages.knows(key) else messages.content(entry.name)


def heading_of(category: str) -> str:
    """What a kind of cause is called, with a capital letter."""
    return titled(spoken(tongue()).text(f"name.kind.{category}"))
