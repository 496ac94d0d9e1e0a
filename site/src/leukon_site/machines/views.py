"""The sitemap and robots.txt."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from leukon_site import environment
from leukon_site.look.keeping import for_everyone
from leukon_site.machines.pages import listed


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page, with its languages."""
    response = render(
        request, "machines/sitemap.xml", {"pages": listed()}, content_type="application/xml"
    )
    return for_everyone(response)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (the same for everybody)
    """What a search engine may read: everything but the editors' pages and what others typed."""
    lines = [
        "User-agent: *",
        f"Disallow: /{settings.EDITORS_PATH}",
        f"Disallow: {reverse('search')}",
        f"Disallow: {reverse('infobutton')}",
        f"Sitemap: {environment.address()}{reverse('sitemap')}",
    ]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    return for_everyone(response)
