"""The tables of the advice: rules, questions, drug groups, drugs, clozapine. Data, read when asked.

They stand as readable TOML files in `content/advice`; what is read at run time is one JSON file with
the same in it. A table without every rule of the minimal set is refused: leukon does not run without
its emergency rules.
"""

from __future__ import annotations

import math
from enum import IntEnum
from functools import cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from leukon.analytes import CONTENT
from leukon.errors import LeukonError

MINIMAL_SET = frozenset(
    (
        "URG-01 URG-01b URG-02 URG-02b URG-03 URG-04 URG-06a URG-06b URG-06d URG-07 URG-07b URG-08 "
        "URG-09 URG-10a URG-11b URG-11e URG-14 URG-15 URG-31a URG-34 URG-41 URG-42 URG-44"
    ).split()
)
"""The rules without which leukon gives no advice at all."""

NOT_CHECKED = "not yet checked by a clinician"


class Urgency(IntEnum):
    """How soon: the smaller, the sooner. There is no "none".

    EMERGENCY  now
    URGENT     today, to 48 hours
    SOON       days to weeks
    ROUTINE    at the next visit

    >>> Urgency.EMERGENCY < Urgency.ROUTINE, Urgency.SOON.slug
    (True, 'soon')
    """

    EMERGENCY = 0
    URGENT = 1
    SOON = 2
    ROUTINE = 3

    @property
    def slug(self) -> str:
        """The word files and JSON carry."""
        return self.name.lower()


class Band(Struct, frozen=True, forbid_unknown_fields=True):
    """A band of counts; an end that is not inclusive does not belong to it."""

    low: float = -math.inf
    low_inclusive: bool = True
    high: float = math.inf
    high_inclusive: bool = True

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest number in the band.

        >>> Band(low=1.0, high=1.5, high_inclusive=False).ends == (1.0, math.nextafter(1.5, 0))
        True
        """
        low = self.low if self.low_inclusive else math.nextafter(self.low, math.inf)
        high = self.high if self.high_inclusive else math.nextafter(self.high, -math.inf)
        return low, high


class When(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cells of one rule: all of them must hold, what is blank is not looked at."""

    NEUT: Band | None = None
    WBC: Band | None = None
    LYMPH: Band | None = None
    CD4: Band | None = None
    count_status: str = "any"
    flags: tuple[str, ...] = ()
    other_lines: tuple[tuple[str, ...], ...] = ()
    temperature_min: float | None = None
    temperature_max: float | None = None
    red_flags: tuple[str, ...] = ()
    age_min: str = ""
    age_max: str = ""
    pregnancy: str = ""
    phenotype: str = ""
    country: str = ""
    treatments: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    finding: str = ""
    trend: str = ""
    answers_required: str = ""
    only_if: str = ""

    @property
    def bands(self) -> dict[str, Band]:
        """The bands by count."""
        pairs = {"NEUT": self.NEUT, "WBC": self.WBC, "LYMPH": self.LYMPH, "CD4": self.CD4}
        return {line: band for line, band in pairs.items() if band is not None}


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the decision table.

    `action` speaks to the person, `action_professional` says what labels and guidelines say.
    `rule_public` is what a person is told the rule is (empty: `rule`), `rule_if_first` where nobody
    said whether it is the first time, `rule_if_not_low` where the definition in use calls nothing low.
    `status` says what was read at the source and what is judgement.
    """

    id: str
    order: int
    urgency: str
    effect: str
    audience: str
    rule: str
    action: str
    action_professional: str
    timeframe: str
    who: str
    minimal_set: bool
    conflict: str
    conflict_public: str
    source: str
    address: str
    status: str
    when: When
    rule_public: str = ""
    rule_if_first: str = ""
    rule_if_not_low: str = ""

    @property
    def how_soon(self) -> Urgency:
        """The urgency as a number that can be compared."""
        return Urgency[self.urgency.upper()]


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of the decision table; while one that `stops_calming` is open, nothing calms."""

    id: str
    kind: str
    question: str
    applies_to: str
    asked_of: str
    stops_calming: bool
    source: str
    address: str
    status: str
    age_min: str = ""
    age_max: str = ""
    sex: str = ""


