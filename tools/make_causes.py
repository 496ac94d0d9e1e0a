"""Writes the content of findings and causes from the knowledge tables, and their reference pages.

`python tools/make_causes.py` writes them, `--check` says which are stale (exit 1). Only rows that
may ship enter; figures, codes, publishers and addresses carry over, the notes are our own words.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from knowledge import ROOT, Row, knowledge_folder, must_ship, shipped

CONTENT = ROOT / "src" / "leukon" / "content"
PAGES = ROOT / "docs" / "reference"
REVIEWED, NEXT_REVIEW = "2026-11-24", "2027-11-24"
TRUTHS = {"yes": True, "no": False}
Value = str | float | bool | list[str]
Block = Mapping[str, Value]

# A finding: its row of condition_concepts, or the codes of its own rows of the other two tables.
FINDINGS: list[dict[str, Value]] = [
    {"id": "leukopenia", "name": "leukopenia", "lines": ["WBC"], "term": "Leukopenia"},
    {
        "id": "neutropenia",
        "name": "neutropenia",
        "lines": ["NEUT"],
        "scales": ["words-neutropenia", "words-profound"],
        "term": "Neutropenia (finding)",
    },
    {
        "id": "agranulocytosis",
        "name": "agranulocytosis",
        "lines": ["NEUT"],
        "scales": ["words-agranulocytosis-0.5", "words-agranulocytosis-0.2"],
        "term": "Agranulocytosis",
        "hpo": ["HP:0012234"],
        "note": "Two definitions are in use, and each is named. D70 is a category, not billable by itself.",
    },
    {
        "id": "lymphopenia",
        "name": "lymphopenia",
        "lines": ["LYMPH"],
        "scales": ["words-lymphopenia", "words-lymphopenia-york"],
        "term": "Lymphopenia",
    },
    {
        "id": "cd4-lymphopenia",
        "name": "CD4 lymphopenia",
        "lines": ["CD4"],
        "hpo": ["HP:0005407"],
        "note": "The HPO term is named for a proportion; its synonym CD4 T cell lymphopenia is meant. No ICD-10-CM or SNOMED CT code was read for it.",
    },
    {
        "id": "monocytopenia",
        "name": "monocytopenia",
        "lines": ["MONO"],
        "term": "Monocytopenia",
        "note": "No ICD-10-CM code was read for it.",
    },
    {
        "id": "bicytopenia",
        "name": "bicytopenia",
        "lines": ["WBC", "NEUT", "HGB", "PLT"],
        "note": "Two of the three: white cells (the total or the neutrophils), haemoglobin, platelets. No code of its own was read.",
    },
    {
        "id": "pancytopenia",
        "name": "pancytopenia",
        "lines": ["WBC", "NEUT", "HGB", "PLT"],
        "term": "Pancytopenia",
        "note": "All three: white cells (the total or the neutrophils), haemoglobin, platelets.",
    },
    {
        "id": "febrile-neutropenia",
        "name": "febrile neutropenia",
        "lines": ["NEUT"],
        "term": "Febrile neutropenia",
        "icd10cm": ["R50.81", "D70.9"],
        "note": "Coded as both: the fever and the neutropenia.",
    },
    {
        "id": "chronic-neutropenia",
        "name": "chronic neutropenia",
        "lines": ["NEUT"],
        "syndrome": "syn-01",
        "hpo": ["HP:0410252"],
        "note": "A pattern over time, no diagnosis: the first and the last low count lie three calendar months apart or more, and no count between them is known not to be low.",
    },
    {
        "id": "cyclic-pattern",
        "name": "cyclic pattern of neutrophils",
        "lines": ["NEUT"],
        "syndrome": "syn-04",
        "icd10cm": ["D70.4"],
        "hpo": ["HP:0040289"],
        "note": "Never more than possible: three troughs or more, 14 to 28 days apart (judgement: a week on either side of the typical 21 days). How often to count was not read at a source.",
    },
    {
        "id": "duffy-null-count",
        "name": "Duffy-null associated neutrophil count",
        "lines": ["NEUT"],
        "cause": "cause-089",
        "note": "Not a disease, and no code: a finding, not for a problem list. Adults tested Duffy-null, neutrophils 1.0 or more and within the Duffy-null interval, temperature from 36.0 to under 38.0, on no listed drug.",
    },
]  # fmt: skip

# What the text of a criterion says beside its columns.
FEBRILE: dict[str, dict[str, Value]] = {
    "syn-07": {"by": "IDSA 2010", "expected_below": 0.5},
    "syn-09": {"by": "NICE CG151", "anticancer": True, "or_sepsis_signs": True},
    "syn-10": {"by": "ESMO 2016", "expected_below": 0.5},
    "syn-11": {"by": "SEOM 2018", "expected_from": 1.0, "or_sepsis_signs": True},
    "syn-13": {
        "by": "CCLG, earlier edition",
        "temperature_below": 36.0,
        "child": True,
        "anticancer": True,
    },
    "syn-14": {
        "by": "CCLG, later edition",
        "temperature_below": 36.0,
        "child": True,
        "anticancer": True,
        "or_sepsis_signs": True,
    },
    "syn-15": {"by": "RCH Melbourne", "expected_from": 1.0, "expected_below": 0.5, "child": True},
    "syn-16": {"by": "CTCAE 6.0"},
}
NOT_DECIDED = {
    "syn-02": "a diagnosis of exclusion: it cannot be read from counts",
    "syn-05": "a diagnosis: it needs more than counts",
    "syn-06": "a diagnosis: it needs more than counts",
    "syn-12": "depends on a diagnosis, whatever the count",
}
CHILD_NOTE = "The page speaks of children (and young people) without an age: held under 18 years."

ACUTE = {"cause-002", "cause-009"}
CHRONIC = {"cause-090", "cause-091"}
AGES: dict[str, dict[str, Value]] = {
    "cause-088": {"age_to": "3mo", "age_note": "Neonatal, with room for those that last for weeks (judgement)."},
    "cause-089": {"age_from": "18y", "age_note": "Its intervals are of adults."},
    "cause-092": {"age_from": "71y", "age_note": "Over 70 years, as the lymphopenia guidance of York and Lothian has it (rule URG-30)."},
}  # fmt: skip
NAMES_A_FINDING = {"cause-026", "cause-043", "cause-094", "cause-095", "cause-096", "cause-097"}
GROUPS = {
    "cause-027": ["anticancer"],
    "cause-028": ["clozapine", "deferiprone", "agranulocytosis", "other-listed"],
    "cause-030": ["immunosuppressant", "steroid"],
    "cause-098": ["antithyroid"],
}
DRUGS = {"cause-031": ["rituximab", "obinutuzumab", "ocrelizumab"]}

ORDERS = {
    "one line, adult": "artefact|drug / treatment|infection|cancer / marrow|autoimmune|nutritional / metabolic|sequestration / liver|congenital|benign / variant|unexplained (diagnosis of exclusion)",
    "one line, child": "artefact|drug / treatment|infection|congenital|cancer / marrow|autoimmune|nutritional / metabolic|sequestration / liver|benign / variant|unexplained (diagnosis of exclusion)",
    "several lines, adult": "artefact|cancer / marrow|drug / treatment|nutritional / metabolic|infection|sequestration / liver|autoimmune|congenital|benign / variant|unexplained (diagnosis of exclusion)",
    "several lines, child": "artefact|cancer / marrow|drug / treatment|congenital|infection|nutritional / metabolic|sequestration / liver|autoimmune|benign / variant|unexplained (diagnosis of exclusion)",
}
ORDER_WHY = [
    "First what the person's own medicines point to.",
    "Then by category: what a second sample settles, what can be changed or must be treated soon, what",
    "must not be missed, then the rest; what is harmless or unexplained comes last, as it is said only",
    "when the others are ruled out.",
    "Where several cell lines are low, causes of several lines come before those of the low white line",
    "alone, and the marrow comes early.",
    "In children (under 18 years) what is inborn comes before what is acquired and rare.",
    "Inside a category in the order of the table. The order is no probability.",
]


def texts() -> dict[Path, str]:
    """Every content file and its text, each with a JSON twin: that is what is read at run time."""
    tables = {
        CONTENT / "findings" / "findings.toml": findings_text(),
        CONTENT / "findings" / "febrile.toml": febrile_text(),
        CONTENT / "causes" / "causes.toml": causes_text(),
        CONTENT / "causes" / "drugs.toml": drugs_text(),
        CONTENT / "causes" / "order.toml": order_text(),
    }
    twins = {path.with_suffix(".json"): _as_json(text) for path, text in tables.items()}
    return {**tables, **twins}


def _as_json(text: str) -> str:
    return msgspec.json.encode(msgspec.toml.decode(text)).decode() + "\n"


def findings_text() -> str:
    """The findings and their codes."""
    terms = {row["term"]: must_ship(row) for row in shipped("condition_concepts")}
    icd = {row["code"]: row for row in shipped("icd10cm_core")}
    hpo = {row["hpo"]: row for row in shipped("hpo_terms")}
    others = {row["id"]: row for row in (*shipped("syndromes_criteria"), *shipped("causes"))}
    blocks = []
    for given in FINDINGS:
        row = terms.get(str(given.get("term", "")), {})
        own = others.get(str(given.get("syndrome", given.get("cause", ""))), {})
        icd_codes = given.get("icd10cm", row.get("icd10cm", "").split())
        hpo_codes = given.get("hpo", row.get("hpo", "").split())
        assert isinstance(icd_codes, list)
        assert isinstance(hpo_codes, list)
        blocks.append(
            {
                "id": given["id"],
                "name": given["name"],
                "lines": given["lines"],
                "scales": given.get("scales", []),
                "icd10cm": icd_codes,
                "icd10cm_text": [icd[code]["description"] for code in icd_codes],
                "snomedct": row["snomedct"].split() if row else [],
                "hpo": hpo_codes,
                "hpo_text": [hpo[code]["name"] for code in hpo_codes],
                "term": row.get("term", ""),
                "row": own.get("id", ""),
                "criterion": own.get("criterion", ""),
                "source": _source(own.get("address") or row.get("source", "") or hpo_source(hpo, hpo_codes)),
                "note": given.get("note", ""),
            }
        )  # fmt: skip
    return page(
        "What is found in the counts of one panel, and the codes of each.", "finding", blocks
    )


def hpo_source(hpo: Mapping[str, Row], codes: list[str]) -> str:
    """Where a finding without another row has its code from."""
    return hpo[codes[0]]["source"] if codes else "judgement"


def _source(text: str) -> str:
    # "same" points at the first row of condition_concepts.
    return shipped("condition_concepts")[0]["source"] if text == "same" else text


def febrile_text() -> str:
    """The definitions of febrile neutropenia, and what was read and is not decided."""
    rows = {row["id"]: must_ship(row) for row in shipped("syndromes_criteria")}
    blocks = [criterion(rows[name], extra) for name, extra in FEBRILE.items()]
    others = [
        {
            "id": name,
            "name": rows[name]["term"],
            "criterion": rows[name]["criterion"],
            "why": why,
            "address": rows[name]["address"],
        }
        for name, why in NOT_DECIDED.items()
    ]
    head = """\
