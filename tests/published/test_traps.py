"""Traps that other software fell into, each with what leukon says instead.

The list (shared folder, cases_traps.csv) names the software and the evidence. Every trap has a
test here, or stands in `NOT_COVERED` with the reason; none is left out in silence.
"""

import csv
from datetime import date

import pytest

from leukon import (
    Count,
    DecisionLimit,
    Definition,
    Panel,
    Partition,
    Person,
    ReferenceInterval,
    definitions,
    grade,
    interpret,
)
from leukon.ages import parse_age
from leukon.analytes import code
from leukon.errors import AnalyteUnknown, DefinitionRefused, UnitRefused, ValueRefused
from leukon.panel import age_at_draw
from leukon.scales import loads as scale_of
from leukon.units import read_unit

NOT_COVERED = {
    "T23": "leukon does not use the interval that a report prints",
    "T24": "leukon does not read the interval that a report prints",
    "T26": "leukon does not read the interval that a report prints",
}
UNIT = "10*9/L"


def flag(analyte, value, by, unit=UNIT, **person):
    """The flag, reason and lower limit of one count."""
    said = interpret(Panel(Person(**person), [Count(analyte, value, unit)]), by=by)[analyte]
    return said.flag, said.reason, said.lower


def made(*rows):
    return Definition(id="made", publisher="Made", version="1", limits=rows)


def interval(low, high=None, analyte="WBC", **people):
    return ReferenceInterval(
        analyte=analyte, low=low, high=high, unit=UNIT, partition=Partition(**people)
    )


def t01():
    """An age interval in days does not hold for somebody five years old."""
    by = made(interval(9.0, 30.0, age_from="0d", age_to="7d"))
    assert flag("WBC", 10, by, age="5y") == ("undetermined", "no-limit-for-age", None)


def t02():
    """400 days are 400 days exactly, not some months of 30 and a year of 365."""
    by = made(interval(5.0, age_from="395d", age_to="400d"), interval(6.0, age_from="400d"))
    assert flag("WBC", 5.5, by, age="400d") == ("low", "", 6.0)
    assert flag("WBC", 5.5, by, age="399d") == ("within", "", 5.0)
    assert parse_age("400d").days_from == 400.0


def t03():
    """Age is that at the draw, whenever it is read."""
    assert age_at_draw(date(2008, 5, 1), date(2010, 6, 1)).months_from // 12 == 2
    by = made(interval(6.0, age_to="3y"), interval(4.0, age_from="3y"))
    age = age_at_draw(date(2008, 5, 1), date(2010, 6, 1))
    assert flag("WBC", 5.0, by, age=age) == ("low", "", 6.0)


def t04():
    """Six days are under seven days."""
    by = made(interval(9.0, age_to="7d"), interval(5.0, age_from="7d"))
    assert flag("WBC", 6.0, by, age="6d") == ("low", "", 9.0)


def t05():
    """4,000 per microlitre are 4.0, whatever the unit of the limit."""
    by = made(ReferenceInterval(analyte="WBC", low=4.0, high=11.0, unit="10*3/uL"))
    assert flag("WBC", 4000, by, unit="/uL") == ("within", "", 4.0)
    assert flag("WBC", 3999, by, unit="/uL") == ("low", "", 4.0)


def t06():
    """3.95, between "low to 3.9" and "normal from 4.0", is low."""
    assert flag("WBC", 3.95, made(interval(4.0))) == ("low", "", 4.0)


def t07():
    """4.0 is not fewer than 4.0."""
    assert flag("WBC", 4.0, "cleveland-clinic", age="34y") == ("within", "", 4.0)


def t08():
    """Sex other or unknown has no limit where rows are for women and men alone."""
    by = made(interval(4.1, sex="female"), interval(4.0, sex="male"))
    for sex in ("other", "unknown", None):
        assert flag("WBC", 4.0, by, sex=sex) == ("undetermined", "sex-missing", None)
    everybody = made(*by.limits, interval(3.9))
    assert flag("WBC", 3.8, everybody, sex="other") == ("low", "", 3.9)


def t09():
    """A row for Duffy-null people or for week 20 does not hold for an adult of whom neither is known."""
    duffy = made(interval(3.0, duffy="null", age_from="18y"))
    weeks = made(interval(5.7, pregnancy=True, weeks_from=20, weeks_to=21))
    for by in (duffy, weeks):
        assert flag("WBC", 3.5, by, age="34y") == ("undetermined", "no-limit-for-person", None)


def t10():
    """A count without a limit is not normal."""
    by = made(interval(1.5, analyte="NEUT"))
    assert flag("WBC", 0.4, by) == ("undetermined", "no-limit", None)


def t11():
    """A missing value is not normal, and has no grade."""
    count = Count("WBC", None)
    said = interpret(Panel(Person(age="34y"), [count]))["WBC"]
    assert (said.flag, said.reason) == ("undetermined", "value-missing")
    assert grade("NEUT", None, unit=UNIT, scale="ctcae-5.0", age="34y").grade is None


def t12():
    """Zero is a count, the most severe one."""
    assert flag("NEUT", 0, None, age="34y") == ("critical-low", "", 1.5)
    assert flag("NEUT", 0, "merck-manual", age="34y") == ("low", "", 1.5)
    for scale in ("ctcae-4.03", "ctcae-5.0", "ctcae-6.0"):
        assert grade("NEUT", 0, unit=UNIT, scale=scale, age="34y").grade == 4


