"""Remakes the pictures of the site in the README, from a demonstration that is being served.

Usage: python tools/make_site_pictures.py http://localhost:8000 /symptoms/low-white-blood-cell-count/ site-page
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
VIEW, WIDTH, COLOURS = {"width": 1200, "height": 1000}, 1000, 96


def picture(address):
    """The first screen of a page, as a file of few colours."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=VIEW)
        page.goto(address)
        # The fonts here may lack a script that the names of languages are written in.
        page.locator(".languages").evaluate_all("all => all.forEach(one => one.remove())")
        shot = page.screenshot()
        browser.close()
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image = image.resize((WIDTH, image.height * WIDTH // image.width), Image.Resampling.LANCZOS)
    return image.quantize(COLOURS, dither=Image.Dither.NONE)


def main():
    """Makes the picture named on the command line."""
    address, path, name = sys.argv[1:4]
    file = PICTURES / f"{name}.png"
    picture(address + path).save(file, optimize=True)
    print(file, file.stat().st_size)


if __name__ == "__main__":
    main()
