"""When to see a doctor, once more: plain, slow, obvious. The engine must say the same.

It reads the TOML tables itself, looks drugs up by whole names and codes only, and knows nothing of
`leukon.advice` but the range of a count.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from leukon.advice import Counted
from leukon.context import Context
from leukon.panel import Person

CONTENT = Path(__file__).resolve().parents[2] / "src" / "leukon" / "content" / "advice"
RANKS = ["emergency", "urgent", "soon", "routine"]
WHITE = ["WBC", "NEUT", "LYMPH", "CD4", "MONO"]
TRANSPLANTS = ["transplant", "stem-cell-transplant", "bone-marrow-transplant", "car-t"]
GCSF = ["gcsf", "g-csf"]
BLOOD_CANCERS = ["leukaemia", "leukemia", "lymphoma", "myeloma", "blood-cancer", "gvhd"]

MEANT = {
    "H03BA": "propylthiouracil",
    "N05AH": "clozapine",
    "sulphasalazine": "sulfasalazine",
    "sulfamethoxazole/trimethoprim": "co-trimoxazole",
    "Clozapine 100 mg": "clozapine",
}
"""What is meant by drugs that are not given by a whole name or code, read by a person."""


@dataclass
class Case:
    """One person, as the oracle is told of them."""

    person: Person
    context: Context
    counts: Mapping[str, Counted] = field(default_factory=dict)
    driver: str = ""
    drawn_at: date | None = None
    remembered: dict[str, Any] = field(default_factory=dict, init=False, compare=False)


@cache
def table(name: str, key: str) -> list[dict[str, Any]]:
    """The entries of one table."""
    found: list[dict[str, Any]] = tomllib.loads((CONTENT / f"{name}.toml").read_text("utf-8"))[key]
    return found


def rules() -> list[dict[str, Any]]:
    """The decision table."""
    return table("rules", "rule") + table("judgement", "rule")


def advice(case: Case) -> tuple[str, set[str]]:
    """The urgency and the ids of all rules that fire."""
    fired = [rule for rule in rules() if "only_if" not in rule["when"] and holds(rule, case)]
    low = low_counts(case) | in_calming_bands(case)
    spoken = set()
    for rule in fired:
        spoken |= speaks_of(rule, case)
    if case.driver in spoken:
        spoken.add("WBC")
    if low - spoken:
        fired += [rule for rule in rules() if "only_if" in rule["when"]]
    ranks = [RANKS.index(rule["urgency"]) for rule in fired if rule["effect"] != "informs"]
    urgency = RANKS[min(ranks)] if ranks else without_rules(case)
    return urgency, {rule["id"] for rule in fired}


def unjudged(case: Case) -> bool:
    """Whether of some count nothing says that it is low, within or high."""
    for name, seen in case.counts.items():
        if name in ("BLAST", "PROMY", "BAND", "SEG", "NRBC"):
            continue
        said = [seen.is_low, seen.is_critical, seen.is_high, seen.is_far_high]
        if not any((*said, seen.is_within, seen.is_within_by_some)):
            return True
    return False


def without_rules(case: Case) -> str:
    """The urgency where no rule sets one."""
    if any(seen.is_far_high or seen.is_low for seen in case.counts.values()):
        return "soon"
    for question in table("questions", "question"):
        if question["kind"] in ("symptom", "sign", "report") and answer(question["id"], case):
            return "soon"
    if not any(line in case.counts for line in WHITE) and open_questions(case):
        return "soon"
    return "routine"


def speaks_of(rule: dict[str, Any], case: Case) -> set[str]:
    """The counts that a rule is about."""
    when = rule["when"]
    found: set[str] = set()
    if rule["effect"] == "informs":
        return found
    found |= {line for line in ("NEUT", "WBC", "LYMPH", "CD4") if line in when}
    for flag in when.get("flags", []):
        if flag == "any-white-low":
            found |= low_counts(case)
        elif flag == "calming-band":
            found |= in_calming_bands(case)
        elif flag == "critical-low":
            found |= {line for line in case.counts if case.counts[line].is_critical}
        elif flag.endswith("-low"):
            found.add(flag.removesuffix("-low"))
    return found


def low_counts(case: Case) -> set[str]:
    """The white counts that are or may be low."""
    return {line for line in WHITE if line in case.counts and case.counts[line].is_low}


def in_calming_bands(case: Case) -> set[str]:
    """The counts that a rule that calms could speak of."""
    found = set()
    for rule in rules():
        if rule["effect"] == "lowers":
            for line in ("NEUT", "LYMPH"):
                seen, band = case.counts.get(line), rule["when"].get(line)
                if seen is not None and band is not None and may_be_in(seen, band):
                    found.add(line)
    return found


# What is known of the person ----------------------------------------------------------------------


def days_told(case: Case) -> list[date]:
    """The days windows are counted back from: of the draw and of the questions; either will do."""
    return [day for day in (case.context.asked_on, case.drawn_at) if day is not None]


def days_ago_at_most(last: date | None, days: int, case: Case) -> bool:
    """Whether a last day was at most so many days ago; not knowing counts as yes."""
    told = days_told(case)
    return last is None or not told or any(now - last <= timedelta(days=days) for now in told)


def year_ago_at_most(last: date | None, case: Case) -> bool:
    """Whether a last day was at most twelve calendar months ago."""
    told = days_told(case)
    if last is None or not told:
        return True
    if (last.month, last.day) == (2, 29):
        return any(now <= date(last.year + 1, 3, 1) for now in told)
    return any(now <= last.replace(year=last.year + 1) for now in told)


def drug_groups(case: Case) -> tuple[set[str], bool]:
    """The groups of the person's drugs that count, and whether any drug is not known."""
    if "drugs" not in case.remembered:
        case.remembered["drugs"] = _drug_groups(case)
    found: tuple[set[str], bool] = case.remembered["drugs"]
    return found


