"""A definition as a SQL view, for people whose counts stay in their database.

The view is the compiled look-up written down: which row of limits holds for a person, and the one
comparison with it. What it answers is what the engine answers, but for what its head says it does
not do. It needs nothing of leukon to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from leukon.analytes import INTERPRETED, Analyte, canonical_unit
from leukon.definition import Definition
from leukon.errors import UsageError
from leukon.sql.dialects import DIALECTS, Dialect, checked_name, dialect, plain_name
from leukon.sql.limits import LimitTable, limit_table, one_line
from leukon.sql.people import Look, look_up
from leukon.sql.steps import Steps

__all__ = ["DIALECTS", "Shape", "shape_of", "view_of"]

NOT_DONE = (
    "No unit is converted: white cells and platelets are read in 10*9/L, haemoglobin in g/L.",
    "No percentage becomes a count, segs and bands are not added up, and nothing is corrected for",
    "  nucleated red cells.",
    'A range such as "<0.1" has no column: leave it NULL.',
    "A contradiction with a column that is not among those above is not seen.",
    "Specimens of quality control, or not of blood, are yours to leave out.",
    "Numbers are DOUBLE PRECISION or exact decimals: 4.1 in single precision is under 4.1, and low.",
)


@dataclass(frozen=True)
class Shape:
    """The columns a view reads, with what they hold, and the analytes it answers for."""

    columns: tuple[tuple[str, str], ...]
    analytes: tuple[Analyte, ...]


@dataclass(frozen=True)
class _View:
    """A view being written."""

    definition: Definition
    dialect: Dialect
    table: str
    limits: Mapping[Analyte, LimitTable]
    look: Look

    @property
    def analytes(self) -> tuple[Analyte, ...]:
        return tuple(self.limits)


def view_of(definition: Definition, to: str, *, table: str = "panels") -> str:
    """The SQL of a view that interprets the panels of a table by one definition.

    `to` is one of `DIALECTS`; `table` the name of the table it reads ("lab.panels"). The view's
    name is that of the table and the definition's id. Raises `UsageError`.

    >>> from leukon import definitions
    >>> print(view_of(definitions["mayo-clinic-2024"], "duckdb").splitlines()[0])
    -- Mayo Clinic, patient page, 2024-03 or earlier (mayo-clinic-2024)
    """
    view = _view(definition, dialect(to), checked_name(table))
    return "\n".join([*_head(view), *_body(view)]) + "\n"


def shape_of(definition: Definition) -> Shape:
    """The columns that the view of a definition reads.

    >>> from leukon import definitions
    >>> [name for name, _ in shape_of(definitions["mayo-clinic-2024"]).columns]
    ['panel', 'age_years', 'wbc']
    """
    view = _view(definition, DIALECTS["duckdb"], "panels")
    return Shape(tuple(_columns(view)), view.analytes)


def _view(definition: Definition, to: Dialect, table: str) -> _View:
    compiled = definition.compiled
    limits = {
        kind: limit_table(compiled.analytes[kind].rows, compiled.limits)
        for kind in INTERPRETED
        if kind in compiled.analytes
    }
    look = look_up(compiled, {kind: found.same for kind, found in limits.items()}, to)
    view = _View(definition, to, table, limits, look)
    _check_columns([name for name, _ in _columns(view)])
    return view


def _check_columns(names: Sequence[str]) -> None:
    """Refuse a view that would read two things from one column."""
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                f"a qualifier of this definition has the name of another column, {name!r}",
                hint="call it otherwise in the definition",
            )


def _columns(view: _View) -> Iterator[tuple[str, str]]:
    yield "panel", "whatever names the panel; handed on"
    for age in (view.look.probes.elapsed, view.look.probes.calendar):
        if age is not None:
            yield age.name, age.about
    for fact in view.look.facts:
        yield fact.column, f"{fact.about}; NULL or else: not known"
        if fact.column == "pregnant":
            yield "weeks", "completed weeks of pregnancy; NULL: not known"
    for kind in view.analytes:
        yield kind.lower(), f"in {canonical_unit(kind)}; NULL: no count"


def _head(view: _View) -> Iterator[str]:
    """Who says so, what is read, what is answered, and what is not done."""
    definition = view.definition
    checked = definition.checked_by or "not yet checked by a clinician"
    facts = {
        "publisher": definition.publisher,
        "reported by": definition.reported_by,
        "version": definition.version,
        "date": definition.date or "not given",
        "source": definition.source,
        "checked by": checked,
    }
    texts = [f"{definition.label} ({definition.id})"]
    texts += [f"  {name}: {text}" for name, text in facts.items() if text]
    texts += ["leukon informs; it does not diagnose.", ""]
    texts += [f"Reads {view.table}, one row a panel:"]
    texts += [f"  {name}: {about}" for name, about in _columns(view)]
    texts += ["Answers for each count: the count as it was compared, flag, lower, upper, reason;"]
    texts += ["  then driver and definition. A view of this definition replaces an older one.", ""]
    texts += ["What this view does not do, and leukon does:", *(f"  {text}" for text in NOT_DONE)]
    return (f"-- {_kept(text)}".rstrip() for text in texts)


def _kept(text: str) -> str:
    """A line of the head, its indent kept."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    return indent + one_line(text)


def _body(view: _View) -> Iterator[str]:
    name = f"{view.table}_by_{plain_name(view.definition.id)}"
    steps = Steps(view.dialect, view.limits, view.look, view.definition.id)
    yield f"CREATE OR REPLACE VIEW {view.dialect.identifier(name)} AS"
    *most, last = steps.query(view.dialect.identifier(view.table))
    yield from [*most, f"{last};"]
