"""Takes the picture of the demo's report for the README (needs Debian's chromium, and `make demo`)."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write docs/pictures/report.png: the first panel of build/demo.html."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1040, "height": 900})
        page.goto((ROOT / "build" / "demo.html").as_uri())
        panel = page.locator(".lk-panel").first
        panel.screenshot(path=ROOT / "docs" / "pictures" / "report.png")
        browser.close()


if __name__ == "__main__":
    main()
