"""The house is in order: what importing loads, how big things grow, what is never written down."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from support.needs import REPOSITORY

SOURCE = REPOSITORY / "src" / "leukon"
SITE = REPOSITORY / "site" / "src" / "leukon_site"
FILES = sorted(
    path
    for folder in (SOURCE, SITE)
    for path in folder.rglob("*.py")
    if path.parent.name != "migrations" and path.stat().st_size
)
LONGEST_FUNCTION = 50
LONGEST_FILE = 400

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED = (*FUNCTIONS, ast.ClassDef)
NEEDS_NO_DOCSTRING = {"overload", "override", "setter", "deleter"}

MADE_FOLDERS = {"build", "dist", "node_modules", "__pycache__"}
MACHINE_PATH = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:work|farm|root|tmp|home)/[A-Za-z]")
INDEX_ADDRESS = re.compile(
    r"--(?:extra-)?index-url|registry\s*=\s*\"http|\"resolved\"\s*:\s*\"http"
    r"|https?://[^\s\"'<>]*/(?:simple)(?![A-Za-z])|(?:py)pi\.org|(?:python)hosted\.org"
)


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, its docstring left out."""
    body = function.body
    if ast.get_docstring(function) is not None and len(body) > 1:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def undocumented(node: ast.AST, where: str) -> Iterator[str]:
    """The public names of a module or class that say nothing of themselves, and theirs in turn."""
    if ast.get_docstring(node) is None:
        yield where
    if isinstance(node, FUNCTIONS):
        return
    for child in node.body:
        if isinstance(child, DOCUMENTED) and not child.name.startswith(("_", "Meta")):
            marks = {ast.unparse(mark).rpartition(".")[2] for mark in child.decorator_list}
            if not marks & NEEDS_NO_DOCSTRING:
                yield from undocumented(child, f"{where} {child.name}")


def written_files(folder: Path = REPOSITORY) -> Iterator[Path]:
    """Every file of the checkout; what was made in it, and hidden folders but .ci, left out."""
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name != ".ci"
        # In a worktree .git is a file.
        if path.is_symlink() or path.name in MADE_FOLDERS or path.name == ".git":
            continue
        if path.is_file():
            yield path
        elif path.is_dir() and not hidden:
            yield from written_files(path)


def text_lines() -> Iterator[tuple[str, str]]:
    """Every line of every text file, with where it stands."""
    for path in written_files():
        content = path.read_bytes()
        if b"\0" not in content:
            for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
                yield f"{name_of(path)}:{number}", line


def modules_after(statement: str) -> set[str]:
    """What a fresh Python has loaded after one statement."""
    code = f"{statement}; import sys, json; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def setup_tool() -> ModuleType:
    """The tool that makes environments, which is no package."""
    spec = importlib.util.spec_from_file_location("make_venv", REPOSITORY / "tools/make_venv.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_importing_loads_no_extra():
    """`import leukon` loads numpy and msgspec, and nothing that only some users need."""
    loaded = modules_after("import leukon")
    assert {"numpy", "msgspec"} <= loaded
    assert not loaded & {"pyarrow", "duckdb", "typer", "rich"}


def test_interpreting_a_file_does_not_load_pandas(tmp_path):
    """pyarrow loads pandas, where it is installed, for what can be done without: 0.3 CPU seconds."""
    wide, long, out = tmp_path / "wide.csv", tmp_path / "long.csv", tmp_path / "out.parquet"
    wide.write_text("wbc,neut,unit,sex,age_years\n3.1,<0.1,10*9/L,F,34\n,pending,K/uL,,\n")
    long.write_text("person,drawn_at,test,value,unit,sex\na,2020-01-01,WBC,3.1,10*9/L,F\n")
    for path in (wide, long):
        loaded = modules_after(
            "from leukon import interpret_table; "
            f"interpret_table({str(path)!r}, out={str(out)!r}, scales=['ctcae-6.0'], agreement=True)"
        )
        assert "pyarrow" in loaded
        assert "pandas" not in loaded


def test_functions_are_short():
    """No function is longer than a screen."""
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} ({length(node)} lines)"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, FUNCTIONS) and length(node) > LONGEST_FUNCTION
    ]
    assert not long


def test_files_are_short():
    """A file is one concept; one that grows past its bound holds two."""
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in FILES}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_public_names_are_documented():
    """Every public module, class and function says what it answers."""
    public = [path for path in FILES if not path.stem.startswith("_") or path.stem == "__init__"]
    silent = [
        name for path in public for name in undocumented(ast.parse(path.read_text()), name_of(path))
    ]
    assert not silent


def test_no_path_of_one_machine_is_written_down():
    """A file that names a folder of one machine works on that machine only."""
    assert not [where for where, line in text_lines() if MACHINE_PATH.search(line)]


def test_no_index_address_is_written_down():
    """Where packages come from is the machine's to say, not the project's."""
    assert not [where for where, line in text_lines() if INDEX_ADDRESS.search(line)]


@pytest.mark.parametrize("name", ["core", "tables", "site", "dev"])
def test_locks_hold_hashes_and_nothing_else(name):
    """A lock file holds pinned names and their hashes, not a comment, not an option."""
    lines = (REPOSITORY / "requirements" / f"{name}.txt").read_text().splitlines()
    entry = re.compile(r"[a-z0-9-]+==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert not [line for line in lines if not entry.fullmatch(line)]


@pytest.mark.parametrize(
    ("project", "name", "extra"),
    [
        (".", "core", None),
        (".", "tables", "tables"),
        (".", "dev", "dev"),
        ("site", "site", None),
        ("site", "dev", "dev"),
    ],
)
def test_locks_hold_what_the_project_asks_for(project, name, extra):
    """Every dependency that pyproject.toml names is pinned in the lock file of its extra."""
    project = tomllib.loads((REPOSITORY / project / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"].get(extra, [])
    wanted = {re.split(r"[^a-z0-9-]", text.lower())[0] for text in asked} - {"leukon"}
    lines = (REPOSITORY / "requirements" / f"{name}.txt").read_text().splitlines()
    assert wanted <= {line.partition("==")[0] for line in lines if "==" in line}


@pytest.mark.parametrize(
    ("version", "modules", "says"),
    [
        ((3, 10, 13), {"venv", "ensurepip"}, "needs Python 3.11 or newer"),
        ((3, 12, 1), {"venv"}, "apt-get install python3.12-venv"),
        ((3, 12, 1), {"ensurepip"}, "apt-get install python3-venv"),
    ],
)
def test_a_machine_that_lacks_something_is_told_what(version, modules, says):
    """An old Python, or one that cannot make environments, is told what to install."""
    assert says in setup_tool().what_is_missing(version, modules.__contains__)


def test_a_machine_that_lacks_nothing_is_told_nothing():
    """From Python 3.11 on, with venv and ensurepip, nothing is missing."""
    assert setup_tool().what_is_missing((3, 11, 0), {"venv", "ensurepip"}.__contains__) == ""
