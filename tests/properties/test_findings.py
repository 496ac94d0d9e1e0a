"""Findings on invented panels: they follow the flags, and a lower count takes none of them away."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from leukon.ages import UNKNOWN, from_completed
from leukon.findings import BY_FLAG, PRESENT, Counted, Known, find

LOWER = {
    "WBC": 4.0,
    "NEUT": 1.5,
    "LYMPH": 1.0,
    "MONO": 0.2,
    "CD4": 0.5,
    "HGB": 120.0,
    "PLT": 150.0,
}
FLAGS = ("critical-low", "low", "within", "high", "undetermined")
GRAVER = {"bicytopenia": "pancytopenia"}
"""A finding that gives way to a graver one of the same lines."""

ages = st.one_of(st.just(UNKNOWN), st.integers(0, 90).map(lambda years: from_completed(years, "y")))
answers = st.sampled_from([True, False, None])
known = st.builds(
    Known,
    temperature=st.sampled_from([float("nan"), 35.5, 36.8, 38.0, 38.1, 38.3, 38.5, 39.9]),
    anticancer=answers,
    listed_drug=answers,
    sepsis_signs=answers,
)


@st.composite
def counts(draw) -> dict[str, Counted]:
    """Some counts, as ranges or numbers, each with a flag that a definition may give it."""
    kinds = draw(st.sets(st.sampled_from(sorted(LOWER)), min_size=1))
    return {kind: draw(one(kind)) for kind in sorted(kinds)}


@st.composite
def one(draw, kind: str) -> Counted:
    """One count, flagged by its limit; now and then undetermined for want of one."""
    lower = LOWER[kind]
    value = draw(st.one_of(st.floats(0, 2 * lower), st.sampled_from([0.0, lower, lower / 2])))
    low, high = draw(st.sampled_from([(value, value), (0.0, value), (value, inf)]))
    if draw(st.integers(0, 9)) == 0:
        return Counted(low=low, high=high, flag="undetermined", by="somebody")
    return flagged(low, high, lower)


def flagged(low: float, high: float, lower: float) -> Counted:
    """The range with the flag its limit gives it."""
    flag = "low" if high < lower else "within" if low >= lower else "undetermined"
    return Counted(low=low, high=high, flag=flag, lower=lower, by="somebody")


@given(counts(), ages, known)
def test_findings_never_contradict_flags(seen, age, facts):
    """A line's finding is present exactly where its flag is low, and absent where it is within."""
    found = {one.id: one.status for one in find(seen, age=age, facts=facts)}
    for kind, key in BY_FLAG.items():
        flag = seen[kind].flag if kind in seen else "within"
        assert (found.get(key) == PRESENT) is (flag in ("low", "critical-low"))
        if flag in ("within", "high"):
            assert key not in found


@given(counts(), ages, known)
def test_words_never_speak_of_a_count_that_is_not_low(seen, age, facts):
    """Clinical words stand only with a finding, and surely only where the count surely fits."""
    for one_found in find(seen, age=age, facts=facts):
        if one_found.words:
            kind = one_found.lines[0]
            assert seen[kind].is_low.holds is not False
            exact = seen[kind].low == seen[kind].high
            assert not (exact and age is not UNKNOWN and any(w.possible for w in one_found.words))


@given(counts(), ages, known, st.data())
def test_a_lower_count_never_takes_a_finding_away(seen, age, facts, data):
    """Where one count falls, every finding that was there stays, or gives way to a graver one."""
    kind = data.draw(st.sampled_from(sorted(seen)))
    was = seen[kind]
    if was.flag == "undetermined" or was.lower is None:
        return
    fall = data.draw(st.floats(0, was.low))
    fallen = {**seen, kind: flagged(was.low - fall, max(was.high - fall, 0.0), was.lower)}
    before = present(find(seen, age=age, facts=facts))
    after = present(find(fallen, age=age, facts=facts))
    missing = {pair for pair in before - after if (GRAVER.get(pair[0]), pair[1]) not in after}
    assert not missing


@given(counts(), ages, known, st.sampled_from(sorted(LOWER)))
def test_another_low_count_never_takes_a_finding_away(seen, age, facts, kind):
    """A count that was not known and is found to be low takes no finding of a line away."""
    if kind in seen:
        return
    more = {**seen, kind: flagged(0.0, LOWER[kind] / 4, LOWER[kind])}
    before = present(find(seen, age=age, facts=facts))
    after = present(find(more, age=age, facts=facts))
    missing = {pair for pair in before - after if (GRAVER.get(pair[0]), pair[1]) not in after}
    # Neutrophils counted at last replace what was known of them from the total.
    assert {key for key, _ in missing} <= {"febrile-neutropenia", "agranulocytosis"}
    assert not missing or kind == "NEUT"


def present(found) -> set[tuple[str, str]]:
    """The findings that are present, each with whose it is where several publishers have it."""
    named = ("febrile-neutropenia", "agranulocytosis")
    return {(one.id, one.by if one.id in named else "") for one in found if one.status == PRESENT}


@given(counts(), ages, known)
def test_a_range_never_says_more_than_both_of_its_ends(seen, age, facts):
    """What is present for a range is present at its lowest and at its highest number."""
    for kind, count in seen.items():
        if count.low == count.high or count.lower is None:
            continue
        sure = present(find(seen, age=age, facts=facts))
        for end in (count.low, min(count.high, 1e6)):
            at_end = {**seen, kind: flagged(end, end, count.lower)}
            there = present(find(at_end, age=age, facts=facts))
            missing = {p for p in sure - there if (GRAVER.get(p[0]), p[1]) not in there}
            assert not missing


@given(counts(), ages, known)
def test_the_duffy_status_only_takes_neutropenia_away(seen, age, facts):
    """A Duffy-null test changes nothing but neutropenia and what is built on it, and only from 1.0."""
    plain = find(seen, age=age, facts=facts)
    tested = find(seen, age=age, facts=facts, duffy="null")
    gone = {one.id for one in plain} - {one.id for one in tested}
    assert gone <= {"neutropenia", "bicytopenia", "pancytopenia", "chronic-neutropenia"}
    if gone:
        assert seen["NEUT"].low >= 1.0
        assert 36.0 <= facts.temperature < 38.0
        assert facts.listed_drug is False
        assert facts.anticancer is not True


@given(counts(), ages, known)
def test_a_flag_of_critical_is_a_low_one(seen, age, facts):
    """Critically low makes the same findings as low."""
    grave = {
        kind: replace(count, flag="critical-low") if count.flag == "low" else count
        for kind, count in seen.items()
    }
    assert find(seen, age=age, facts=facts) == find(grave, age=age, facts=facts)
