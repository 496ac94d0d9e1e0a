"""The page of results, and the page for an address that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site
from wagtail.search.backends import get_search_backend

from leukon_site.atoz.entry import SYMPTOM, Entry
from leukon_site.atoz.models import EditorialText
from leukon_site.atoz.naming import tongue
from leukon_site.pages.failures import near_pages
from leukon_site.search.content import search

LONGEST = 100
"""Letters that are looked at."""
SHOWN = 12
"""Entries of a kind that are shown until all of them are asked for."""
NEAR = 4
"""Entries that may have been meant by a wrong address."""


class Found(NamedTuple):
    """What was found of one kind."""

    kind: str
    entries: tuple[Entry, ...]
    more: int


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What is found for the words that were asked for; never kept, never logged."""
    asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    context: dict[str, Any] = {"asked": asked[:LONGEST], "too_long": len(asked) > LONGEST}
    if asked:
        context |= _found(asked[:LONGEST], request, request.GET.get("in", ""))
    response = render(request, "search/results.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _found(asked: str, request: HttpRequest, kind: str) -> dict[str, Any]:
    match = search(asked, tongue())
    corrected = " ".join([asked, *(near for _, near in match.read_as)])
    pages = _pages(corrected, match.entries, request)
    written = {page.slug for page in pages}
    found = {(one.kind, one.id): one for one in (*match.entries, *_written_on(corrected))}
    entries = [entry for entry in found.values() if entry.slug not in written]
    # The kind of the best entry stands first.
    groups = [_group(one, entries, kind) for one in dict.fromkeys(one.kind for one in entries)]
    return {
        "pages": pages,
        "groups": groups,
        "read_as": match.read_as,
        "nothing": not pages and not entries,
    }


def _written_on(asked: str) -> list[Entry]:
    """The entries on which an editor wrote something with these words, in this language."""
    texts = EditorialText.objects.filter(live=True, locale__language_code=tongue())
    if not texts.exists():
        return []
    found = get_search_backend().search(asked, texts, operator="or")[:SHOWN]
    return [text.entry for text in found if text.entry]


def _group(kind: str, entries: Iterable[Entry], wanted: str) -> Found:
    found = tuple(entry for entry in entries if entry.kind == kind)
    shown = len(found) if kind == wanted else SHOWN
    return Found(kind, found[:shown], max(0, len(found) - shown))


def _pages(asked: str, entries: Iterable[Entry], request: HttpRequest) -> list[Any]:
    """Editors' pages in this language: about the findings that were meant, then Wagtail's search."""
    site = Site.find_for_request(request)
    if site is None:
        return []
    pages = Page.objects.live().public().descendant_of(site.root_page.localized)
    slugs = [entry.slug for entry in entries if entry.kind == SYMPTOM]
    about = sorted(pages.filter(slug__in=slugs), key=lambda page: slugs.index(page.slug))
    found = [*about, *pages.search(asked, operator="or")[:SHOWN]]
    return list({page.pk: page for page in found}.values())[:SHOWN]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """The page for an address that is not there, with what may have been meant."""
    words = request.path.strip("/").rpartition("/")[2].replace("-", " ").replace("_", " ")
    meant = search(words[:LONGEST], tongue()).entries[:NEAR] if words else ()
    context = {"meant": meant, "asked": words[:LONGEST], "near": near_pages(request.path)}
    return render(request, "search/not_found.html", context, status=404)
