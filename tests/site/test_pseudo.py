"""Pages in a language that nobody speaks: longer, accented, from both sides.

Every message is replaced by its English with accents and two fifths more letters, in the place of
Spanish and of Arabic. What is still plain English then was never handed to a translator; what does
not fit was drawn for English alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from support.needs import REPOSITORY

PAGE = "/symptoms/low-white-blood-cell-count/"
PATHS = (
    "/",
    PAGE,
    f"{PAGE}in-depth/",
    f"{PAGE}news/",
    "/check/",
    "/newsletter/",
    "/symptoms/nothing/",
)
PLAIN = str.maketrans("aeiouncsyAEIOUNCS", "åéïøüñçšýÅÉÏØÜÑÇŠ")
KEPT = re.compile(r"(%\(\w+\)s|%%|%s|\{\w*\}|<[^>]+>|&\w+;|\x04)")
MORE = 0.4
NAMES = (
    "leukon",
    "Example Practice",
    "example",
    "RSS",
    "Atom",
    "URG-",
    "LKN-",
    "Duffy",
    "SNOMED CT",
    "ICD-10-CM",
    "HPO",
)
"""What is the same in every language."""

WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('main *, header *, footer *')]
  .filter(one => { const box = one.getBoundingClientRect(); return box.width && (box.right > innerWidth + 1 || box.left < -1); })
  .map(one => one.outerHTML.slice(0, 120))"""
TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, over = node.parentElement;
    if (over.closest('script, style, [translate=no], html [lang]:not(html)')) continue;
    const text = node.textContent.replace(/\\s+/g, ' ').trim();
    if (text) found.push(text);
  }
  for (const name of ['aria-label', 'alt', 'title', 'placeholder', 'data-label'])
    for (const one of document.querySelectorAll(`[${name}]:not([translate=no])`))
      if (!one.closest('[translate=no]')) found.push(one.getAttribute(name));
  return found;
}"""


def pseudo(text: str) -> str:
    """The text with accents and more letters; what is filled in, and marks, as they were.

    >>> pseudo("Age of %(name)s")
    'Ågé øf %(name)s ~~~'
    """
    if not text.strip() or text == ".":
        return text
    parts = KEPT.split(text)
    said = "".join(part if KEPT.fullmatch(part) else part.translate(PLAIN) for part in parts)
    letters = sum(len(part) for part in parts if not KEPT.fullmatch(part))
    return (
        f"{said} {'~' * max(1, round(letters * MORE))}" if letters < 12 else _longer(said, letters)
    )


def _longer(said: str, letters: int) -> str:
    """More words, so that lines break as they would."""
    return said + " ~øñé" * max(1, round(letters * MORE / 5))


class Pseudo:
    """Leukon's catalogue in the language that nobody speaks."""

    def pgettext(self, _context: str, text: str) -> str:
        return pseudo(text)

    def info(self) -> dict[str, str]:
        return {"x-checked-by": "Nobody"}


@pytest.fixture(scope="module")
def _nobodys(site) -> Iterator[None]:
    """Spanish and Arabic speak the language that nobody speaks."""
    from django.utils.translation import trans_real

    from leukon.explain.language import language_of

    assert site.is_dir()
    with pytest.MonkeyPatch.context() as patch:
        for code in ("es", "ar"):
            django = trans_real.translation(code)
            patch.setattr(django, "gettext", lambda text: pseudo(text.rpartition("\x04")[2]))
            patch.setattr(django, "ngettext", lambda one, many, n: pseudo(one if n == 1 else many))
            patch.setattr(language_of(code), "_translations", Pseudo())
        _forget()
        yield
    _forget()


def _forget() -> None:
    """Empty whatever was kept for a language, but the catalogues themselves."""
    from leukon.explain.language import language_of

    for name, module in list(sys.modules.items()):
        if name.startswith("leukon_site"):
            for one in list(vars(module).values()):
                if hasattr(one, "cache_clear") and one is not language_of:
                    one.cache_clear()


def _is_plain(text: str) -> bool:
    for name in NAMES:
        text = text.replace(name, "")
    return bool(re.search(r"[A-Za-z]{3,}", text)) and not re.search(r"[åéïøüñçšýÅÉÏØÜÑÇŠ~]", text)


@cache
def _edited() -> str:
    """What editors wrote in Spanish and Arabic: translated, if not by these messages."""
    from leukon_site.pages.translate import first_texts

    texts = [*first_texts("es").values(), *first_texts("ar").values()]
    return " ".join(re.sub(r"<[^>]+>", "", text) for text in texts)


@pytest.mark.usefixtures("_nobodys")
@pytest.mark.parametrize("path", PATHS)
def test_no_text_is_left_in_english(visit, path):
    """Every text and name of a page goes through a catalogue, or is marked as not to be translated."""
    page = visit(f"/es{path}?fresh")
    edited = _edited()
    texts = {text.removesuffix(" – Example Practice") for text in page.evaluate(TEXTS)}
    left = {text for text in texts if _is_plain(text) and text not in edited}
    assert left == set()


@pytest.mark.usefixtures("_nobodys")
@pytest.mark.parametrize("language", ["es", "ar"])
@pytest.mark.parametrize("path", PATHS)
def test_longer_words_fit_a_narrow_page(visit, language, path):
    """At 320 pixels nothing is wider than the page, from either side."""
    page = visit(f"/{language}{path}?fresh", viewport={"width": 320, "height": 640})
    assert page.evaluate(WIDE) == []


@pytest.mark.parametrize(("language", "starts"), [("es", "Left"), ("ar", "Right")])
def test_the_page_is_mirrored(visit, language, starts):
    """In Arabic what begins at the left begins at the right: the name, the text, the coloured edge."""
    page = visit(f"/{language}{PAGE}?fresh")
    brand = page.locator(".brand").bounding_box()
    middle = page.viewport_size["width"] / 2
    assert (brand["x"] < middle) is (starts == "Left")
    ends = "Right" if starts == "Left" else "Left"
    edge = "one => parseFloat(getComputedStyle(one)['border' + {side!r} + 'Width'])"
    callout = page.locator(".callout").first
    assert callout.evaluate(edge.replace("{side!r}", repr(starts))) > 3
    assert callout.evaluate(edge.replace("{side!r}", repr(ends))) < 2


@pytest.mark.parametrize("language", ["ar", "zh-hans"])
def test_axe_finds_nothing_in_a_translation(visit, language):
    """The English beside a translation keeps nothing from anybody, in the dark neither."""
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"/{language}{PAGE}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", ["site.css", "check.css", "atoz.css"])
def test_styles_know_start_and_end_alone(name):
    """No style names left or right, which do not turn with the language."""
    folder = REPOSITORY / "site" / "src" / "leukon_site" / "look" / "static" / "look"
    text = re.sub(r"/\*.*?\*/", "", (folder / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    physical = r"(?:margin|padding|border)-(?:left|right)\b|[;{\s](?:left|right)\s*:|:\s*(?:left|right)\s*[;}]"
    assert re.findall(physical, text) == []
