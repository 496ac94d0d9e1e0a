"""The population's numbers: what is usual at an age, and how people and their counts vary.

Read from `content/setpoint.toml`, or a practice's own file of the same shape.
"""

from __future__ import annotations

import math
from functools import cache, cached_property
from pathlib import Path

import msgspec
from msgspec import Struct

from leukon.analytes import CONTENT, Analyte
from leukon.errors import InputRefused, UsageError
from leukon.setpoints.model import Model
from leukon.toml_text import read

ADULT_FROM = 18.0


class Spread(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The model of one analyte; see `Model`."""

    analyte: Analyte
    tau: float
    s0: float
    nu0: float
    nu: float
    eps: float
    excursion: float

    @property
    def model(self) -> Model:
        """The numbers without the analyte."""
        return Model(self.tau, self.s0, self.nu0, self.nu, self.eps, self.excursion)


class Centre(Struct, frozen=True, kw_only=True, dict=True, forbid_unknown_fields=True):
    """What is usual by age, in years and canonical units, for one sex ("": either)."""

    analyte: Analyte
    sex: str
    ages: tuple[float, ...]
    medians: tuple[float, ...]
    duffy: str = ""
    source: str = ""

    def at(self, years: float) -> float:
        """The natural logarithm of the median at an age, between the ages that are given."""
        ages, levels = self.ages, self._levels
        if years <= ages[0]:
            return levels[0]
        for place in range(1, len(ages)):
            if years < ages[place]:
                part = (years - ages[place - 1]) / (ages[place] - ages[place - 1])
                return levels[place - 1] + part * (levels[place] - levels[place - 1])
        return levels[-1]

    @cached_property
    def _levels(self) -> tuple[float, ...]:
        return tuple(map(math.log, self.medians))


class Population(Struct, frozen=True, kw_only=True, dict=True, forbid_unknown_fields=True):
    """All that is known before a person's own counts, and where from."""

    source: str
    author: str
    checked_by: str
    reviewed: str
    next_review: str
    notes: tuple[str, ...]
    models: tuple[Spread, ...]
    centres: tuple[Centre, ...]
    youngest: float = 1.0

    @cached_property
    def _spreads(self) -> dict[Analyte, Model]:
        return {spread.analyte: spread.model for spread in self.models}

    @cached_property
    def _centres(self) -> dict[tuple[Analyte, str, str], Centre]:
        return {(one.analyte, one.sex, one.duffy): one for one in self.centres}

    def model(self, analyte: Analyte) -> Model | None:
        """How counts of an analyte vary; None where that is not known."""
        return self._spreads.get(analyte)

    def centre(
        self, analyte: Analyte, years: float, sex: str | None = None, duffy: str | None = None
    ) -> float | None:
        """The logarithm of what is usual at an age; None under the youngest age there is.

        Sex not known: between both. `duffy` "null" (tested, an adult) has a centre of its own.
        """
        if years < self.youngest:
            return None
        if duffy == "null" and years >= ADULT_FROM:
            own = self._centres.get((analyte, "", "null"))
            if own is not None:
                return own.at(years)
        sexes = (sex,) if sex else ("female", "male")
        found = [self._centres.get((analyte, one, "")) for one in sexes]
        levels = [one.at(years) for one in found if one is not None]
        return sum(levels) / len(levels) if levels else None


@cache
def shipped() -> Population:
    """The population that leukon ships."""
    return _read(CONTENT / "setpoint.toml")


def population(path: str | Path | None = None) -> Population:
    """The population of a file, or the shipped one.

    Raises `UsageError` where there is no such file, `InputRefused` where it cannot be read.
    """
    return shipped() if path is None else _read(Path(path))


def written(known: Population) -> str:
    """The text of a file of set points, which `population` reads.

    >>> msgspec.toml.decode(written(shipped()), type=Population) == shipped()
    True
    """
    head = [
        f"{name} = {_toml(getattr(known, name))}"
        for name in (
            "author",
            "checked_by",
            "reviewed",
            "next_review",
            "source",
            "youngest",
            "notes",
        )
    ]
    tables = [
        *(("models", one) for one in known.models),
        *(("centres", one) for one in known.centres),
    ]
    parts = [
        f"\n[[{name}]]\n"
        + "".join(
            f"{field} = {_toml(getattr(one, field))}\n"
            for field in one.__struct_fields__
            if getattr(one, field) != "" or field == "sex"
        )
        for name, one in tables
    ]
    return "\n".join(head) + "\n" + "".join(parts)


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # A string of JSON is one of TOML.
    return msgspec.json.encode(str(value) if isinstance(value, str) else value).decode()


def _read(path: Path) -> Population:
    try:
        return msgspec.convert(read(path), Population)
    except FileNotFoundError:
        raise UsageError("there is no such file of set points", where=path.name) from None
    except (msgspec.MsgspecError, OSError, ValueError) as error:
        raise InputRefused(
            f"the file of set points cannot be used: {error}", where=path.name
        ) from None
