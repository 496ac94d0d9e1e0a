"""How severe, by which scale: the shipped scales, a protocol's own, and a grade as an answer.

A scale is a TOML file: a head that says whose, which version and where it is printed, then one
`[[grades]]` row a band. It is read when it is asked for by its id, never before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from leukon.analytes import CONTENT, Analyte
from leukon.errors import InputRefused, UsageError
from leukon.severity import GradeBand, NotGraded, band_problems, refuse
from leukon.strata import Stratum, Table, findings_of, strata_of, table_of
from leukon.validation import Finding

_FOLDER = CONTENT / "scales"
_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
KINDS = ("decision", "conventional", "historic")
UNDATED = "undated"
"""The version of a scale whose source prints none: words in clinical use."""


class Scale(Struct, frozen=True, kw_only=True, dict=True, forbid_unknown_fields=True):
    """One severity scale in one version, and all that says whose it is.

    `words` are the grades of a scale of words, from the mildest; a scale of numbers has none.
    `kind` is "decision", "conventional" (words in clinical use) or "historic". `reported_by` names
    who printed the figures, where the scale's own text was not read.

    >>> resolve("ctcae-6.0").label
    'CTCAE 6.0'
    """

    id: str
    name: str
    version: str
    grades: tuple[GradeBand, ...]
    not_graded: tuple[NotGraded, ...] = ()
    words: tuple[str, ...] = ()
    kind: str = "decision"
    source: str = ""
    reported_by: str = ""
    author: str = ""
    checked_by: str = ""
    reviewed: str = ""
    next_review: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a scale without a name or version, or with a row that cannot be right."""
        for name in ("id", "name", "version"):
            if not getattr(self, name):
                raise InputRefused(f"a scale needs {name}", where=self.id or "scale")
        if self.kind not in KINDS:
            raise InputRefused(f"the kind is not one of {', '.join(KINDS)}", where=self.id)
        for place, band in enumerate(self.grades, 1):
            refuse(band_problems(band, self.words), f"{self.id}, grade row {place}")

    @property
    def label(self) -> str:
        """The scale and its version, as they stand beside a grade."""
        if self.version in self.name:
            return self.name
        return (
            f"{self.name} ({UNDATED})" if self.version == UNDATED else f"{self.name} {self.version}"
        )

    @property
    def analytes(self) -> tuple[Analyte, ...]:
        """The analytes the scale speaks of, graded or expressly not."""
        named = {row.analyte for row in self.grades} | {row.analyte for row in self.not_graded}
        return tuple(analyte for analyte in Analyte if analyte in named)

    @cached_property
    def tables(self) -> dict[Analyte, Table]:
        """The arrays of each analyte that a count alone can be looked up in, made once."""
        return {kind: table_of(strata, self.rank) for kind, strata in self._strata.items()}

    @cached_property
    def _strata(self) -> dict[Analyte, tuple[Stratum, ...]]:
        found = {}
        for kind in self.analytes:
            bands = [row for row in self.grades if row.analyte == kind and not row.needs]
            notes = [row for row in self.not_graded if row.analyte == kind]
            if bands or notes:
                found[kind] = strata_of(bands, notes)
        return found

    def needs(self, analyte: Analyte) -> str:
        """What the scale asks for beside a count, where it grades the analyte by no count alone."""
        wanted = (row.needs for row in self.grades if row.analyte == analyte and row.needs)
        return "" if analyte in self._strata else next(wanted, "")

    def rank(self, grade: int | str) -> int:
        """The number of a grade in arrays: itself, or the place of the word from the mildest."""
        return grade if isinstance(grade, int) else self.words.index(grade) + 1

    def grade(self, rank: int) -> int | str | None:
        """The grade of a number in arrays: 0 to 5 or the word; None for a negative one.

        >>> resolve("words-neutropenia").grade(2), resolve("words-neutropenia").grade(0)
        ('moderate', 0)
        """
        if rank < 0:
            return None
        return self.words[rank - 1] if self.words and rank else rank

    def findings(self) -> list[Finding]:
        """Overlaps between grades (errors) and holes (warnings), errors first."""
        found = [
            finding
            for kind, strata in self._strata.items()
            for finding in findings_of(strata, self.rank, str(kind))
        ]
        return sorted(found, key=lambda finding: finding.severity)


