"""Check my count in every language: nothing of the form stays English, no placeholder is lost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from leukon.report.wording import TEXTS
from support.needs import REPOSITORY

CHECK = REPOSITORY / "site" / "src" / "leukon_site" / "check"
CATALOGUES = sorted(CHECK.glob("locale/*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?bdi>")
MARKED = re.compile(r"""{% translate (["'])(.*?)\1""")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_is_translated_with_all_its_placeholders(path: Path):
    """Each text has a translation, and the same places to be filled in."""
    for entry in polib.pofile(str(path)):
        assert entry.msgstr, entry.msgid
        assert sorted(PLACEHOLDER.findall(entry.msgstr)) == sorted(
            PLACEHOLDER.findall(entry.msgid)
        ), entry.msgid


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_no_text_of_the_templates_is_missing(path: Path):
    """What a template marks for translation is in the catalogue of each language."""
    known = {entry.msgid for entry in polib.pofile(str(path))}
    for template in sorted(CHECK.glob("templates/check/*.html")):
        assert _marked(template) <= known, template.name


def _marked(template: Path) -> set[str]:
    return {text for _, text in MARKED.findall(template.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_says_that_nobody_has_checked_it(path: Path):
    """A translation that no translator or clinician has seen says so in its head."""
    assert polib.pofile(str(path)).metadata["X-Reviewed"] == "no"


def test_what_is_read_is_what_is_written():
    """The compiled catalogues are those of the texts."""
    tool = REPOSITORY / "tools" / "make_locale.py"
    assert subprocess.run([sys.executable, str(tool), "--check"], check=False).returncode == 0


@pytest.mark.usefixtures("site")
def test_every_text_of_a_picture_has_words_of_the_page():
    """The page words every text that leukon's pictures hold."""
    from leukon_site.speech import pictures

    assert set(pictures._TEXTS) == set(TEXTS)
    for key, text in TEXTS.items():
        assert str(pictures._TEXTS[key]) == text


@pytest.mark.parametrize("language", ["es", "ar", "zh-hans"])
def test_a_form_in_another_language_is_in_that_language(client, language):
    """The page says its language and its direction, and keeps the form's own words out of English."""
    page = client.get(f"/{language}/check/").content.decode()
    assert f'<html lang="{language}"' in page
    assert ('dir="rtl"' in page.partition("<head")[0]) == (language == "ar")
    assert "How are you now?" not in page


@pytest.mark.parametrize("language", ["es", "ar", "zh-hans"])
def test_the_english_stands_beside_emergency_advice_that_nobody_checked(client, language):
    """While nobody has checked a language, how soon to get help is said in English too."""
    fields = {"temperature": "38.5", "temperature-unit": "C", "treatment": "chemotherapy"}
    answer = client.post(f"/{language}/check/", {**fields, "step": "answer"})
    page = answer.content.decode()
    card = page.partition("card-emergency")[2].partition("</section>")[0]
    assert '<span class="beside" lang="en" dir="ltr">Emergency: get help now</span>' in card
    assert '<span class="beside" lang="en" dir="ltr">Go to hospital now' in card


def test_numbers_are_written_as_the_language_does(client):
    """A Spanish page writes a decimal comma, and no point between thousands."""
    fields = {"count-WBC": "3.7", "unit-WBC": "10*9/L"}
    page = client.post("/es/check/", {**fields, "step": "read"}).content.decode()
    assert "3,7 × 10⁹ por litro, lo mismo que 3700 por microlitro" in page


def test_latin_names_and_signed_numbers_keep_together_in_arabic():
    """A publisher's name and "< 0.1" keep their own direction in the midst of Arabic."""
    from django.utils.translation import override

    from leukon_site.check.direction import END, LEFT_TO_RIGHT, isolated, together

    assert isolated("وفق NHS Lothian (2023).") == f"وفق {LEFT_TO_RIGHT}NHS Lothian (2023){END}."
    assert isolated("(وفق IDSA 2010).") == f"(وفق {LEFT_TO_RIGHT}IDSA 2010{END})."
    with override("ar"):
        assert together("< 0.1") == f"{LEFT_TO_RIGHT}< 0.1{END}"
        assert together("0.1") == "0.1"
    with override("en"):
        assert together("< 0.1") == "< 0.1"


def test_the_answer_can_be_read_in_the_other_languages(client):
    """The same answer is one button away in each language; what was typed goes along."""
    page = client.post("/check/", {"count-WBC": "3.7", "unit-WBC": "10*9/L", "step": "answer"})
    for language in ("es", "ar", "zh-hans"):
        assert f'formaction="/{language}/check/"'.encode() in page.content


@pytest.mark.parametrize("language", ["es", "ar", "zh-hans"])
@pytest.mark.usefixtures("site")
def test_pictures_speak_the_language_of_the_page(language):
    """No text of a picture is left in English on another page."""
    from django.utils.translation import override

    from leukon_site.speech.pictures import FLAGS, PageWording

    with override(language):
        assert PageWording(language).text("this-count", value="3.7") != "this count 3.7"
        assert "low" not in [str(flag) for flag in FLAGS.values()]
