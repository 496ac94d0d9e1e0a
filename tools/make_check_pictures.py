"""Remakes the pictures of "check my count" in the README, from a demonstration that is being served.

Usage: python tools/make_check_pictures.py http://localhost:8000
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
DESKTOP, PHONE = {"width": 1200, "height": 1180}, {"width": 390, "height": 844}
TYPED = {"count-WBC": "3.7", "count-NEUT": "1.1", "age": "34", "drugs": "carbimazole"}
CHOSEN = {"unit-WBC": "10*9/L", "unit-NEUT": "10*9/L", "age-unit": "y"}
TWO_READINGS = {"count-WBC": "3.810"}


def fill(page, typed, chosen):
    """What a person holding a report types and chooses."""
    for name, text in typed.items():
        page.fill(f"[name='{name}']", text)
    for name, text in chosen.items():
        page.select_option(f"[name='{name}']", text)


def send(page, step):
    """Press the button of a step."""
    page.click(f"button[value={step}]:not([formaction], .hidden)")
    page.wait_for_load_state()


def save(shot, name, width):
    """A picture of the given width, small enough to be kept in a repository."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image = image.resize((width, image.height * width // image.width), Image.Resampling.LANCZOS)
    file = PICTURES / f"{name}.webp"
    image.save(file, quality=80, method=6)
    print(file.name, file.stat().st_size)


def answer(browser, address):
    """The answer about two low counts, on a desk."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{address}/check/")
    fill(page, TYPED, CHOSEN)
    send(page, "read")
    send(page, "answer")
    save(page.screenshot(), "check-answer", 1000)


def form(browser, address):
    """The first questions, on a desk."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.goto(f"{address}/check/")
    save(page.screenshot(), "check", 1000)


def asked(browser, address):
    """A number with two readings, on a telephone."""
    page = browser.new_page(viewport=PHONE, device_scale_factor=2)
    page.goto(f"{address}/check/")
    fill(page, TWO_READINGS, {"unit-WBC": "/uL"})
    send(page, "read")
    save(page.locator(".count").first.screenshot(), "check-asked", 500)


def main():
    """Make all pictures."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for make in (form, answer, asked):
            make(browser, sys.argv[1].rstrip("/"))
        browser.close()


if __name__ == "__main__":
    main()
