"""The table of laboratory codes: which count in blood a LOINC, OMOP or MIMIC code stands for.

A code of no blood count (urine, a panel, a ratio) is kept with an empty analyte, so that it is
refused by its name.
"""

from knowledge import Row, must_ship, read_csv, shared_folder, shipped

COLUMNS = "code_system code name analyte property method nrbc_corrected source".split()
ANALYTES = frozenset(
    "WBC NEUT LYMPH MONO EOS BASO CD4 BAND SEG NRBC HGB PLT BLAST IG META MYELO PROMY ATYP OTHER "
    "LUC GRAN".split()
)
PROPERTIES = {
    "count": "count",
    "count, NRBC-corrected": "count",
    "fraction %": "percent",
    "per 100 WBC": "per-100-wbc",
    "mass": "mass",
    "ratio": "ratio",
    "": "other",
}
NOT_BLOOD = "a cell count or percentage in a body fluid other than blood"
CASES = "cases_dqd_plausible_units.csv"
DQD = "OHDSI DataQualityDashboard"
DQD_CELLS = {
    "Leukocytes": "WBC",
    "White blood cell count": "WBC",
    "Neutrophils": "NEUT",
    "Neutrophil count": "NEUT",
    "Lymphocytes": "LYMPH",
    "Lymphocyte count": "LYMPH",
    "Total lymphocyte count": "LYMPH",
    "Monocytes": "MONO",
    "Eosinophils": "EOS",
    "Basophils": "BASO",
    "Immature granulocytes": "IG",
}


def code_rows() -> list[Row]:
    """Every code leukon knows, each once."""
    loinc = [_loinc(row) for row in shipped("codes_loinc_omop")]
    by_code = {row["code"]: row for row in loinc}
    omop = [
        by_code[row["loinc"]] | {"code_system": "omop", "code": row["omop_concept_id"]}
        for row in shipped("codes_loinc_omop")
        if row["omop_concept_id"]
    ]
    mimic = [_mimic(row, by_code) for row in shipped("mimic_itemids")]
    return _once([*loinc, *omop, *_dqd(), *mimic])


def _loinc(row: Row) -> Row:
    must_ship(row)
    analyte = row["analyte"] if row["analyte"] in ANALYTES else ""
    name = NOT_BLOOD if row["name"].startswith("(") else row["name"]
    return {
        "code_system": "loinc",
        "code": row["loinc"],
        "name": name,
        "analyte": analyte,
        "property": PROPERTIES[row["property"]],
        "method": row["method"] or "any",
        "nrbc_corrected": _corrected(analyte, row["property"]),
        "source": row["source"],
    }


def _corrected(analyte: str, printed: str) -> str:
    if analyte != "WBC":
        return ""
    return "yes" if printed == "count, NRBC-corrected" else "no"


def _mimic(row: Row, by_code: dict[str, Row]) -> Row:
    """A MIMIC item is what its LOINC code is; an item whose code is not known is no count."""
    must_ship(row)
    known = by_code.get(row["loinc"], {"analyte": "", "property": "other", "method": "any"})
    return {
        "code_system": "mimic",
        "code": row["itemid"],
        "name": f"{row['label']} ({row['fluid']}, {row['valueuom']})",
        "analyte": known["analyte"],
        "property": known["property"],
        "method": known["method"],
        "nrbc_corrected": known.get("nrbc_corrected", ""),
        "source": row["source"],
    }


def _dqd() -> list[Row]:
    """Measurement concepts a public list calls blood counts."""
    path = shared_folder() / "cases" / CASES
    used = [row for row in read_csv(path) if row["use"] != "no"]
    names = {row["measurement_concept_id"]: row["measurement"] for row in used}
    return [_concept(concept, name) for concept, name in names.items()]


def _concept(concept: str, name: str) -> Row:
    cell = name.split("/100 ", maxsplit=1)[0].split(" [#/volume]", maxsplit=1)[0]
    analyte = DQD_CELLS[cell]
    return {
        "code_system": "omop",
        "code": concept,
        "name": name,
        "analyte": analyte,
        "property": "percent" if "/100 leukocytes" in name else "count",
        "method": "auto" if name.endswith("by Automated count") else "any",
        "nrbc_corrected": "no" if analyte == "WBC" else "",
        "source": DQD,
    }


def _once(rows: list[Row]) -> list[Row]:
    """The first row of each code; a second one must say the same."""
    kept: dict[tuple[str, str], Row] = {}
    for row in rows:
        first = kept.setdefault((row["code_system"], row["code"]), row)
        if any(first[name] != row[name] for name in ("analyte", "property")):
            raise ValueError(f"two meanings: {first} and {row}")
    return list(kept.values())
