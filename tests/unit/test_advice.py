"""The advice as content and as an answer: what it holds, what it says, what it never says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from leukon.advice import Advice, Urgency, advise, content, counted, find, situation_of
from leukon.advice.answer import BASES, THE_NUMBER
from leukon.advice.content import MINIMAL_SET, read
from leukon.context import SYMPTOMS, Context
from leukon.errors import InputRefused, LeukonError
from leukon.panel import Person
from support.advice_cases import case_of, situation
from support.needs import REPOSITORY

FOLDER = REPOSITORY / "src" / "leukon" / "content" / "advice"
TABLES = {
    "rules": "urgency_rules",
    "questions": "red_flags",
    "drug_groups": "drug_groups",
    "drugs": "drugs",
    "clozapine": "clozapine_monitoring",
}
NAMES = (*TABLES, "judgement")
STOPPING = re.compile(r"\b(stop|stops|stopping|interrupt|discontinue|do not take|no more doses)\b")


def told(person: str, counts: str, context: str, **options: str) -> Advice:
    """What leukon says of a case in words."""
    return advise(situation(case_of(person, counts, context)), **options)


def raw() -> dict[str, dict]:
    """The shipped JSON."""
    found: dict[str, dict] = json.loads((FOLDER / "advice.json").read_text("utf-8"))
    return found


# Content ------------------------------------------------------------------------------------------


def test_the_json_is_the_toml_in_one_piece() -> None:
    """What is read at run time is what stands in the readable files."""
    assert raw() == {
        name: tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")) for name in NAMES
    }


def test_the_content_is_up_to_date(needs_shared: Path) -> None:
    """The content files are what the tool makes of the knowledge tables."""
    tool = REPOSITORY / "tools" / "make_advice.py"
    done = subprocess.run(
        [sys.executable, str(tool), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={"LEUKON_SHARED": str(needs_shared)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "table"), TABLES.items())
def test_only_rows_that_may_ship_are_shipped(needs_shared: Path, name: str, table: str) -> None:
    """Every shipped row has "ship" = yes in its knowledge table, and none is left out."""
    import csv

    with (needs_shared / "knowledge" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    key = {"drug_groups": "group", "drugs": "inn"}.get(name, "id")
    may = [row[key] for row in rows if row["ship"] == "yes"]
    kinds = [part for part in raw()[name].values() if isinstance(part, list)]
    held = [entry.get("inn") or entry["id"] for part in kinds for entry in part]
    assert sorted(held) == sorted(may)


def test_the_minimal_set_is_that_of_the_table(needs_shared: Path) -> None:
    """The rules no build may lack are those the knowledge table marks."""
    import csv

    with (needs_shared / "knowledge" / "urgency_rules.csv").open(encoding="utf-8") as lines:
        marked = {row["id"] for row in csv.DictReader(lines) if row["minimal_set"] == "yes"}
    assert marked == MINIMAL_SET


@pytest.mark.parametrize("lost", sorted(MINIMAL_SET))
def test_a_build_without_an_emergency_rule_fails(lost: str) -> None:
    """Content that lacks a rule of the minimal set, or no longer marks it, is refused."""
    tables = raw()
    kept = [rule for rule in tables["rules"]["rule"] if rule["id"] != lost]
    with pytest.raises(LeukonError, match=lost):
        read(json.dumps({**tables, "rules": {**tables["rules"], "rule": kept}}).encode())
    unmarked = [
        {**r, "minimal_set": r["minimal_set"] and r["id"] != lost} for r in tables["rules"]["rule"]
    ]
    with pytest.raises(LeukonError, match=lost):
        read(json.dumps({**tables, "rules": {**tables["rules"], "rule": unmarked}}).encode())


def test_every_table_says_who_and_when() -> None:
    """Each table names its author, its checker (nobody yet) and its reviews; each row its status."""
    for table in raw().values():
        assert table["author"] == "leukon"
        assert table["checked_by"] == ""
        assert table["reviewed"] < table["next_review"]
    for rule in content().rules.rule:
        assert rule.source
        assert rule.status
        assert rule.address or "judgement" in rule.status


def test_nothing_that_calms_rests_on_judgement() -> None:
    """A rule that calms was read at its source, and carries every gate."""
    for rule in content().rules.rule:
        if rule.effect != "lowers":
            continue
        when = rule.when
        assert rule.status.startswith("seen")
        assert when.red_flags == ("all-no",)
        assert when.answers_required == "all"
        assert when.treatments == when.situations == ("none",)
        assert when.drugs == ("none-listed",)
        assert when.pregnancy == "no"
        assert when.trend == "not-falling"
        assert when.age_min in ("18y", "71y")
        assert when.other_lines == (("HGB-known-normal", "PLT-known-normal"),)
        assert not when.flags


def test_every_word_of_the_table_is_known() -> None:
    """Red flags, treatments and situations are questions; drugs are groups."""
    known = {question.id for question in content().questions.question}
    groups = {group.id for group in content().drug_groups.group}
    for rule in content().rules.rule:
        words = {*rule.when.red_flags, *rule.when.treatments, *rule.when.situations}
        assert words - {"all-no", "any-unanswered", "none"} <= known
        assert set(rule.when.drugs) - {"none-listed", "unknown"} <= groups


def test_the_loaded_table_is_asked_for() -> None:
    """Importing leukon reads no advice."""
    code = "import leukon, sys; print('leukon.advice' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert files("leukon").joinpath("content/advice/advice.json").is_file()


# What it says -------------------------------------------------------------------------------------


def test_no_words_to_a_person_say_to_stop_a_medicine() -> None:
    """Safety rule 11: no text for a person tells anyone to stop a medicine."""
    for rule in content().rules.rule:
        # "Repeat once and stop" is about blood tests.
        said = f"{rule.action} {rule.conflict_public.replace('repeat the count once and stop', '')}"
        assert not STOPPING.search(said.lower()), rule.id


def test_where_sources_differ_a_person_is_told() -> None:
    """Each conflict that moves the urgency has words for the person, and the sources' own figures."""
    for rule in content().rules.rule:
        if rule.conflict and rule.id != "URG-45":
            assert rule.conflict_public
    fired = told("50y", "NEUT 0.9 low", "38.0C").rules[0]
    assert fired.id == "URG-01"
    assert "38.3" in fired.conflict
    assert "more cautious" in fired.conflict_public


