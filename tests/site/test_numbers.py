"""The number a person types: one reading, a question, or a refusal; never ten or a thousand times."""

import itertools
import re
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leukon_site.check.numbers import (
    APOSTROPHES,
    DIGITS,
    SPACES,
    Number,
    Question,
    Reading,
    Refused,
    Why,
    read_number,
)
from leukon_site.speech.writing import STYLES, write_number, write_reading

CONVENTIONS = {
    "en": (".", ","),
    "es, space": (",", " "),
    "es, narrow space": (",", "\u202f"),
    "es, point": (",", "."),
    "es-MX": (".", ","),
    "ar, Latin digits": (".", ","),
    "ar, Maghreb": (",", "."),
    "ar, Arabic digits": ("\u066b", "\u066c"),
    "zh": (".", ","),
    "zh, full width": ("\uff0e", "\uff0c"),
    "de-CH": (".", "\u2019"),
    "fr": (",", "\u00a0"),
    "thin space": (".", "\u2009"),
    "nothing between thousands": (".", ""),
    "nothing, comma": (",", ""),
}
"""How numbers are written where the readers of the site live: the sign of decimals, of thousands."""

values = st.builds(
    lambda whole, places, digits: (
        Decimal(f"{whole}.{str(digits).zfill(places)[:places]}") if places else Decimal(whole)
    ),
    st.integers(0, 9_999_999),
    st.integers(0, 5),
    st.integers(0, 99_999),
)
scripts = st.sampled_from(sorted(DIGITS))
conventions = st.sampled_from(sorted(CONVENTIONS))
texts = st.text(alphabet="0123456789.,'\u2019 \u202f\u066b\u066c٣٨<>=-+eE%xH³", max_size=12)


def written(value: Decimal, convention: str, script: str = "latin") -> str:
    """The number as a convention writes it: grouped in threes, in the digits of a script."""
    decimal, thousands = CONVENTIONS[convention]
    whole, _, decimals = format(value, "f").partition(".")
    grouped = f"{int(whole):,}".replace(",", thousands)
    text = f"{grouped}{decimal}{decimals}" if decimals else grouped
    return text.translate(str.maketrans(DIGITS["latin"], DIGITS[script]))


def values_of(reading: Reading) -> set[Decimal]:
    if isinstance(reading, Number):
        return {reading.value}
    if isinstance(reading, Question):
        return {reading.decimals.value, reading.thousands.value}
    return set()


@given(values, conventions, scripts)
@example(Decimal("3.810"), "en", "latin")
@example(Decimal(3810), "es, point", "latin")
@example(Decimal("4.0"), "es, point", "latin")
@example(Decimal("3.4"), "fr", "arabic")
def test_what_any_convention_writes_is_the_same_number_or_a_question(
    value: Decimal, convention: str, script: str
) -> None:
    """A number is never read as ten or a thousand times another, wherever its writer lives."""
    reading = read_number(written(value, convention, script))
    assert isinstance(reading, Number | Question)
    assert value in values_of(reading)


@given(values, st.sampled_from(sorted(STYLES)))
def test_what_the_site_itself_writes_reads_back(value: Decimal, language: str) -> None:
    """The site's own formatter is read as the number it wrote, or asked about."""
    assert value in values_of(read_number(write_number(value, language)))


@given(values)
def test_both_readings_of_a_question_are_written_so_that_they_differ(value: Decimal) -> None:
    """A reading is shown without thousands, and the two of a question never look alike."""
    reading = read_number(written(value, "en"))
    if isinstance(reading, Question):
        shown = [write_reading(one.value, "en") for one in (reading.decimals, reading.thousands)]
        assert shown[0] != shown[1]
        assert "," not in shown[1]
        assert reading.thousands.value == reading.decimals.value * 1000


def plainly_read(text: str, decimal: str, thousands: str) -> Decimal | None:
    """The oracle: one convention alone, as a pattern."""
    point, comma = re.escape(decimal), re.escape(thousands)
    grouped = rf"[1-9][0-9]{{0,2}}(?:{comma}[0-9]{{3}})+" if thousands else "(?!)"
    number = rf"({grouped}|0|[1-9][0-9]*|)(?:{point}([0-9]+))?"
    found = re.fullmatch(number, text)
    if found is None or not text:
        return None
    whole = (found[1] or "0").replace(thousands, "") if thousands else found[1] or "0"
    return Decimal(f"{whole}.{found[2]}") if found[2] else Decimal(whole)


@given(st.text(alphabet="0123456789.,' ", max_size=9))
@example("1,234.567")
@example("0.810")
@example("12.345,678")
@settings(max_examples=400)
def test_a_text_is_read_where_all_conventions_agree(text: str) -> None:
    """A reading is what every convention that can read the text reads; two are a question."""
    bare = text.strip()
    pairs = itertools.product(".,", (".", ",", "'", " ", ""))
    found = {plainly_read(bare, decimal, group) for decimal, group in pairs if decimal != group}
    assert values_of(read_number(text)) == found - {None}


