"""What holds for every test: no silent skip, no touched random state, repeatable examples."""

import os
import random
from collections.abc import Iterator

import numpy as np
import pytest
import rich.style  # noqa: F401 (draws a random number when first loaded: before any test)
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "support.sharing",
    "support.examples",
    "support.needs",
    "support.browser",
    "support.postgres",
    "support.cluster",
    "pytester",
]

settings.register_profile(
    "default", derandomize=True, deadline=None, database=None, max_examples=60
)
settings.register_profile(
    "ci",
    settings.get_profile("default"),
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("LEUKON_REQUIRE_ALL") == "1" else "default")


def random_state() -> tuple[object, ...]:
    """What the next number of Python's and of numpy's global generator depends on."""
    _, key, *rest = np.random.get_state()  # noqa: NPY002 (the global state is what is watched)
    return random.getstate(), key.tobytes(), *rest


@pytest.fixture(autouse=True)
def _random_state_untouched() -> Iterator[None]:
    before = random_state()
    yield
    moved = random_state() != before
    assert not moved, "this test moved the global random state: give it a generator of its own"
