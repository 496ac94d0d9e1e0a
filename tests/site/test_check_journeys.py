"""Check my count in a real browser: the whole way, with and without JavaScript, in two languages."""

from __future__ import annotations

import pytest

PHONE, NARROW = {"width": 390, "height": 844}, {"width": 320, "height": 640}
LOW = {
    "count-WBC": "3,7",
    "unit-WBC": "10*9/L",
    "count-NEUT": "1.1",
    "unit-NEUT": "10*9/L",
    "age": "34",
    "age-unit": "y",
    "q-fever": "no",
}
TREATED = {
    "temperature": "38.5",
    "temperature-unit": "C",
    "treatment": "chemotherapy",
    "count-NEUT": "<0.1",
    "unit-NEUT": "10*9/L",
    "age": "50",
    "age-unit": "y",
}
BAD = {"count-WBC": "3.810", "unit-WBC": "/uL", "count-NEUT": "1.1 L", "temperature": "38.5"}
WORDS = {
    "": {
        "understood": "Is this what your report says?",
        "emergency": "Emergency: get help now",
        "go": "Go to hospital now",
        "asked": "What does the report mean by",
    },
    "/ar": {
        "understood": "هل هذا ما يقوله تقريرك؟",
        "emergency": "حالة طارئة: اطلب المساعدة الآن",
        "go": "Go to hospital now",
        "asked": "ماذا يعني التقرير بـ",
    },
}
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
LANGUAGE = pytest.mark.parametrize("language", ["", "/ar"], ids=["en", "ar"])


FILL = """fields => Object.entries(fields).forEach(([name, text]) => {
  const found = [...document.getElementsByName(name)];
  if (found[0].type === "radio") found.find(one => one.value === text).checked = true;
  else found[0].value = text;
})"""


def fill(page, fields):
    """Fill the form at once; the journeys by keyboard and with a mouse type it."""
    page.evaluate(FILL, fields)


def send(page, step):
    page.click(f"button[value={step}]:not([formaction], .hidden)")
    page.wait_for_load_state()


@SCRIPT
@LANGUAGE
def test_from_a_report_to_an_answer(visit, script, language):
    """Type, see what was understood, read the answer, go back: nothing is lost, nothing complains."""
    page = visit(f"{language}/check/", java_script_enabled=script)
    fill(page, LOW)
    send(page, "read")
    assert page.locator("h1").inner_text() == WORDS[language]["understood"]
    assert "3,700" in page.locator(".echoes").inner_text().replace("3700", "3,700")
    send(page, "answer")
    assert page.locator("section.one").count() == 2
    assert page.locator("section.one svg title").count() == 4
    assert page.locator("button[data-print]").is_visible() is script
    send(page, "edit")
    assert page.input_value("[name='count-WBC']") == "3,7"
    assert page.is_checked("[name='q-fever'][value=no]")
    assert page.url.endswith(f"{language}/check/")
    assert page.complaints == []


@SCRIPT
@LANGUAGE
def test_an_emergency_is_the_first_thing_on_every_page(visit, script, language):
    """38.5 C in chemotherapy: at the early button, when numbers are said back, and in the answer."""
    page = visit(f"{language}/check/", java_script_enabled=script, viewport=PHONE)
    fill(page, TREATED)
    for step in ("signs", "read", "answer"):
        send(page, step)
        first = page.locator("main :is(h1, h2)").first
        card = page.locator(".card-emergency")
        assert WORDS[language]["emergency"] in first.inner_text()
        assert WORDS[language]["go"] in card.inner_text()
        assert card.bounding_box()["y"] < PHONE["height"]


