"""The report in a real browser: it renders, fits a phone, and no text of a picture covers another.

With LEUKON_PICTURES naming a folder, the run also leaves screenshots and a print there.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from leukon import Count, Panel, Person, interpret
from leukon.report.page import html_report
from leukon.report.summary import RefusedRow, Summary
from support.browser import Windows

CELLS = "10*9/L"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def counts(**values: float) -> list[Count]:
    """Counts in 10*9/L, but haemoglobin in g/dL."""
    units = {"HGB": "g/dL"}
    return [Count(kind, value, units.get(kind, CELLS)) for kind, value in values.items()]


def panels() -> dict[str, tuple[dict[str, str], Panel, str | None]]:
    """People for whom the picture has to say different things."""
    woman = Person(age="34y", sex="female")
    older = Person(age="60y", sex="female")
    return {
        "Adult, low": (
            {"Age": "34 years", "Sex": "female"},
            Panel(
                woman,
                [
                    Count("WBC", 3700, "/uL"),
                    *counts(NEUT=1.1, LYMPH=1.9, MONO=0.5, EOS=0.15, BASO=0.05, HGB=12.9, PLT=210),
                ],
            ),
            None,
        ),
        "By one limit alone": (
            {"Age": "34 years", "Sex": "female"},
            Panel(woman, counts(WBC=3.7, NEUT=1.1)),
            "mayo-clinic-2024",
        ),
        "Infant of two days": (
            {"Age": "2 days", "Sex": "male"},
            Panel(Person(age="2d", sex="male"), counts(WBC=7.0, NEUT=1.4, LYMPH=3.0)),
            None,
        ),
        "Duffy-null adult": (
            {"Age": "40 years", "Sex": "male", "Duffy": "null, tested"},
            Panel(Person(age="40y", sex="male", duffy="null"), counts(WBC=3.6, NEUT=1.3)),
            None,
        ),
        "Pregnant, week 30": (
            {"Age": "31 years", "Sex": "female", "Pregnant": "30 completed weeks"},
            Panel(
                Person(age="31y", sex="female", pregnant=True, weeks=30), counts(WBC=5.0, NEUT=3.0)
            ),
            None,
        ),
        "A comparator": (
            {"Age": "60 years"},
            Panel(older, [Count("WBC", 0.4, CELLS), Count("NEUT", 0.1, CELLS, comparator="<")]),
            None,
        ),
        "Comparators across the limit": (
            {"Age": "60 years"},
            Panel(older, [Count("WBC", 5, CELLS, "<="), Count("NEUT", 1, CELLS, ">")]),
            None,
        ),
        "A report that contradicts itself": (
            {"Age": "60 years"},
            Panel(older, counts(WBC=3.0, NEUT=4.2)),
            None,
        ),
        "Percentages alone": (
            {"Age": "60 years"},
            Panel(older, [Count("NEUT", 30, "%"), Count("LYMPH", 60, "%")]),
            None,
        ),
        "Nothing can be said": (
            {},
            Panel(
                Person(),
                [*counts(NEUT=1.2), Count("WBC", None), Count("PLT", None, absent="pending")],
            ),
            "royal-wolverhampton",
        ),
        "Far above": (
            {"Age": "60 years"},
            Panel(older, counts(WBC=400, NEUT=380)),
            None,
        ),
        "At every edge": (
            {"Age": "60 years", "<b>Hostile</b>": "<script>alert(1)</script>\u202e\x00"},
            Panel(older, counts(WBC=4.0, NEUT=0, LYMPH=3.0, BASO=0.1, PLT=9999, HGB=0.1)),
            None,
        ),
    }


def summary() -> Summary:
    return Summary(
        rows=12_420,
        panels=1_552,
        flags={
            "WBC": {"critical-low": 3, "low": 210, "within": 1210, "high": 98, "undetermined": 31},
            "NEUT": {"critical-low": 2, "low": 190, "within": 1300, "high": 40, "undetermined": 20},
            "PLT": {"low": 20, "within": 1480, "high": 12, "undetermined": 40},
        },
        reasons={
            "WBC": {"no-limit-for-age": 21, "comparator": 10},
            "NEUT": {"percentage-only": 20},
            "PLT": {"pending": 40},
        },
        drivers={"NEUT": 180, "LYMPH": 22, "none": 1319, "undetermined": 31},
        refused=14,
        refused_rows=(
            RefusedRow("row 214", "WBC has no unit", "pass --unit, or map a column"),
            RefusedRow("row 215", "the unit <K> is unknown", "map it in a mapping file"),
        ),
    )


def report(direction: str = "ltr") -> str:
    """The sample report."""
    answers = {title: interpret(panel, by=by) for title, (_, panel, by) in panels().items()}
    sections = [(title, facts, answers[title]) for title, (facts, _, _) in panels().items()]
    return html_report(
        sections,
        heading="White cell counts",
        definition=answers["Adult, low"].definition,
        summary=summary(),
        direction=direction,
    )


@pytest.fixture(scope="module", params=["phone", "desktop", "rtl", "dark", "rtl-phone"])
def seen(
    request: pytest.FixtureRequest, windows: Windows, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """The sample report on a phone, on a desktop, right to left, and in the dark."""
    kind = request.param
    options = {
        "viewport": PHONE if "phone" in kind else DESKTOP,
        "color_scheme": "dark" if kind == "dark" else "light",
        "device_scale_factor": 2 if "phone" in kind else 1,
    }
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report("rtl" if "rtl" in kind else "ltr"), encoding="utf-8")
    page = windows.give(options)
    page.goto(file.as_uri())
    _keep(page, kind)
    yield page
    windows.take_back(page)


def _keep(page: Page, kind: str) -> None:
    folder = os.environ.get("LEUKON_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{kind}.png", full_page=True)
        if kind == "desktop":
            page.pdf(path=Path(folder) / "print.pdf", format="A4", prefer_css_page_size=True)


OVERLAPS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')].map(text =>
    ({says: text.textContent, ...text.getBoundingClientRect().toJSON()}));
  const cover = boxes.flatMap((a, i) => boxes.slice(i + 1)
    .filter(b => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
    .map(b => `${a.says} covers ${b.says}`));
  const cut = boxes
    .filter(a => a.left < frame.left - 1 || a.right > frame.right + 1
              || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
    .map(a => `${a.says} is cut`);
  return [...cover, ...cut];
})"""


def test_the_report_renders(seen):
    """Every panel and picture is there, and the browser complains of nothing."""
    assert seen.locator("section h2").count() == len(panels()) + 1
    assert seen.locator("svg").count() > 20
    assert seen.complaints == []


def test_the_report_asks_for_nothing(seen):
    """The file is all that is read: no picture, font or script from anywhere else."""
    assert len(seen.requests) == 1


def test_the_report_does_not_scroll_sideways(seen):
    """The page is as wide as the window, on a phone too."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert seen.evaluate(wide) <= 0


def test_texts_of_pictures_stand_apart(seen):
    """No text in a picture covers another or leaves its picture."""
    assert seen.evaluate(OVERLAPS) == []


SPILLS = """() => [...document.querySelectorAll('details, figure')]
  .filter(box => box.scrollWidth > box.clientWidth).map(box => box.innerText)"""


def test_the_publishers_open(seen):
    """The table behind a picture opens without a script, and fits its card."""
    seen.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert seen.locator("details table").first.is_visible()
    assert seen.evaluate(SPILLS) == []
    seen.locator("details").evaluate_all("all => all.forEach(one => one.open = false)")