class Grade(Struct, frozen=True, kw_only=True):
    """How severe one count is by one version of one scale.

    `grade` is 0 to 5, or a word of a scale of words; 0 says that the count was graded and is not
    low by this scale; None that it cannot be graded, and `reason` why. `low_grade` and `high_grade`
    are the mildest and the most severe grade the count may have: they differ where it is known
    only as a range ("<0.1", a differential counted by eye), or where the laboratory's lower limit
    is not known. `lln` is that limit, where the grade was looked up with it, `lln_source` whose
    it is. `population` says for whom the scale printed the row: it was not checked.
    """

    scale: str
    version: str
    analyte: str
    value: float | None
    grade: int | str | None
    reason: str = ""
    unit: str = ""
    comparator: str = ""
    label: str = ""
    term: str = ""
    low_grade: int | str | None = None
    high_grade: int | str | None = None
    lln: float | None = None
    lln_source: str = ""
    lln_definition: str = ""
    population: str = ""
    note: str = ""
    row: str = ""
    source: str = ""
    checked_by: str = ""


@cache
def scale_ids() -> tuple[str, ...]:
    """The ids of the shipped scales, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def resolve(scale: str | Path | Scale) -> Scale:
    """The scale meant by the id of a shipped one, a TOML file, or a `Scale`.

    Raises `UsageError` for an unknown id, `InputRefused` for a file that breaks the rules.
    """
    if isinstance(scale, Scale):
        return scale
    if isinstance(scale, Path) or scale.endswith(".toml"):
        return load(scale)
    return _shipped(scale)


@cache
def _shipped(key: str) -> Scale:
    # The twin of the TOML file: reading TOML takes longer than grading a panel.
    path = _FOLDER / f"{key}.json"
    if not _ID.fullmatch(key) or not path.is_file():
        from difflib import get_close_matches

        close = get_close_matches(key.lower(), scale_ids(), n=3)
        hint = (
            f"did you mean {' or '.join(close)}?" if close else f"one of {', '.join(scale_ids())}"
        )
        raise UsageError(f"no severity scale is called {key!r}", hint=hint)
    return msgspec.json.decode(path.read_bytes(), type=Scale)


def resolve_all(scales: Iterable[str | Path | Scale]) -> tuple[Scale, ...]:
    """The scales meant, each once, in the order given.

    Raises `UsageError` where two different scales have one id: their grades could not be told apart.

    >>> [scale.id for scale in resolve_all(["ctcae-6.0", "ctcae-5.0", "ctcae-6.0"])]
    ['ctcae-6.0', 'ctcae-5.0']
    """
    found: dict[str, Scale] = {}
    for scale in map(resolve, scales):
        if found.setdefault(scale.id, scale) != scale:
            raise UsageError(
                f"two scales have the id {scale.id!r}", hint="give one of them another id"
            )
    return tuple(found.values())


def load(path: str | Path) -> Scale:
    """The scale in a TOML file; overlapping grades are refused, holes are in its `findings`."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputRefused("there is no such file", where=path.name) from None
    except UnicodeDecodeError:
        raise InputRefused("the file is not text in UTF-8", where=path.name) from None
    return loads(text, name=path.name)


def loads(text: str, *, name: str = "scale") -> Scale:
    """The scale in a TOML text.

    >>> loads('''
    ... id = "mine"
    ... name = "My protocol"
    ... version = "2"
    ... [[grades]]
    ... analyte = "NEUT"
    ... grade = 4
    ... high = 0.5
    ... unit = "10*9/L"
    ... ''').label
    'My protocol 2'
    """
    scale = _from_text(text, name)
    for finding in scale.findings():
        if finding.severity == "error":
            raise InputRefused(f"{finding.where}: {finding.what}", where=name)
    return scale


def _from_text(text: str, name: str) -> Scale:
    import tomllib

    from leukon.toml_text import parsed

    try:
        return from_mapping(parsed(text), name=name)
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(f"not a TOML file: {error}", where=name) from None


def from_mapping(data: Mapping[str, Any], *, name: str = "scale") -> Scale:
    """The scale in a mapping such as a parsed TOML or JSON file."""
    try:
        return msgspec.convert(data, Scale)
    except msgspec.ValidationError as error:
        raise InputRefused(f"{error}", where=name, hint="see docs/reference/scales.md") from None
