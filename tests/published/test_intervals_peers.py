"""Worked examples of two other projects that compare a number with intervals.

Sources: medplum/medplum packages/core/src/utils.test.ts and openmrs/openmrs-esm-core
packages/framework/esm-styleguide/src/numeric-observation/interpretation-utils.test.ts, kept in the
shared folder with what leukon is expected to say (`our_expected`). Cases marked `negative-test`
are those whose own answer must not be copied.
"""

import csv
import json

import numpy as np
import pytest

from leukon import (
    Analyte,
    Count,
    DecisionLimit,
    Definition,
    LeukonError,
    Panel,
    Partition,
    Person,
    ReferenceInterval,
    interpret,
)
from leukon.batch import Batch, Column, batch_of
from leukon.compare import interpret_batch
from leukon.errors import DefinitionRefused, ValueRefused
from leukon.readers.numerals import read_number
from leukon.reasons import Reason

UNIT = "10*9/L"
SILENT = DecisionLimit(analyte="NEUT", low=1.5, unit=UNIT)
"""A row for another line: the definition that says nothing of white cells."""


def cases(shared, name):
    with (shared / "cases" / name).open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["use"] != "no"]


def definition(rows):
    return Definition(id="theirs", publisher="Theirs", version="1", limits=(*rows, SILENT))


def asked(value, by, *, sex=None, age=None):
    """What leukon says of a white cell count with this value (None: no value)."""
    count = Count("WBC", value, UNIT if value is not None else None)
    return interpret(Panel(Person(sex=sex, age=age), [count]), by=by)["WBC"]


def word(row):
    """The flag a case expects."""
    return row["our_expected"].replace(";", ":").partition(":")[0]


# medplum: intervals labelled L, N and H; N is the reference interval


def normal_intervals(row):
    """The reference intervals of a case as rows of a definition."""
    for interval in json.loads(row["definition_json"]):
        if interval["condition"] == "N":
            ages = interval.get("age", {})
            people = Partition(
                sex=interval.get("gender", ""),
                age_from=f"{ages['low']}y" if "low" in ages else "",
                age_to=f"{ages['high'] + 1}y" if "high" in ages else "",
            )
            limits = interval["range"]
            yield ReferenceInterval(
                analyte="WBC", low=limits["low"], high=limits["high"], unit=UNIT, partition=people
            )


def person_of(row):
    return {"sex": row["sex"] or None, "age": f"{row['age_years']}y" if row["age_years"] else None}


def test_medplum_intervals(needs_shared):
    """A number between the printed ends of two intervals belongs to the side it lies on."""
    rows = cases(needs_shared, "cases_medplum_intervals.csv")
    for row in rows:
        by = definition(normal_intervals(row))
        value = float(row["value"]) if row["value"] else None
        said = asked(value, by, **person_of(row))
        if word(row) == "limits used":
            assert said.lower == float(row["our_expected"].rpartition(" ")[2]), row["case_id"]
        else:
            assert said.flag == word(row), row["case_id"]
    assert len(rows) == 31


def test_medplum_without_sex_and_age(needs_shared):
    """The case without sex and age says that they are missing, not that the count is fine."""
    row = cases(needs_shared, "cases_medplum_intervals.csv")[-1]
    assert row["our_expected"] == "undetermined: sex and age missing"
    said = asked(3.0, definition(normal_intervals(row)))
    assert said.reason in ("age-missing", "sex-missing")


# openmrs: one range with normal, critical and absolute limits


def limits_of(row):
    """The normal limits and the critical ones, which are critical themselves."""
    found = json.loads(row["range_json"])
    if found is None:
        return
    yield ReferenceInterval(
        analyte="WBC", low=found["lowNormal"], high=found["hiNormal"], unit=UNIT
    )
    if "lowCritical" in found:
        yield DecisionLimit(
            analyte="WBC",
            low=found["lowCritical"],
            high=found["hiCritical"],
            low_inclusive=False,
            high_inclusive=False,
            unit=UNIT,
            kind="critical",
        )


def test_openmrs_interpretation(needs_shared):
    """At and between limits, below none, without a range and without a value."""
    rows = cases(needs_shared, "cases_openmrs_interpretation.csv")
    for row in rows:
        if word(row) == "refused":
            refused = ValueRefused if "count" in row["our_expected"] else DefinitionRefused
            with pytest.raises(refused):
                judged(row)
        elif row["value"] == "not a number":
            unreadable(row)
        else:
            assert judged(row).flag == word(row), row["case_id"]
    assert len(rows) == 22


def judged(row):
    value = float(row["value"]) if row["value"] else None
    if value is not None and value < 0:
        # The count is refused before its limits, negative too, are looked at.
        Count("WBC", value, UNIT)
    return asked(value, definition(limits_of(row)))


def unreadable(row):
    """Text where a number should be is refused, and in a file's row undetermined."""
    with pytest.raises(LeukonError):
        read_number(row["value"])
    people = batch_of([Panel(Person(), [])]).people
    cell = Column(np.array([np.nan]), None, np.array([Reason.NOT_READ], dtype=np.int8))
    outcome = interpret_batch(
        Batch(people, {Analyte.WBC: cell}), definition(limits_of(row)).compiled
    )
    assert outcome.counts[Analyte.WBC].reasons[0] == Reason.NOT_READ
