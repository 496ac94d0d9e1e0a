"""Pages that are the same for everybody are made once, and kept until something changes.

Only an answer that was marked with `for_everyone` is kept, and only where the request brought no
cookie and no query. The address holds the language, so it is the key. Nothing that was posted is
ever kept: no patient's value can be in here.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from leukon_site.look.models import Edition

Answer = Callable[[HttpRequest], HttpResponse]
MARK = "is_for_everyone"
_MOST, _LONGEST = 500, 3600.0
"""How many pages are kept, and for how many seconds: a page may show today's date."""
_BROWSER = "public, max-age=60"


class Kept(NamedTuple):
    """One page: which edition, until when, its bytes, and what it is called by browsers."""

    edition: int
    until: float
    body: bytes
    packed: bytes
    tag: str
    headers: tuple[tuple[str, str], ...]


def for_everyone(response: HttpResponse) -> HttpResponse:
    """Marks an answer that is the same for everybody who asks for this address."""
    setattr(response, MARK, True)
    return response


class PageCache:
    """Answers with a page that was kept, or makes it and keeps it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._pages: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, from what is kept where that is allowed."""
        if not _may_be_kept(request):
            return self.get_response(request)
        key = (request.get_host(), request.path)
        kept = self._pages.get(key)
        try:
            edition = Edition.current()
        except DatabaseError:
            # An old page helps more than none: it holds when to see a doctor.
            return _answer(request, kept) if kept else self.get_response(request)
        if kept and kept.edition == edition and kept.until > monotonic():
            return _answer(request, kept)
        response = self.get_response(request)
        if _is_for_everyone(response):
            made = _made(response, edition)
            self._keep(key, made)
            return _answer(request, made)
        return response

    def _keep(self, key: tuple[str, str], page: Kept) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > _MOST:
                self._pages.popitem(last=False)


def _may_be_kept(request: HttpRequest) -> bool:
    cookies = settings.SESSION_COOKIE_NAME in request.COOKIES
    return (
        request.method in ("GET", "HEAD") and not request.META.get("QUERY_STRING") and not cookies
    )


def _is_for_everyone(response: HttpResponse) -> bool:
    marked = getattr(response, MARK, False) and not response.streaming
    return marked and response.status_code == 200 and not response.cookies


def _made(response: HttpResponse, edition: int) -> Kept:
    body = response.content
    return Kept(
        edition,
        monotonic() + _LONGEST,
        body,
        gzip.compress(body, 6, mtime=0),
        f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        tuple((name, text) for name, text in response.items() if name not in _OWN),
    )


_OWN = ("Content-Length", "Vary", "Cache-Control", "ETag", "Expires")
"""Headers that are said anew."""


def _answer(request: HttpRequest, page: Kept) -> HttpResponse:
    """The page, packed where the browser can unpack it; a word only where it has it already."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    if page.tag in known:
        response = HttpResponse(status=304)
    elif "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(page.packed)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.body)
    for name, text in page.headers:
        response[name] = text
    response["Content-Length"] = str(len(response.content))
    response["ETag"], response["Vary"], response["Cache-Control"] = (
        page.tag,
        "Accept-Encoding",
        _BROWSER,
    )
    return response
