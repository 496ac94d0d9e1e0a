"""A printed number is read strictly, and no refusal repeats it."""

import subprocess
import sys

import pytest

from leukon.errors import AnalyteUnknown, ValueRefused
from leukon.readers.numerals import read_cell, read_measured, read_number


@pytest.mark.parametrize(
    ("text", "value", "comparator"),
    [
        ("3.7", 3.7, ""),
        (" 3810 ", 3810.0, ""),
        (".5", 0.5, ""),
        ("+3", 3.0, ""),
        ("-1", -1.0, ""),
        ("1e308", 1e308, ""),
        ("<0.1", 0.1, "<"),
        ("< 0.1", 0.1, "<"),
        ("<=0.1", 0.1, "<="),
        ("≤ 0.1", 0.1, "<="),
        (">200", 200.0, ">"),
        ("≥200", 200.0, ">="),
    ],
)
def test_numbers_and_their_signs_are_read(text, value, comparator):
    """A number with a point, an exponent or a sign before it is what it says."""
    assert read_number(text) == (value, comparator, "")


@pytest.mark.parametrize(
    "text",
    [
        "3,811",
        "3,81",
        "3.811,5",
        "3 811",
        "3\u00a0811",
        "3\u2009811",
        "3'811",
        "3,811.5",
        "1,234,567",
        "inf",
        "Infinity",
        "0x1F",
        "1_000",
        "٣.٧",
        "3.7.1",
        "3.7f",
        "<<3",
        "abc",
        "3e",
        "1e999",
    ],
)
def test_what_may_be_two_numbers_or_none_is_refused_without_being_repeated(text):
    """Thousand separators, words, other digits are refused; the message never holds the value."""
    with pytest.raises(ValueRefused) as refused:
        read_number(text)
    assert text not in refused.value.message
    assert "Hint" in refused.value.message


def test_the_decimal_sign_may_be_a_comma_where_the_owner_says_so():
    """With a decimal comma, a point is what can be read in two ways."""
    assert read_number("3,81", decimal=",").value == 3.81
    with pytest.raises(ValueRefused, match="point"):
        read_number("3.811", decimal=",")


@pytest.mark.parametrize("text", ["", " ", "NA", "n/a", "NaN", "null", "None", ".", "-", "--"])
def test_marks_of_a_missing_value_are_no_number(text):
    """What programs write for "nothing" is nothing."""
    assert read_number(text) == (None, "", "missing")


@pytest.mark.parametrize("text", ["pending", "Pending", "in progress", "to follow"])
def test_a_pending_result_says_so(text):
    """A result the laboratory still works on is pending, not missing."""
    assert read_number(text).absent == "pending"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WBC=3.7", ("WBC", 3.7, "", None, "")),
        ("wbc=3810/uL", ("WBC", 3810.0, "", "/uL", "")),
        ("HGB=12g/dL", ("HGB", 12.0, "", "g/dL", "")),
        ("NEUT=45%", ("NEUT", 45.0, "", "%", "")),
        ("NEUT=<0.1", ("NEUT", 0.1, "<", None, "")),
        ("NEUT=<=0.1 K/uL", ("NEUT", 0.1, "<=", "K/uL", "")),
        ("WBC=3.7 10*9/L", ("WBC", 3.7, "", "10*9/L", "")),
        ("WBC=3.7x10^9/L", ("WBC", 3.7, "", "x10^9/L", "")),
        ("WBC=3.7 1000/uL", ("WBC", 3.7, "", "1000/uL", "")),
        ("WBC=", ("WBC", None, "", None, "missing")),
        ("WBC=pending", ("WBC", None, "", None, "pending")),
    ],
)
def test_a_count_is_typed_with_its_unit_behind_it(text, expected):
    """The unit is what follows the number."""
    assert read_cell(text) == expected


@pytest.mark.parametrize(
    "text", ["WBC", "=3", "WBC=3 811/uL", "WBC=3,811", "WBC=x", "WBC=3'811/uL"]
)
def test_a_count_typed_in_two_meanings_is_refused(text):
    """A blank inside a number is not a unit that begins with digits."""
    with pytest.raises(ValueRefused) as refused:
        read_cell(text)
    assert "811" not in refused.value.message


def test_a_name_of_no_count_is_refused():
    """What is typed before the equals sign is an analyte."""
    with pytest.raises(AnalyteUnknown):
        read_cell("FOO=3")


def test_a_number_in_a_cell_may_carry_its_unit():
    """Text in a cell is split into number and unit."""
    number, unit = read_measured("3.7 K/uL")
    assert (number.value, unit) == (3.7, "K/uL")


def test_numbers_are_read_without_any_extra():
    """`leukon check` parses numbers, and loads neither pyarrow nor duckdb for it."""
    code = "import leukon.readers.numerals, sys; print({'pyarrow', 'duckdb'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
