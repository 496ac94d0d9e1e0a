"""Which unit concepts fit which test, by a public data-quality tool: read, or refused, one by one.

Source: OHDSI/DataQualityDashboard@2f81ca9, the concept-level checks of OMOP CDM v5.4, kept in the
shared folder with what leukon is expected to say (`our_expected`). Where that tool calls "no unit",
an unknown unit or a count's unit on a percentage plausible, leukon says otherwise.
"""

import csv

import numpy as np
import pytest

from leukon.analytes import Analyte, code
from leukon.errors import UnitRefused
from leukon.readers.tables import open_table
from leukon.reasons import Reason
from leukon.units import omop_units, read_unit

HEAD = "person_id,measurement_date,measurement_concept_id,value_as_number,unit_concept_id\n"
READ_BY_ITS_CODE = {"dqd-19", "dqd-22", "dqd-52"}
"""The expectation is a refusal, as no unit is given; leukon's reader takes the word of the code,
which names a percentage. Kept in view here: a fraction under such a code would be read as percent."""
PER_MICROLITRE = ("{cells}/uL", "/uL")


@pytest.fixture(scope="module")
def cases(needs_shared):
    path = needs_shared / "cases" / "cases_dqd_plausible_units.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["use"] != "no"]


def expected_unit(row):
    """The unit a case is to be read in; "" where it is to be refused."""
    text = row["our_expected"]
    if text.startswith("read as a percentage"):
        return "%"
    return text.removeprefix("read: ").partition(",")[0] if text.startswith("read: ") else ""


def value_printed(row):
    """A value that is 4 10*9/L, or 4 percent, in the unit of the case."""
    return 4000 if expected_unit(row) in PER_MICROLITRE else 4


def test_concepts_name_the_test_and_the_unit(cases):
    """The concept of the test and that of the unit are looked up, never guessed from a name."""
    for row in cases:
        test = code(row["measurement_concept_id"], system="omop")
        unit = expected_unit(row)
        known = omop_units().get(row["unit_concept_id"])
        if unit:
            assert known == unit, row["case_id"]
            read = read_unit(known, test.analyte)
            assert read.convert(float(value_printed(row))) == 4.0, row["case_id"]
            assert test.is_percentage == (read.family == "percent"), row["case_id"]
        elif "no unit" in row["our_expected"] or "not in the shipped" in row["our_expected"]:
            assert known is None, row["case_id"]
            with pytest.raises(UnitRefused):
                read_unit(known, test.analyte)
        else:
            assert test.is_percentage
            assert read_unit(known, test.analyte).family == "cells"


def test_an_omop_table_is_read_so(cases, tmp_path):
    """A measurement table with these concepts gives the count, the percentage, or a reason."""
    path = tmp_path / "measurement.csv"
    lines = [
        f"{row['case_id']},2020-01-01,{row['measurement_concept_id']},{value_printed(row)},"
        f"{row['unit_concept_id']}\n"
        for row in cases
    ]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    found = {}
    for chunk in open_table(path, units={}):
        found |= dict(read_panels(chunk))
    for row in cases:
        analyte = code(row["measurement_concept_id"], system="omop").analyte
        value, percentage = found[row["case_id"]][analyte]
        if expected_unit(row):
            assert value == 4.0, row["case_id"]
            assert percentage == (expected_unit(row) == "%"), row["case_id"]
        elif row["case_id"] in READ_BY_ITS_CODE:
            assert (value, percentage) == (4.0, True), row["case_id"]
        else:
            refused = {Reason.UNIT_MISSING, Reason.UNIT_REFUSED, Reason.CONTRADICTORY}
            assert value in refused, row["case_id"]


def read_panels(chunk):
    """By person: each analyte's value, or the reason why it has none, and if it is a percentage."""
    people = chunk.columns.column("person_id").to_pylist()
    for row, person in enumerate(people):
        yield person, dict(read_counts(chunk.batch, row))


def read_counts(batch, row):
    for columns, percentage in ((batch.counts, False), (batch.percents, True)):
        for analyte, column in columns.items():
            reason = Reason.NONE if column.reasons is None else Reason(int(column.reasons[row]))
            value = float(column.values[row])
            if reason is not Reason.VALUE_MISSING:
                yield Analyte(analyte), (reason if np.isnan(value) else value, percentage)


def test_a_percentage_alone_has_no_flag(cases):
    """A percentage is never an absolute count."""
    from leukon import Count, Panel, Person, interpret
    from leukon.analytes import INTERPRETED

    for row in cases:
        analyte = code(row["measurement_concept_id"], system="omop").analyte
        if expected_unit(row) == "%" and analyte in INTERPRETED:
            answer = interpret(Panel(Person(age="34y"), [Count(analyte, 4, "%")]))[analyte]
            assert (answer.flag, answer.reason) == ("undetermined", "percentage-only")