def test_the_emergency_number_is_a_setting() -> None:
    """Without a setting the text speaks of the local number; with one it names it."""
    assert "your local emergency number" in told("6wk", "", "38.2C").text
    assert "or call 999." in told("6wk", "", "38.2C", emergency_number="999").text
    for rule in content().rules.rule:
        assert "number" not in rule.action.replace(THE_NUMBER, "") or rule.id == "URG-03b", rule.id


def test_the_first_line_is_the_most_urgent_rule() -> None:
    """The text is the action of the first of the most urgent rules."""
    answer = told("50y female", "NEUT 1.4 low", "38.6C, treated chemotherapy")
    assert answer.urgency is Urgency.EMERGENCY
    assert answer.text == answer.rules[0].action
    assert answer.rules[0].id == "URG-02"
    assert [rule.urgency for rule in answer.rules] == sorted(rule.urgency for rule in answer.rules)


def test_with_nothing_known_the_questions_are_asked() -> None:
    """Nothing known: every question that may concern the person is open, and none is taken for a no."""
    answer = advise(situation_of(Person(), Context()))
    assert answer.basis == "questions-open"
    assert answer.urgency is Urgency.SOON
    assert len(answer.unanswered) == len(content().questions.question)
    assert "until you answer" in answer.text
    assert answer.reason == "questions not asked"


def test_the_emergency_signs_stand_beside_the_questions() -> None:
    """The signs of an emergency are always shown, those of babies to babies alone."""
    signs = {sign.id for sign in told("50y", "NEUT 1.7 low", "all no").emergency_signs}
    assert {
        "fever",
        "cold",
        "shivers",
        "unwell",
        "confused",
        "breathless",
        "bleeding",
        "spots",
    } <= signs
    assert "baby-signs" not in signs
    assert "baby-signs" in {sign.id for sign in told("6wk", "", "").emergency_signs}
    assert signs <= set(SYMPTOMS)


def test_open_questions_are_named_with_their_reason() -> None:
    """Some answers given: the reason is that others were not."""
    answer = told("50y male", "NEUT 1.7 low", "open lumps")
    assert [question.id for question in answer.unanswered] == ["lumps"]
    assert answer.reason == "questions not answered"
    assert answer.deciding[0].id == "URG-44"


def test_an_unknown_drug_is_said_to_be_unknown() -> None:
    """A medicine that leukon does not know is named as such and keeps the question open."""
    answer = told("50y male", "NEUT 1.7 low", "all no, takes carbimazol")
    assert [drug.given for drug in answer.unknown_drugs] == ["carbimazol"]
    assert [question.id for question in answer.unanswered] == ["listed-drug"]


