"""The specification tables: each row of `tests/spec/*.md` is a case, and is run on every engine.

A row reads as a clinician would say it. `counts` are written as on the command line (`NEUT=<0.1`,
`HGB=12g/dL`; those without a unit are in 10*9/L unless the column `unit` says otherwise), with
what the command line cannot say in braces: `WBC=12{uncorrected}`, `NEUT={not-blood}`. `flag`,
`lower` and `reason` speak of the first count, or name several: `WBC within; NEUT low`. A blank
reason means that there is none; a blank `lower` or `driver` is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from leukon import Count, Definition, Panel, Person, definitions
from leukon.panel import age_at_draw
from support import plain_ages
from support.plain_ages import PlainAge

FOLDER = Path(__file__).resolve().parents[1] / "spec"
DEFAULT_UNIT = "10*9/L"
SIGN = re.compile(r"^(<=|>=|<|>)?([\d.]*)(.*)$")
SPECIMENS = ("capillary", "venous")
ABSENT = {"pending": "pending", "NA": "missing", "": ""}
CORRECTION = {"corrected": True, "uncorrected": False}


@dataclass(frozen=True)
class Row:
    """One row of a table: where it stands, and its cells by column."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """A cell; a column that the table does not have is blank."""
        return self.cells.get(column, "")

    @property
    def name(self) -> str:
        """The row's name among the tests."""
        return f"{self.file}:{self.line}: {self['case']}"

    @property
    def on_command_line(self) -> bool:
        """Whether a command line can say this case."""
        return self["via"] != "python only"

    @property
    def is_refused(self) -> bool:
        """Whether the case is no panel at all, and has to be refused."""
        return self["flag"] == "refused"

    @property
    def definition(self) -> Definition:
        """The definition it is judged by."""
        return definitions[self["by"] or "leukon-general"]

    @property
    def tokens(self) -> list[str]:
        """The counts as the command line takes them."""
        return re.split(r"\s+(?=[A-Z0-9]+=)", self["counts"])

    @property
    def unit(self) -> str:
        """The unit of counts that name none; "" where nobody declares one."""
        found = self["unit"] or DEFAULT_UNIT
        return "" if found == "none" else found

    @property
    def facts(self) -> list[str]:
        """What else is known of the person or the specimen."""
        return [fact.strip() for fact in self["other"].split(";") if fact.strip()]

    @property
    def dates(self) -> tuple[str, str] | None:
        """The dates of birth and draw, where the age is given by them."""
        words = self["age"].split()
        return (words[1], words[3]) if words[:1] == ["born"] else None

    @cached_property
    def panel(self) -> Panel:
        """The panel; raises what leukon refuses it with."""
        specimen = next((fact for fact in self.facts if fact in SPECIMENS), "")
        return Panel(self._person(), tuple(map(self._count, self.tokens)), specimen=specimen)

    @property
    def plain_age(self) -> PlainAge:
        """The age as the oracle reads it."""
        if self.dates is None:
            return plain_ages.stated(self["age"])
        born, drawn = map(moment, self.dates)
        return plain_ages.at_draw(born, drawn)

    def _person(self) -> Person:
        options = self.options
        trimester, weeks = options.get("--trimester"), options.get("--weeks")
        return Person(
            age=age_at_draw(*map(moment, self.dates)) if self.dates else self["age"] or None,
            sex=options.get("--sex"),
            duffy=options.get("--duffy"),
            pregnant="--pregnant" in options or bool(weeks or trimester),
            weeks=float(weeks) if weeks else None,
            trimester=int(trimester) if trimester else None,
            qualifiers=tuple(self.qualifiers),
        )

    @property
    def options(self) -> dict[str, str]:
        """Sex and facts as options of the command line."""
        found = {"--sex": self["sex"]} if self["sex"] else {}
        for fact in self.facts:
            word, _, rest = fact.partition(" ")
            if fact.startswith("Duffy-"):
                found["--duffy"] = fact.removeprefix("Duffy-")
            elif word in ("pregnant", "week", "trimester"):
                found[{"week": "--weeks"}.get(word, f"--{word}")] = rest
            elif fact in SPECIMENS:
                found["--specimen"] = fact
        return found

    @property
    def qualifiers(self) -> list[str]:
        """The facts that are qualifiers of a limit."""
        known = ("Duffy-", "pregnant", "week", "trimester", *SPECIMENS)
        return [fact for fact in self.facts if not fact.startswith(known)]

    def _count(self, token: str) -> Count:
        analyte, text, unit, remark = pieces(token)
        unit = unit or (self.unit if analyte != "HGB" else "")
        match = SIGN.match(text)
        assert match is not None
        sign, digits = match[1] or "", match[2] or text.startswith("-")
        return Count(
            analyte,  # type: ignore[arg-type]
            float(text.removeprefix(sign)) if digits else None,
            unit or None,
            comparator=sign,
            absent="" if digits or remark in CORRECTION else remark or ABSENT[text],
            method="manual" if remark == "manual" else "",
            nrbc_corrected=CORRECTION.get(remark),
        )

    def expected(self, column: str) -> dict[str, str]:
        """What the row expects, by analyte: `WBC low; NEUT within`, or one word for the first."""
        cell = self[column]
        parts = [part.split(maxsplit=1) for part in cell.split(";") if part.strip()]
        if any(len(part) == 2 for part in parts):
            return {part[0]: part[1] for part in parts}
        return {pieces(self.tokens[0])[0]: cell} if cell else {}

    def command_line(self) -> list[str]:
        """The case as arguments of `leukon`."""
        arguments = ["check", *self.tokens, "--json"]
        if self.unit:
            arguments += ["--unit", self.unit]
        if self.dates:
            arguments += ["--born", self.dates[0], "--drawn", self.dates[1]]
        elif self["age"]:
            arguments += ["--age", self["age"]]
        for option, value in self.options.items():
            arguments += [option, value] if value else [option]
        for qualifier in self.qualifiers:
            arguments += ["--qualifier", qualifier]
        return arguments + (["--by", self["by"]] if self["by"] else [])


def pieces(token: str) -> tuple[str, str, str, str]:
    """A count as written, in parts: `NEUT=<45%{manual}` is NEUT, <45, % and manual."""
    analyte, _, rest = token.partition("=")
    remark = re.search(r"\{([a-z-]+)\}$", rest)
    text = rest[: remark.start()] if remark else rest
    match = re.match(r"^((?:<=|>=|<|>)?-?[\d.]*)(.*)$", text)
    assert match is not None
    number, unit = match[1], match[2].strip()
    if not number:
        return analyte, unit, "", remark[1] if remark else ""
    return analyte, number, unit, remark[1] if remark else ""


def moment(text: str) -> date | datetime:
    """A date, or a date with a time of day."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def rows(*, agreement: bool = False) -> list[Row]:
    """All cases of the specification: those about flags, or those about agreement.

    Tables about advice, findings and causes have columns, and runners, of their own.
    """
    found = [row for path in sorted(FOLDER.glob("*.md")) for row in read(path)]
    found = [row for row in found if {"flag", "low"} & row.cells.keys()]
    return [row for row in found if ("highest" in row.cells) is agreement]


def read(path: Path) -> Iterator[Row]:
    """The rows of the tables of one page."""
    columns: list[str] = []
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text.startswith("|"):
            columns = []
            continue
        cells = [cell.strip().replace("`", "") for cell in text.strip().strip("|").split("|")]
        if not columns:
            columns = cells
        elif not set(cells[0]) <= set("-: "):
            yield Row(path.name, line, dict(zip(columns, cells, strict=True)))
