"""The pages in every language: the same page, its state of review, the English where it must be."""

from __future__ import annotations

import html as markup
import re

import pytest

PAGE = "/symptoms/low-white-blood-cell-count/"
PATHS = ("/", "/symptoms/", PAGE, f"{PAGE}in-depth/", f"{PAGE}news/", f"{PAGE}news/new-pages/")
OTHERS = ("es", "ar", "zh-hans")
NOW = "Emergency: go to hospital now, or call 112"
TAG = re.compile(r"<[^>]+>")


def html_of(client, language: str, path: str = PAGE) -> str:
    answer = client.get(path if language == "en" else f"/{language}{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", markup.unescape(TAG.sub(" ", html)))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", PATHS)
def test_every_first_page_is_there_in_every_language(client, language, path):
    """The same address under the prefix of the language, in that language and its direction."""
    html = html_of(client, language, path)
    assert (
        f'<html lang="{language}"{" dir=" + chr(34) + "rtl" + chr(34) if language == "ar" else ""}>'
        in html
    )


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("path", [*PATHS, "/check/"])
def test_the_switch_keeps_the_page(client, language, path):
    """The menu of languages leads to this page in each of them, doors with code of their own too."""
    html = html_of(client, language, path)
    menu = re.search(r'<nav class="languages".*?</nav>', html)
    assert menu
    found = dict(re.findall(r'<a href="([^"]+)" hreflang="([^"]+)"', menu[0]))
    assert {code: url for url, code in found.items()} == {
        code: path if code == "en" else f"/{code}{path}" for code in ("en", *OTHERS)
    }


@pytest.mark.parametrize("language", OTHERS)
def test_the_english_stands_beside_emergency_advice(client, language):
    """While nobody has checked a language, its emergency advice is said in English too."""
    from leukon_site.clinical import urgency

    html = html_of(client, language)
    beside = words(
        " ".join(re.findall(r'<span class="beside" lang="en".*?</span>', html, re.DOTALL))
    )
    assert NOW in beside
    assert "Do not read on first:" in beside
    assert "In an emergency call 112." in beside
    for card in urgency.cards("en", "112"):
        for rule in card.rules:
            assert rule.id == urgency.ANY_OTHER or rule.rule in beside
            assert card.urgency == "emergency" or rule.action in beside


def test_english_stands_alone(client):
    """On the English page nothing is said twice."""
    assert 'class="beside"' not in html_of(client, "en")


def _forget(urgency) -> None:
    for kept in (urgency.cards, urgency.next_steps, urgency.every_rule):
        kept.cache_clear()


@pytest.mark.parametrize("language", OTHERS)
def test_a_checked_language_stands_alone(client, language, monkeypatch):
    """As soon as a catalogue names who checked it, the English goes, and so does the warning."""
    from leukon.explain.language import Language
    from leukon_site.clinical import urgency

    monkeypatch.setattr(Language, "checked_by", "Somebody")
    _forget(urgency)
    try:
        html = client.get(f"/{language}{PAGE}?fresh").content.decode()
    finally:
        _forget(urgency)
    assert 'class="beside"' not in re.sub(r'<p class="review translation-state".*?</p>', "", html)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", PATHS)
def test_each_translation_says_that_nobody_has_checked_it(client, language, path):
    """Each page says that a machine translated it, and leads to its English."""
    html = html_of(client, language, path)
    assert "Translated by machine, not yet checked" in html
    assert f'<a href="{path}" hreflang="en"' in html
    assert "No clinician and no native speaker has checked it yet." in html


@pytest.mark.usefixtures("rolled_back")
def test_a_page_that_an_editor_translated_is_no_machines():
    """When editors have replaced every text of a machine, the page no longer says so."""
    from wagtail_localize.models import StringTranslation

    from leukon_site.pages.models import SymptomPage
    from leukon_site.pages.translate import is_machine_made

    page = SymptomPage.objects.get(slug="neutropenia", locale__language_code="es")
    assert is_machine_made(page)
    mine = StringTranslation.objects.filter(
        locale=page.locale, context__object_id=page.translation_key
    )
    mine.update(translation_type="manual")
    assert not is_machine_made(page)


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_the_first_pages_is_missing(site, language):
    """Each text of the English pages stands in the file of each language, and none is left over."""
    from wagtail.models import Locale
    from wagtail_localize.models import StringSegment

    from leukon_site.pages.translate import first_texts

    assert site.is_dir()
    english = Locale.objects.get(language_code="en")
    texts = first_texts(language)
    segments = StringSegment.objects.filter(string__locale=english)
    wanted = {one.string.data for one in segments.exclude(context__path="slug")}
    assert wanted - set(texts) == set()
    assert set(texts) - wanted == set()
    assert all(texts.values())


def test_numbers_are_written_as_the_language_writes_them(client):
    """Spanish writes a comma, the others a point; the number is the same."""
    assert "× 10⁹/L" in html_of(client, "es")
    assert "<strong>4,0</strong>" in html_of(client, "es")
    assert all("<strong>4.0</strong>" in html_of(client, code) for code in ("en", "ar", "zh-hans"))
    assert re.search(r"llaman bajo a 3,7\.", html_of(client, "es"))


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_links_of_the_practice_speak_the_language(client, language):
    """A link without a text of its own is called by its kind, above and below every page."""
    from django.utils.translation import override

    from leukon_site.practices.models import IN_HEADER, KINDS

    top, _, bottom = html_of(client, language).partition("<main")
    with override(language):
        for kind, label in KINDS:
            part = top if kind in IN_HEADER else bottom
            assert f'href="https://practice.example/{kind}"' in part
            assert f">{label}</a>" in part


def test_a_link_has_a_text_and_an_address_of_its_own_in_a_language(site):
    """What an editor typed for a language stands on its pages; elsewhere the first text does."""
    from django.utils.translation import override

    from leukon_site.practices.models import PracticeLink

    assert site.is_dir()
    spanish = {"language": "es", "text": "Donar", "address": "https://a.example/donar"}
    link = PracticeLink().to_python(
        {"kind": "giving", "text": "Give", "address": "https://a.example/", "languages": [spanish]}
    )
    with override("es"):
        assert (link.label, link.href) == ("Donar", "https://a.example/donar")
    with override("ar"):
        assert (link.label, link.href) == ("Give", "https://a.example/")