def test_what_holds_only_because_it_is_not_known_is_named() -> None:
    """A rule that fires since something is not known says what."""
    baby = told("unknown", "", "38.2C").rules[0]
    assert (baby.id, baby.unsure) == ("URG-07", ("age",))
    drug = told("40y", "", "39C, takes carbimazole").rules[0]
    assert (drug.id, drug.unsure) == ("URG-06a", ("NEUT",))
    assert told("6wk", "", "38.2C").rules[0].unsure == ()


def test_the_last_rule_names_its_counts() -> None:
    """The rule for a count of which nothing else speaks says which counts those are."""
    fired = {
        rule.id: rule for rule in told("50y male", "MONO 0.1 low, EOS 0.01 low", "all no").rules
    }
    assert fired["URG-45"].lines == ("MONO",)


def test_it_says_that_nobody_has_checked_it() -> None:
    """Until a clinician has checked the content, the answer says so."""
    answer = told("50y", "", "")
    assert answer.not_checked
    assert answer.as_dict()["checked"] == "not yet checked by a clinician"


def test_json_carries_the_contract() -> None:
    """The dictionary has urgency, rules and unanswered, all of them plain."""
    answer = told("50y", "NEUT 0.9 low", "38.6C, takes carbimazole, takes foo")
    plain = json.loads(json.dumps(answer.as_dict()))
    assert plain["urgency"] == "emergency"
    assert plain["rules"][0]["id"] == "URG-01"
    assert plain["rules"][0]["source"]
    assert {"fever"} < {sign["id"] for sign in plain["emergency_signs"]}
    assert plain["unknown_drugs"][0]["given"] == "foo"


def test_the_words_without_a_rule_call_nobody_well() -> None:
    """Where no rule fired, the text calms nobody."""
    assert "does not mean that you are well" in BASES["no-rule"]
    assert told("50y", "WBC 6 within", "all no").text == BASES["no-rule"]
    assert "feel ill: go to hospital now" in told("50y", "WBC 6 within", "all no, yes unwell").text


def test_who_has_a_sign_of_an_emergency_is_sent_to_hospital_if_worse() -> None:
    """Whatever rule won: with such a sign answered yes, the text speaks of the hospital."""
    for counts in ("", "WBC 3.7 low", "WBC 6 within", "NEUT 1.2 low", "LYMPH 0.9 low"):
        for sign in ("fever", "cold", "shivers", "unwell", "confused", "bleeding"):
            said = told("50y male", counts, f"all no, yes {sign}").text
            assert "hospital" in said, (counts, sign)
    assert told("50y male", "WBC 3.7 low", "all no, yes unwell").warning
    assert not told("50y male", "WBC 3.7 low", "all no").warning


def test_our_own_rules_only_raise() -> None:
    """A rule without a row of a source raises, says that it is a judgement, and is none of the set."""
    for rule in content().judgement.rule:
        assert rule.id.startswith("LKN-")
        assert rule.effect == "raises"
        assert rule.status.startswith("judgement")
        assert not rule.minimal_set
        assert rule in content().rules.rule
    assert all(name.status.startswith("judgement") for name in content().judgement.drug)


def test_our_own_rule_that_calms_is_refused() -> None:
    """Content in which a judgement calms is not read."""
    tables = raw()
    tables["judgement"]["rule"][0]["effect"] = "lowers"
    with pytest.raises(LeukonError, match="does not raise"):
        read(json.dumps(tables).encode())


def test_every_name_of_ours_leads_somewhere() -> None:
    """Each name of our own belongs to a group; without a code its drug is one of the table."""
    listed = {drug.inn for drug in content().drugs.drug}
    for drug in content().judgement.drug:
        assert (drug.inn in listed) != bool(drug.atc), drug.inn
        for name in drug.names:
            assert find(name).groups - {"other-listed"}, name


