"""The tests are tested: what is invented reaches every flag, reason and border."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leukon import Flag
from leukon.interpretation import DRIVERS
from leukon.reasons import Reason
from support.engines import by_batch
from support.generators import cases, dates, definitions
from support.plain_ages import border, months_after

OF_FILES = {Reason.NOT_READ, Reason.IMPOSSIBLE, Reason.UNIT_MISSING, Reason.UNIT_REFUSED}
FEW = 1
many = settings(
    max_examples=1500,  # what is drawn depends on which modules are loaded: leave it room
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def reached():
    """How often the invented panels and definitions reach what."""
    found = Counter()

    @many
    @given(some=st.lists(cases(), min_size=1, max_size=4), definition=definitions())
    def collect(some, definition):
        found.update(seen(some, definition))

    collect()
    return found


def seen(some, definition):
    answers = by_batch([case.panel for case in some], definition)
    for answer in answers:
        yield f"driver {answer.driver}"
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
    assert not [flag for flag in Flag if reached[flag.slug] < FEW]


def test_every_reason_of_a_panel_is_reached(reached):
    """No reason that a panel can have is left untested."""
    assert not [
        reason for reason in Reason if reason not in OF_FILES and reached[reason.slug] < FEW
    ]


def test_every_driver_is_reached(reached):
    """The common lines, one of the rare ones and none drive somebody's count, or it is not known."""
    drives = {name: reached[f"driver {name}"] for name in DRIVERS}.get
    assert not [name for name in ("none", "NEUT", "LYMPH", "undetermined") if not drives(name)]
    assert any(drives(name) for name in ("MONO", "EOS", "BASO"))


def test_borders_of_age_are_reached(reached):
    """People stand exactly on the age borders of the definition that judges them."""
    assert reached["on a border in days"] >= FEW
    assert reached["on a border in months"] >= FEW


def test_birthdays_are_reached():
    """Draws fall on birthdays, on the days beside them, and on those of 29 February."""
    found = Counter()

    @many
    @given(pair=dates())
    def collect(pair):
        born, drawn = (date(when.year, when.month, when.day) for when in pair)
        for years in (1, 5, 18):
            off = (drawn - months_after(born, 12 * years)).days
            if abs(off) <= 1:
                found[off] += 1
                found["leap day"] += (born.month, born.day) == (2, 29)

    collect()
    assert all(found[what] >= FEW for what in (-1, 0, 1, "leap day"))
