"""How every page looks to those who cannot see it well, who have a small screen, or no script."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

PAGE = "/symptoms/low-white-blood-cell-count/"
PATHS = ("/", "/symptoms/", PAGE, f"{PAGE}in-depth/", f"{PAGE}news/", "/symptoms/neutropenia/")
HEAVIEST = 120_000
"""Bytes of a page with its style sheet and script, pictures left out."""


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(visit, path):
    """No page keeps anything from people with a disability, as far as axe can tell.

    In the dark only the colours differ, so only they are looked at again.
    """
    from axe_playwright_python.sync_playwright import Axe

    page = visit(path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.emulate_media(color_scheme="dark")
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()


WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", PATHS)
def test_pages_fit_a_small_screen(visit, path):
    """At 320 pixels, which is 1280 at 400 %, nothing scrolls sideways."""
    page = visit(path, viewport={"width": 320, "height": 640})
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("path", [PAGE])
def test_pages_work_without_a_script(visit, path):
    """Without JavaScript all is there; what needs it is not shown."""
    page = visit(path, java_script_enabled=False)
    assert page.locator("article section").count() > 8
    assert not page.get_by_role("button", name="Copy the address").is_visible()
    page.get_by_role("link", name="see when to get help").click()
    assert page.url.endswith("#when-to-see-a-doctor")


def test_the_keyboard_reaches_the_content_first(visit):
    """The first stop of the keyboard skips to the content."""
    page = visit(PAGE)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_light(client, path):
    """A page with its style sheet and script stays under 120 kB."""
    from leukon_site.look.assets import FOLDER

    files = sum((FOLDER / "look" / name).stat().st_size for name in ("site.css", "site.js"))
    assert len(client.get(path).content) + files <= HEAVIEST


def test_a_screen_reader_finds_its_way(visit):
    """Landmarks, headings and pictures have names: what a screen reader lists of the page."""
    page = visit(PAGE)
    for role, name in (
        ("navigation", "Main"),
        ("navigation", "Where you are"),
        ("navigation", "About this subject"),
        ("navigation", "On this page"),
        ("navigation", "The practice"),
        ("region", "When to see a doctor"),
        ("region", "Emergency: go to hospital now, or call 112"),
        ("complementary", "Share or keep"),
        ("img", re.compile(r"White blood cells: lower limits of \d+ publishers")),
        ("img", "Lower limit by age"),
        ("table", "The same as a table"),
    ):
        assert page.get_by_role(role, name=name).count() >= 1, (role, name)
    assert page.get_by_role("banner").count() == page.get_by_role("contentinfo").count() == 1
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["Low white blood cell count"]
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels))
