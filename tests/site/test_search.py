"""Search: every way people spell it, no word kept, and a helpful page where nothing is."""

from __future__ import annotations

import logging
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MAIN = "/symptoms/low-white-blood-cell-count/"


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("leucopenia", MAIN),
        ("leukopaenia", MAIN),
        ("lekuopenia", MAIN),
        ("low white cells", MAIN),
        ("neutropaenia", "/symptoms/neutropenia/"),
        ("nuetropenia", "/symptoms/neutropenia/"),
        ("WBC", "/tests/white-blood-cells/"),
        ("wbc count", "/tests/white-blood-cells/"),
        ("white cells", "/tests/white-blood-cells/"),
        ("neutrofilos", "/tests/neutrophils/"),
        ("neutrófilos", "/tests/neutrophils/"),
        ("ANC", "/tests/neutrophils/"),
        ("Methimazole", "/drugs/thiamazole/"),
        ("karbimazole", "/drugs/carbimazole/"),
        ("sulphasalazine", "/drugs/sulfasalazine/"),
        ("leukemia", "/conditions/acute-leukaemia/"),
        ("anemia", "/conditions/aplastic-anaemia/"),
        ("HIV", "/conditions/hiv-infection/"),
        ("D70.4", "/conditions/cyclic-neutropenia/"),
        ("751-8", "/tests/neutrophils/"),
        ("Lothian", "/tests/limits/nhs-lothian/"),
        ("the count of neutrophils", "/tests/neutrophils/"),
    ],
)
def test_search_finds_what_is_meant(client, asked, path):
    """British, American, Spanish and mistyped words lead to the page that is meant."""
    html = client.get("/search/", {"q": asked}).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert f'href="{path}"' in main


def test_a_word_that_was_read_otherwise_is_said(client):
    """Nothing is quietly replaced: the page says what it looked for instead."""
    html = client.get("/search/?q=karbimazole").content.decode()
    assert "No page has the word “karbimazole”. Shown is what was found for “carbimazole”." in html


def test_nothing_found_is_helpful(client):
    """The words stay in the field, and the indexes stand below."""
    answer = client.get("/search/?q=xyzzyqw")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing found for “xyzzyqw”" in html
    assert 'value="xyzzyqw"' in html
    assert 'href="/drugs/"' in html


def test_a_search_without_words_shows_the_indexes(client):
    """An empty search is no error."""
    for path in ("/search/", "/search/?q=", "/search/?q=%20%00"):
        assert 'href="/conditions/"' in client.get(path).content.decode()


def test_more_of_a_kind_can_be_asked_for(client):
    """Twelve of a kind are shown; all of them on request."""
    first = client.get("/search/?q=neutrophils").content.decode()
    more = re.search(r'href="(\?q=neutrophils&amp;in=drug)"', first)
    assert more
    every = client.get("/search/" + more[1].replace("&amp;", "&")).content.decode()
    assert every.count('href="/drugs/') > first.count('href="/drugs/') + 50


def test_what_was_typed_is_escaped(client):
    """Typed HTML is text."""
    html = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html


def test_search_words_are_never_logged_kept_or_indexed(client, caplog):
    """No log line, no cookie, no cache, no entry in a search engine, no table of queries."""
    from django.apps import apps

    with caplog.at_level(logging.DEBUG):
        answer = client.get("/search/?q=secretword")
    assert "secretword" not in caplog.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert not [model for model in apps.get_models() if "quer" in model.__name__.lower()]


def test_a_long_text_is_cut_and_that_is_said(client):
    """Only the first hundred letters are looked at."""
    html = client.get("/search/", {"q": "neutrophils " * 200}).content.decode()
    assert "Only the first 100 letters were looked at." in html


@pytest.mark.usefixtures("site")
@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_no_text_breaks_the_search(text):
    """Whatever is typed has an answer, the same each time, with entries that are there once."""
    from leukon_site.search.content import search

    found = search(text, "en").entries
    assert search(text, "en").entries == found
    assert len({(one.kind, one.id) for one in found}) == len(found)


@given(st.text("abcdef", max_size=7), st.text("abcdef", max_size=7))
def test_letters_apart_equal_the_plain_count(one, other):
    """The distance is the plain one (added, left out, changed, swapped), cut where it is too far."""
    from leukon_site.search.words import apart

    assert apart(one, other, 2) == min(_plain(one, other), 3)


def _plain(one: str, other: str) -> int:
    table = [
        [i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)
    ]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            changed = table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, changed)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@pytest.mark.usefixtures("site")
def test_every_entry_is_found_by_its_own_name():
    """Whoever types the whole name of an entry finds it among the first."""
    from leukon_site.atoz.catalogue import every
    from leukon_site.search.content import search

    missed = [entry.name for entry in every() if entry not in search(entry.name, "en").entries[:6]]
    assert missed == []


def test_a_wrong_address_suggests_entries(client):
    """A page that is not there names what may have been meant, and searches."""
    answer = client.get("/drugs/carbimazol/")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert 'href="/drugs/carbimazole/"' in html
    assert 'name="q"' in html
    assert 'value="carbimazol"' in html
    assert client.get("/no/<b>such</b>/").status_code == 404
