"""The indexes by letter and the pages of the entries."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.views import serve

from leukon_site.atoz.catalogue import at, of_kind
from leukon_site.atoz.entry import SYMPTOM
from leukon_site.atoz.letters import letters, with_pages
from leukon_site.atoz.models import text_on
from leukon_site.atoz.naming import tongue
from leukon_site.atoz.shown import page_of
from leukon_site.look.keeping import for_everyone


def index(request: HttpRequest, kind: str) -> HttpResponse:
    """All entries of a kind by letter."""
    context = {"kind": kind, "letters": letters(kind, tongue()), "number": len(of_kind(kind))}
    return for_everyone(render(request, "atoz/index.html", context))


def show(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The page of one entry."""
    entry = at(kind, slug)
    if entry is None:
        raise Http404
    context = page_of(entry, text_on(entry, tongue())) | {"kind": kind}
    return for_everyone(render(request, f"atoz/{kind}.html", context))


def symptoms(request: HttpRequest) -> HttpResponse:
    """The symptoms by letter: pages that editors made, and findings of leukon's content."""
    page = _page(request, "symptoms/")
    written = list(page.get_children().live()) if page is not None else []
    slugs = {one.slug for one in (*written, *of_kind(SYMPTOM))}
    context: dict[str, Any] = {
        "kind": SYMPTOM,
        "page": page,
        "written": written,
        "letters": with_pages(written, tongue()),
        "number": len(slugs),
    }
    return for_everyone(render(request, "atoz/index.html", context))


def symptom(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that an editor made, where there is one; else that of the finding."""
    try:
        return serve(request, f"symptoms/{slug}/")
    except Http404:
        return show(request, SYMPTOM, slug)


def _page(request: HttpRequest, path: str) -> Any:
    """The page that editors made at a path; None where there is none."""
    from wagtail.models import Site

    site = Site.find_for_request(request)
    try:
        found = site.root_page.localized.specific.route(request, path.strip("/").split("/"))
    except (Http404, AttributeError):
        return None
    return found.page
