"""Which pages there are, in which languages: for the sitemap and for the links between languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from leukon.explain.language import languages as spoken_by_leukon
from leukon_site import environment
from leukon_site.atoz.catalogue import every
from leukon_site.atoz.entry import KINDS

ENGLISH = "en"


class Listed(NamedTuple):
    """One page in one language, and the same in the others: (language, address) pairs."""

    address: str
    changed: str
    others: tuple[tuple[str, str], ...]


@cache
def languages() -> tuple[str, ...]:
    """The languages in which leukon can speak; a page is listed in no other."""
    spoken = {code.replace("_", "-").partition("-")[0] for code in spoken_by_leukon()}
    return tuple(code for code, _ in settings.LANGUAGES if code.partition("-")[0] in spoken)


def in_each(name: str, *args: str) -> tuple[tuple[str, str], ...]:
    """The addresses of a door with code of its own, in each language."""
    found = []
    for language in languages():
        with translation.override(language):
            found.append((language, environment.address() + reverse(name, args=args)))
    return tuple(found)


def listed() -> Iterator[Listed]:
    """Every page that a search engine may show."""
    yield from _written()
    yield from _made()


@cache
def _made() -> tuple[Listed, ...]:
    """The indexes and entries, which change only with a release."""
    doors: list[tuple[str, tuple[str, ...], str]] = [(f"{kind}s", (), "") for kind in KINDS]
    doors += [(entry.kind, (entry.slug,), entry.review.reviewed) for entry in every()]
    return tuple(
        Listed(address, changed, others)
        for name, args, changed in doors
        for others in [in_each(name, *args)]
        for _, address in others
    )


def _written() -> Iterator[Listed]:
    """The pages that editors made."""
    known = {one.address for one in _made()}
    for page in Page.objects.live().public().filter(depth__gt=1):
        others = translations(page)
        address = _absolute(page)
        changed = page.last_published_at.date().isoformat() if page.last_published_at else ""
        if address and address not in known:
            yield Listed(address, changed, others)


def translations(page: Page) -> tuple[tuple[str, str], ...]:
    """A page in each language in which it is published."""
    pages = page.get_translations(inclusive=True).live().select_related("locale")
    return tuple((one.locale.language_code, _absolute(one)) for one in pages)


def _absolute(page: Page) -> str:
    """The address of a page under the public address of the site."""
    parts = page.get_url_parts()
    return environment.address() + parts[2] if parts and parts[2] else ""