class DrugGroup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of drugs that rules name, by ATC prefix or by name; `window` is after the last dose."""

    id: str
    atc: tuple[str, ...]
    names: tuple[str, ...]
    window: str
    sets: str
    listed_as: str
    source: str
    address: str
    status: str
    long_window: str = ""
    long_atc: tuple[str, ...] = ()


class Drug(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A drug that changes the counts; `group` is the one it is listed in, empty: other-listed."""

    inn: str
    names: tuple[str, ...]
    atc: tuple[str, ...]
    group: str
    class_: str = msgspec.field(name="class")
    cell_line: str
    effect: str
    source: str
    status: str


class DrugName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """More names of a drug, or a drug with its ATC code that has no row of its own."""

    inn: str
    names: tuple[str, ...]
    status: str
    atc: tuple[str, ...] = ()


class ClozapineBand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One band of a country's clozapine monitoring; `action_professional` says what it says to do."""

    id: str
    country: str
    regime: str
    population: str
    duffy: str
    band: str
    combine: str
    frequency: str
    action_professional: str
    current: bool
    address: str
    status: str
    note: str
    NEUT: Band | None = None
    WBC: Band | None = None


class ClozapineNotice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice of a regulator that changes no band."""

    id: str
    country: str
    regime: str
    text: str
    address: str
    status: str


class _Reviewed(Struct, frozen=True, kw_only=True):
    """Who wrote a table, who checked it, and when it is looked at again."""

    author: str
    checked_by: str
    reviewed: str
    next_review: str


class Rules(_Reviewed, frozen=True, kw_only=True):
    """The decision table."""

    rule: tuple[Rule, ...]


class Questions(_Reviewed, frozen=True, kw_only=True):
    """The questions of the decision table."""

    question: tuple[Question, ...]


class DrugGroups(_Reviewed, frozen=True, kw_only=True):
    """The drug groups."""

    group: tuple[DrugGroup, ...]


class Drugs(_Reviewed, frozen=True, kw_only=True):
    """The drugs."""

    drug: tuple[Drug, ...]


class Clozapine(_Reviewed, frozen=True, kw_only=True):
    """Clozapine monitoring."""

    band: tuple[ClozapineBand, ...]
    notice: tuple[ClozapineNotice, ...]


class Judgement(_Reviewed, frozen=True, kw_only=True):
    """Rules and names of drugs that no knowledge table says: they only raise."""

    rule: tuple[Rule, ...]
    drug: tuple[DrugName, ...]


class AdviceContent(Struct, frozen=True, kw_only=True):
    """All tables of the advice; `rules` holds the rules of `judgement` too."""

    rules: Rules
    questions: Questions
    drug_groups: DrugGroups
    drugs: Drugs
    clozapine: Clozapine
    judgement: Judgement


def read(text: bytes) -> AdviceContent:
    """The tables in a JSON text, refused where a rule of the minimal set is missing.

    Raises `LeukonError`.
    """
    found = msgspec.json.decode(text, type=AdviceContent)
    minimal = {rule.id for rule in found.rules.rule if rule.minimal_set and rule.effect == "raises"}
    if missing := sorted(MINIMAL_SET - minimal):
        raise LeukonError(
            f"the urgency rules lack {', '.join(missing)}, without which no advice is given",
            hint="reinstall leukon; in a checkout, run: python tools/make_advice.py",
        )
    if any(rule.effect != "raises" for rule in found.judgement.rule):
        raise LeukonError("a rule of our own judgement that does not raise", hint="leave it out")
    both = (*found.rules.rule, *found.judgement.rule)
    return replace(found, rules=replace(found.rules, rule=both))


@cache
def content() -> AdviceContent:
    """The shipped tables, read once.

    >>> content().rules.rule[0].id
    'URG-02'
    """
    return read(CONTENT.joinpath("advice", "advice.json").read_bytes())


@cache
def questions() -> dict[str, Question]:
    """The questions by id."""
    return {question.id: question for question in content().questions.question}
