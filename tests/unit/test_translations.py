"""leukon's translations: nothing missing, no number changed, no urgency lost, and who checked them."""

from __future__ import annotations

import gettext
import re
import string

import pytest

from leukon import Context, Count, Panel, Person, interpret
from leukon.advice.answer import LOCAL_NUMBER, THE_NUMBER
from leukon.advice.content import content
from leukon.explain import Also, explain, languages
from leukon.explain.calling import with_number
from leukon.explain.language import ENGLISH, FOLDER, entries, language_of

LANGUAGES = ("ar", "es", "zh")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
HOSPITAL_NOW = {"es": "hospital ahora", "ar": "المستشفى الآن", "zh": "立即去医院"}
TODAY = {"es": "hoy", "ar": "اليوم", "zh": "今天"}
DOCTOR = {"es": "médico", "ar": "طبيب", "zh": "医生"}


def template() -> dict[str, str]:
    """Every message of the template, and where it stands."""
    text = (FOLDER / "leukon.pot").read_text(encoding="utf-8")
    filled = dict(entries(re.sub(r'msgstr ""\n(?=\n|\Z)', 'msgstr "x"\n', text)))
    where = {
        found[2]: found[1]
        for found in re.finditer(r'#: (.*)\nmsgctxt "content"\nmsgid "(.*)"', text)
    }
    return {key: where.get(key.partition("\x04")[2], "") for key in filled if key}


def translated(language: str) -> dict[str, str]:
    """Every entry of a language without its head."""
    found = dict(entries((FOLDER / f"{language}.po").read_text(encoding="utf-8")))
    return {key: text for key, text in found.items() if key}


def numbers(text: str, language: str = ENGLISH) -> set[str]:
    """The numbers of a text, with a point for their decimals."""
    point = re.sub(r"(?<=\d),(?=\d)", ".", text) if language == "es" else text
    return set(NUMBER.findall(point))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_languages_of_leukon():
    """English and its translations, each by its file."""
    assert languages() == ("ar", "en", "es", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_and_nothing_is_left_over(language):
    """Every message has a translation, but for what is said of drugs to professionals alone."""
    wanted, there = template(), translated(language)
    assert {key for key in wanted if key not in there and wanted[key] != "drugs"} == set()
    assert set(there) - set(wanted) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_and_every_number_stay(language):
    """A translation holds the fields and the numbers of its message, no other and none less."""
    wrong = []
    for key, text in translated(language).items():
        message = key.partition("\x04")[2]
        if message in (".", THE_NUMBER):
            continue
        same_numbers = numbers(text, language) == numbers(message)
        if fields(text) != fields(message) or not same_numbers:
            wrong.append((message, text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_less_urgent(language):
    """What says hospital now, today, or a doctor says so in every language."""
    words = (
        ("hospital now", HOSPITAL_NOW[language]),
        ("ospital now,", HOSPITAL_NOW[language]),
        ("doctor today", TODAY[language]),
        ("Phone your doctor", DOCTOR[language]),
        ("prescribes it today", TODAY[language]),
    )
    there = translated(language)
    for english, word in words:
        said = [text for key, text in there.items() if english in key]
        assert said
        assert [text for text in said if word not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_practices_own_number_is_put_into_every_action(language):
    """Where an action names the emergency number, so does its translation, word for word."""
    spoken = language_of(language)
    for rule in content().rules.rule:
        if THE_NUMBER in rule.action:
            assert spoken.content(THE_NUMBER) in spoken.content(rule.action)
    assert spoken.content(LOCAL_NUMBER) != LOCAL_NUMBER


@pytest.mark.parametrize("language", [ENGLISH, *LANGUAGES])
def test_a_number_of_several_groups_keeps_their_order(language):
    """0800 123 is read so in every language: amid Arabic its groups would change places."""
    spoken = language_of(language)
    shown = "\u20660800 123\u2069" if language == "ar" else "0800 123"
    for rule in content().rules.rule:
        said = spoken.content(rule.action)
        told = with_number(said, "0800 123", spoken)
        assert told == said.replace(spoken.content(THE_NUMBER), shown)
        assert (shown in told) == (THE_NUMBER in rule.action)
        assert THE_NUMBER not in told
        assert with_number(said, "", spoken) == said.replace(
            spoken.content(THE_NUMBER), spoken.content(LOCAL_NUMBER)
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_has_checked_a_translation_yet_and_it_says_so(language):
    """The head of the file names who checked it; a name appears there with its bearer only."""
    assert language_of(language).checked_by == ""
    assert not language_of(language).is_checked
    assert language_of(ENGLISH).is_checked


def test_a_name_in_the_head_is_read(tmp_path, monkeypatch):
    """A translation is checked as soon as its head names somebody."""
    import leukon.explain.language as catalogue

    text = (FOLDER / "es.po").read_text(encoding="utf-8")
    named = text.replace("X-Checked-By: ", "X-Checked-By: Somebody")
    assert named != text
    (tmp_path / "es.po").write_text(named, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    language_of.cache_clear()
    assert language_of("es").checked_by == "Somebody"
    assert language_of("es").is_checked
    language_of.cache_clear()


@pytest.mark.parametrize(("language", "forms"), [("es", 2), ("ar", 6), ("zh", 1)])
def test_the_plural_rule_of_a_language(language, forms):
    """The head states the language's plural rule, and it can be worked out."""
    head = (FOLDER / f"{language}.po").read_text(encoding="utf-8")
    found = re.search(r"nplurals=(\d); plural=(.*?);\\n", head)
    assert found
    rule = gettext.c2py(found[2])
    assert {rule(n) for n in range(200)} == set(range(int(found[1])))
    assert int(found[1]) == forms


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("for_", ["person", "professional"])
def test_a_whole_answer_is_spoken(language, for_):
    """Advice, counts, findings and causes come in the language, each sentence beside its English."""
    panel = Panel(
        Person(age="34y", sex="female"),
        [Count("WBC", 3.7, "10*9/L"), Count("NEUT", 1.1, "10*9/L")],
    )
    context = Context(temperature="38.6C", treatments=["chemotherapy"])
    answer = interpret(panel, context=context, scales=("ctcae-6.0",), emergency_number="112")
    english = explain(answer, Also(), for_=for_).sentences
    spoken = explain(answer, Also(), for_=for_, language_code=language).sentences
    assert [one.code for one in spoken] == [one.code for one in english]
    same = [one.text for one, other in zip(spoken, english, strict=True) if one.text == other.text]
    assert [text for text in same if re.search(r"[a-z]{3} [a-z]{3}", text)] == []
    if for_ == "person":
        assert any("112" in one.text for one in spoken)


def test_numbers_have_the_decimal_sign_of_the_language():
    """Spanish writes 1,1; the languages that write a point keep it."""
    panel = Panel(Person(age="34y"), [Count("NEUT", 1.1, "10*9/L")])
    answer = interpret(panel)
    said = {
        code: " ".join(one.text for one in explain(answer, Also(), language_code=code).sentences)
        for code in languages()
    }
    assert "1,1 mil millones" in said["es"]
    assert "1.5" not in said["es"]
    assert all("1.1" in said[code] for code in ("en", "ar", "zh"))
