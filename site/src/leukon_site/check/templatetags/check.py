"""Tags of the form and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi

from leukon.explain.language import ENGLISH
from leukon_site.check.direction import isolated
from leukon_site.speech.said import Said

register = template.Library()


@register.filter
def of(found: Mapping[str, Any], name: str) -> Any:
    """What stands under a name that has a dash in it; "" where nothing does."""
    return found.get(name, "")


@register.simple_tag
def say(said: Said) -> SafeString:
    """A sentence in its own language, and the English beside it where that is needed."""
    first = _marked(said.text, said.language)
    if not said.english:
        return first
    beside = '{} <span class="beside" lang="{}" dir="ltr">{}</span>'
    return format_html(beside, first, ENGLISH, said.english)


def _marked(text: str, language: str) -> SafeString:
    """A text, marked with its language where the page has another."""
    page = (get_language() or ENGLISH).partition("-")[0]
    if language.partition("-")[0] == page:
        return format_html("{}", isolated(text) if get_language_bidi() else text)
    return format_html('<span lang="{}" dir="ltr">{}</span>', language, text)


@register.filter
def picture(markup: str) -> SafeString:
    """A picture that leukon drew: its texts are escaped where it is made (`leukon.report.svg`)."""
    return mark_safe(markup)
