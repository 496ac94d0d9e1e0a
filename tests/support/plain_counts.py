"""From what a report prints to absolute counts, for the plain oracle: exact fractions, no arrays.

The figures are those the project states for itself: five nucleated red cells per 100 white cells,
percentages up to 105, bands that settle a sum within 2, and the roundings of a printed report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from leukon import Count, Panel

LINES = ("NEUT", "LYMPH", "MONO", "EOS", "BASO")
BESIDE_THE_LINES = ("META", "MYELO", "PROMY", "BLAST", "ATYP", "OTHER", "LUC")
INTERPRETED = ("WBC", *LINES, "CD4", "HGB", "PLT")

CELLS = {
    "10*9/L": Fraction(1),
    "K/uL": Fraction(1),
    "K/µL": Fraction(1),
    "10*3/uL": Fraction(1),
    "10^9/l": Fraction(1),
    "G/L": Fraction(1),
    "/nL": Fraction(1),
    "thou/mcL": Fraction(1),
    "10*6/mL": Fraction(1),
    "/uL": Fraction(1, 1000),
    "cells/uL": Fraction(1, 1000),
    "cells/mm3": Fraction(1, 1000),
    "/mm3": Fraction(1, 1000),
    "10*6/L": Fraction(1, 1000),
    "10^6/L": Fraction(1, 1000),
    "10*4/uL": Fraction(10),
}
MASS = {"g/L": Fraction(1), "g/dL": Fraction(10)}
PERCENT = {"%": Fraction(1), "{fraction}": Fraction(100)}
PER_100 = {"/100{WBC}": Fraction(1), "/100 WBC": Fraction(1)}
MOST = {"HGB": 400, "PLT": 10_000}
MOST_WHITE_CELLS = 500

MOST_TELLING_FIRST = ("not-blood", "quality-control", "pending", "value-missing")
CORRECT_FROM = 5
SUM_UP_TO = 105
BANDS_SETTLE_WITHIN = 5
ROUNDING = Fraction(1, 10)
ROUNDING_OF_SHARE = Fraction(6, 1000)
ABSENT = {"": "value-missing", "missing": "value-missing"}


class Refused(Exception):
    """The oracle would not read this either."""


class OnTheEdge(Exception):
    """Two numbers lie so exactly at a tolerance that binary fractions may say either."""


@dataclass(frozen=True)
class Amount:
    """One count as it stands: the printed number and its sign, or why there is none."""

    number: Fraction | None
    sign: str = ""
    reason: str = ""
    derived: bool = False

    @property
    def exact(self) -> bool:
        """Whether this is one number, not a range."""
        return self.number is not None and not self.sign


def without(reason: str) -> Amount:
    """No number, and why."""
    return Amount(None, reason=reason)


def factor(analyte: str, unit: str | None) -> tuple[Fraction, bool]:
    """What a number in this unit is multiplied with, and whether it is a share of the white cells."""
    if unit is None:
        raise Refused("no unit")
    known = MASS if analyte == "HGB" else CELLS
    relative: dict[str, Fraction] = {} if analyte in ("HGB", "WBC", "PLT") else PERCENT
    if analyte == "NRBC":
        relative = {**PERCENT, **PER_100}
    if unit in known:
        return known[unit], False
    if unit in relative:
        return relative[unit], True
    raise Refused("an unknown unit")


def number(count: Count) -> Fraction:
    """The exact number of a count, as printed, in 10*9/L, g/L or percent."""
    assert count.value is not None
    times, relative = factor(str(count.analyte), count.unit)
    value = Fraction(Decimal(repr(count.value))) * times
    most = MOST.get(str(count.analyte), MOST_WHITE_CELLS)
    if relative and count.analyte != "NRBC":
        most = 100
    if value < 0 or (value > most and not (relative and count.analyte == "NRBC")):
        raise Refused("impossible")
    return value


def _is_share(count: Count) -> bool:
    return count.unit is not None and factor(str(count.analyte), count.unit)[1]


def _settled(counts: list[Count]) -> Amount:
    """One number of several printed for the same thing; none where two of them differ."""
    given = {(number(count), count.comparator) for count in counts if count.value is not None}
    if len(given) > 1:
        return without("duplicate")
    if given:
        value, sign = given.pop()
        return Amount(value, sign)
    said = {ABSENT.get(count.absent, count.absent) for count in counts}
    return without(next(reason for reason in MOST_TELLING_FIRST if reason in said))


def _grouped(panel: Panel, *, shares: bool) -> dict[str, Amount]:
    found: dict[str, list[Count]] = {}
    for count in panel.counts:
        if _is_share(count) is shares:
            found.setdefault(str(count.analyte), []).append(count)
    return {analyte: _settled(counts) for analyte, counts in found.items()}


def absolute_amounts(panel: Panel) -> dict[str, Amount]:
    """The absolute counts of a panel, with what was derived and what contradicts."""
    counts, shares = _grouped(panel, shares=False), _grouped(panel, shares=True)
    _segs_and_bands(counts)
    _correct_for_nucleated(panel, counts, shares)
    neutrophils, otherwise, unclear = _neutrophil_share(shares)
    readings = {"NEUT": otherwise, "LYMPH": _with_variants(shares)}
    lines = {line: shares[line] for line in LINES if line in shares}
    if neutrophils is not None:
        lines["NEUT"] = neutrophils
    too_many = _over(_sum([*lines.values(), *_others(shares)]), SUM_UP_TO)
    for line, share in lines.items():
        doubt = "bands-unclear" if unclear and line == "NEUT" else ""
        doubt = doubt or ("percent-sum" if too_many else "")
        made = _made(share, counts.get("WBC"), doubt)
        given = _consistent(counts.get(line), counts.get("WBC"), [share, readings.get(line)])
        counts[line] = _joined(given, made, share)
    _share_without_a_total(counts, shares)
    _parts_within_total(counts)
    return {analyte: counts[analyte] for analyte in INTERPRETED if analyte in counts}


def _others(shares: dict[str, Amount]) -> list[Amount]:
    return [shares[name] for name in BESIDE_THE_LINES if name in shares]


def _sum(amounts: list[Amount]) -> Fraction:
    return sum((a.number for a in amounts if a.number is not None), Fraction(0))


def _over(value: Fraction, most: Fraction | int) -> bool:
    if value != most and abs(value - most) < Fraction(1, 10**9):
        raise OnTheEdge
    if value == most and most not in (SUM_UP_TO, BANDS_SETTLE_WITHIN):
        raise OnTheEdge
    return value > most


def _segs_and_bands(counts: dict[str, Amount]) -> None:
    """Absolute segs + bands are the neutrophils, where those are not printed themselves."""
    segs, whole = counts.get("SEG"), counts.get("NEUT")
    if segs is None or not _gives_way(whole, segs):
        return
    counts["NEUT"] = _with_bands(segs, counts.get("BAND"))


def _gives_way(whole: Amount | None, segs: Amount) -> bool:
    if whole is None:
        return True
    return whole.number is None and (segs.number is not None or whole.reason == "value-missing")


def _with_bands(segs: Amount, bands: Amount | None) -> Amount:
    if segs.number is None:
        return segs
    if bands is not None and bands.reason == "duplicate":
        return without("contradictory")
    more = bands.number if bands is not None and bands.number is not None else Fraction(0)
    return replace(segs, number=segs.number + more, derived=True)


def _correct_for_nucleated(
    panel: Panel, counts: dict[str, Amount], shares: dict[str, Amount]
) -> None:
    """Nucleated red cells are counted as white by machines that do not take them off."""
    total = counts.get("WBC")
    if total is None or total.number is None:
        return
    per_100 = _nucleated_per_100(counts, shares, total.number)
    totals = [c for c in panel.counts if c.analyte == "WBC" and c.value is not None]
    states = {count.nrbc_corrected for count in totals}
    state = states.pop() if len(states) == 1 else None
    if per_100 is None and state is not True and _of_two_numbers("NRBC", counts, shares):
        counts["WBC"] = without("contradictory")
        return
    if per_100 is None or per_100 < CORRECT_FROM:
        return
    if state is None:
        counts["WBC"] = without("nrbc-unknown")
    if state is False:
        counts["WBC"] = replace(total, number=total.number * 100 / (100 + per_100))
        for line in LINES:
            if line in counts and counts[line].number is not None:
                counts[line] = without("nrbc-unknown")


def _of_two_numbers(analyte: str, *grouped: dict[str, Amount]) -> bool:
    return any(analyte in found and found[analyte].reason == "duplicate" for found in grouped)


def _nucleated_per_100(
    counts: dict[str, Amount], shares: dict[str, Amount], total: Fraction
) -> Fraction | None:
    share, absolute = shares.get("NRBC"), counts.get("NRBC")
    if share is not None and share.number is not None:
        return share.number
    if absolute is None or absolute.number is None or total == 0:
        return None if absolute is None or not absolute.number else Fraction(10**6)
    found = absolute.number * 100 / total
    if abs(found - CORRECT_FROM) < Fraction(1, 10**9):
        raise OnTheEdge
    return found


def _neutrophil_share(shares: dict[str, Amount]) -> tuple[Amount | None, Amount | None, bool]:
    """The neutrophils in percent, how else they may be read, and whether bands leave it unclear."""
    whole, segs, bands = (shares.get(name) for name in ("NEUT", "SEG", "BAND"))
    if segs is not None and _gives_way(whole, segs):
        return _with_bands(segs, bands), None, False
    rest = _sum([shares[line] for line in LINES[1:] if line in shares] + _others(shares))
    if whole is not None and whole.number is not None and _of_two_numbers("BAND", shares):
        return whole, None, _over(abs(whole.number + rest - 100), BANDS_SETTLE_WITHIN)
    if whole is None or whole.number is None or bands is None or not bands.number:
        return whole, None, False
    together = replace(whole, number=whole.number + bands.number)
    inside = abs(whole.number + rest - 100)
    beside = abs(whole.number + bands.number + rest - 100)
    if inside == beside:
        raise OnTheEdge
    if beside < inside and not _over(beside, BANDS_SETTLE_WITHIN):
        return together, whole, False
    return whole, together, _over(inside, BANDS_SETTLE_WITHIN)


def _with_variants(shares: dict[str, Amount]) -> Amount | None:
    """The lymphocytes in percent, had the variant ones been left out of them."""
    whole, variant = shares.get("LYMPH"), shares.get("ATYP")
    if whole is None or variant is None or whole.number is None or variant.number is None:
        return None
    return replace(whole, number=whole.number + variant.number)


def _made(share: Amount, total: Amount | None, doubt: str) -> Amount:
    """The count that a percentage of the total makes, or why it makes none."""
    if share.number is None:
        return share
    if total is None or total.number is None:
        why = "" if total is None else total.reason
        return without("percentage-only" if why in ("", "value-missing") else why)
    if doubt:
        return without(doubt)
    if share.sign and total.sign and share.sign[0] != total.sign[0]:
        return without("comparator")
    signs = {share.sign, total.sign} - {""}
    sign = min(signs, key=len, default="")
    return Amount(share.number * total.number / 100, sign, derived=True)


def _consistent(
    given: Amount | None, total: Amount | None, readings: list[Amount | None]
) -> Amount | None:
    """The printed count; none where no reading of its percentage makes it."""
    if given is None or total is None or not given.exact or not total.exact:
        return given
    shares = [share for share in readings if share is not None and share.number is not None]
    if not shares or not all(share.exact for share in shares):
        return given
    assert given.number is not None
    assert total.number is not None
    slack = ROUNDING + ROUNDING_OF_SHARE * total.number
    made = [share.number * total.number / 100 for share in shares if share.number is not None]
    clash = [_over(abs(given.number - product), slack) for product in made]
    return without("contradictory") if all(clash) else given


def _joined(given: Amount | None, made: Amount, share: Amount) -> Amount:
    """The printed count where there is one, else the derived one."""
    if given is None:
        return made
    if given.number is not None or given.reason not in ("value-missing", "nrbc-unknown"):
        return given
    return made if given.reason == "value-missing" or share.number is not None else given


def _share_without_a_total(counts: dict[str, Amount], shares: dict[str, Amount]) -> None:
    """A share of CD4 cells is one of the lymphocytes: it never makes a count here."""
    share, given = shares.get("CD4"), counts.get("CD4")
    if share is None or (given is not None and given.reason != "value-missing"):
        return
    counts["CD4"] = share if share.number is None else without("percentage-only")


def _parts_within_total(counts: dict[str, Amount]) -> None:
    """Lines that add up to more than the total contradict it."""
    total = counts.get("WBC")
    lines = [line for line in LINES if line in counts and counts[line].number is not None]
    if total is None or not total.exact or not lines or any(counts[n].sign for n in lines):
        return
    assert total.number is not None
    slack = ROUNDING * (1 + len(lines)) / 2 + ROUNDING_OF_SHARE * len(lines) * total.number
    if _over(_sum([counts[line] for line in lines]), total.number + slack):
        for name in ("WBC", *lines):
            counts[name] = without("contradictory")
