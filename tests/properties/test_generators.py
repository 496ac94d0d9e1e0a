"""The tests are tested: what is invented reaches every flag, reason and border."""

from datetime import date

import pytest
from hypothesis import strategies as st

from leukon import Flag
from leukon.reasons import Reason
from support.engines import by_batch
from support.generators import cases, dates, definitions
from support.plain_ages import border, months_after
from support.reaching import reached as reached_by

OF_FILES = {Reason.NOT_READ, Reason.IMPOSSIBLE, Reason.UNIT_MISSING, Reason.UNIT_REFUSED}
REASONS = {reason.slug for reason in Reason if reason not in OF_FILES}
FLAGS = {flag.slug for flag in Flag}
RARE = {"MONO", "EOS", "BASO"}
DRIVERS = {f"driver {name}" for name in ("none", "NEUT", "LYMPH", "undetermined", "of the rare")}
BORDERS = {"on a border in days", "on a border in months"}
MANY = 1500  # what is drawn depends on which modules are loaded: leave it room


@pytest.fixture(scope="module")
def reached():
    """How often the invented panels and definitions reach what."""
    drawn = st.tuples(st.lists(cases(), min_size=1, max_size=4), definitions())
    wanted = REASONS | FLAGS | DRIVERS | BORDERS
    return reached_by(drawn, lambda one: seen(*one), wanted=wanted, most=MANY)


def seen(some, definition):
    answers = by_batch([case.panel for case in some], definition)
    for answer in answers:
        yield "driver of the rare" if answer.driver in RARE else f"driver {answer.driver}"
        for count in answer.counts.values():
            yield count.flag
            yield count.reason
    edges = [
        edge
        for row in definition.limits
        for edge in (border(row.partition.age_from), border(row.partition.age_to))
        if edge
    ]
    for case in some:
        for piece in case.age[:1]:
            if any(edge.days == piece.start for edge in edges if edge.days is not None):
                yield "on a border in days"
            if any(edge.months == piece.months for edge in edges if edge.months is not None):
                yield "on a border in months"


def test_every_flag_is_reached(reached):
    """No flag is left untested."""
    assert FLAGS - reached.keys() == set()


def test_every_reason_of_a_panel_is_reached(reached):
    """No reason that a panel can have is left untested."""
    assert REASONS - reached.keys() == set()


def test_every_driver_is_reached(reached):
    """The common lines, one of the rare ones and none drive somebody's count, or it is not known."""
    assert DRIVERS - reached.keys() == set()


def test_borders_of_age_are_reached(reached):
    """People stand exactly on the age borders of the definition that judges them."""
    assert BORDERS - reached.keys() == set()


def birthdays(pair):
    """How many days a draw lies from a birthday, and whether that is a leap day's."""
    born, drawn = (date(when.year, when.month, when.day) for when in pair)
    for years in (1, 5, 18):
        off = (drawn - months_after(born, 12 * years)).days
        if abs(off) <= 1:
            yield f"{off:+} days"
            if (born.month, born.day) == (2, 29):
                yield "leap day"


def test_birthdays_are_reached():
    """Draws fall on birthdays, on the days beside them, and on those of 29 February."""
    wanted = {"-1 days", "+0 days", "+1 days", "leap day"}
    assert wanted - reached_by(dates(), birthdays, wanted=wanted, most=MANY).keys() == set()