What publishers call febrile neutropenia (counts in 10*9/L, temperatures in degrees Celsius).

`neutrophils_below`: the count is under it (at it, too, where inclusive). `expected_below`: it is
expected to fall under it, from under `expected_from` where one is printed: no count shows that.
`temperature_once`: one reading; `temperature_lasting`: for as long as `lasting` says, which one
reading cannot show; `temperature_below`: a low temperature counts the same. `or_sepsis_signs`: other
signs of sepsis stand in for the temperature. `anticancer`, `child`: only for these people.
[[not_decided]]: read, and not decided from counts."""
    return page(head, "criterion", blocks) + "\n" + _blocks("not_decided", others)


def criterion(row: Row, extra: Mapping[str, Value]) -> Block:
    """One publisher's definition."""
    numbers = {
        "neutrophils_below": row["anc_high"],
        "temperature_once": row["temperature_once"],
        "temperature_lasting": row["temperature_lasting"],
    }
    inclusive = {
        "neutrophils_inclusive": row["anc_high_inclusive"],
        "once_inclusive": row["temperature_once_inclusive"],
        "lasting_inclusive": row["temperature_lasting_inclusive"],
    }
    note = CHILD_NOTE if extra.get("child") else ""
    return {
        "id": row["id"],
        "by": extra["by"],
        "criterion": row["criterion"],
        **{name: float(text) for name, text in numbers.items() if text},
        **{name: TRUTHS[text] for name, text in inclusive.items() if text},
        "lasting": row["lasting"],
        **{name: value for name, value in extra.items() if name != "by"},
        "address": row["address"],
        "status": row["status"],
        "note": " ".join(filter(None, (row["note"], note))),
    }


