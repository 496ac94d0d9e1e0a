"""Compile a numerical function when it is first called, and keep the machine code on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from leukon.errors import ExtraMissing

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The same function as machine code; where nothing can be kept, compiled at every start.

    Raises:
        ExtraMissing: numba is not installed.
    """
    try:
        from numba import njit
    except ImportError:
        raise ExtraMissing.named("fit", "estimating a reference interval") from None
    try:
        kept: Any = njit(cache=True)(function)
    except RuntimeError:  # no folder that may be written: a read-only installation
        kept = njit(function)
    return cast("F", kept)