def _drug_groups(case: Case) -> tuple[set[str], bool]:
    counting: set[str] = set()
    unknown = False
    for medicine in case.context.drugs or ():
        codes, groups = look_up(MEANT.get(medicine.name, medicine.name))
        unknown = unknown or not groups
        for group in table("drug_groups", "group"):
            if group["id"] not in groups:
                continue
            long = any(
                code.startswith(prefix) or prefix.startswith(code)
                for code in codes
                for prefix in group.get("long_atc", [])
            )
            window = group["long_window"] if long else group["window"]
            if window == "12mo":
                counts = year_ago_at_most(medicine.stopped, case)
            else:
                days = {"4wk": 28, "6wk": 42, "14d": 14, "21d": 21}[window]
                counts = days_ago_at_most(medicine.stopped, days, case)
            if counts:
                counting.add(group["id"])
    return counting, unknown


@cache
def look_up(name: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The codes and groups of a drug by its whole name or code."""
    groups: set[str] = set()
    codes: list[str] = []
    by_name = name.lower()
    for more in table("judgement", "drug"):
        if by_name in [known.lower() for known in more["names"]]:
            return look_up(more["atc"][0] if "atc" in more else more["inn"])
    for drug in table("drugs", "drug"):
        if by_name in [known.lower() for known in drug["names"]] or name in drug["atc"]:
            codes += [name] if name in drug["atc"] else drug["atc"]
            of_drug = {drug["group"]} - {""}
            for group in table("drug_groups", "group"):
                named = set(map(str.lower, drug["names"])) & set(map(str.lower, group["names"]))
                coded = [c for c in drug["atc"] for p in group["atc"] if c.startswith(p)]
                if named or coded:
                    of_drug.add(group["id"])
            groups |= of_drug or {"other-listed"}
    for group in table("drug_groups", "group"):
        if by_name in [known.lower() for known in (*group["names"], group["id"])]:
            groups.add(group["id"])
        if len(name) == 7 and name[0].isupper() and any(name.startswith(p) for p in group["atc"]):
            groups.add(group["id"])
            codes.append(name)
    return tuple(codes), frozenset(groups)


def answer(question: str, case: Case) -> bool | None:
    """Yes, no, or None where nothing answers the question."""
    if question not in case.remembered:
        case.remembered[question] = _answer(question, case)
    found: bool | None = case.remembered[question]
    return found


def _answer(question: str, case: Case) -> bool | None:
    said = case.context.answers.get(question)
    if evidence_of(question, case):
        return True
    if said is True:
        return True
    if question in ("fever", "cold") and not math.isnan(case.context.celsius):
        return False
    if question == "earlier-count-higher" and case.context.trend == "not-falling":
        return False
    if question == "listed-drug" and case.context.drugs is not None:
        return False
    return said


def evidence_of(question: str, case: Case) -> bool:
    """Whether something other than an answer says yes."""
    context = case.context
    groups, unknown = drug_groups(case)
    names = [given.name for given in context.treatments]
    film = [case.counts[kind].low for kind in ("BLAST", "PROMY") if kind in case.counts]
    evidence = {
        "fever": context.celsius >= 38.0,
        "cold": context.celsius < 36.0,
        "pregnant": case.person.pregnant,
        "earlier-count-higher": context.trend == "falling",
        "listed-drug": unknown or bool(groups),
        "fever-masked": bool(groups & {"steroid", "il6-blocker"}),
        "blasts-film": any(low > 0 for low in film),
        "transplant-leukaemia": any(name in TRANSPLANTS + BLOOD_CANCERS for name in names),
        "gcsf": "gcsf" in groups or treated_within(21, case, only=GCSF),
        "anticancer-6wk": treated_within(42, case, but=BLOOD_CANCERS + GCSF),
    }
    return evidence.get(question, False)


def treated_within(
    days: int, case: Case, *, only: list[str] | None = None, but: list[str] | None = None
) -> bool:
    """Whether a treatment, one of some words or none of others, was given so recently."""
    for given in case.context.treatments:
        named = (only is None or given.name in only) and (but is None or given.name not in but)
        if named and days_ago_at_most(given.on, days, case):
            return True
    return False


def is_asked(question: dict[str, Any], case: Case) -> bool:
    """Whether the question is about this person, or may be."""
    if "sex" in question and case.person.sex not in (None, question["sex"]):
        return False
    return age_may_be(case, question.get("age_min", ""), question.get("age_max", ""))


def open_questions(case: Case) -> list[dict[str, Any]]:
    """The questions still open."""
    if "open" not in case.remembered:
        case.remembered["open"] = _open_questions(case)
    found: list[dict[str, Any]] = case.remembered["open"]
    return found


def _open_questions(case: Case) -> list[dict[str, Any]]:
    found = []
    _, unknown = drug_groups(case)
    for question in table("questions", "question"):
        if not is_asked(question, case):
            continue
        said = answer(question["id"], case)
        # Without a name, or with one that is not known, a yes about medicines leaves it open.
        nameless = unknown or not case.context.drugs
        if said is None or (question["id"] == "listed-drug" and said and nameless):
            found.append(question)
    return found


def none_of(kinds: list[str], case: Case) -> bool:
    """Whether every question of some kinds was answered no."""
    asked = [q for q in table("questions", "question") if q["kind"] in kinds]
    if any(answer(question["id"], case) is True for question in asked):
        return False
    return not [question for question in open_questions(case) if question["kind"] in kinds]


def on_scale(border: str) -> tuple[str, float]:
    """The scale of an age border and its place on it."""
    if border.endswith("mo"):
        return "months", float(border[:-2])
    if border.endswith("y"):
        return "months", 12 * float(border[:-1])
    return "days", float(border[:-1])


def age_may_be(case: Case, first: str, last: str) -> bool:
    """Whether the age may lie between two borders."""
    age = case.person.age_at_draw
    if math.isnan(age.days_from):
        return True
    if first:
        scale, place = on_scale(first)
        if (age.days_to if scale == "days" else age.months_to) <= place:
            return False
    if last:
        scale, place = on_scale(last)
        if (age.days_from if scale == "days" else age.months_from) >= place:
            return False
    return True


def age_surely_is(case: Case, first: str, last: str) -> bool:
    """Whether the age lies between two borders for sure."""
    age = case.person.age_at_draw
    if math.isnan(age.days_from):
        return False
    if first:
        scale, place = on_scale(first)
        if (age.days_from if scale == "days" else age.months_from) < place:
            return False
    if last:
        scale, place = on_scale(last)
        if (age.days_to if scale == "days" else age.months_to) > place:
            return False
    return True


# The cells ----------------------------------------------------------------------------------------


def may_be_in(seen: Counted, band: dict[str, Any]) -> bool:
    """Whether a count may lie in a band."""
    if "low" in band:
        if seen.high < band["low"]:
            return False
        if seen.high == band["low"] and not band["low_inclusive"]:
            return False
    if "high" in band:
        if seen.low > band["high"]:
            return False
        if seen.low == band["high"] and not band["high_inclusive"]:
            return False
    return True


def surely_is_in(seen: Counted, band: dict[str, Any]) -> bool:
    """Whether a count lies in a band whatever it is; one in doubt surely lies in none."""
    if seen.is_doubtful:
        return False
    if "low" in band:
        if seen.low < band["low"]:
            return False
        if seen.low == band["low"] and not band["low_inclusive"]:
            return False
    if "high" in band:
        if seen.high > band["high"]:
            return False
        if seen.high == band["high"] and not band["high_inclusive"]:
            return False
    return True


def holds(rule: dict[str, Any], case: Case) -> bool:
    """Whether every cell of a rule holds."""
    when, raising = rule["when"], rule["effect"] == "raises"
    return (
        neutrophils_hold(when, case, raising=raising)
        and all(band_holds(line, when, case, raising=raising) for line in ("WBC", "LYMPH", "CD4"))
        and flags_hold(when, case)
        and other_lines_hold(when, case)
        and danger_holds(when, case)
        and person_holds(when, case, raising=raising)
        and history_holds(when, case)
        and course_holds(when, case, raising=raising)
    )


def neutrophils_hold(when: dict[str, Any], case: Case, *, raising: bool) -> bool:
    """The neutrophils and whether they were counted in this illness."""
    seen, band, status = case.counts.get("NEUT"), when.get("NEUT", {}), when["count_status"]
    told = case.context.counted_in_this_illness
    asked, drawn = case.context.asked_on, case.drawn_at
    later = asked is not None and drawn is not None and drawn < asked
    old = told is False or (told is None and later)
    doubtful = seen is not None and seen.is_doubtful
    if raising:
        old = old or doubtful
        if status == "unknown":
            return seen is None or old
        if status == "known":
            return seen is not None and may_be_in(seen, band)
        if not band:
            return True
        return seen is None or old or may_be_in(seen, band)
    if status == "known":
        return seen is not None and told is not False and not doubtful and surely_is_in(seen, band)
    return not band


def band_holds(line: str, when: dict[str, Any], case: Case, *, raising: bool) -> bool:
    """One of the other counts."""
    if line not in when:
        return True
    if line in case.counts:
        seen = case.counts[line]
        return may_be_in(seen, when[line]) if raising else surely_is_in(seen, when[line])
    if line == "LYMPH" and raising and "WBC" in case.counts:
        # Lymphocytes are part of the total: where that is in the band, so are they.
        return surely_is_in(
            Counted(low=case.counts["WBC"].high, high=case.counts["WBC"].high), when[line]
        )
    return False


def flags_hold(when: dict[str, Any], case: Case) -> bool:
    """Any of the flags."""
    if "flags" not in when:
        return True
    for flag in when["flags"]:
        if flag == "any-white-low":
            found = bool(low_counts(case))
        elif flag == "calming-band":
            found = bool(in_calming_bands(case))
        elif flag == "critical-low":
            found = any(seen.is_critical for seen in case.counts.values())
        elif flag in ("any-white-high", "critical-high"):
            white = [case.counts[one] for one in (*WHITE, "EOS", "BASO") if one in case.counts]
            far = any(seen.is_far_high for seen in white)
            found = far or (flag == "any-white-high" and any(seen.is_high for seen in white))
        elif flag == "any-unjudged":
            found = unjudged(case)
        elif flag == "no-count":
            found = not any(line in case.counts for line in WHITE)
        else:
            line = flag.removesuffix("-low")
            found = line in case.counts and case.counts[line].is_low
        if found:
            return True
    return False


def other_lines_hold(when: dict[str, Any], case: Case) -> bool:
    """Haemoglobin and platelets."""
    if "other_lines" not in when:
        return True
    checks = {
        "HGB-low": lambda s: s.is_low,
        "PLT-low": lambda s: s.is_low,
        "HGB-known-normal": lambda s: s.is_within,
        "PLT-known-normal": lambda s: s.is_within,
        "PLT<50": lambda s: s.low < 50,
        "HGB<80": lambda s: s.low < 80,
        "PLT<=20": lambda s: s.low <= 20,
        "HGB<=70": lambda s: s.low <= 70,
    }
    for group in when["other_lines"]:
        if all(word[:3] in case.counts and checks[word](case.counts[word[:3]]) for word in group):
            return True
    return False


def danger_holds(when: dict[str, Any], case: Case) -> bool:
    """Temperature and red flags: any of them."""
    flags = when.get("red_flags", [])
    if flags == ["all-no"]:
        return none_of(["symptom", "sign", "report"], case)
    if flags == ["any-unanswered"]:
        return any(question["stops_calming"] for question in open_questions(case))
    if not flags and "temperature_min" not in when and "temperature_max" not in when:
        return True
    # Every minimum in the table is 38.0 or lower, so that "fever: yes" reaches it.
    lowest = when.get("temperature_min", math.inf)
    warm = answer("fever", case) is True or case.context.celsius >= lowest
    if "temperature_min" in when and warm:
        return True
    if "temperature_max" in when and answer("cold", case) is True:
        return True
    return any(answer(flag, case) is True for flag in flags)


def person_holds(when: dict[str, Any], case: Case, *, raising: bool) -> bool:
    """Age, pregnancy, phenotype, country."""
    first, last = when.get("age_min", ""), when.get("age_max", "")
    if first or last:
        check = age_may_be if raising else age_surely_is
        if not check(case, first, last):
            return False
    if when.get("pregnancy") == "no":
        asked = [q["id"] for q in open_questions(case)]
        if answer("pregnant", case) is True or "pregnant" in asked:
            return False
    if "phenotype" in when and case.person.duffy != "null":
        return False
    if "country" not in when or case.context.country == when["country"]:
        return True
    # Where no country is said, or one of which no rule speaks, all countries' rules apply.
    return case.context.country not in ("UK", "US")


def history_holds(when: dict[str, Any], case: Case) -> bool:
    """Treatments, drugs, situations."""
    treatments, situations = when.get("treatments", []), when.get("situations", [])
    if treatments == ["none"]:
        if not none_of(["treatment"], case):
            return False
    elif treatments and not any(answer(word, case) is True for word in treatments):
        return False
    if situations == ["none"]:
        if not none_of(["situation"], case):
            return False
    elif situations and not any(answer(word, case) is True for word in situations):
        return False
    drugs = when.get("drugs", [])
    if drugs == ["none-listed"]:
        return answer("listed-drug", case) is False
    groups, unknown = drug_groups(case)
    return not drugs or bool(groups & set(drugs)) or ("unknown" in drugs and unknown)


def course_holds(when: dict[str, Any], case: Case, *, raising: bool) -> bool:
    """Finding, trend, answers."""
    finding = case.context.finding
    if raising and finding == "unknown":
        finding = "first"
    if "finding" in when and finding != when["finding"]:
        return False
    if "trend" in when and answer("earlier-count-higher", case) is not False:
        return False
    if when.get("answers_required") == "all":
        return not any(question["stops_calming"] for question in open_questions(case))
    return True
