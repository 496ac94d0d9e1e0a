"""Every example in the documents runs, and prints what the page says it prints.

- ```console: lines that start with "$ leukon" are run; what follows is their output. A line that
  holds only "..." stands for any number of lines, " ..." in a line for the rest of it or for
  anything between. A line "# exit 3" states the exit code.
- ```python with ">>>": a doctest.
- ```toml with [[limits]]: a definition that loads and has no ties.
"""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from leukon.cli import main
from leukon.definition import loads
from leukon.validation import ties

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[tuple[str, str]]:
    """The code blocks of one language in all pages, with a name for each."""
    return [
        (f"{page.relative_to(ROOT)}-{place}", body)
        for page in PAGES
        for place, (found, body) in enumerate(_BLOCK.findall(page.read_text("utf-8")), 1)
        if found == language
    ]


def name_of(value: str) -> str:
    """Blocks are named by their place, not by their text."""
    return value if "\n" not in value else ""


def commands(body: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines expected after it."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            command, rest = found.pop()
            found.append((command[:-1] + line.strip(), rest))
        elif found:
            found[-1][1].append(line)
    return found


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether printed lines are the expected ones, "..." standing for anything."""
    pattern = "".join(_line_pattern(line.rstrip()) for line in expected)
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed)) is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "...":
        return "(?:.*\n)*?"
    return ".*?".join(re.escape(part) for part in line.split(" ...")) + "\n"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples in it, and a terminal of 100 columns without colours."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(("name", "body"), blocks("console"), ids=name_of)
def test_console_examples_print_what_the_page_says(
    name: str, body: str, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    """Every command in a document runs and prints what stands below it."""
    if "--engine spark" in body:
        request.getfixturevalue("spark")
    for command, lines in commands(body):
        program, *arguments = shlex.split(command, comments=True)
        if program != "leukon":
            continue
        code = main(arguments)
        printed = capfd.readouterr()
        wanted = 0
        if lines and lines[-1].startswith("# exit "):
            wanted = int(lines.pop().removeprefix("# exit "))
        shown = (printed.out + printed.err).rstrip("\n").splitlines()
        while lines and not lines[-1].strip():
            lines.pop()
        assert code == wanted, f"{name}: {command}: {printed.err}"
        assert matches(lines, shown), f"{name}: {command} printed:\n" + "\n".join(shown)


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(("name", "body"), blocks("python"), ids=name_of)
def test_python_examples_run(name: str, body: str) -> None:
    """Every Python example in a document gives what it says."""
    test = doctest.DocTestParser().get_doctest(body, {}, name, name, 0)
    assert test.examples, f"{name} has no example to run"
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert not result.failed


@pytest.mark.parametrize(("name", "body"), blocks("toml"), ids=name_of)
def test_definition_examples_load(name: str, body: str) -> None:
    """Every definition in a document loads and has no ties."""
    if "[[limits]]" in body:
        assert not ties(loads(body, name=name).limits)


def test_every_page_is_looked_at() -> None:
    """The pages that hold examples are found: an empty search would pass in silence."""
    assert any(name.startswith("README.md") for name, _ in blocks("console"))
