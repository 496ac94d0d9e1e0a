"""Invented examples that are the same whatever runs before them.

hypothesis draws some of its numbers and texts from the constants of the modules that are loaded when
a test begins: with tests shared among processes, and files run alone, these would be others each time.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import pytest
from hypothesis.internal.conjecture import providers

import leukon


@pytest.fixture(autouse=True, scope="session")
def _constants_settled() -> None:
    """Let hypothesis know the constants of all of leukon, and from then on of nothing else."""
    for module in walk_packages(leukon.__path__, "leukon."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    known = providers._get_local_constants()
    providers._get_local_constants = lambda: known
