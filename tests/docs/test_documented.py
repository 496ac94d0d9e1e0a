"""What exists is documented: commands, options, output columns, fields of definition files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from leukon.cli.app import app
from leukon.interpretation import Agreement, DefinitionUsed, Interpretation, Interpreted
from leukon.limits import Limit, Partition
from leukon.setpoints.rules import LeftOut, OwnLevel

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def options() -> list[str]:
    """Every option of every command, by the command's name."""
    found: list[str] = []
    command = typer.main.get_command(app)

    def walk(name: str, node: object) -> None:
        for child, inner in getattr(node, "commands", {}).items():
            walk(f"{name} {child}".strip(), inner)
        found.append(name)
        for parameter in getattr(node, "params", []):
            found.extend(o for o in parameter.opts if o.startswith("--") and o != "--help")

    walk("", command)
    return sorted({option for option in found if option})


@pytest.mark.parametrize("word", options())
def test_every_command_and_option_is_in_the_reference(word: str) -> None:
    """The page of the command line names every command and option there is."""
    page = (REFERENCE / "command-line.md").read_text("utf-8")
    last = word.rsplit(maxsplit=1)[-1]
    assert re.search(rf"(?<![\w-]){re.escape(last)}(?![\w-])", page), f"{word} is not documented"


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("output.md", Interpretation),
        ("output.md", Interpreted),
        ("output.md", Agreement),
        ("output.md", DefinitionUsed),
        ("output.md", OwnLevel),
        ("output.md", LeftOut),
        ("definition-files.md", Limit),
        ("definition-files.md", Partition),
    ],
)
def test_every_field_is_in_the_reference(page: str, kind: type) -> None:
    """What JSON holds, and what a definition file may hold, is documented field by field."""
    text = (REFERENCE / page).read_text("utf-8")
    missing = [f for f in kind.__struct_fields__ if f"`{f}`" not in text and f != "partition"]
    assert missing == []
