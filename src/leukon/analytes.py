"""What is counted: the analytes, their units, and the codes that mean a count in blood.

Specimen matters: the code of a urine or joint-fluid count is known here as *no* blood count, so
that it is refused by name instead of being taken for one.
"""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from leukon.errors import AnalyteUnknown

# Not importlib.resources: what that loads takes longer than the answer about one panel.
CONTENT = Path(__file__).parent / "content"
"""The folder of the data files that are shipped."""


class Analyte(StrEnum):
    """One thing counted in blood; the string is the id used in files and on the command line.

    >>> Analyte("NEUT") is Analyte.NEUT
    True
    """

    WBC = "WBC"
    NEUT = "NEUT"
    LYMPH = "LYMPH"
    MONO = "MONO"
    EOS = "EOS"
    BASO = "BASO"
    CD4 = "CD4"
    HGB = "HGB"
    PLT = "PLT"
    SEG = "SEG"
    BAND = "BAND"
    NRBC = "NRBC"
    BLAST = "BLAST"
    IG = "IG"
    META = "META"
    MYELO = "MYELO"
    PROMY = "PROMY"
    ATYP = "ATYP"
    OTHER = "OTHER"
    LUC = "LUC"
    GRAN = "GRAN"


LINES = (Analyte.NEUT, Analyte.LYMPH, Analyte.MONO, Analyte.EOS, Analyte.BASO)
"""The five cell lines that make up the total, in the order in which a tie of drivers is settled."""

INTERPRETED = (Analyte.WBC, *LINES, Analyte.CD4, Analyte.HGB, Analyte.PLT)
"""The analytes that get a flag; the others are context (bands, nucleated red cells, blasts)."""

DIFFERENTIAL = frozenset(Analyte) - {
    Analyte.WBC,
    Analyte.HGB,
    Analyte.PLT,
    Analyte.NRBC,
    Analyte.CD4,
}
"""The analytes of which a percentage is a percentage of the white cells."""

NAMES = {
    Analyte.WBC: "white blood cells",
    Analyte.NEUT: "neutrophils",
    Analyte.LYMPH: "lymphocytes",
    Analyte.MONO: "monocytes",
    Analyte.EOS: "eosinophils",
    Analyte.BASO: "basophils",
    Analyte.CD4: "CD4 lymphocytes",
    Analyte.HGB: "haemoglobin",
    Analyte.PLT: "platelets",
    Analyte.SEG: "segmented neutrophils",
    Analyte.BAND: "band neutrophils",
    Analyte.NRBC: "nucleated red cells",
    Analyte.BLAST: "blasts",
    Analyte.IG: "immature granulocytes",
    Analyte.META: "metamyelocytes",
    Analyte.MYELO: "myelocytes",
    Analyte.PROMY: "promyelocytes",
    Analyte.ATYP: "variant lymphocytes",
    Analyte.OTHER: "other white cells",
    Analyte.LUC: "large unstained cells",
    Analyte.GRAN: "granulocytes",
}

CELLS = "10*9/L"
MASS = "g/L"
PERCENT = "%"
PER_100_WBC = "/100{WBC}"

# White cells: knowledge row trap-14 (0 to 500 x 10*9/L). Haemoglobin and platelets: judgement,
# far beyond any measured count, so that a thousandfold label is caught and no patient is.
IMPOSSIBLE_ABOVE = {Analyte.HGB: 400.0, Analyte.PLT: 10_000.0}
IMPOSSIBLE_CELLS_ABOVE = 500.0


def canonical_unit(analyte: Analyte) -> str:
    """The unit leukon computes in: 10*9/L for cells, g/L for haemoglobin.

    >>> canonical_unit(Analyte.HGB)
    'g/L'
    """
    return MASS if analyte is Analyte.HGB else CELLS


def impossible_above(analyte: Analyte) -> float:
    """The value, in the canonical unit, above which a count is called impossible.

    >>> impossible_above(Analyte.WBC)
    500.0
    """
    return IMPOSSIBLE_ABOVE.get(analyte, IMPOSSIBLE_CELLS_ABOVE)


def analyte(name: str | Analyte) -> Analyte:
    """The analyte of an id such as "NEUT", in any letter case.

    >>> analyte("neut")
    <Analyte.NEUT: 'NEUT'>
    """
    try:
        return Analyte(name.upper())
    except ValueError:
        known = ", ".join(INTERPRETED)
        raise AnalyteUnknown(f"no analyte is called {name!r}", hint=f"one of {known}") from None


class Code(NamedTuple):
    """What a laboratory code says: the analyte (None: not a blood count), and what is measured.

    `kind` is "count", "percent", "per-100-wbc", "mass" or "ratio".
    """

    code: str
    name: str
    analyte: Analyte | None
    kind: str
    method: str
    nrbc_corrected: bool | None

    @property
    def is_percentage(self) -> bool:
        """Whether the code is of a percentage of white cells."""
        return self.kind == "percent"


@cache
def codes() -> dict[tuple[str, str], Code]:
    """Every known code, by (system, code); the systems are "loinc", "omop" and "mimic"."""
    with CONTENT.joinpath("codes.csv").open(encoding="utf-8") as lines:
        return {(row["code_system"], row["code"]): _code(row) for row in csv.DictReader(lines)}


def _code(row: dict[str, str]) -> Code:
    known = {"yes": True, "no": False}
    return Code(
        row["code"],
        row["name"],
        Analyte(row["analyte"]) if row["analyte"] else None,
        row["property"],
        row["method"],
        known.get(row["nrbc_corrected"]),
    )


def code(value: str, *, system: str = "loinc") -> Code:
    """What a code stands for; a code of no blood count is refused by its name.

    >>> code("751-8").analyte
    <Analyte.NEUT: 'NEUT'>
    """
    found = codes().get((system, value.strip()))
    if found is None:
        raise AnalyteUnknown(f"{system} code {value!r} is not known as a blood count")
    if found.analyte is None:
        raise AnalyteUnknown(f"{system} code {value!r} is no count in blood: {found.name}")
    return found
