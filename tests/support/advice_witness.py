"""A person for whom some rules of the decision table all fire, made from their cells.

What it makes is checked with the oracle: a person is only a witness if every rule does fire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

from support.advice_cases import case_of
from support.advice_oracle import RANKS, WHITE, advice, age_surely_is, rules

AGES = ("50y", "10d", "2mo", "18mo", "10y", "20y", "66y", "72y")
DRUG_OF = {
    "clozapine": "clozapine",
    "antithyroid": "carbimazole",
    "deferiprone": "deferiprone",
    "agranulocytosis": "sulfasalazine",
    "anticancer": "cyclophosphamide",
    "unknown": "somethingelse",
}
TREATMENT_OF = {
    "anticancer-6wk": "chemotherapy",
    "transplant-leukaemia": "leukaemia",
    "gcsf": "gcsf",
}
OTHER_LINES = {
    "HGB-low": "HGB 100 low",
    "PLT-low": "PLT 100 low",
    "PLT<50": "PLT 40 low",
    "HGB<80": "HGB 75 low",
    "PLT<=20": "PLT 15 low",
    "HGB<=70": "HGB 65 low",
    "HGB-known-normal": "HGB 140 within",
    "PLT-known-normal": "PLT 250 within",
}
LOW_FLAGS = {
    "WBC-low": "WBC 3.0 low",
    "NEUT-low": "NEUT 1.2 low",
    "PLT-low": "PLT 100 low",
    "critical-low": "MONO 0.05 critical-low",
    "critical-high": "MONO 9 critical-high",
    "any-white-high": "BASO 0.9 high",
    "any-unjudged": "EOS 0.3 undetermined",
    "calming-band": "LYMPH 1.2 within",
}
Cells = tuple[str, str, str]
"""Person, counts and context, as a table writes them."""


@dataclass
class Wanted:
    """What some rules want together."""

    bands: dict[str, tuple[float, float]] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    status: set[str] = field(default_factory=set)
    of_another_day: bool = False
    any_low: bool = False
    countries: set[str] = field(default_factory=set)
    findings: set[str] = field(default_factory=set)
    temperature: str = ""
    calm: bool = False
    duffy: bool = False


@cache
def by_id() -> dict[str, dict[str, Any]]:
    """The rules by id."""
    return {rule["id"]: rule for rule in rules()}


@cache
def witness(*ids: str) -> Cells | None:
    """A person for whom all these rules fire, None where none was found."""
    chosen = [by_id()[one] for one in ids]
    age = _age(chosen)
    if age is None:
        return None
    for of_another_day in (False, True):
        wanted = Wanted(of_another_day=of_another_day)
        for rule in chosen:
            _want(rule["when"], wanted)
        counts = _counts(wanted)
        if counts is None or len(wanted.findings) > 1:
            continue
        cells = (_person(age, wanted), counts, _context(wanted))
        if set(ids) <= advice(case_of(*cells))[1]:
            return cells
    return None


def _want(when: dict[str, Any], wanted: Wanted) -> None:
    if "only_if" in when:
        # It is for a count of which nothing else speaks, all questions being answered.
        wanted.calm = True
        wanted.lines["MONO"] = "MONO 0.1 low"
        return
    for line in ("NEUT", "WBC", "LYMPH", "CD4"):
        # Counted on another day, the neutrophils are unknown again for a rule that says "any".
        forgotten = line == "NEUT" and wanted.of_another_day and when["count_status"] == "any"
        if line in when and not forgotten:
            low, high = wanted.bands.get(line, (-1.0, 1e9))
            first, last = _edges(when[line])
            wanted.bands[line] = (max(low, first), min(high, last))
    if "NEUT" in when or when["count_status"] != "any":
        wanted.status.add(when["count_status"])
    _want_lines(when, wanted)
    _want_signs(when, wanted)
    wanted.countries |= {when["country"]} if "country" in when else set()
    wanted.findings |= {when["finding"]} if "finding" in when else set()
    wanted.duffy |= "phenotype" in when
    for word in when.get("treatments", [])[:1]:
        wanted.words += [f"treated {TREATMENT_OF[word]}"] if word != "none" else []
    for word in when.get("drugs", [])[:1]:
        wanted.words += [f"takes {DRUG_OF[word]}"] if word != "none-listed" else []
    for word in when.get("situations", [])[:1]:
        wanted.words += [f"yes {word}"] if word != "none" else []


def _want_lines(when: dict[str, Any], wanted: Wanted) -> None:
    flags = when.get("flags", [])
    for flag in flags[:1]:
        if flag == "any-white-low":
            wanted.any_low = True
        else:
            wanted.lines.setdefault(LOW_FLAGS[flag].split()[0], LOW_FLAGS[flag])
    for word in when.get("other_lines", [[]])[0]:
        text = OTHER_LINES[word]
        known = wanted.lines.get(text.split()[0])
        if known is None or float(known.split()[1]) > float(text.split()[1]):
            wanted.lines[text.split()[0]] = text


def _want_signs(when: dict[str, Any], wanted: Wanted) -> None:
    flags = when.get("red_flags", [])
    if flags == ["all-no"]:
        wanted.calm = True
    elif flags and flags != ["any-unanswered"]:
        wanted.words.append(f"yes {flags[0]}")
    elif "temperature_min" in when:
        # 38.6 reaches every minimum of the table.
        wanted.temperature = "38.6C"


def _edges(band: dict[str, Any]) -> tuple[float, float]:
    """The lowest and highest value of a band to two decimals, as counts are printed."""
    low = band.get("low", 0.0) + (0.0 if band.get("low_inclusive", True) else 0.01)
    high = band.get("high", low + 9.0) - (0.0 if band.get("high_inclusive", True) else 0.01)
    return low, high


def _age(chosen: list[dict[str, Any]]) -> str | None:
    spans = [(rule["when"].get("age_min", ""), rule["when"].get("age_max", "")) for rule in chosen]
    for age in AGES:
        case = case_of(age, "", "")
        if all(age_surely_is(case, *span) for span in spans if any(span)):
            return age
    return None


def _person(age: str, wanted: Wanted) -> str:
    # A man: the question about pregnancy is none of his.
    return f"{age} male" + (", Duffy-null" if wanted.duffy else "")


def _counts(wanted: Wanted) -> str | None:
    status = wanted.status - {"any"}
    if status == {"known", "unknown"} and not wanted.of_another_day:
        return None
    bands, lines = dict(wanted.bands), dict(wanted.lines)
    if "known" in status and "NEUT" not in lines:
        bands.setdefault("NEUT", (3.0, 9.0))
    if status == {"unknown"} and not wanted.of_another_day:
        bands.pop("NEUT", None)
        lines.pop("NEUT", None)
    for line, (low, high) in bands.items():
        if low > high:
            return None
        lines[line] = _in_band(line, low, high)
    if wanted.any_low and not any("low" in lines.get(line, "") for line in WHITE):
        low_ones = {"WBC": "WBC 3.0 low", "MONO": "MONO 0.1 low", "CD4": "CD4 0.3 low"}
        spare = next((line for line in low_ones if line not in lines), None)
        if spare is None:
            return None
        lines[spare] = low_ones[spare]
    order = ["NEUT", "WBC", "LYMPH", "CD4", "MONO", "EOS", "BASO", "HGB", "PLT"]
    return ", ".join(lines[line] for line in order if line in lines)


def _in_band(line: str, low: float, high: float) -> str:
    value = round(min(low + 0.1, high) if low > 0 else max(high - 0.1, high / 2), 2)
    flag = "within" if high >= 5.0 else "low"
    return f"{line} {value:g} {flag}"


def _context(wanted: Wanted) -> str:
    words = list(dict.fromkeys(wanted.words))
    if wanted.calm:
        words.insert(0, "all no")
    if wanted.of_another_day:
        words += ["drawn 2026-11-20", "asked 2026-11-24"]
    if wanted.temperature:
        words.insert(0, wanted.temperature)
    words += sorted(wanted.findings)
    # With two countries' rules at once the country is not said: then all apply.
    return ", ".join(words + (sorted(wanted.countries) if len(wanted.countries) == 1 else []))


@cache
def pairs() -> dict[tuple[str, str], Cells]:
    """Every pair of rules that could both fire, with a person for whom they do."""
    found = {}
    for first, second in combinations([rule["id"] for rule in rules()], 2):
        cells = witness(first, second)
        if cells is not None:
            found[first, second] = cells
    return found


def rank(rule_id: str) -> int:
    """How urgent a rule is, 0 the most; one that only informs yields to all."""
    rule = by_id()[rule_id]
    return RANKS.index(rule["urgency"]) if rule["effect"] != "informs" else len(RANKS)