def causes_text() -> str:
    """The causes."""
    head = """\
Causes of low white cells, with their codes. What fits is no diagnosis.

`lines`: the counts it lowers; `several`: it lowers several cell lines. `duration`: "acute" where the
source says days to weeks, "chronic" where it lasts three months by definition. `age_from` (included),
`age_to` (not included): `age_note` says why. `drug_groups`, `drugs`: the medicines that point to it.
`names_a_finding`: a code for the finding itself, not a cause: kept for its codes."""
    return page(head, "cause", [cause(row) for row in shipped("causes")])


def cause(row: Row) -> Block:
    """One cause."""
    lines = row["cell_lines"].split("; ")
    key = row["id"]
    return {
        "id": key,
        "name": row["cause"],
        "category": row["category"],
        "lines": [line for line in lines if line != "PANCYTOPENIA"],
        "several": "PANCYTOPENIA" in lines,
        "mechanism": row["mechanism"],
        "course": row["typical_course"],
        "duration": "acute" if key in ACUTE else "chronic" if key in CHRONIC else "",
        **AGES.get(key, {}),
        "duffy": "null" if key == "cause-089" else "",
        "drug_groups": GROUPS.get(key, []),
        "drugs": DRUGS.get(key, []),
        "names_a_finding": key in NAMES_A_FINDING,
        "icd10cm": row["icd10cm"].split(),
        "icd10cm_text": [text.partition(" ")[2] for text in row["icd10cm_text"].split(" | ") if text],
        "snomedct": re.findall(r"\d{6,}", re.sub(r"\([^)]*\)", "", row["snomedct"])),
        "hpo": row["hpo"].split(),
        "omim": re.findall(r"\d{6}", row["omim"]),
        "orpha": re.findall(r"\b\d{2,6}\b", row["orpha"]),
        "source": row["source"],
        "address": row["address"],
        "status": row["status"],
        "note": row["note"],
    }  # fmt: skip


