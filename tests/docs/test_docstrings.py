"""Every example in a docstring runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import leukon

MODULES = [
    module.name
    for module in pkgutil.walk_packages(leukon.__path__, "leukon.")
    if module.name != "leukon.__main__"
]


@pytest.mark.parametrize("name", ["leukon", *MODULES])
def test_docstring_examples_run(name: str) -> None:
    """The examples of a module give what they say."""
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def test_every_public_name_has_an_example() -> None:
    """What the front door offers shows itself in use, in its own docstring or its module's."""
    without = [
        name
        for name in leukon.__all__
        if name not in (leukon.__doc__ or "") and ">>>" not in (getattr(leukon, name).__doc__ or "")
    ]
    assert without == []
