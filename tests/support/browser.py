"""One Chromium for all tests that look at a page.

Playwright keeps a loop running in the thread that started it, and starts once in a thread: a second
start while the first is there is an error, so that every test shares this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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
