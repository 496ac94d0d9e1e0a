"""Pages that are kept: quick, never stale, never anybody's own; and what stands when all else fails."""

from __future__ import annotations

import io
from time import process_time

import pytest

PAGE = "/symptoms/low-white-blood-cell-count/"
MOST_CPU = 0.005
"""Seconds of CPU for a page that is kept."""


@pytest.fixture
def application(site):
    """The site as a WSGI server holds it, with nothing kept yet."""
    from django.core.wsgi import get_wsgi_application

    assert site.is_dir()
    return get_wsgi_application()


def ask(application, path, *, method="GET", **headers):
    """The status, headers and body of an answer."""
    said = {}

    def start(status, found):
        said.update(status=int(status[:3]), headers=dict(found))

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **headers,
    }
    body = b"".join(application(environ, start))
    return said["status"], said["headers"], body


def test_a_kept_page_costs_little(application):
    """A page that is kept takes less than 5 ms of CPU: the least of five rounds of twenty."""
    first = ask(application, PAGE)
    rounds = []
    for _ in range(5):
        start = process_time()
        for _ in range(20):
            assert ask(application, PAGE)[2] == first[2]
        rounds.append((process_time() - start) / 20)
    assert min(rounds) < MOST_CPU, rounds


def test_a_browser_that_has_the_page_is_sent_nothing(application):
    """The tag of a page that has not changed is answered with 304."""
    tag = ask(application, PAGE)[1]["ETag"]
    status, headers, body = ask(application, PAGE, HTTP_IF_NONE_MATCH=tag)
    assert (status, body) == (304, b"")
    assert headers["Content-Security-Policy"]


def test_a_packed_page_is_the_same_page(application):
    """A browser that can unpack gets fewer bytes of the same page."""
    import gzip

    plain = ask(application, PAGE)[2]
    _, headers, packed = ask(application, PAGE, HTTP_ACCEPT_ENCODING="br, gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 3


@pytest.mark.usefixtures("rolled_back")
def test_a_change_is_seen_at_once(client):
    """A page is made anew when an editor publishes, and when the practice changes its settings."""
    from wagtail.models import Site

    from leukon_site.pages.models import SymptomPage
    from leukon_site.practices.models import Practice

    assert client.get(PAGE).content == client.get(PAGE).content
    page = SymptomPage.objects.get(slug="low-white-blood-cell-count", locale__language_code="en")
    page.title = "Another title"
    page.save_revision().publish()
    assert b"<h1>Another title</h1>" in client.get(PAGE).content
    practice = Practice.for_site(Site.objects.get(is_default_site=True))
    practice.emergency_number = "999"
    practice.save()
    assert b"or call 999" in client.get(PAGE).content


@pytest.mark.parametrize("path", ["/check/", "/embed/check/", "/cms/login/", "/no/such/page/"])
def test_what_is_not_for_everyone_is_not_kept(application, path):
    """A form with a token, the editors' pages and a missing page are made for each who asks."""
    assert "ETag" not in ask(application, path)[1]
    assert "ETag" not in ask(application, path)[1]


def test_nothing_posted_is_kept(application):
    """An answer to a post is never kept, nor does one come from what is kept."""
    ask(application, PAGE)
    assert "ETag" not in ask(application, PAGE, method="POST")[1]


def test_a_draft_seen_in_a_preview_is_not_kept(site, application):
    """What an editor sees in a preview is not shown to readers."""
    from leukon_site.pages.models import SymptomPage

    assert site.is_dir()
    page = SymptomPage.objects.get(slug="low-white-blood-cell-count", locale__language_code="en")
    page.title = "Only a draft"
    preview = page.make_preview_request()
    assert b"Only a draft" in preview.content
    assert b"Only a draft" not in ask(application, PAGE)[2]


@pytest.fixture
def broken(monkeypatch):
    """A database that answers nothing."""
    from django.db import OperationalError
    from django.db.backends.utils import CursorWrapper

    def refuse(*_, **__):
        raise OperationalError("the database is gone")

    def break_it():
        monkeypatch.setattr(CursorWrapper, "execute", refuse)

    return break_it


def test_without_a_database_the_emergency_advice_stands(application, broken):
    """A broken database gives a page with the emergency advice, and 503."""
    broken()
    status, headers, body = ask(application, PAGE)
    assert status == 503
    assert headers["Retry-After"]
    assert headers["Cache-Control"] == "no-store"
    assert "unsafe" not in headers["Content-Security-Policy"]
    html = body.decode()
    assert "Emergency: go to hospital now, or call" in html
    assert "Anticancer treatment in the last 6 weeks and a temperature of 38.0 or more" in html


def test_without_a_database_a_kept_page_is_still_shown(application, broken):
    """An old page with its advice is better than none."""
    kept = ask(application, PAGE)
    broken()
    assert ask(application, PAGE)[2] == kept[2]


def test_a_wrong_address_finds_help(client):
    """A page that is not there: the pages with a like address, and where most people go."""
    answer = client.get("/symptoms/low-white-cell-count/")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert 'href="/symptoms/low-white-blood-cell-count/"' in html
    assert "This page is not here" in html
    assert 'href="/check/"' in html