def test_the_words_claim_nothing_that_was_not_asked() -> None:
    """Not known to be the first: "if"; open questions: no "no red flag"; a name of no disease."""
    asked = told("50y male", "NEUT 0.7 low", "all no, first").rules
    unasked = told("50y male", "NEUT 0.7 low", "").rules
    words = {rule.id: rule for rule in asked}["URG-21"]
    assert words.rule == "Neutrophils below 1.0 found for the first time"
    assert words.rule_professional == "Neutrophils below 1.0 found for the first time, no red flag"
    words = {rule.id: rule for rule in unasked}["URG-21"]
    assert words.rule.startswith("If this is the first time: ")
    assert "no red flag" not in words.rule_professional
    first = {rule.id: rule for rule in told("50y male", "NEUT 0.7 low", "first").rules}["URG-21"]
    assert "no red flag" not in first.rule_professional
    film = {rule.id: rule for rule in told("50y", "WBC 3 low", "yes lumps").rules}["URG-12"]
    assert film.rule.endswith("signs that need a blood film soon")
    assert film.rule_professional.endswith("suspected leukaemia")
    calm = {rule.id: rule for rule in content().rules.rule}["URG-23"].action
    assert "unlikely to matter" not in calm


def test_low_by_a_publisher_alone_is_said_so() -> None:
    """Where the definition in use calls nothing low, the words say whose low it is."""
    here = told("50y male", "WBC 3.7 low", "").deciding[0]
    voted = told("50y male", "WBC 4.2 within low", "").deciding[0]
    assert here.id == voted.id == "URG-44"
    assert here.rule.startswith("A low count")
    assert voted.rule.startswith("A count that some publisher calls low")


def test_a_treatment_outside_of_every_window_is_named() -> None:
    """A dated treatment or medicine that lies too long ago is said to be left out."""
    late = "treated chemotherapy:2026-01-10, takes carbimazole:2026-02-01, asked 2026-11-24"
    answer = told("50y male", "NEUT 4 within", late)
    assert [one.name for one in answer.passed] == ["chemotherapy", "carbimazole"]
    assert "2026-01-10" in answer.passed[0].text
    assert answer.as_dict()["passed"][1]["on"] == "2026-02-01"
    assert told("50y", "", "treated chemotherapy:2026-11-10, asked 2026-11-24").passed == ()


def test_a_count_that_cannot_be_judged_is_named() -> None:
    """The rule about counts that nothing judges says which they are."""
    answer = told("15y male", "WBC 6 within, PLT 90 undetermined", "all no")
    assert answer.deciding[0].lines == ("PLT",)
    assert "cannot judge" in answer.text


# Counts -------------------------------------------------------------------------------------------


def test_a_count_without_a_value_is_not_counted() -> None:
    """A pending or contradictory count is no count."""
    assert counted(None, flags=["undetermined"]) is None
    assert counted(float("nan")) is None


def test_a_sign_makes_a_range() -> None:
    """ "<0.5" lies under 0.5, ">=1.0" at 1.0 or above."""
    below, above = counted(0.5, "<"), counted(1.0, ">=")
    assert below is not None
    assert above is not None
    assert (below.low, below.high < 0.5) == (0.0, True)
    assert (above.low, above.high) == (1.0, float("inf"))
    with pytest.raises(InputRefused):
        counted(1.0, "~")


@pytest.mark.parametrize(
    ("options", "is_low"),
    [
        ({"flags": ["low"]}, True),
        ({"flags": ["within", "low"]}, True),
        ({"flags": ["within"], "votes_low": 5}, False),
        ({"flags": ["undetermined"], "votes_low": 1}, True),
        ({"flags": ["undetermined"], "votes_open": 1}, True),
        ({"flags": ["undetermined"]}, False),
        ({"flags": ["undetermined"], "lower": 4.0}, True),
        ({"flags": []}, False),
    ],
)
def test_who_calls_a_count_low(options: dict[str, object], is_low: bool) -> None:
    """One definition that calls it low is enough; publishers vote where none can say."""
    seen = counted(3.5, **options)  # type: ignore[arg-type]
    assert seen is not None
    assert seen.is_low is is_low


def test_no_lower_limit_and_not_high_is_judged_but_not_normal() -> None:
    """Eosinophils without a lower limit, not above the upper one, are not "cannot be judged"."""
    seen = counted(0.2, flags=["undetermined"], is_not_high=True)
    assert seen is not None
    assert not seen.is_unjudged
    assert not seen.is_within
    low = counted(0.2, flags=["low"], is_not_high=True)
    assert low is not None
    assert not low.is_within_by_some


def test_normal_is_only_what_all_call_within() -> None:
    """Known normal means within by every definition heard, and by at least one."""
    for flags, within in ((["within"], True), (["within", "high"], False), ([], False)):
        seen = counted(140.0, flags=flags)
        assert seen is not None
        assert seen.is_within is within
