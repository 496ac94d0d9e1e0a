"""The shipped catalogue: the one file read at run time, editions, the voters."""

from __future__ import annotations

import pytest

from leukon.analytes import CONTENT
from leukon.catalogue import definitions, encode, read_folder, resolve
from leukon.errors import DefinitionUnknown
from leukon.validation import ties


def test_the_one_file_is_made_from_the_toml_files() -> None:
    """`python -m leukon.catalogue` was run after the last change of a definition."""
    made = encode(read_folder(CONTENT / "definitions"))
    assert CONTENT.joinpath("catalogue.json").read_bytes() == made


@pytest.mark.parametrize("name", list(definitions))
def test_no_shipped_definition_has_a_tie(name: str) -> None:
    """One person never has two limits by one definition."""
    assert ties(definitions[name].limits) == []


def test_a_publishers_id_finds_its_newest_edition() -> None:
    """`mayo-clinic` is the edition that nothing has superseded."""
    assert resolve("mayo-clinic").id == "mayo-clinic-2024"


def test_an_unknown_id_names_close_ones() -> None:
    """A slip of the finger is answered with what was perhaps meant."""
    with pytest.raises(DefinitionUnknown, match="mayo-clinic"):
        resolve("mayo-clinc-2024")


def test_one_vote_a_publisher() -> None:
    """No publisher votes twice, and none with an edition that was superseded."""
    families = [definition.family for definition in definitions.voters]
    assert len(families) == len(set(families)) > 20
    assert not any(definition.superseded_by for definition in definitions.voters)
