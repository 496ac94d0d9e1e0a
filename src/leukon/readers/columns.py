"""Which column of a file means what: recognised by name, from the table `content/columns.csv`.

A column of counts has a name of the table, perhaps with a beginning or an ending (`abs_neut`,
`neut_pct`, `hgb_g_dl`); nothing is recognised by what stands in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from leukon.analytes import CONTENT, PERCENT, Analyte, codes
from leukon.errors import TableRefused
from leukon.readers.mapping import Declared
from leukon.units import families

LONG_LAYOUTS = ("omop", "eicu", "cdisc", "cdisc-standard", "mimic", "long")
"""The shapes of a long table, a row a count, in the order in which they are tried."""
KINDS = {"count": ("cells",), "mass": ("mass",), "percent": ("percent", "per-100-wbc")}
"""The families of unit that a kind of column allows; a column of no kind allows all."""
KINDS["per-100-wbc"] = KINDS["percent"]
_LOINC = re.compile(r"\d{1,5}-\d")


class Row(NamedTuple):
    """One row of the table of names."""

    layout: str
    name: str
    role: str
    analyte: str
    kind: str
    unit: str
    note: str


class Named(NamedTuple):
    """What a name says of a count: analyte, kind ("" where it does not say), unit, method."""

    analyte: Analyte
    kind: str
    unit: str = ""
    corrected: bool | None = None
    manual: bool = False


class Measure(NamedTuple):
    """A column of counts in a wide table, and the column that holds its unit, if there is one."""

    column: str
    named: Named
    unit_column: str | None


class Role(NamedTuple):
    """A column that says something of the person or the specimen; `unit` as in the table."""

    column: str
    unit: str


@dataclass(frozen=True)
class Recognised:
    """What the columns of a file mean. `layout` is "wide", or one of the long ones."""

    layout: str
    measures: tuple[Measure, ...]
    roles: Mapping[str, tuple[Role, ...]]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_long(self) -> bool:
        """Whether a row is a single count."""
        return self.layout != "wide"

    def first(self, role: str) -> str | None:
        """The column of a role, None where there is none."""
        found = self.roles.get(role)
        return found[0].column if found else None


def fold_name(text: str) -> str:
    """A name as the table has it: lower case, words joined by "_"; % is pct and # is abs.

    >>> fold_name("NEUT %"), fold_name("-polys"), fold_name("WBC x 1000")
    ('neut_pct', 'polys', 'wbc_x_1000')
    """
    text = text.casefold().replace("%", "_pct_").replace("#", "_abs_").replace("µ", "u")
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


@cache
def table() -> tuple[Row, ...]:
    """The table of names, in its order."""
    with CONTENT.joinpath("columns.csv").open(encoding="utf-8") as lines:
        return tuple(Row(**row) for row in csv.DictReader(lines))


@cache
def _rows(layout: str) -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for row in table():
        if row.layout == layout:
            found.setdefault(row.name, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


@cache
def _affixes() -> tuple[Row, ...]:
    """The rows of the table that are beginnings and endings of names."""
    return tuple(row for row in table() if row.layout in ("beginning", "ending"))


@cache
def named_count(name: str, layout: str) -> Named | None:
    """What a folded name says of a count, None where it is no name of one.

    >>> named_count("hgb_g_dl", "wide").unit
    'g/dL'
    """
    for where in (layout, "any"):
        for row in _rows(where).get(name, ()):
            if row.role == "count":
                return Named(Analyte(row.analyte), row.kind, row.unit)
    return _with_affix(name)


def _with_affix(name: str) -> Named | None:
    for row in _affixes():
        base = _base(name, row)
        found = base and named_count(base, "any")
        if not found or (found.kind and row.kind != found.kind):
            continue
        if not set(KINDS[row.kind]) & set(families(found.analyte)):
            continue
        if row.name == "corrected":
            return found._replace(corrected=True) if found.analyte is Analyte.WBC else None
        return found._replace(kind=row.kind, unit=row.unit or found.unit)
    return None


def _base(name: str, row: Row) -> str:
    if row.role == "kind" and row.layout == "ending" and name.endswith(f"_{row.name}"):
        return name.removesuffix(f"_{row.name}")
    if row.role == "kind" and row.layout == "beginning" and name.startswith(f"{row.name}_"):
        return name.removeprefix(f"{row.name}_")
    return ""


def _unit_of(name: str) -> str:
    """The folded name of the count whose unit a column holds ("wbc_unit": "wbc")."""
    for row in _affixes():
        if row.layout == "ending" and row.role == "unit" and name.endswith(f"_{row.name}"):
            return name.removesuffix(f"_{row.name}")
    return ""


def recognise(names: Sequence[str], said: Declared) -> Recognised:
    """What the columns of a file mean; refused where none of them is a count."""
    aliases = _aliases(names, said.columns)
    measures = tuple(_measures(names, aliases))
    if measures:
        return Recognised("wide", measures, _roles(names, aliases, ("wide", "any")), aliases)
    for layout in LONG_LAYOUTS:
        roles = _roles(names, aliases, (layout, "any"))
        if ("test" in roles or "code" in roles) and ("value" in roles or "value_text" in roles):
            return Recognised(layout, (), roles, aliases)
    raise TableRefused(
        "no column is recognised as a count",
        hint="name a column wbc, neut, neut_pct, hgb ... (a row a panel), or test, value and unit "
        "(a row a count), or say in a map file which column is which: [columns] wbc = 'theirs'",
    )


def _aliases(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """The folded name each column goes by: its own, or the one the map file gives it."""
    found = {name: fold_name(name) for name in names}
    for ours, theirs in columns.items():
        if theirs not in found:
            raise TableRefused(
                f"the map file speaks of a column {theirs!r}, and the file has none",
                hint="the columns are " + ", ".join(map(repr, names[:30])),
            )
        folded = fold_name(ours)
        if not _means_something(folded):
            raise TableRefused(
                f"{ours!r} under [columns] of the map file means nothing",
                hint="wbc, neut_pct, person, drawn_at, birth, age_years, sex, test, value, unit ...",
            )
        # A column named by its owner takes the place of one that merely has that name.
        found = {name: "" if said == folded else said for name, said in found.items()}
        found[theirs] = folded
    return found


def _means_something(name: str) -> bool:
    known = any(row.name == name for row in table() if row.layout not in ("ending", "beginning"))
    return known or bool(named_count(name, "wide")) or bool(named_count(_unit_of(name), "wide"))


def _measures(names: Iterable[str], aliases: Mapping[str, str]) -> Iterator[Measure]:
    own_units = _unit_columns(aliases)
    shared = _only([name for name in names if aliases[name] in ("unit", "units")], "the counts")
    for name in names:
        found = named_count(aliases[name], "wide")
        if found is None:
            continue
        unit_column = own_units.get(aliases[name])
        if unit_column is not None and found.unit and found.kind != "percent":
            _only([name, unit_column], name)
        if unit_column is None and found.kind in ("", "count") and _takes_shared_unit(found):
            unit_column = shared
        yield Measure(name, found, unit_column)


def _unit_columns(aliases: Mapping[str, str]) -> dict[str, str]:
    """The column of units of each count, by the count's folded name."""
    found: dict[str, list[str]] = {}
    for name, alias in aliases.items():
        if _unit_of(alias):
            found.setdefault(_unit_of(alias), []).append(name)
    return {count: unit for count, names in found.items() if (unit := _only(names, count))}


