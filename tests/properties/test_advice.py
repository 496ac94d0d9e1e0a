"""What holds for every person who is advised: nothing known ever makes it calmer that must not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import asdict

from leukon.advice import Advice, Counted, Urgency, advise, content, counted, questions
from leukon.context import Context, Medicine, Treatment
from leukon.panel import Person
from support.advice_cases import case_of, situation
from support.advice_oracle import Case, advice, rules
from support.advice_strategies import (
    DRUGS,
    LIMITS,
    TREATMENTS,
    VALUES,
    calm_cases,
    cases,
    flag_of,
)
from support.advice_witness import witness

WHITE = ("NEUT", "WBC", "LYMPH", "CD4", "MONO")
people = cases() | calm_cases()
raising = st.sampled_from([rule["id"] for rule in rules() if rule["effect"] == "raises"])
DANGER = [
    one.id for one in content().questions.question if one.kind in ("symptom", "sign", "report")
]


def answer(case: Case) -> Advice:
    """What leukon says of a case."""
    return advise(situation(case))


def knowing(case: Case, **changes: object) -> Case:
    """The case with a changed context."""
    kept = {**asdict(case.context), **changes}
    kept.pop("celsius")
    if "answers" not in changes:
        kept["answers"] = dict(case.context.answers)
    # Answers hold what the shortcuts said.
    kept |= {"symptoms": (), "situations": (), "no_symptoms": False}
    return replace(case, context=Context(**kept))


def witnessed(rule_id: str) -> Case:
    """The plain witness of a rule."""
    cells = witness(rule_id)
    assert cells is not None
    return case_of(*cells)


@given(people)
def test_the_engine_equals_the_oracle(case: Case) -> None:
    """The compiled table and the plain one agree on urgency and rules."""
    found = answer(case)
    assert (found.urgency.slug, {rule.id for rule in found.rules}) == advice(case)


@given(people)
def test_the_most_urgent_rule_wins(case: Case) -> None:
    """No rule that sets an urgency is more urgent than the answer, and there is always one."""
    found = answer(case)
    setting = [rule.urgency for rule in found.rules if rule.effect != "informs"]
    assert found.urgency in Urgency
    assert not setting or found.urgency == min(setting)


@given(people, st.sampled_from(DANGER))
def test_a_red_flag_never_lowers(case: Case, flag: str) -> None:
    """A yes to a question about signs of illness never makes it less urgent."""
    # Fever and cold answer each other: only one of them is added to a temperature not measured.
    assume(flag not in ("fever", "cold") or case.context.temperature is None)
    with_flag = knowing(case, answers={**case.context.answers, flag: True})
    assert answer(with_flag).urgency <= answer(case).urgency


@given(people)
def test_fever_never_lowers(case: Case) -> None:
    """A fever, where none was measured, never makes it less urgent."""
    assume(case.context.temperature is None and case.context.answers.get("cold") is not True)
    assert answer(knowing(case, temperature="38.6C")).urgency <= answer(case).urgency


@given(people, st.sampled_from(DRUGS))
def test_a_drug_never_lowers(case: Case, drug: str) -> None:
    """One more medicine, known or not, never makes it less urgent."""
    with_drug = knowing(case, drugs=(*(case.context.drugs or ()), Medicine(drug)))
    assert answer(with_drug).urgency <= answer(case).urgency


@given(people, st.sampled_from(TREATMENTS))
def test_a_treatment_never_lowers(case: Case, kind: str) -> None:
    """One more treatment never makes it less urgent."""
    treated = knowing(case, treatments=(*case.context.treatments, Treatment(kind)))
    assert answer(treated).urgency <= answer(case).urgency


@given(people, st.sampled_from(sorted(questions())))
def test_an_answer_taken_back_never_lowers(case: Case, question: str) -> None:
    """Without a no, it is never less urgent: an unanswered question is never well."""
    assume(case.context.answers.get(question) is False)
    left = {key: value for key, value in case.context.answers.items() if key != question}
    assert answer(knowing(case, answers=left)).urgency <= answer(case).urgency


@given(people)
def test_not_knowing_the_medicines_never_lowers(case: Case) -> None:
    """Nobody having asked for medicines is never calmer than there being none."""
    assume(case.context.drugs == ())
    unknown = knowing(case, drugs=None)
    assert answer(unknown).urgency <= answer(case).urgency


@given(people, st.sampled_from(WHITE), st.data())
def test_lower_counts_never_lower(case: Case, line: str, data: st.DataObject) -> None:
    """A lower white count is never less urgent, but where no rule spoke of the higher one.

    The table has no sourced rule for some low counts (a low total alone, neutrophils from 2.0 up to
    the limit): they end in "soon" by the last rule, while a lower count may be calmed by its own.
    """
    value = data.draw(st.sampled_from(VALUES[line]))
    lower = data.draw(st.sampled_from([one for one in VALUES[line] if one <= value]))
    high, low = (with_count(case, line, one) for one in (value, lower))
    # What is said of a count above the range is no word on a low one.
    assume(not high.counts[line].is_high)
    before, after = answer(high), answer(low)
    last_resort = {rule.id for rule in before.deciding} == {"URG-45"} or not before.deciding
    assert after.urgency <= before.urgency or (last_resort and calmed(after))


def calmed(found: Advice) -> bool:
    """Whether a rule that calms set the urgency."""
    return any(rule.effect == "lowers" for rule in found.deciding)


def with_count(case: Case, line: str, value: float) -> Case:
    """The case with one exact count."""
    seen = counted(value, flags=[flag_of(line, value, LIMITS[line])])
    assert seen is not None
    return replace(case, counts={**case.counts, line: seen})


@given(people)
def test_a_benign_phenotype_never_lowers(case: Case) -> None:
    """Duffy-null is never calmer than not tested, but by its own rule, and never under 1.0."""
    person = case.person
    null, untested = (
        replace(
            case, person=Person(age=person.age, sex=person.sex, pregnant=person.pregnant, duffy=d)
        )
        for d in ("null", None)
    )
    calmer = answer(null).urgency > answer(untested).urgency
    if calmer:
        assert "URG-24" in {rule.id for rule in answer(null).deciding}
        assert case.counts["NEUT"].low >= 1.0


@given(people, st.sampled_from(WHITE))
def test_a_definition_that_calls_it_within_lowers_only_what_a_flag_decides(
    case: Case, line: str
) -> None:
    """What a definition calls a count moves no rule that asks for figures, signs and treatment."""
    assume(line in case.counts)
    within = replace(case, counts={**case.counts, line: benign(case, line)})
    by_figures = {
        rule.id
        for rule in content().rules.rule
        if not rule.when.flags and not rule.when.other_lines and not rule.when.only_if
    }
    fired, benign_fired = (
        {rule.id for rule in answer(one).rules} & by_figures for one in (case, within)
    )
    assert fired == benign_fired


def benign(case: Case, line: str) -> Counted:
    """The same number, called within."""
    seen = case.counts[line]
    return Counted(low=seen.low, high=seen.high, is_within=True, is_doubtful=seen.is_doubtful)


@given(raising, people)
def test_a_rule_that_raises_is_not_switched_off(rule_id: str, case: Case) -> None:
    """What else is known of a person switches off no rule that raises, if its own cells stay."""
    bare = witnessed(rule_id)
    rule = next(one for one in content().rules.rule if one.id == rule_id)
    assume(not rule.when.only_if and rule.when.red_flags != ("any-unanswered",))
    more = knowing(
        bare,
        treatments=(*bare.context.treatments, *case.context.treatments),
        drugs=(*(bare.context.drugs or ()), *(case.context.drugs or ())),
        answers={**case.context.answers, **bare.context.answers},
    )
    spare = {line: seen for line, seen in case.counts.items() if line not in COUNTS_OF_RULES}
    more = replace(more, counts={**spare, **bare.counts})
    assert rule_id in {fired.id for fired in answer(more).rules}


COUNTS_OF_RULES = ("NEUT", "WBC", "LYMPH", "CD4", "HGB", "PLT")


@given(st.sampled_from([rule["id"] for rule in rules()]), people)
def test_near_every_rule_the_engine_equals_the_oracle(rule_id: str, case: Case) -> None:
    """From a person for whom a rule fires, one thing changed: engine and oracle still agree."""
    bare = witnessed(rule_id)
    mixed = [
        replace(bare, counts={**bare.counts, **case.counts}),
        replace(bare, person=case.person),
        knowing(bare, drugs=case.context.drugs, treatments=case.context.treatments),
        knowing(bare, answers={**bare.context.answers, **case.context.answers}),
        knowing(bare, temperature=case.context.temperature, finding=case.context.finding),
        knowing(bare, country=case.context.country),
    ]
    for one in (bare, *mixed):
        found = answer(one)
        assert (found.urgency.slug, {rule.id for rule in found.rules}) == advice(one)


def test_a_changed_case_keeps_the_rest() -> None:
    """What changes one thing of a case changes nothing else of it."""
    case = case_of("50y male", "NEUT 1.2 low", "all no")
    assert knowing(case).context == case.context
    assert knowing(case, temperature="38.6C").context.answers == case.context.answers