def drugs_text() -> str:
    """What a drug does to the counts, its evidence and its monitoring."""
    head = """\
What drugs do to the counts. Names, ATC codes and groups stand in advice/drugs.toml.

`monitoring` says what labels and guidelines say: for professionals, never for the person."""
    blocks = []
    for row in shipped("drugs"):
        lines = row["cell_line"].split("; ")
        lowered = [
            line for line in lines if line != "PANCYTOPENIA" and not line.startswith("RAISES")
        ]
        raised = [line.removeprefix("RAISES ") for line in lines if line.startswith("RAISES")]
        both = row["effect"] == "lowers lymphocytes, raises neutrophils"
        blocks.append(
            {
                "inn": row["inn"],
                "lowers": lowered,
                "raises": ["NEUT"] if both else raised,
                "several": "PANCYTOPENIA" in lines,
                "evidence": row["evidence"],
                "monitoring": row["monitoring"],
                "source": row["source"],
                "status": row["status"],
                "note": row["note"],
            }
        )
    return page(head, "drug", blocks)


def order_text() -> str:
    """The order in which causes are named."""
    blocks = [{"id": name, "categories": text.split("|")} for name, text in ORDERS.items()]
    return page(
        "\n".join(["The order in which causes that fit are named.", "", *ORDER_WHY]),
        "order",
        blocks,
    )


def page(head: str, kind: str, blocks: Iterable[Block]) -> str:
    """A TOML file: its grammar, who and when, then a table a row."""
    first, *rest = head.splitlines()
    comment = [first, "Generated by tools/make_causes.py; do not edit by hand.", *rest]
    lines = [f"# {line}".rstrip() for line in comment]
    lines += [
        "",
        'source = "each row names its own"',
        'author = "leukon"',
        'checked_by = ""',
        f'reviewed = "{REVIEWED}"',
        f'next_review = "{NEXT_REVIEW}"',
        "",
    ]
    return "\n".join(lines) + "\n" + _blocks(kind, blocks)


def _blocks(kind: str, blocks: Iterable[Block]) -> str:
    found = []
    for block in blocks:
        kept = [f"{key} = {_toml(value)}" for key, value in block.items() if _said(value)]
        found.append("\n".join([f"[[{kind}]]", *kept]))
    return "\n\n".join(found) + "\n"


def _said(value: Value) -> bool:
    return value is not False and value != "" and value != []


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def main(arguments: list[str]) -> int:
    """Write the files, or with --check name the stale ones."""
    checking = "--check" in arguments
    if not knowledge_folder().is_dir():
        print(f"NOT CHECKED: no knowledge tables in {knowledge_folder()}")
        return 0 if checking else 1
    stale = _settle(texts(), checking)
    # The pages are made from the content as the package reads it: after it is written.
    from causes_pages import pages

    stale += _settle(pages(PAGES), checking)
    if checking and stale:
        print(f"stale, run `python tools/make_causes.py`: {', '.join(stale)}")
        return 1
    return 0


def _settle(wanted: Mapping[Path, str], checking: bool) -> list[str]:
    stale = []
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if not checking:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
    return stale


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
