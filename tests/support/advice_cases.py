"""One case of advice in words, as a clinician signs it: person, counts, context.

- person: "50y female", "6wk", "Duffy-null", "pregnant", separated by ", "
- counts: "NEUT 1.4 low, WBC <2.0 low, HGB 140 within, driver NEUT"; the word behind a value is what
  the definition calls it (low, critical-low, within, high, critical-high), "undetermined" if it
  cannot say, "doubtful" where the report contradicts itself
- context: "38.6C", "treated chemotherapy:2026-11-10", "takes carbimazole", "takes nothing",
  "yes sore-throat", "no fever", "no symptoms", "all no" (every question, nothing taken, not falling),
  "open lumps" (all no but this one), "first", "repeat", "persistent", "falling", "not-falling", "UK",
  "US", "asked 2026-11-24", "drawn 2026-11-20", "not of this illness", separated by ", "
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from msgspec.structs import replace

from leukon.advice import Counted, Situation, counted, questions, situation_of
from leukon.context import Context
from leukon.panel import Person
from support.advice_oracle import Case

COUNT = re.compile(r"(?P<sign><=|>=|<|>)?(?P<value>[\d.]+)")
FINDINGS = ("first", "repeat", "persistent")
TRENDS = ("falling", "not-falling")
COUNTRIES = ("UK", "US", "FR")


def case_of(person: str, counts: str, context: str) -> Case:
    """The case that three cells of a table describe."""
    words = _words(context)
    read, driver = _counts(counts)
    who = _person(person)
    drawn = next((_rest(word) for word in words if word.startswith("drawn ")), "")
    return Case(who, _context(words), read, driver, date.fromisoformat(drawn) if drawn else None)


def situation(case: Case) -> Situation:
    """The case as the engine takes it."""
    return situation_of(
        case.person, case.context, case.counts, driver=case.driver, drawn_at=case.drawn_at
    )


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(",") if word.strip()]


def _rest(word: str) -> str:
    return word.partition(" ")[2]


@cache  # the same few people stand in thousands of cases
def _person(cell: str) -> Person:
    facts: dict[str, Any] = {}
    for word in _words(cell):
        if word == "pregnant":
            facts["pregnant"] = True
        elif word.startswith("Duffy-"):
            facts["duffy"] = word.removeprefix("Duffy-")
        else:
            age, _, sex = word.partition(" ")
            facts |= {"age": age if age != "unknown" else None, "sex": sex or None}
    return Person(**facts)


def _counts(cell: str) -> tuple[dict[str, Counted], str]:
    found, driver = {}, ""
    for word in _words(cell):
        name, text, *flags = word.split()
        if name == "driver":
            driver = text
            continue
        match = COUNT.fullmatch(text)
        assert match is not None, word
        said = [flag for flag in flags if flag != "doubtful"]
        seen = counted(float(match["value"]), match["sign"] or "", flags=said or ["within"])
        assert seen is not None
        found[name] = replace(seen, is_doubtful="doubtful" in flags)
    return found, driver


def _context(words: list[str]) -> Context:
    options: dict[str, Any] = {"treatments": [], "answers": {}}
    if "all no" in words or any(word.startswith("open ") for word in words):
        options |= {"answers": dict.fromkeys(questions(), False), "trend": "not-falling"}
        options["drugs"] = ()
    for word in words:
        _take(word, options)
    return Context(**options)


def _take(word: str, options: dict[str, Any]) -> None:
    first, rest = word.partition(" ")[0], _rest(word)
    if word == "all no" or first == "drawn":
        return
    if word == "no symptoms":
        options["no_symptoms"] = True
    elif word == "not of this illness":
        options["counted_in_this_illness"] = False
    elif first == "asked":
        options["asked_on"] = date.fromisoformat(rest)
    elif first == "treated":
        options["treatments"].append(rest)
    elif first in ("yes", "no"):
        options["answers"] |= dict.fromkeys(rest.split(), first == "yes")
    elif first == "open":
        _leave_open(rest, options)
    elif first == "takes":
        options["drugs"] = () if rest == "nothing" else (*options.get("drugs", ()), rest)
    else:
        _one_word(word, options)


def _leave_open(questions_left: str, options: dict[str, Any]) -> None:
    for question in questions_left.split():
        del options["answers"][question]
        if question == "listed-drug":
            del options["drugs"]
        if question == "earlier-count-higher":
            del options["trend"]


def _one_word(word: str, options: dict[str, Any]) -> None:
    if word in FINDINGS:
        options["finding"] = word
    elif word in TRENDS:
        options["trend"] = word
    elif word in COUNTRIES:
        options["country"] = word
    else:
        options["temperature"] = word
