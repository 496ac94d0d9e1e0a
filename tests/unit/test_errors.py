"""Errors help: what, where, what to do, and the exit code of the command line."""

import pytest

from leukon import errors


def tree(root):
    """The errors of the module itself; a room above may have its own."""
    yield root
    for below in root.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from tree(below)


ALL = list(tree(errors.LeukonError))


def test_a_message_has_three_parts():
    """Where, what, and the hint on a line of its own."""
    error = errors.UnitRefused("WBC has no unit", where="row 214", hint="pass --unit")
    assert str(error) == "row 214: WBC has no unit\nHint: pass --unit"
    assert str(errors.UnitRefused("WBC has no unit")) == "WBC has no unit"


def test_a_place_can_be_named_later():
    """A caller who knows the place adds it."""
    error = errors.ValueRefused("not a number", hint="look").at("row 3")
    assert (type(error), error.where, error.hint) == (errors.ValueRefused, "row 3", "look")


@pytest.mark.parametrize("error", ALL)
def test_each_error_stands_in_the_tree_at_the_top(error):
    """The tree at the top of the module names every error of it, and each has words of its own."""
    assert error.__name__ in errors.__doc__
    assert error.__doc__


def test_exit_codes():
    """2: the call is off; 3: the input is refused."""
    assert {e.exit_code for e in tree(errors.UsageError)} == {2}
    assert {e.exit_code for e in tree(errors.InputRefused)} == {3}


def test_a_missing_extra_is_one_command_away():
    """The hint is the command that installs what is missing."""
    error = errors.ExtraMissing.named("tables", "reading Parquet")
    assert error.hint == "pip install 'leukon[tables]'"
