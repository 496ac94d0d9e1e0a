"""When to see a doctor: the most urgent rule that fires wins, and every rule that fired is shown."""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from leukon.advice.content import NOT_CHECKED, Question, Urgency, content, questions
from leukon.advice.drugs import DrugFound
from leukon.advice.facts import Passed, applies
from leukon.advice.firing import Fired, fire
from leukon.advice.situation import WHITE, Situation
from leukon.panel import Person

THE_NUMBER = "the emergency number"
LOCAL_NUMBER = "your local emergency number"
BASES = {
    "rules": "",
    "questions-open": "leukon cannot say how soon you need a doctor until you answer the "
    "questions. If you have a fever, shivers, are bleeding or feel ill: go to hospital now.",
    "no-rule": "No rule of leukon speaks of what was given. That does not mean that you are well. "
    "If you have a fever, shivers, are bleeding or feel ill: go to hospital now. If this worries "
    "you, ask a doctor.",
}
"""What the answer rests on: rules that fired, or why there is none, in words."""
IF_WORSE = "If you feel ill or get worse: go to hospital now."
"""What is added where a sign of an emergency was answered yes and the action does not say it."""
QUESTIONS_NOT_ASKED, QUESTIONS_OPEN = "questions not asked", "questions not answered"


class FiredRule(Struct, frozen=True, kw_only=True):
    """One rule that fired, in the words a page shows.

    `rule` and `action` are for the person, `rule_professional` and `action_professional` what
    the table, guidelines and labels say. `unsure` names
    what is not known and may be so ("age", "NEUT"); `conflict` where the sources differ, and
    `conflict_public` which of them leukon follows.
    """

    id: str
    urgency: Urgency
    effect: str
    audience: str
    rule: str
    rule_professional: str
    action: str
    action_professional: str
    timeframe: str
    who: str
    source: str
    address: str
    status: str
    conflict: str
    conflict_public: str
    unsure: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Advice(Struct, frozen=True, kw_only=True):
    """How soon, why, and what is still to be asked.

    `rules` that fired, the most urgent first; `unanswered` the open questions of this person, with
    the `emergency_signs` to be shown beside them always. `reason` says why questions stop it from
    being calmer. `drugs` are the medicines as they were understood, `unknown_drugs` those that were
    not, `passed` the dated treatments and medicines that lie too long ago to count. Until
    `checked_by` names a clinician the content is not checked. `warning` goes with the action for
    someone who has a sign of an emergency.
    """

    urgency: Urgency
    basis: str
    rules: tuple[FiredRule, ...]
    unanswered: tuple[Question, ...]
    emergency_signs: tuple[Question, ...]
    drugs: tuple[DrugFound, ...] = ()
    unknown_drugs: tuple[DrugFound, ...] = ()
    passed: tuple[Passed, ...] = ()
    reason: str = ""
    warning: str = ""
    checked_by: str = ""
    emergency_number: str = ""

    @property
    def not_checked(self) -> bool:
        """Whether no clinician has checked the rules yet."""
        return not self.checked_by

    @property
    def action(self) -> str:
        """What to do, to the person: the action of the rule that won, or why there is none."""
        return BASES[self.basis] or self.deciding[0].action

    @property
    def text(self) -> str:
        """The action, and the warning where one goes with it."""
        return f"{self.action} {self.warning}".strip()

    @property
    def deciding(self) -> tuple[FiredRule, ...]:
        """The rules that set the urgency; those that only inform are not among them."""
        setting = (rule for rule in self.rules if rule.effect != "informs")
        return tuple(rule for rule in setting if rule.urgency == self.urgency)

    def as_dict(self) -> dict[str, Any]:
        """What JSON carries."""
        return {
            "urgency": self.urgency.slug,
            "basis": self.basis,
            "text": self.text,
            "reason": self.reason,
            "rules": [_rule_as_dict(rule) for rule in self.rules],
            "unanswered": [_question_as_dict(one) for one in self.unanswered],
            "emergency_signs": [_question_as_dict(one) for one in self.emergency_signs],
            "drugs": [_drug_as_dict(drug) for drug in self.drugs],
            "unknown_drugs": [_drug_as_dict(drug) for drug in self.unknown_drugs],
            "passed": [
                {"name": one.name, "on": one.on.isoformat(), "text": one.text}
                for one in self.passed
            ],
            "not_checked": self.not_checked,
            "checked": self.checked_by or NOT_CHECKED,
        }


def _rule_as_dict(rule: FiredRule) -> dict[str, Any]:
    found = {name: getattr(rule, name) for name in FiredRule.__struct_fields__}
    lists = {"unsure": list(rule.unsure), "lines": list(rule.lines)}
    return {**found, "urgency": rule.urgency.slug, **lists}


def _question_as_dict(question: Question) -> dict[str, str]:
    names = ("id", "kind", "question", "asked_of")
    return {name: getattr(question, name) for name in names}


def _drug_as_dict(drug: DrugFound) -> dict[str, Any]:
    return {
        "given": drug.given,
        "drugs": list(drug.drugs),
        "groups": sorted(drug.groups),
        "counting": sorted(drug.counting),
        "unknown": list(drug.unknown),
        "text": drug.text,
    }


