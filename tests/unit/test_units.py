"""Units: what is read, what its owner must declare, what is refused."""

import pytest

from leukon.analytes import Analyte, analyte, canonical_unit, code, codes
from leukon.errors import AnalyteUnknown, UnitRefused
from leukon.units import families, omop_units, read_unit, spellings

NEUT, HGB = Analyte.NEUT, Analyte.HGB
ALL = {row.text: row for rows in spellings().values() for row in rows}
READ = [row for row in ALL.values() if row.decision == "read"]
OTHERS = [row for row in ALL.values() if row.decision != "read"]


def anybody(row):
    """An analyte that is counted in this family of units."""
    return next(kind for kind in Analyte if row.unit.family in families(kind))


@pytest.mark.parametrize("row", READ, ids=lambda row: row.text)
def test_a_known_spelling_is_read(row):
    """Each spelling of the table is read as the table says, blanks around it or not."""
    assert read_unit(f" {row.text} ", anybody(row)).family == row.unit.family


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: f"{row.text} {row.unit.family}")
def test_a_doubtful_spelling_is_refused_with_its_reason(row):
    """A spelling with two readings, or with none, is refused; the message says why."""
    with pytest.raises(UnitRefused):
        read_unit(row.text, anybody(row))


@pytest.mark.parametrize(
    "row", [r for r in OTHERS if r.decision == "declare"], ids=lambda r: r.text
)
def test_its_owner_may_declare_it(row):
    """What the owner of a file declares is asked first."""
    declared = {row.text: "g/L" if row.unit.family == "mass" else "10*9/L"}
    kind = HGB if row.unit.family == "mass" else NEUT
    assert read_unit(row.text, kind, declared=declared).divide == 1


def test_letters_that_tell_units_apart_are_kept():
    """G/L is giga per litre for cells, and no grams of haemoglobin; g/L the other way round."""
    assert read_unit("G/L", NEUT).ucum == "10*9/L"
    assert read_unit("g/L", HGB).ucum == "g/L"
    for spelling, kind in (("G/L", HGB), ("g/L", NEUT)):
        with pytest.raises(UnitRefused):
            read_unit(spelling, kind)


def test_division_is_exact():
    """A value per microlitre is divided by 1000: each printed value is the decimal it is."""
    per_microlitre = read_unit("/uL", NEUT)
    assert all(per_microlitre.convert(float(n)) == float(f"{n}e-3") for n in range(10_000))


def test_products_are_printed_decimals():
    """0.57 x 10,000 /uL is 5.7, not 5.699999999999999."""
    assert read_unit("10^4/uL", NEUT).convert(0.57) == 5.7
    assert read_unit("g/dL", HGB).convert(12.3) == 123.0


def test_a_missing_unit_says_what_to_do():
    """The refusal names an example of a unit that fits."""
    with pytest.raises(UnitRefused, match="g/L or g/dL"):
        read_unit(None, HGB)
    with pytest.raises(UnitRefused, match="10\\*9/L"):
        read_unit("  ", NEUT)


def test_omop_units_are_read():
    """Each unit concept stands for a spelling that is read."""
    assert all(read_unit(ucum, NEUT) for ucum in omop_units().values())


def test_codes_name_blood_counts():
    """A code says the analyte and whether it is a share; another specimen is refused by name."""
    assert code("751-8").analyte is NEUT
    assert code("770-8").is_percentage
    assert code("33256-9").nrbc_corrected is True
    with pytest.raises(AnalyteUnknown, match="Urine"):
        code("5821-4")
    with pytest.raises(AnalyteUnknown, match="not known"):
        code("0000-0")
    assert all(found.analyte is None or found.analyte in Analyte for found in codes().values())


def test_analytes_have_names_and_units():
    """An analyte is found in any letter case; an unknown one is refused with the known ones."""
    assert analyte("wbc") is Analyte.WBC
    assert {canonical_unit(kind) for kind in Analyte} == {"10*9/L", "g/L"}
    with pytest.raises(AnalyteUnknown, match="WBC"):
        analyte("CRP")
