"""The steps of a view, each a common table expression that reads the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from leukon.analytes import LINES, Analyte, impossible_above
from leukon.differential import ROUNDING, ROUNDING_OF_SHARE
from leukon.neutrophils import DECIMALS
from leukon.reasons import Reason
from leukon.sql.cases import Case, Node, answers, lines
from leukon.sql.dialects import Dialect
from leukon.sql.limits import LimitTable
from leukon.sql.people import Look

_SAID = {
    "given": "What is given, as numbers and known words.",
    "people": "Who it is: ages at which everybody has the same limits are one band.",
    "summed": "The lines together, and how many there are.",
    "checked": "Whether they are more than the total, by more than their roundings.",
    "chosen": "Which row of limits holds; ELSE is also where a fact is not known.",
    "flagged": "The one comparison.",
    "measured": "How far under its limit each low line is, in units of the last decimal.",
}


@dataclass(frozen=True)
class Steps:
    """What the steps of one view are made from."""

    dialect: Dialect
    limits: Mapping[Analyte, LimitTable]
    look: Look
    definition_id: str

    @property
    def _lines(self) -> list[Analyte]:
        return [kind for kind in LINES if kind in self.limits]

    def query(self, table: str) -> Iterator[str]:
        """The whole query, in lines."""
        yield "WITH"
        yield from _step("given", self._given(), table)
        yield from self._once("people", self._people(), "given")
        if self._sums:
            yield from _step("summed", ["*", *self._summed()], "people")
            yield from _step("checked", ["*", self._checked()], "summed")
        yield from self._once("chosen", self._chosen(), "checked" if self._sums else "people")
        for kind, limits in self.limits.items():
            yield f"-- The limits of {kind}."
            *most, last = limits.lines(
                _name(kind), set(answers(self.look.rows[kind])), self.dialect
            )
            yield from [*most, f"{last},"]
        yield from _step("flagged", self._flagged(), "chosen", joined=self._joins())
        yield from _step("measured", self._measured(), "flagged", last=True)
        yield from _select(self._answered(), "measured", indent="")

    def _once(self, name: str, columns: Sequence[str], source: str) -> Iterator[str]:
        """A step whose columns the next reads many times.

        A database that puts an expression wherever its name stands would plan for seconds; OFFSET
        keeps it from that, and LATERAL keeps a condition on `panel` a condition on the table.
        """
        if not self.dialect.repeats:
            yield from _step(name, columns, source)
            return
        panel, *others = columns
        yield from (f"-- {_SAID[name]}", f"{name} AS (")
        yield from ("  SELECT", f"    {source}.{panel},", "    one.*", f"  FROM {source}")
        yield from ("  CROSS JOIN LATERAL (", "    SELECT")
        yield ",\n".join(f"      {column}" for column in others)
        yield from ("    OFFSET 0", "  ) AS one", "),")

    def _given(self) -> list[str]:
        probes = self.look.probes
        ages = [age for age in (probes.elapsed, probes.calendar) if age is not None]
        return [
            "panel",
            *(f"{age.known} AS {age.name}" for age in ages),
            *(f"{_text(fact.read)} AS {fact.settled}" for fact in self.look.facts),
            *(f"{self.dialect.cast(kind.lower())} AS {kind.lower()}" for kind in self.limits),
        ]

    def _people(self) -> list[str]:
        band = [f"{_text(self.look.bands)} AS age_band"] if self._aged else []
        return [
            "panel",
            *band,
            *(fact.settled for fact in self.look.facts),
            *([_truth(self.look.nobody, "nobody")] if self.look.nobody else []),
            *(column for kind in self.limits for column in self._value(kind)),
        ]

    @property
    def _sums(self) -> bool:
        return Analyte.WBC in self.limits and bool(self._lines)

    def _summed(self) -> list[str]:
        names = [kind.lower() for kind in self._lines]
        known = (f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in names)
        return [
            f"{' + '.join(f'COALESCE({name}, 0)' for name in names)} AS together",
            f"{' + '.join(known)} AS known",
        ]

    def _checked(self) -> str:
        """As `leukon.differential` finds it, in the same order, to the same last bit."""
        rounding, of_share = map(self._double, (ROUNDING, ROUNDING_OF_SHARE))
        slack = f"{rounding} * (1 + known) / 2 + {of_share} * known * wbc"
        return _truth([f"together > wbc + ({slack})"], "too_many")

    def _double(self, value: float) -> str:
        return self.dialect.cast(self.dialect.double_of(value))

    @property
    def _aged(self) -> bool:
        return isinstance(self.look.bands, Case)

    def _value(self, kind: Analyte) -> list[str]:
        """The value where it can be, and why there is none (NaN, in some databases, is the largest)."""
        name = kind.lower()
        good = f"{name} >= 0 AND {name} <= {impossible_above(kind):g}"
        absent = f"{name} IS NULL OR {self.dialect.nan.format(name)}"
        whens: list[tuple[str, Node]] = [(absent, f"'{Reason.VALUE_MISSING.slug}'"), (good, "''")]
        why = Case(tuple(whens), f"'{Reason.IMPOSSIBLE.slug}'")
        return [f"CASE WHEN {good} THEN {name} END AS {name}", f"{_text(why)} AS {name}_absent"]

    def _chosen(self) -> list[str]:
        found = ["panel"]
        for kind in self.limits:
            found += [*self._believed(kind), f"{_text(self.look.rows[kind])} AS {kind.lower()}_row"]
        return found

    def _believed(self, kind: Analyte) -> list[str]:
        """The value and why there is none, where nothing that is said contradicts it."""
        name = kind.lower()
        clashes = {"nobody": "nobody = 1"} if self.look.nobody else {}
        if self._sums and kind in (Analyte.WBC, *LINES):
            clashes["too_many"] = f"too_many = 1 AND {name} IS NOT NULL"
        if not clashes:
            return [name, f"{name}_absent"]
        good = " AND ".join(f"{clash} = 0" for clash in clashes)
        said = f"'{Reason.CONTRADICTORY.slug}'"
        why = Case(tuple((clash, said) for clash in clashes.values()), f"{name}_absent")
        return [f"CASE WHEN {good} THEN {name} END AS {name}", f"{_text(why)} AS {name}_absent"]

    def _joins(self) -> list[str]:
        return [
            f"LEFT JOIN {_name(kind)} ON {_name(kind)}.limit_row = chosen.{kind.lower()}_row"
            for kind in self.limits
        ]

    def _flagged(self) -> list[str]:
        found = ["panel"]
        for kind, limits in self.limits.items():
            name = kind.lower()
            found += [
                name,
                f"{_text(_flag(kind, limits))} AS {name}_flag",
                f"{_name(kind)}.lower_limit AS {name}_lower",
                f"{_name(kind)}.upper_limit AS {name}_upper",
                f"{_text(_reason(kind, limits))} AS {name}_reason",
            ]
            if kind in LINES and limits.has("low_below"):
                found.append(f"{_name(kind)}.low_below - {name} AS {name}_short")
        return found

    def _measured(self) -> list[str]:
        found = ["panel", *(column for kind in self.limits for column in _columns(kind))]
        for kind in self._measurable:
            name = kind.lower()
            units = self.dialect.nearest.format(f"{name}_short * 1e{DECIMALS}")
            # Only of low lines; 1.5 - 1.1 is 0.3999999999999999, and a tie with 0.4.
            low = f"{name}_flag IN ('critical-low', 'low')"
            found.append(f"CASE WHEN {low} THEN {units} ELSE -1 END AS {name}_short")
        return found

    @property
    def _measurable(self) -> list[Analyte]:
        return [kind for kind in self._lines if self.limits[kind].has("low_below")]

    def _answered(self) -> list[str]:
        said = self.dialect.literal(self.definition_id)
        return [
            "panel",
            *(column for kind in self.limits for column in _columns(kind)),
            f"{lines(self._driver(), '  ')} AS driver",
            f"{said} AS definition",
        ]

    def _driver(self) -> Node:
        """The low line that is furthest under its limit; a tie goes to the one that stands first."""
        whens: list[tuple[str, Node]] = []
        lines = self._measurable
        for place, kind in enumerate(lines):
            later = [
                f"{kind.lower()}_short >= {other.lower()}_short" for other in lines[place + 1 :]
            ]
            here = " AND ".join([f"{kind.lower()}_short >= 0", *later])
            whens.append((here, f"'{kind}'"))
        if Analyte.NEUT in self.limits:
            seen = ["neut_flag <> 'undetermined'"]
        else:
            seen = [f"{kind.lower()}_flag <> 'undetermined'" for kind in self._lines]
        if seen:
            whens.append((" OR ".join(seen), "'none'"))
        return Case(tuple(whens), "'undetermined'") if whens else "'undetermined'"


def _columns(kind: Analyte) -> list[str]:
    name = kind.lower()
    return [name, *(f"{name}_{ending}" for ending in ("flag", "lower", "upper", "reason"))]


def _name(kind: Analyte) -> str:
    return f"{kind.lower()}_limits"


def _flag(kind: Analyte, limits: LimitTable) -> Node:
    """In the order in which nothing may hide a lower flag; a comparison with no limit is not true."""
    name, table = kind.lower(), _name(kind)
    asked = (
        ("critical_below", "<", "critical-low"),
        ("low_below", "<", "low"),
        ("critical_above", ">", "critical-high"),
        ("high_above", ">", "high"),
    )
    return Case(
        (
            (f"{name} IS NULL", "'undetermined'"),
            *(
                (f"{name} {sign} {table}.{column}", f"'{flag}'")
                for column, sign, flag in asked
                if limits.has(column)
            ),
            (f"{table}.no_lower_limit = ''", "'within'"),
        ),
        "'undetermined'",
    )


def _reason(kind: Analyte, limits: LimitTable) -> Node:
    name, table = kind.lower(), _name(kind)
    whens: list[tuple[str, Node]] = [(f"{name}_absent <> ''", f"{name}_absent")]
    if limits.has("unfloored_below"):
        floored = f"{name} >= {table}.unfloored_below AND {name} < {table}.low_below"
        whens.append((floored, f"'{Reason.BELOW_FLOOR.slug}'"))
    outside = [
        f"{name} {sign} {table}.{column}"
        for column, sign in (("low_below", "<"), ("high_above", ">"))
        if limits.has(column)
    ]
    if outside:
        whens.append((" OR ".join(outside), "''"))
    return Case(tuple(whens), f"{table}.no_lower_limit")


def _truth(conditions: Sequence[str], name: str) -> str:
    """A column that is 1 where one of some conditions holds, else 0, never NULL."""
    return f"{_text(Case(tuple((said, 1) for said in conditions), 0))} AS {name}"


def _text(node: Node) -> str:
    return lines(node, "    ")


def _step(
    name: str,
    columns: Sequence[str],
    source: str,
    *,
    joined: Sequence[str] = (),
    last: bool = False,
) -> Iterator[str]:
    yield f"-- {_SAID[name]}"
    yield f"{name} AS ("
    yield from _select(columns, source, indent="  ")
    yield from (f"  {join}" for join in joined)
    yield ")" if last else "),"


def _select(columns: Sequence[str], source: str, *, indent: str) -> Iterator[str]:
    yield f"{indent}SELECT"
    yield ",\n".join(f"{indent}  {column}" for column in columns)
    yield f"{indent}FROM {source}"
