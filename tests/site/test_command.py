"""The command `leukon-site`, run as people run it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

COMMAND = [str(Path(sys.executable).with_name("leukon-site"))]
PAGE = "/symptoms/low-white-blood-cell-count/"
SECRET = "hush-1234"


def environment(**more):
    """The environment without what the tests have set for themselves."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("LEUKON_SITE")}
    return kept | more


def free_port():
    """A port that nobody serves on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def prepared(site, tmp_path):
    """A data folder whose database is made already, since that takes ten seconds."""
    from django.db import connection

    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(site / "site.sqlite3", tmp_path / "site.sqlite3")
    return tmp_path


def get(address, data=None):
    """The status and text of an answer, whatever it is; with data it is posted."""
    try:
        with urllib.request.urlopen(address, data=data, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def wait_for(address, process):
    """Ask until somebody answers."""
    for _ in range(240):
        assert process.poll() is None, "the server ended"
        try:
            return get(address)
        except urllib.error.URLError:
            time.sleep(0.25)
    raise AssertionError("nobody answered")


@pytest.fixture
def served(prepared):
    """A demonstration that is being served: its address, its process, and where its words go."""
    port = free_port()
    words = prepared / "words.txt"
    with words.open("w") as out:
        process = subprocess.Popen(
            [*COMMAND, "--demo", "--port", str(port), "--data", str(prepared)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment(),
        )
    yield f"http://127.0.0.1:{port}", process, words
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def test_a_demonstration_is_served_and_logs_nothing_that_was_asked(served):
    """It prints where it is and who may edit; what people ask, type or mistype is not in its log."""
    address, process, words = served
    status, html = wait_for(f"{address}{PAGE}", process)
    assert status == 200
    assert "This is a demonstration" in html
    assert get(f"{address}/no-such-page/?q={SECRET}")[0] == 404
    assert get(f"{address}{PAGE}?wbc={SECRET}")[0] == 200
    typed = urllib.parse.urlencode({"count-WBC": SECRET, "unit-WBC": "10*9/L"}).encode()
    assert get(f"{address}/check/", typed)[0] < 500
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    said = words.read_text()
    assert f"The page:        http://localhost:{address.rpartition(':')[2]}{PAGE}" in said
    assert "Demo editor:     editor, password" in said
    assert SECRET not in said


def test_a_site_without_a_secret_is_not_served(tmp_path):
    """Without a secret key the command refuses, says what to set, and ends with 3."""
    done = subprocess.run(
        [*COMMAND, "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 3
    assert "LEUKON_SITE_SECRET_KEY" in done.stderr
    assert not list(tmp_path.iterdir())
