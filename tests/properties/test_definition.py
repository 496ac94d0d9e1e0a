"""A definition saved and loaded is the same definition."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from leukon.definition import dumps, load, loads, save
from leukon.validation import findings
from support.generators import definitions

TEXTS = ("publisher", "version", "date", "country", "source", "reported_by", "author")


@st.composite
def worded(draw):
    """A definition whose texts hold anything that can be typed."""
    texts = {name: draw(st.text(max_size=12)) for name in TEXTS}
    texts |= {name: texts[name] or "1" for name in ("publisher", "version")}
    notes = tuple(draw(st.lists(st.text(max_size=12), max_size=2)))
    return msgspec.structs.replace(draw(definitions()), notes=notes, **texts)


@given(definition=worded())
def test_written_and_read_it_is_equal(definition):
    """What is written as TOML reads back as the same rows and words."""
    assert loads(dumps(definition)) == definition


@given(definition=definitions())
def test_what_is_valid_has_no_errors(definition):
    """A definition without ties has warnings at most."""
    assert not [finding for finding in findings(definition.limits) if finding.severity == "error"]


def test_a_file_reads_back(tmp_path):
    """A saved file is loaded as it was, blanks and signs in its words included."""
    definition = loads(
        'id = "mine"\npublisher = "Müller & \\"Söhne\\" \\t"\nversion = "1"\n'
        '[[limits]]\nanalyte = "WBC"\nlow = 3.5\nunit = "K/µL"\nkind = "decision"\n'
    )
    save(definition, tmp_path / "mine.toml")
    assert load(tmp_path / "mine.toml") == definition
