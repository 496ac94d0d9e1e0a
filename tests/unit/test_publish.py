"""An estimate becomes a definition: rounded, dated, with what it rests on; a refusal does not."""

from dataclasses import replace

import numpy as np
import pytest

from leukon import estimation, interpret
from leukon.definition import dumps, loads
from leukon.errors import EstimateRefused, UsageError
from leukon.estimation.answer import Limit, Refusal
from leukon.estimation.exclusions import Exclusion, Tally
from leukon.estimation.publish import Head, Made, Study, definition_of, rounded, warnings_of
from leukon.limits import Partition
from leukon.validation import ties

NAN = float("nan")
HEAD = Head("Example Clinic", "2026-11-24", software="leukon 9")


def made(low=3.96, high=10.31, refusal=None, **people) -> Made:
    """An estimate with these limits, made by hand."""
    limits = (Limit(0.025, low, 3.9, 4.05), Limit(0.975, high))
    one = estimation.Estimate(
        lower=limits[0], upper=limits[1], quantiles=limits, n=2000.0, distinct=90, step=0.1,
        sick_share=0.1, reference=None, components=(), span=(0.0, 20.0),
        diagnostics=estimation.Diagnostics(True, 9, 3, 1.0, 0.0, (("odd", "an odd shape"),)),
        refusal=refusal,
    )  # fmt: skip
    values = np.array([3.9, 6.0, 10.4])
    return Made(Partition(age_from="18y", **people), one, values, np.array([50.0, 1900.0, 50.0]))


def study(*groups: Made) -> Study:
    tally = Tally(came=2100, entered=2000, people=2000, excluded={Exclusion.PREGNANT: 100})
    return Study("WBC", "10*9/L", 0.1, groups, tally, "2025-01-01", "2025-12-31")


def test_a_definition_says_what_it_rests_on():
    """Limits to the reporting step, and in words n, sick, intervals, dates, what was left out."""
    found = definition_of([study(made())], HEAD)
    limit = found.limits[0]
    assert (limit.low, limit.high, limit.kind, limit.votes) == (4.0, 10.3, "reference", False)
    assert (found.checked_by, found.publisher, found.date) == ("", "Example Clinic", "2026-11-24")
    said = " ".join([limit.note, *found.notes])
    for text in ("2,000 people", "10%", "3.9 to 4.05", "2025-01-01", "100 rows", "pregnant",
                 "leukon 9", "an odd shape"):  # fmt: skip
        assert text in said


def test_a_definition_is_used_like_any_other():
    """Its file is read back, has no ties, and interprets a count."""
    from leukon import Count, Panel, Person

    text = dumps(definition_of([study(made(sex="female"), made(5.0, sex="male"))], HEAD))
    mine = loads(text)
    assert not ties(mine.limits)
    panel = Panel(Person(age="30y", sex="male"), [Count("WBC", 4.5, "10*9/L")])
    assert interpret(panel, by=mine)["WBC"].flag == "low"


REFUSED = Refusal("too-few-results", "200 results; at least 400 are needed", "collect for longer")


def test_a_warning_of_a_curve_is_told_once_a_sex():
    """Rows of one curve share its warnings; they are not repeated row by row."""
    days = np.tile(np.linspace(800.0, 4000.0, 40), 20)
    values = np.round(5 + np.linspace(0, 4, days.size) % 3, 1)
    curve = estimation.estimate_by_age(values, days, step=0.1)
    assert any(code == "untested-size" for code, _ in curve.curves[0].warnings)
    both = replace(study(made(), made(sex="female")), curve=curve)
    assert len(warnings_of(both)) == len(curve.curves[0].warnings)


def test_a_refusal_writes_nothing():
    """One refused group is enough, and the error says which, why and what is missing."""
    with pytest.raises(EstimateRefused, match=r"male.*200 results.*collect for longer") as error:
        definition_of([study(made(sex="female"), made(refusal=REFUSED, sex="male"))], HEAD)
    assert error.value.exit_code == 3


def test_the_other_groups_can_be_published():
    """When asked for, what is refused is left out, and the notes say so."""
    both = study(made(sex="female"), made(refusal=REFUSED, sex="male"))
    found = definition_of([both], HEAD, leave_out_refused=True)
    assert [limit.partition.sex for limit in found.limits] == ["female"]
    assert any("not published for male" in note for note in found.notes)


def test_nothing_left_is_refused():
    """A definition without a limit is none, whatever is asked for."""
    with pytest.raises(EstimateRefused):
        definition_of([study(made(refusal=REFUSED))], HEAD, leave_out_refused=True)


def test_no_number_is_a_refusal():
    """A limit that is no number is never published, though the fit does not refuse."""
    with pytest.raises(EstimateRefused, match="no limits could be found"):
        definition_of([study(made(low=NAN))], HEAD)


def test_somebody_publishes():
    """A definition without a publisher is refused before anything is read."""
    with pytest.raises(UsageError):
        replace(HEAD, publisher=" ")


@pytest.mark.parametrize(
    ("value", "step", "printed"), [(3.96, 0.1, 4.0), (0.014, 0.01, 0.01), (149.6, 1.0, 150.0)]
)
def test_limits_are_rounded_to_the_step(value, step, printed):
    """The nearest value that can be reported."""
    assert rounded(value, step) == printed