@given(texts)
@settings(max_examples=400)
def test_no_digit_is_lost_or_made_up(text: str) -> None:
    """The digits of a reading are the digits typed, in their order."""
    latin = str.maketrans(DIGITS["arabic"], DIGITS["latin"])
    typed = re.sub(r"[^0-9]", "", text.translate(latin)).lstrip("0")
    for value in values_of(read_number(text)):
        assert format(value, "f").replace(".", "").lstrip("0") == typed


@given(values, st.sampled_from(["H", "L", " x", "e3", "E3", "\u0645", "千", "k"]))
def test_a_letter_is_refused(value: Decimal, letters: str) -> None:
    """A letter beside a number is refused, whatever it may stand for."""
    assert isinstance(read_number(f"{value}{letters}"), Refused)
    assert isinstance(read_number(f"{letters}{value}"), Refused)


@given(values, st.sampled_from(["<", "<=", ">", ">=", "≤", "≥", "＜"]), st.booleans())
def test_one_sign_is_read_and_two_are_refused(value: Decimal, sign: str, blank: bool) -> None:
    """A sign before a number is kept; two signs are refused."""
    text = f"{sign}{' ' * blank}{written(value, 'nothing between thousands')}"
    reading = read_number(text)
    assert isinstance(reading, Number | Question)
    first = reading if isinstance(reading, Number) else reading.decimals
    assert first.sign in ("<", "<=", ">", ">=")
    assert isinstance(read_number(f"<{text}"), Refused)


@given(st.text(max_size=30))
@settings(max_examples=300)
def test_any_text_at_all_has_an_answer(text: str) -> None:
    """Whatever is typed, the answer is one of the four, and no error."""
    assert isinstance(read_number(text), Number | Question | Refused | None)


@given(scripts, scripts, st.integers(1, 9), st.integers(1, 9))
def test_digits_of_two_scripts_in_one_number_are_refused(
    first: str, second: str, tens: int, ones: int
) -> None:
    """Digits of two scripts in one number are refused: one of them may be a slip."""
    reading = read_number(DIGITS[first][tens] + DIGITS[second][ones])
    if first == second:
        assert reading == Number(Decimal(10 * tens + ones))
    else:
        assert reading == Refused(Why.MIXED_DIGITS)


@pytest.mark.parametrize(
    ("text", "decimals", "thousands"),
    [
        ("3.810", "3.810", "3810"),
        ("3,810", "3.810", "3810"),
        ("٣٫٨١٠", "3.810", "3810"),
        ("３，８１０", "3.810", "3810"),
        ("<1.000", "1.000", "1000"),
        ("12.345", "12.345", "12345"),
    ],
)
def test_thousand_or_decimal_is_asked(text: str, decimals: str, thousands: str) -> None:
    """A point or comma before exactly three digits is a question."""
    reading = read_number(text)
    assert isinstance(reading, Question)
    assert (reading.decimals.value, reading.thousands.value) == (
        Decimal(decimals),
        Decimal(thousands),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.7", "3.7"),
        ("3,7", "3.7"),
        ("4,0", "4"),
        ("3810", "3810"),
        ("0.810", "0.81"),
        (".5", "0.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("٣٬٨١٠", "3810"),
        ("۳۸۱۰", "3810"),
        ("3·7", "3.7"),
        ("3·810", "3.81"),
        ("\u200e3.7\u200f", "3.7"),
        *((f"3{blank}810", "3810") for blank in SPACES + APOSTROPHES),
    ],
)
def test_one_reading_is_read(text: str, value: str) -> None:
    """A text with one reading is read."""
    assert values_of(read_number(text)) == {Decimal(value)}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3.7 H", Why.LETTERS),
        ("low", Why.LETTERS),
        ("3,8l0", Why.LETTERS),
        ("45%", Why.PERCENT),
        ("-3", Why.MINUS),
        ("−3", Why.MINUS),
        ("+3", Why.TWO_SIGNS),
        ("<<3", Why.TWO_SIGNS),
        ("=3", Why.TWO_SIGNS),
        ("3e3", Why.POWER),
        ("3.7 x 10^9/L", Why.POWER),
        ("3.7×10⁹", Why.POWER),
        ("3.7-4.1", Why.RANGE),
        ("1,50,000", Why.SEPARATORS),
        ("1.234.56", Why.SEPARATORS),
        ("3. 7", Why.SEPARATORS),
        ("5.", Why.ENDS),
        ("007", Why.LEADING_ZERO),
        ("3٨10", Why.MIXED_DIGITS),
        ("3\u200f.7", Why.HIDDEN),
        ("3\u202e7.1", Why.HIDDEN),
        ("3\x007", Why.HIDDEN),
        ("1" * 25, Why.TOO_LONG),
        ("<", Why.NO_DIGITS),
        (".", Why.NO_DIGITS),
        ("3.7*", Why.OTHER),
        ("½", Why.OTHER),
    ],
)
def test_what_is_no_number_says_why(text: str, why: Why) -> None:
    """Each kind of text that is no number is refused by its own name."""
    assert read_number(text) == Refused(why)


def test_nothing_typed_is_no_answer() -> None:
    """An empty field holds no number, and is no mistake."""
    assert read_number("") is None
    assert read_number(" \u00a0 ") is None
