"""One panel is answered at once: what that takes is counted, since time cannot be on a busy machine."""

import json
import os
import subprocess
import sys

import pytest

from leukon import Context, Count, Panel, Person, interpret
from leukon.cli.app import app, app_for

COUNTS = {"WBC": 3.7, "NEUT": 1.1, "LYMPH": 1.9, "MONO": 0.4, "EOS": 0.1}
PANEL = Panel(
    Person(age="34y", sex="female"),
    [Count(kind, value, "10*9/L") for kind, value in COUNTS.items()],
)
CHECK = ["check", "WBC=3.7", "NEUT=1.1", "--unit", "10*9/L", "--age", "34y", "--sex", "female"]


def calls_of(work):
    """How many functions are called, of Python and of C, once everything is loaded."""
    work()
    seen = 0

    def count(_frame, event, _argument):
        nonlocal seen
        seen += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen


@pytest.mark.parametrize(
    ("asked", "most"),
    [
        ({"by": "mayo-clinic-2024", "agreement": False}, 600),
        ({"agreement": False}, 600),
        ({}, 700),
        ({"scales": ["ctcae-6.0"], "context": Context()}, 2800),
    ],
    ids=["flags", "general", "agreement", "all"],
)
def test_a_panel_takes_few_calls(asked, most):
    """Five counts take so many calls, whatever the machine; more would be felt where many ask."""
    assert calls_of(lambda: interpret(PANEL, **asked)) <= most


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["table", "json"])
def test_check_loads_what_it_needs(more):
    """A command about one panel loads no table maker, no reader of files and no other command."""
    code = (
        "import sys, json; from leukon.cli import main; main(sys.argv[1:]);"
        "print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *CHECK, *more], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "leukon.cli.check" in loaded
    assert not loaded & {"rich", "pyarrow", "duckdb", "scipy", "pandas", "tomllib", "dataclasses"}
    assert not loaded & {"leukon.engines", "leukon.estimation", "leukon.cli.interpret"}


def test_only_the_command_that_is_called_is_built():
    """One command is built where one is called, and all of them where help or a guess is needed."""
    assert [one.callback.__name__ for one in app_for(CHECK).registered_commands] == ["check"]
    assert [one.name for one in app_for(["definitions", "list"]).registered_groups] == [
        "definitions"
    ]
    for words in ([], ["--help"], ["chek"]):
        assert app_for(words) is app


@pytest.mark.parametrize(("run", "alone"), [(["-m", "leukon", "--version"], False), (None, True)])
def test_only_the_command_declines_threads_and_garbage(run, alone, tmp_path):
    """The command starts without them; a program that imports leukon is left as it is."""
    told = tmp_path / "sitecustomize.py"
    told.write_text(
        "import atexit, gc, os\n"
        "atexit.register(lambda: print('OPENBLAS_NUM_THREADS' in os.environ, gc.isenabled()))\n"
    )
    env = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, *(run or ["-c", "import leukon"])],
        capture_output=True, text=True, check=True, env={**env, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    # In the end the command collects garbage again, for the long runs.
    assert done.stdout.split()[-2:] == [str(not alone), "True"]