def _only(names: Sequence[str], count: str) -> str | None:
    """The one column that gives a unit; refused where two do, since either may be right."""
    if len(names) > 1:
        raise TableRefused(
            f"{' and '.join(map(repr, names[:2]))} both give the unit of {count}",
            hint="remove one, or rename it",
        )
    return names[0] if names else None


def _takes_shared_unit(found: Named) -> bool:
    return not found.unit and found.analyte not in (Analyte.HGB, Analyte.NRBC)


def _roles(
    names: Sequence[str], aliases: Mapping[str, str], layouts: Sequence[str]
) -> dict[str, tuple[Role, ...]]:
    """The columns of each role, in the order of the table."""
    by_alias = {aliases[name]: name for name in reversed(names) if aliases[name]}
    found: dict[str, dict[str, Role]] = {}
    for row in table():
        if row.layout in layouts and row.role not in ("count", "kind") and row.name in by_alias:
            column = by_alias[row.name]
            found.setdefault(row.role, {}).setdefault(column, Role(column, row.unit))
    return {role: tuple(columns.values()) for role, columns in found.items()}


@cache
def named_code(code: str, system: str) -> Named | None:
    """What a laboratory code says of a count; None for a code of no count in blood."""
    known = codes().get((system, code))
    if known is None:
        row = next((r for r in _rows(system).get(code, ()) if r.role == "code"), None)
        return Named(Analyte(row.analyte), row.kind) if row else None
    if known.analyte is None or known.kind not in KINDS:
        return None
    manual = known.method == "manual" and known.is_percentage
    return Named(known.analyte, known.kind, "", known.nrbc_corrected, manual)


def named_test(text: str, layout: str, said: Declared, *, system: str = "") -> Named | None:
    """What the name of a test says of a count, by the map file first, then by the table.

    With a `system` the text is a code of it, and no name. A LOINC code is known among names too: it
    carries a check digit, and no name looks like one.
    """
    own = said.test(text)
    if own is None and system:
        return named_code(text, system)
    if own is None:
        by_code = named_code(text, "loinc") if _LOINC.fullmatch(text) else None
        return by_code or named_count(fold_name(text), layout)
    found = named_count(fold_name(own), layout)
    if found is None:
        raise TableRefused(
            f"{own!r} under [tests] of the map file is no count", hint="WBC, NEUT, neut_pct ..."
        )
    return found


def default_unit(named: Named, said: Declared) -> str:
    """The unit of a count whose row states none: the owner's word, its name, the common default."""
    by_owner = said.unit_of.get(named.analyte, "")
    if named.kind in ("percent", "per-100-wbc") and named.analyte is not Analyte.NRBC:
        return named.unit or PERCENT
    if named.analyte is Analyte.NRBC:
        # Printed per 100 white cells or as a count: the common default says neither.
        return by_owner or named.unit
    return by_owner or named.unit or (said.unit if _fits(named) else "")


def _fits(named: Named) -> bool:
    """Whether the default for cell counts may be the unit of this analyte."""
    return named.analyte is not Analyte.HGB
