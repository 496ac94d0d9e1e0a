"""An interpreted count in words and printed numbers: one wording for the page and the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from leukon.analytes import CELLS, NAMES, Analyte
from leukon.interpretation import Agreement, DefinitionUsed, Interpretation, Interpreted
from leukon.reasons import SLUGS, Reason

FLAG_WORDS = {
    "critical-low": "critically low",
    "low": "low",
    "within": "within",
    "high": "high",
    "critical-high": "critically high",
    "undetermined": "cannot say",
    "mixed": "contradicts itself",
}
SYMBOLS = {
    "critical-low": "▼▼",
    "low": "▼",
    "within": "●",
    "high": "▲",
    "critical-high": "▲▲",
    "undetermined": "?",
    "mixed": "◆",
}
LOW = ("critical-low", "low")
HIGH = ("high", "critical-high")
CRITICAL = ("critical-low", "critical-high")
_SIGNS = {"<=": "≤", ">=": "≥"}
_JOINED = "\u00a0"
"""A space at which no line breaks."""
_LESS = ("<", "<=")
_WHOLE = frozenset({Analyte.HGB, Analyte.PLT})
"""Counts that are printed without decimals where they have none."""
_PLACES = Decimal("0.0001")
_TINY = Decimal("1e-9")
"""Below this no count is measured, and a number is printed with an exponent."""
NO_RISK = "A count of publishers is not a measure of risk."


_UNPRINTED = ("Cc", "Cs", "Cn", "Co")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of the text after them, and could make 1.2 read as 2.1."""


def plain(text: object) -> str:
    """A text without characters that a terminal or an XML reader would obey or refuse.

    >>> plain("a" + chr(27) + "[31mb")
    'a[31mb'
    """
    said = str(text)
    if said.isprintable():  # no control, no turn, no character without a meaning: nearly every text
        return said
    kept = (" " if c in "\t\r\n" else c for c in said)
    return "".join(c for c in kept if unicodedata.category(c) not in _UNPRINTED and c not in _TURNS)


def name(analyte: str) -> str:
    """What an analyte is called in a sentence.

    >>> name("NEUT")
    'neutrophils'
    """
    return NAMES[Analyte(analyte)] if analyte in Analyte.__members__ else analyte


def title_name(analyte: str) -> str:
    """The name with a capital letter, as a heading has it."""
    text = name(analyte)
    return text[:1].upper() + text[1:]


def unit(ucum: str) -> str:
    """A unit as people print it.

    >>> unit("10*9/L")
    '10⁹/L'
    """
    return "10⁹/L" if ucum == CELLS else ucum