def t13():
    """1.4995 is under 1.5, compared exactly."""
    assert flag("NEUT", 1.4995, "merck-manual", age="34y") == ("low", "", 1.5)


def t14():
    """2.5 is above the limit; no word of recovery is said on one count."""
    panel = Panel(Person(age="34y"), [Count("NEUT", 2.5, UNIT)])
    answer = interpret(panel, by="merck-manual")
    assert answer["NEUT"].flag == "within"
    assert "recover" not in str(answer.as_dict()).lower()


def t15():
    """A misspelt unit is refused by its spelling."""
    with pytest.raises(UnitRefused, match="cellls"):
        Count("WBC", 3.8, "10*9.{cellls}/L")


def t16():
    """A low percentage with a normal count is no low count; the code says it is a percentage."""
    for number in ("770-8", "26511-6"):
        assert code(number).is_percentage
    counts = [Count("WBC", 20.0, UNIT), Count("NEUT", 15, "%")]
    assert interpret(Panel(Person(age="34y"), counts), by="merck-manual")["NEUT"].flag == "within"


def t17():
    """A code leukon has no term for is refused by its number, never taken for another."""
    with pytest.raises(AnalyteUnknown, match="8122-4"):
        code("8122-4")


def t18():
    """9.2 and 33 percent are 3.04: derived, and not low."""
    counts = [Count("WBC", 9.2, UNIT), Count("NEUT", 33, "%")]
    said = interpret(Panel(Person(age="34y"), counts))["NEUT"]
    assert (round(said.value, 2), said.derived, said.flag) == (3.04, True, "within")


def t19():
    """0.7 has another grade in another version, and each is named."""
    found = [
        grade("NEUT", 0.7, unit=UNIT, scale=f"ctcae-{version}", age="34y")
        for version in ("4.03", "5.0", "6.0")
    ]
    assert [(one.grade, one.version) for one in found] == [(3, "4.03"), (3, "5.0"), (2, "6.0")]


def t20():
    """2.51 is within by a practice whose limit is 2.5, and grade 2 by CTCAE 5: both are said."""
    assert flag("WBC", 2.51, made(interval(2.5))) == ("within", "", 2.5)
    assert grade("WBC", 2.51, unit=UNIT, scale="ctcae-5.0", lln=2.5, age="34y").grade == 2


def t21():
    """One year old is a child, not a newborn."""
    assert flag("WBC", 5.8, "arup", age="1y") == ("low", "", 6.0)
    assert flag("WBC", 5.8, "arup", age="11mo") == ("within", "", 5.5)


def t22():
    """10^3/mL is refused, and read only as its owner declares it."""
    with pytest.raises(UnitRefused):
        Count("WBC", 1500, "10^3/mL")
    assert read_unit("10^3/mL", "WBC", declared={"10^3/mL": "/uL"}).convert(1500.0) == 1.5


def t25():
    """4.4 per nanolitre is 4.4 10*9/L."""
    by = made(interval(3.6, 10.0))
    assert flag("WBC", 4.4, by, unit="/nl") == ("within", "", 3.6)


ZIPS = """
id = "zips-2019"
name = "ZIPS trial exceptions"
version = "2019"
source = "https://trialsjournal.biomedcentral.com/articles/10.1186/s13063-019-3569-z/tables/3"
[[grades]]
analyte = "NEUT"
grade = 2
low = 0.5
high = 1.0
unit = "10*9/L"
[[grades]]
analyte = "NEUT"
grade = 3
low = 0.2
high = 0.5
unit = "10*9/L"
[[grades]]
analyte = "NEUT"
grade = 4
high = 0.2
unit = "10*9/L"
"""


def t27():
    """A trial's own table, given as a file, grades as the trial says."""
    assert grade("NEUT", 0.7, unit=UNIT, scale=scale_of(ZIPS)).grade == 2
    assert grade("NEUT", 0.7, unit=UNIT, scale="ctcae-4.03", age="3y").grade == 3


TRAPS = {
    name.upper(): test for name, test in globals().items() if name[:1] == "t" and name[1:].isdigit()
}


@pytest.mark.parametrize("name", sorted(TRAPS))
def test_trap(name):
    """leukon does not fall into this trap."""
    TRAPS[name]()


def test_no_trap_is_left_out(needs_shared):
    """Each trap of the list is tested, or named with the reason why not."""
    path = needs_shared / "cases" / "cases_traps.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        listed = {row["trap_id"] for row in csv.DictReader(lines) if row["use"] != "no"}
    assert listed == TRAPS.keys() | NOT_COVERED.keys()
    assert not TRAPS.keys() & NOT_COVERED.keys()


def test_impossible_values_are_refused():
    """A thousandfold label is refused, for values and for definitions that print a percentage."""
    with pytest.raises(ValueRefused):
        Count("NEUT", 3000, "10*3/uL")
    with pytest.raises(DefinitionRefused):
        DecisionLimit(analyte="NEUT", low=40.0, unit="%")
    assert all(limit.unit != "%" for d in definitions.values() for limit in d.limits)
