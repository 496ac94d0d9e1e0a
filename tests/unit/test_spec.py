"""The specification tables hold on every engine: the oracle, Python, arrays, the command line."""

import json
from functools import cache

import pytest

from leukon import Analyte, LeukonError, definitions, errors, interpret
from leukon.agreement import agreement_of, shipped_ballot, vote
from leukon.batch import batch_of
from leukon.cli import main
from leukon.compare import interpret_batch
from leukon.reasons import Reason
from support import spec
from support.engines import Answer, Answers, by_batch, by_oracle, by_python
from support.oracle import judge
from support.plain_agreement import agreement
from support.plain_counts import Refused, absolute_amounts, number

ROWS = spec.rows()
VOTES = spec.rows(agreement=True)
ENGINES = ("oracle", "python", "batch", "command line")
FILES_ONLY = {
    Reason.NONE: "no reason",
    Reason.NOT_READ: "a cell of a file that is no number",
    Reason.IMPOSSIBLE: "one panel with an impossible value is refused; a file keeps its row",
    Reason.UNIT_MISSING: "one panel without a unit is refused; a file keeps its row",
    Reason.UNIT_REFUSED: "one panel with an unknown unit is refused; a file keeps its row",
    Reason.NO_LIMIT_FOR_SEX: "no shipped definition has a line for one sex only",
}
NOT_OF_NUMBERS = ("AgeRefused", "PersonRefused", "AnalyteUnknown", "DefinitionUnknown")
TALLIES = ("low", "within", "high", "mixed", "undetermined")


@pytest.fixture(params=ENGINES)
def engine(request):
    """One way to ask."""
    return request.param


def names(rows):
    return [row.name for row in rows]


@pytest.mark.parametrize("row", [r for r in ROWS if not r.is_refused], ids=lambda row: row.name)
def test_row(row, engine, capsys):
    """A row of the specification holds."""
    if engine == "command line" and not row.on_command_line:
        return
    said = ask(row, engine, capsys)
    flags, lowers = row.expected("flag"), row.expected("lower")
    assert {analyte: said.counts[analyte].flag for analyte in flags} == flags
    reasons = {**dict.fromkeys(flags, ""), **row.expected("reason")}
    assert {analyte: said.counts[analyte].reason for analyte in reasons} == reasons
    limits = {name: None if text == "none" else float(text) for name, text in lowers.items()}
    assert {analyte: said.counts[analyte].lower for analyte in limits} == limits
    assert row["driver"] in ("", said.driver)


def ask(row, engine, capsys) -> Answers:
    if engine == "oracle":
        return by_oracle(judge(row.panel, row.definition, age=row.plain_age))
    if engine == "python":
        return by_python(row.panel, row["by"] or None)
    if engine == "batch":
        return everything(row.definition.id)[row.name]
    return by_command_line(row, capsys)


@cache
def everything(definition: str) -> dict[str, Answers]:
    """The answers to all rows at once: a row is not moved by those beside it."""
    panels = {row.name: row.panel for row in ROWS if not row.is_refused}
    found = by_batch(list(panels.values()), definitions[definition])
    return dict(zip(panels, found, strict=True))


def told(row, capsys) -> dict:
    assert main(row.command_line()) == 0
    return json.loads(capsys.readouterr().out)


def by_command_line(row, capsys) -> Answers:
    answer = told(row, capsys)
    counts = {
        count["analyte"]: Answer(
            count["flag"],
            count["lower"],
            count["upper"],
            count["reason"],
            count["derived"],
            count["value"],
        )
        for count in answer["counts"]
    }
    return Answers(counts, answer["driver"])


@pytest.mark.parametrize("row", [r for r in ROWS if r.is_refused], ids=lambda row: row.name)
def test_refused_row(row, engine, capsys):
    """A row that nobody can read without guessing is refused, by the error it names."""
    error = getattr(errors, row["reason"])
    if engine == "command line":
        assert main(row.command_line()) == error.exit_code
        assert not capsys.readouterr().out
    elif engine == "oracle" and row["reason"] not in NOT_OF_NUMBERS:
        with pytest.raises(Refused):
            refuse(row)
    else:
        with pytest.raises(error):
            interpret(row.panel, by=row["by"] or None)


def refuse(row) -> None:
    """The oracle's own reading of numbers and units."""
    for token in row.tokens:
        analyte, text, unit, _ = spec.pieces(token)
        declared = "" if analyte == "HGB" else row.unit
        number(Written(analyte, float(text.lstrip("<>=")), unit or declared or None))


class Written:
    """A count that leukon itself would not make."""

    def __init__(self, analyte, value, unit):
        self.analyte, self.value, self.unit = analyte, value, unit


@pytest.mark.parametrize("row", VOTES, ids=lambda row: row.name)
def test_agreement_row(row, engine, capsys):
    """A row about agreement holds."""
    said = ask_agreement(row, engine, capsys)
    assert {name: said[name] for name in TALLIES} == {name: int(row[name]) for name in TALLIES}
    for name in ("lowest", "highest"):
        wanted = None if row[name] == "none" else float(row[name])
        assert (None if said[name] is None else float(said[name])) == wanted


def ask_agreement(row, engine, capsys) -> dict:
    analyte = spec.pieces(row.tokens[0])[0]
    if engine == "oracle":
        amount = absolute_amounts(row.panel)[analyte]
        catalogue = list(definitions.values())
        return agreement(row.panel, amount, analyte, catalogue=catalogue, age=row.plain_age)
    if engine == "command line":
        found = told(row, capsys)["counts"]
        return next(count["agreement"] for count in found if count["analyte"] == analyte)
    if engine == "python":
        found = interpret(row.panel)[analyte].agreement
    else:
        found = agreement_of(all_votes(analyte), VOTES.index(row))
    return {name: getattr(found, name) for name in (*TALLIES, "lowest", "highest")}


@cache
def all_votes(analyte: str):
    """The votes on one analyte of all rows at once."""
    batch = batch_of([row.panel for row in VOTES])
    compared = interpret_batch(batch, definitions.general.compiled).counts[Analyte(analyte)]
    return vote(shipped_ballot(Analyte(analyte)), batch.people, compared)


def test_the_specification_is_large_enough():
    """Rows do not get lost, and few of them are beyond the command line."""
    assert len(ROWS) + len(VOTES) >= 300
    beyond = [row for row in ROWS if not row.on_command_line]
    assert len(beyond) < len(ROWS) / 20
    assert len(set(names(ROWS))) == len(ROWS)


def test_every_reason_has_a_row():
    """Every reason stands in a table, or is one that only files can have."""
    shown = {reason for row in ROWS for reason in row.expected("reason").values()}
    assert {r for r in Reason if r.slug not in shown} == set(FILES_ONLY)


def test_a_row_that_is_refused_names_the_error():
    """The reason of a refused row is an error of leukon."""
    named = {row["reason"] for row in ROWS if row.is_refused}
    assert all(issubclass(getattr(errors, name), LeukonError) for name in named)