def number(value: float, analyte: str = "", *, near: tuple[float | None, ...] = ()) -> str:
    """A number as it is printed: no float noise, and never rounded on to one of `near`.

    >>> number(4.0), number(129.0, "HGB"), number(1.26873), number(1.49999, near=(1.5,))
    ('4.0', '129', '1.2687', '1.49999')
    """
    exact = Decimal(repr(float(value)))
    if 0 < abs(exact) < _TINY:
        return f"{value:.3g}"
    rounded = exact.quantize(_PLACES) if exact.is_finite() and abs(exact) < 10**9 else exact
    hidden = (not rounded and bool(value)) or any(float(rounded) == n != value for n in near)
    text = format(exact if hidden else rounded, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if "." in text or analyte in _WHOLE else f"{text}.0"


def value(count: Interpreted) -> str:
    """The value with its sign, "" where there is none."""
    if count.value is None:
        return ""
    text = number(count.value, count.analyte, near=(count.lower, count.upper))
    sign = _SIGNS.get(count.comparator, count.comparator)
    return f"{sign}{_JOINED}{text}" if sign else text


def measured(count: Interpreted) -> str:
    """The value with its unit, "" where there is none."""
    return f"{value(count)}{_JOINED}{times(count.unit)}" if count.value is not None else ""


def times(ucum: str) -> str:
    """A unit as it stands behind a number: "× 10⁹/L"."""
    return f"×{_JOINED}{unit(ucum)}" if ucum == CELLS else unit(ucum)


def reported(count: Interpreted) -> str:
    """The number and unit as the report gave them; the sign of the count stands before it."""
    given = count.reported
    if given is None or given.value is None:
        return ""
    text = format(Decimal(repr(given.value)), "f").removesuffix(".0")
    sign = "" if count.derived else _SIGNS.get(count.comparator, count.comparator)
    return plain(" ".join(part for part in (sign, text, given.unit or "") if part))


def limits(count: Interpreted) -> str:
    """Both limits in one cell: "4.0 – 10.0", "from 4.0", "up to 10.0", "none", or "not known"."""
    low, high = (_limit(count, side) for side in (count.lower, count.upper))
    if low and high:
        return f"{low} – {high}"
    if low or high:
        return f"from {low}" if low else f"up to {high}"
    return "none" if count.reason.startswith("no-limit") else "not known"


def _limit(count: Interpreted, side: float | None) -> str:
    return "" if side is None else number(side, count.analyte)


def reason(slug: str) -> str:
    """A reason in words, from the slug that results carry."""
    return Reason(SLUGS.index(slug)).text if slug in SLUGS else plain(slug)


def distance(count: Interpreted) -> str:
    """How far from the lower limit, in words; "" where that cannot be said."""
    if count.distance is None or (count.comparator and count.flag == "undetermined"):
        return ""
    size = number(abs(count.distance), count.analyte)
    if count.distance == 0 and not count.comparator:
        return "at the limit"
    side = "below" if count.distance < 0 else "above"
    away = (count.comparator in _LESS) == (side == "below")
    return f"at least {size} {side}" if count.comparator and away else f"{size} {side}"


def whose(count: Interpreted, definition: DefinitionUsed) -> str:
    """Who printed the limit that decided; both where they differ and both were needed."""
    sources = {"low": count.low_source, "high": count.high_source}
    if count.flag in LOW:
        return sources["low"] or definition.label
    if count.flag in HIGH:
        return sources["high"] or definition.label
    named = dict.fromkeys(source for source in sources.values() if source)
    return "; ".join(named) or definition.label


def call(count: Interpreted, definition: DefinitionUsed) -> str:
    """How the definition calls the count, whose limit, and which: "low by ... (limit 4.0)"."""
    if count.flag == "undetermined":
        return f"cannot say: {reason(count.reason)}"
    parts = (_critical(count, definition), _called(count, definition), reason(count.reason))
    return "; ".join(part for part in parts if part)


def _called(count: Interpreted, definition: DefinitionUsed) -> str:
    by = whose(count, definition)
    low, high = _limit(count, count.lower), _limit(count, count.upper)
    if count.flag in LOW:
        itself = "" if count.lower_inclusive else ", itself low"
        return f"low by {by} (limit{_JOINED}{low}{itself})" if low else ""
    if count.flag in HIGH:
        return f"high by {by} (limit{_JOINED}{high})" if high else ""
    if not high:
        return f"not low by {by} (limit{_JOINED}{low})"
    if count.low_source == count.high_source:
        return f"within by {by} ({limits(count)})"
    return f"within: limits {low} by {count.low_source} and {high} by {count.high_source}"


def _critical(count: Interpreted, definition: DefinitionUsed) -> str:
    if count.flag not in CRITICAL:
        return ""
    limit = _limit(count, count.critical_limit)
    by = count.critical_source or definition.label
    return f"{FLAG_WORDS[count.flag]} by {by} (critical limit{_JOINED}{limit})"


def detail(count: Interpreted, definition: DefinitionUsed) -> str:
    """The line under a headline that has named the flag already: whose and which limit, or why."""
    text = call(count, definition)
    if count.flag == "undetermined":
        text = reason(count.reason)
    return f"{text[:1].upper()}{text[1:]}"


def sentence(count: Interpreted, definition: DefinitionUsed) -> str:
    """One count in one sentence: what, how much, and how it is called by whom."""
    head = " ".join(part for part in (title_name(count.analyte), measured(count)) if part)
    return f"{head} – {call(count, definition)}"


def driver(interpretation: Interpretation) -> str:
    """Which cell line drives a low count, in a sentence."""
    line = interpretation.driver
    if line == "none":
        return "No white cell line is found low."
    if line == "undetermined":
        return "Driving cell line: cannot say."
    count = next((c for c in interpretation.counts if c.analyte == line), None)
    away = distance(count) if count else ""
    return f"Driving cell line: {name(line)}" + (f" ({away} its limit)." if away else ".")


def drivers(tally: Mapping[str, int]) -> dict[str, int]:
    """How many panels each cell line drives, in words, the most frequent first.

    >>> drivers({"NEUT": 2, "none": 7, "undetermined": 0})
    {'no cell line found low': 7, 'neutrophils': 2}
    """
    said = {"none": "no cell line found low", "undetermined": "cannot say"}
    often = sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))
    return {said.get(line) or name(line): number for line, number in often if number}


def grades(tally: Mapping[str, int]) -> str:
    """How many counts have each grade.

    >>> grades({"0": 1200, "3": 2, "none": 1})
    'grade 0: 1,200, grade 3: 2, no grade: 1'
    """
    named = (("no grade" if grade == "none" else f"grade {grade}", n) for grade, n in tally.items())
    return ", ".join(f"{name}: {number:,}" for name, number in named)


def share(agreement: Agreement) -> str:
    """How many publishers call it low, for a table: "12 of 15", and how many cannot say."""
    if agreement.undetermined == agreement.total:
        return "none can say"
    unsure = f" ({agreement.undetermined} cannot say)" if agreement.undetermined else ""
    return f"{agreement.low} of {agreement.total}{unsure}"


def agreed(agreement: Agreement, analyte: str) -> str:
    """The agreement in a sentence: how many call it low, the others, and the span of limits."""
    plural = "publisher" if agreement.total == 1 else "publishers"
    parts = [
        f"Low by {agreement.low} of {agreement.total} {plural}",
        f"high by {agreement.high}" if agreement.high else "",
        _mixed(agreement.mixed),
        f"{agreement.undetermined} cannot say" if agreement.undetermined else "",
        _span(agreement, analyte),
    ]
    return "; ".join(part for part in parts if part) + "."


def _mixed(number: int) -> str:
    verb = "contradicts itself" if number == 1 else "contradict themselves"
    return f"{number} {verb} at this count" if number else ""


def _span(agreement: Agreement, analyte: str) -> str:
    if agreement.lowest is None or agreement.highest is None:
        return ""
    low, high = (number(side, analyte) for side in (agreement.lowest, agreement.highest))
    return f"every limit is {low}" if low == high else f"lowest limit {low}, highest {high}"


_GRAVEST = ("critical-low", "critical-high", "low")


def leading(interpretation: Interpretation) -> Interpreted | None:
    """The count a headline is about: the gravest flag first, then the total, then the others.

    A total within must never stand above a cell line that is low.
    """
    for flag in _GRAVEST:
        for count in interpretation.counts:
            if count.flag == flag:
                return count
    return next(iter(interpretation.counts), None)
