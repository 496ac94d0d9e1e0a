"""Is every kind of page valid HTML, and what does Lighthouse say of it?

`make site-audit` starts a demonstration, asks it for its pages, holds each against html-validate, and has
Lighthouse look at the page and at check my count as on a telephone. It needs node, npm and Chromium
(`CHROME_PATH` names another one). Exit code 1 where a page is not valid or a score is below its bar.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
TOOLS = HERE / "node_modules" / ".bin"
MEASURED = ("/symptoms/low-white-blood-cell-count/", "/check/", "/drugs/", "/drugs/carbimazole/")
VALID = (
    "/",
    "/symptoms/",
    "/symptoms/low-white-blood-cell-count/",
    "/symptoms/low-white-blood-cell-count/in-depth/",
    "/symptoms/neutropenia/",
    "/symptoms/febrile-neutropenia/",
    "/conditions/",
    "/conditions/chemotherapy/",
    "/tests/",
    "/tests/neutrophils/",
    "/tests/units-of-blood-counts/",
    "/tests/limits/uhd-dorset/",
    "/drugs/",
    "/drugs/clozapine/",
    "/search/?q=neutropaenia",
    "/check/",
    "/no-such-page/",
    "/es/drugs/carbimazole/",
    "/ar/check/",
    "/zh-hans/symptoms/",
)
BARS = {"performance": 0.95, "accessibility": 1.0, "best-practices": 0.95, "seo": 0.95}
_START, _RUN = 300, 180
"""Seconds until a site must answer, and a look of Lighthouse must have ended."""


@contextmanager
def site() -> Iterator[str]:
    """A demonstration on a free port; its address."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [
            str(Path(sys.executable).with_name("leukon-site")),
            *("--demo", "--port", str(port), "--data", folder),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            address = f"http://localhost:{port}"
            try:
                _wait(address)
                yield address
            finally:
                server.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        try:
            with urlopen(f"{address}/robots.txt"):
                return
        except URLError:
            time.sleep(0.5)
    raise SystemExit(f"the site did not answer within {_START} seconds")


def _html(url: str) -> bytes:
    try:
        with urlopen(url) as answer:
            return bytes(answer.read())
    except HTTPError as refused:  # the page for a wrong address is a page too
        return refused.read()


def validate(address: str) -> bool:
    """Whether every page is valid; what is not is printed."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for path in VALID:
            name = path.strip("/").replace("/", "_").replace("?", "_") or "home"
            names[name] = path
            Path(folder, f"{name}.html").write_bytes(_html(address + path))
        shutil.copy(HERE / ".htmlvalidate.json", folder)
        run = subprocess.run(
            [str(TOOLS / "html-validate"), "--formatter", "text", f"{folder}/*.html"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    print(run.stdout.replace(f"{folder}/", "") + run.stderr, end="")
    print(f"html-validate: {len(names)} pages, {'clean' if run.returncode == 0 else 'NOT CLEAN'}")
    return run.returncode == 0


def look(url: str) -> dict[str, float]:
    """The scores of one page."""
    chrome = (
        os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    if chrome is None:
        raise SystemExit("Lighthouse needs Chromium: name it with CHROME_PATH")
    command = [
        str(TOOLS / "lighthouse"),
        url,
        "--quiet",
        "--output=json",
        "--output-path=stdout",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        "--only-categories=" + ",".join(BARS),
    ]
    run = subprocess.run(
        command,
        env=os.environ | {"CHROME_PATH": chrome},
        capture_output=True,
        text=True,
        timeout=_RUN,
        check=True,
    )
    return _scores(json.loads(run.stdout))


def _scores(report: dict[str, dict[str, dict[str, float]]]) -> dict[str, float]:
    for name, audit in report["audits"].items():
        if audit["score"] is not None and audit["score"] < 0.9:  # type: ignore[index]
            print(f"  {name}: {audit['score']} {audit.get('displayValue', '')}")
    return {name: report["categories"][name]["score"] for name in BARS}


def main() -> int:
    """Print all, and say by the exit code whether the bars are met."""
    with site() as address:
        met = validate(address)
        for path in MEASURED:
            scores = look(address + path)
            below = [name for name, bar in BARS.items() if scores[name] < bar]
            said = ", ".join(f"{name} {score:.2f}" for name, score in scores.items())
            print(f"Lighthouse {path}: {said}{' BELOW: ' + ', '.join(below) if below else ''}")
            met = met and not below
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
