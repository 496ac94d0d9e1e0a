"""Clozapine monitoring by country, year and phenotype: for professionals, and never an urgency."""

from __future__ import annotations

import pytest

from leukon.advice import counted, monitoring
from leukon.advice.clozapine import NO_COUNT, NO_DUFFY_SCHEME, NO_SCHEME, NO_SCHEME_THEN, NO_TOTAL


@pytest.mark.parametrize(
    ("country", "duffy", "neutrophils", "white_cells", "band"),
    [
        ("US", None, 1.5, None, "normal"),
        ("US", None, 1.49, None, "mild"),
        ("US", None, 1.0, None, "mild"),
        ("US", None, 0.99, None, "moderate"),
        ("US", None, 0.5, None, "moderate"),
        ("US", None, 0.49, None, "severe"),
        ("US", "null", 1.0, None, "normal BEN range"),
        ("US", "null", 0.99, None, "BEN neutropenia"),
        ("US", "null", 0.49, None, "BEN severe"),
        ("US", "not-null", 1.2, None, "mild"),
        ("UK", None, 2.0, 3.5, "green"),
        ("UK", None, 1.99, 5.0, "amber"),
        ("UK", None, 2.5, 3.4, "amber"),
        ("UK", None, 1.49, 5.0, "red"),
        ("UK", None, 2.5, 2.9, "red"),
        ("UK", None, 1.7, 2.9, "red"),
        ("UK", None, 1.7, None, "amber"),
    ],
)
def test_bands(
    country: str, duffy: str | None, neutrophils: float, white_cells: float | None, band: str
) -> None:
    """The strictest band that either count is in holds, at its exact ends."""
    found = monitoring(
        country, neutrophils=counted(neutrophils), white_cells=counted(white_cells), duffy=duffy
    )
    assert [one.band for one in found.bands] == [band]
    assert found.bands[0].action_professional


def test_a_range_may_lie_in_several_bands() -> None:
    """Where a count is known only as a range, every band it may lie in is shown, the strictest first."""
    found = monitoring("US", neutrophils=counted(1.2, "<"))
    assert [one.band for one in found.bands] == ["severe", "moderate", "mild"]


def test_a_country_that_was_not_read_has_no_band() -> None:
    """leukon cannot say by a scheme it does not have."""
    assert monitoring("FR", neutrophils=counted(1.2)).reason == NO_SCHEME
    assert monitoring("EU", neutrophils=counted(1.2)).bands == ()


def test_a_year_before_the_scheme_is_not_answered() -> None:
    """A superseded label is history, and not answered from today's."""
    assert monitoring("US", neutrophils=counted(1.2), year=2014).reason == NO_SCHEME_THEN
    assert monitoring("US", neutrophils=counted(1.2), year=2015).bands


def test_what_is_missing_is_said() -> None:
    """No neutrophils, or no total where the scheme needs it, is said."""
    assert monitoring("US", neutrophils=None).reason == NO_COUNT
    green = monitoring("UK", neutrophils=counted(4.0))
    assert (green.bands, green.reason) == ((), NO_TOTAL)
    red = monitoring("UK", neutrophils=None, white_cells=counted(2.5))
    assert (red.bands[0].band, red.reason) == ("red", NO_COUNT)


def test_a_country_without_bands_for_duffy_null_says_so() -> None:
    """The UK bands for people tested Duffy-null were not read: the general ones, and that is said."""
    found = monitoring("UK", neutrophils=counted(1.2), white_cells=counted(4.0), duffy="null")
    assert found.bands[0].band == "red"
    assert found.population == "general"
    assert found.reason == NO_DUFFY_SCHEME


def test_notices_of_a_regulator_stand_beside() -> None:
    """A notice changes no band and is shown."""
    assert [one.id for one in monitoring("US", neutrophils=counted(1.2)).notices] == ["clz-15"]
    assert [one.id for one in monitoring("UK", neutrophils=counted(1.2)).notices] == ["clz-17"]
