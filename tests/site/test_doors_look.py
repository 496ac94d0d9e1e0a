"""How the A to Z, the search and the pages for a wrong address look and read, in a real browser."""

from __future__ import annotations

import pytest

PATHS = (
    "/symptoms/",
    "/drugs/",
    "/drugs/clozapine/",
    "/conditions/chemotherapy/",
    "/tests/neutrophils/",
    "/tests/units-of-blood-counts/",
    "/tests/limits/uhd-dorset/",
    "/symptoms/febrile-neutropenia/",
    "/search/?q=neutropaenia",
    "/drugs/carbimazol/",
    "/infobutton/?mainSearchCriteria.v.c=D70.9&mainSearchCriteria.v.cs=2.16.840.1.113883.6.90",
)
HEAVIEST = 120_000
_NOT_THERE = "the server responded with a status of 404"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_the_browser_blocks_nothing(visit, address, path):
    """No barrier, in light and dark; the data for machines is not blocked; nothing scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe

    page = visit(path)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.emulate_media(color_scheme="dark")
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()
    assert [text for text in page.complaints if _NOT_THERE not in text] == []
    assert {url for url in page.requests if not url.startswith(address)} == set()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_light(client, path):
    """A page with its style sheets and script stays under 120 kB."""
    from leukon_site.look.assets import FOLDER

    files = ("look/site.css", "look/atoz.css", "look/site.js")
    weight = len(client.get(path).content) + sum((FOLDER / one).stat().st_size for one in files)
    assert weight < HEAVIEST


def test_from_a_search_to_a_drug_and_back(visit):
    """Without JavaScript: search, follow, find the condition, and return to the drug."""
    page = visit("/", java_script_enabled=False)
    page.get_by_role("searchbox", name="Search").fill("methimazole")
    page.get_by_role("banner").get_by_role("button", name="Search").click()
    page.get_by_role("main").get_by_role("link", name="Thiamazole").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Thiamazole"
    page.get_by_role("main").get_by_role("link", name="Antithyroid drugs").click()
    page.get_by_role("main").get_by_role("link", name="Thiamazole").click()
    assert page.url.endswith("/drugs/thiamazole/")


def test_on_paper_a_drug_page_still_says_whom_to_call(visit):
    """What is left out of print is never that a medicine is not to be stopped."""
    page = visit("/drugs/carbimazole/")
    page.emulate_media(media="print")
    assert page.get_by_text("Do not stop this medicine because of this page.").is_visible()