def advise(situation: Situation, *, emergency_number: str = "") -> Advice:
    """When to see a doctor, in this situation.

    `emergency_number` is the setting of the practice ("999", "112"); without one the text says
    "your local emergency number".

    >>> from leukon.advice import situation_of
    >>> from leukon.context import Context
    >>> treated = Context(temperature="38.6C", treatments=["chemotherapy"])
    >>> answer = advise(situation_of(Person(age="50y"), treated), emergency_number="112")
    >>> answer.urgency.slug, answer.rules[0].id
    ('emergency', 'URG-02')
    >>> answer.text[:42]
    'Go to hospital now, or call 112. Phone the'
    """
    fired = fire(situation)
    setting = [one.rule.how_soon for one in fired if one.rule.effect != "informs"]
    basis = "rules" if setting else _basis(situation)
    facts = situation.facts
    found = Advice(
        urgency=min(setting) if setting else _without_rules(situation),
        basis=basis,
        rules=tuple(_shown(one, emergency_number, situation) for one in fired),
        unanswered=facts.open,
        emergency_signs=_emergency_signs(situation),
        drugs=facts.drugs,
        unknown_drugs=facts.unknown_drugs,
        passed=facts.passed,
        reason=_reason(situation),
        checked_by=content().rules.checked_by,
        emergency_number=emergency_number,
    )
    ill = any(sign.id in facts.yes for sign in found.emergency_signs)
    warned = found.urgency is Urgency.EMERGENCY or "hospital now" in found.action
    return replace(found, warning=IF_WORSE) if ill and not warned else found


def _basis(situation: Situation) -> str:
    return "questions-open" if situation.facts.open else "no-rule"


def _reason(situation: Situation) -> str:
    if not situation.facts.open:
        return ""
    return QUESTIONS_OPEN if situation.questions_asked else QUESTIONS_NOT_ASKED


def _without_rules(situation: Situation) -> Urgency:
    """How soon where no rule fired: routine only where nothing given says otherwise.

    With no white count, a low or critically high count, or a sign of illness of which these rules
    do not speak, it is "soon"; so that nothing calms which no rule calms.
    """
    counts = situation.counts.values()
    odd = any(seen.is_low or seen.is_far_high for seen in counts)
    ill = not situation.facts.yes.isdisjoint(_signs_of_illness())
    counted = situation.has_white_count or not situation.facts.open
    return Urgency.ROUTINE if counted and not odd and not ill else Urgency.SOON


@cache
def _signs_of_illness() -> frozenset[str]:
    kinds = ("symptom", "sign", "report")
    return frozenset(key for key, one in questions().items() if one.kind in kinds)


def _words(fired: Fired, situation: Situation) -> tuple[str, str]:
    """What the rule is called to the person and to a professional: nothing is claimed unasked."""
    rule = fired.rule
    public = rule.rule_public or rule.rule
    if rule.rule_if_first and "finding" in fired.unsure:
        return rule.rule_if_first, rule.rule_if_first
    if rule.rule_if_not_low and not _is_low_in_use(situation):
        return rule.rule_if_not_low, rule.rule_if_not_low
    claims_no_sign = bool(rule.rule_if_first) and bool(situation.facts.open)
    return public, public if claims_no_sign else rule.rule


def _is_low_in_use(situation: Situation) -> bool:
    """Whether the definition in use calls a white count low, or the report is not clear about one."""
    white = [situation.counts[line] for line in WHITE if line in situation.counts]
    return any(seen.is_low_in_use or (seen.is_low and seen.is_doubtful) for seen in white)


def _shown(fired: Fired, number: str, situation: Situation) -> FiredRule:
    rule = fired.rule
    public, professional = _words(fired, situation)
    return FiredRule(
        id=rule.id,
        urgency=rule.how_soon,
        effect=rule.effect,
        audience=rule.audience,
        rule=public,
        rule_professional=professional,
        action=rule.action.replace(THE_NUMBER, number or LOCAL_NUMBER),
        action_professional=rule.action_professional,
        timeframe=rule.timeframe,
        who=rule.who,
        source=rule.source,
        address=rule.address,
        status=rule.status,
        conflict=rule.conflict,
        conflict_public=rule.conflict_public,
        unsure=fired.unsure,
        lines=fired.lines,
    )


def _emergency_signs(situation: Situation) -> tuple[Question, ...]:
    """The symptoms that make an emergency by some rule of the minimal set, for this person."""
    who = Person(age=situation.age, sex=situation.sex)
    return tuple(question for question in _signs() if applies(question, who))


@cache
def _signs() -> tuple[Question, ...]:
    rules = (rule for rule in content().rules.rule if rule.minimal_set)
    named = {
        word
        for rule in rules
        if rule.how_soon is Urgency.EMERGENCY
        for word in (*rule.when.red_flags, "fever", "cold")
    }
    return tuple(q for q in questions().values() if q.id in named and q.kind == "symptom")
