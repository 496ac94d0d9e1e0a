"""What an interpreted file holds, in numbers: for the command line, the report and callers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from leukon.analytes import Analyte
from leukon.arrays import Codes
from leukon.compare import Outcome
from leukon.engines.counts import counts_of
from leukon.engines.grades import grade_counts
from leukon.graded import Grades
from leukon.interpretation import DRIVERS, FLAG_SLUGS, DefinitionUsed, Interpretation
from leukon.readers.refusals import Refusal, Refused
from leukon.reasons import SLUGS

SHOWN_REFUSALS = 20


class Kept(NamedTuple):
    """A panel kept as an interpretation: the row it came from, and what the file says of it."""

    row: int
    facts: dict[str, str]
    answer: Interpretation


@dataclass
class Summary:
    """An interpreted file in numbers.

    `rows_read` counts the rows of the input, `panels` those of the output; `rows_refused` rows that
    are not in the output, `cells_refused` what could not be read in rows that are. `flags`
    and `reasons` count by analyte, `drivers` by cell line, all by the words files carry; `grades` by
    scale, analyte and grade ("none": no grade). `refusals`
    are the first few, all of them are in the file `refused`. `kept` holds the first panels as
    interpretations, with the facts beside them (person, age, sex ...). `ignored` counts rows of a long file by tests that are no counts; `renamed`
    says which input columns had a name that leukon's own columns have. `skipped` are files of
    folders that were not read, each with the reason; `parts_kept` how many parts of the output an
    earlier run of the same command had finished.
    """

    definition: DefinitionUsed
    rows_read: int = 0
    panels: int = 0
    rows_refused: int = 0
    cells_refused: int = 0
    flags: dict[str, dict[str, int]] = field(default_factory=dict)
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    drivers: dict[str, int] = field(default_factory=dict)
    grades: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    out: Path | None = None
    refused: Path | None = None
    parts_kept: int = 0

    @property
    def any_refused(self) -> bool:
        """Whether anything could not be read."""
        return bool(self.rows_refused or self.cells_refused)

    def add(self, outcome: Outcome) -> None:
        """Count the flags, reasons and drivers of one batch."""
        for kind, compared in outcome.counts.items():
            name = _key(kind)
            _add(self.flags.setdefault(name, {}), compared.flags, FLAG_SLUGS)
            _add(self.reasons.setdefault(name, {}), compared.reasons, SLUGS)
        _add(self.drivers, outcome.drivers, DRIVERS)

    def add_grades(self, graded: Iterable[Grades]) -> None:
        """Count the grades of one batch."""
        for found in graded:
            tallies = self.grades.setdefault(found.scale.id, {})
            name = _key(found.analyte)
            tallies[name] = grade_counts(found, tallies.get(name, {}))

    def note(self, groups: list[Refused], file: str) -> None:
        """Count what could not be read, and keep the first few."""
        for group in groups:
            if group.lost:
                self.rows_refused += len(group.rows)
            else:
                self.cells_refused += len(group.rows)
        room = SHOWN_REFUSALS - len(self.refusals)
        if room > 0:
            first = sorted((r for group in groups for r in group.first(room)), key=_place)
            self.refusals += [refusal.of_file(file) for refusal in first[:room]]

    def numbers(self) -> dict[str, Any]:
        """What a part of a run comes to, without anything of a person, as JSON can hold it."""
        found = {name: getattr(self, name) for name in (*_SUMS, *_TALLIES, "renamed")}
        return {**found, "refusals": [asdict(refusal) for refusal in self.refusals]}

    def add_numbers(self, part: Mapping[str, Any]) -> None:
        """Add what a part of the run came to."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + part[name])
        for name in _TALLIES:
            _add_all(getattr(self, name), part[name])
        self.renamed = dict(part["renamed"])
        room = SHOWN_REFUSALS - len(self.refusals)
        self.refusals += [Refusal(**one) for one in part["refusals"][:room]]


_SUMS = ("rows_read", "panels", "rows_refused", "cells_refused")
_TALLIES = ("flags", "reasons", "drivers", "grades", "ignored")


def are_numbers(part: Mapping[str, Any]) -> bool:
    """Whether these are the numbers of a part, as `Summary.numbers` gives them."""
    sums = all(type(part.get(name)) is int for name in _SUMS)
    tallies = all(isinstance(part.get(name), Mapping) for name in (*_TALLIES, "renamed"))
    return sums and tallies and isinstance(part.get("refusals"), list)


def _add_all(tally: dict[str, Any], more: Mapping[str, Any]) -> None:
    for word, value in more.items():
        if isinstance(value, Mapping):
            _add_all(tally.setdefault(word, {}), value)
        else:
            tally[word] = tally.get(word, 0) + value


def _place(refusal: Refusal) -> int:
    return refusal.row


def _key(kind: Analyte) -> str:
    return str(kind)


def _add(counter: dict[str, int], codes: Codes, slugs: tuple[str, ...]) -> None:
    for slug, count in zip(slugs, counts_of(codes, len(slugs)), strict=True):
        if count and slug:
            counter[slug] = counter.get(slug, 0) + count


def total(counts: Mapping[str, Mapping[str, int]]) -> Counter[str]:
    """The counts of all analytes together."""
    found: Counter[str] = Counter()
    for by_word in counts.values():
        found.update(by_word)
    return found
