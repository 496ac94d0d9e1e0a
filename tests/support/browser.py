"""One Chromium for all tests that look at a page.

Playwright keeps a loop running in the thread that started it, and starts once in a thread: a second
start while the first is there is an error, so that every test shares this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser(needs_chromium: Path) -> Iterator[Browser]:
    """Chromium without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        program = play.chromium.launch(
            executable_path=str(needs_chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        yield program
        program.close()


class Windows:
    """Windows of one browser; opening one costs Chromium half a second, so they are used again.

    A window that is given anew is empty: no page, no cookie, nothing emulated, nothing heard before.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Any]] = {}

    def give(self, options: dict[str, Any]) -> Any:
        """An empty page with these options; `complaints` and `requests` list what it does."""
        free = self._free.setdefault(repr(sorted(options.items())), [])
        page = free.pop() if free else self._opened(options)
        page.home = free
        page.complaints, page.requests = [], []
        return page

    def _opened(self, options: dict[str, Any]) -> Any:
        page: Any = self._browser.new_context(**options).new_page()
        page.size, page.scheme = options["viewport"], options.get("color_scheme", "light")
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        return page

    def take_back(self, page: Any) -> None:
        """What the page holds is forgotten, so that another test may have it."""
        page.goto("about:blank")
        page.context.clear_cookies()
        page.emulate_media(media="null", color_scheme=page.scheme)
        page.set_viewport_size(page.size)
        page.home.append(page)


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    """The windows of the one browser."""
    return Windows(browser)


@pytest.fixture
def window(windows: Windows) -> Iterator[Any]:
    """Gives an empty page with some options, as `browser.new_context` takes them."""
    given: list[Any] = []

    def give(**options: Any) -> Any:
        given.append(windows.give({"viewport": DESKTOP} | options))
        return given[-1]

    yield give
    for page in given:
        windows.take_back(page)