@SCRIPT
@LANGUAGE
def test_a_number_with_two_readings_is_asked(visit, script, language):
    """3.810 is asked, beside its field; the answer is understood, and what was typed is kept."""
    page = visit(f"{language}/check/", java_script_enabled=script)
    fill(page, BAD)
    send(page, "read")
    assert page.title().startswith(("Error", "خطأ"))
    assert page.locator("#problems li").count() == 4
    assert WORDS[language]["asked"] in page.locator(".readings legend").inner_text()
    assert page.input_value("[name='count-NEUT']") == "1.1 L"
    if script:
        assert page.evaluate("document.activeElement.id") == "problems"
    fill(page, {"reading-WBC": "thousands", "count-NEUT": "1.1", "unit-NEUT": "10*9/L"})
    fill(page, {"temperature-unit": "C"})
    send(page, "read")
    said = page.locator(".echoes").inner_text()
    assert "3,810" in said.replace("3810", "3,810")
    assert "3.81 " in said.replace("3,81 ", "3.81 ")


def test_the_whole_way_by_keyboard(visit):
    """Tab, arrows and Enter are enough: from the first question to the answer."""
    page = visit("/check/")
    page.focus("[name='q-fever']")
    page.keyboard.press("Space")
    assert page.is_checked("[name='q-fever'][value=yes]")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("[name='q-fever'][value=no]")
    page.focus("[name='count-WBC']")
    page.keyboard.type("3.7")
    page.keyboard.press("Tab")
    page.keyboard.type("10")
    assert page.input_value("[name='unit-WBC']") == "10*9/L"
    page.focus("[name='age']")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # in a field: goes on
    page.focus("button[value=answer]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("section.one").count() == 1


@pytest.mark.parametrize("path", ["/check/", "/ar/embed/check/"])
def test_every_state_fits_a_phone_and_keeps_nothing_from_anybody(visit, path):
    """Form, problems, emergency, answer: 320 pixels are enough, and axe finds nothing, also in the dark."""
    from axe_playwright_python.sync_playwright import Axe

    page = visit(path, bypass_csp=True, viewport=NARROW)
    found = []

    def look(state):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], state
        for scheme, options in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=scheme)
            seen = Axe().run(page, options=options).response["violations"]
            found.extend((state, scheme, one["id"], one["nodes"][0]["html"]) for one in seen)

    fill(page, BAD)
    send(page, "read")
    look("problems")
    page.goto(page.url)
    fill(page, TREATED)
    send(page, "read")
    send(page, "answer")
    look("answer")
    assert found == []


def test_a_screen_reader_hears_the_name_of_each_field(visit):
    """Number and unit are named with their count, and a problem is read with its field."""
    page = visit("/check/")
    fill(page, BAD)
    send(page, "read")
    assert (
        page.get_by_role("textbox", name="White blood cells (WBC, leukocytes): Number").count() == 1
    )
    assert (
        page.get_by_role("combobox", name="White blood cells (WBC, leukocytes): Unit").count() == 1
    )
    wrong = page.locator("#count-NEUT")
    assert wrong.get_attribute("aria-invalid") == "true"
    described = wrong.get_attribute("aria-describedby")
    assert "There is a letter in this number" in page.locator(f"#{described}").inner_text()
    page.click("#problems a[href='#count-NEUT']")
    assert page.evaluate("document.activeElement.id") == "count-NEUT"


def test_the_embedded_form_works_without_a_cookie_or_a_script(visit):
    """As in a frame on another site: the whole way, and nothing to carry."""
    page = visit("/embed/check/")
    page.fill("[name='count-WBC']", "3.7")
    page.select_option("[name='unit-WBC']", "10*9/L")
    send(page, "read")
    send(page, "answer")
    assert page.locator("section.one").count() == 1
    assert page.context.cookies() == []
    assert not [url for url in page.requests if url.partition("?")[0].endswith(".js")]
    assert page.complaints == []


def test_the_printed_answer_fits_two_pages(visit, tmp_path):
    """The answer is printed for the appointment on two sheets at the most."""
    page = visit("/check/")
    fill(page, LOW)
    send(page, "read")
    send(page, "answer")
    page.pdf(path=str(tmp_path / "answer.pdf"), prefer_css_page_size=True)
    pages = (tmp_path / "answer.pdf").read_bytes().count(b"/Type /Page\n")
    assert 1 <= pages <= 2
