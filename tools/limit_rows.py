"""One published limit as a knowledge row gives it, and how it is written in a definition file."""

import json
from dataclasses import dataclass

from knowledge import Row, must_ship

ANALYTES = ("WBC", "NEUT", "LYMPH", "MONO", "EOS", "BASO", "CD4", "HGB", "PLT")
DAYS_IN = {"h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.44, "y": 12 * 30.44}
QUALIFIERS = {"birth weight <= 1500 g known": "birth-weight-1500g-or-less"}
PHENOTYPES = {"": "", "duffy-null-tested": "null"}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One row of a definition file; figures and ages are kept as they are printed."""

    id: str
    analyte: str
    unit: str
    kind: str
    source: str
    sex: str = ""
    age_from: str = ""
    age_to: str = ""
    duffy: str = ""
    pregnancy: bool = False
    weeks_from: str = ""
    weeks_to: str = ""
    qualifiers: tuple[str, ...] = ()
    low: str = ""
    low_inclusive: bool = True
    high: str = ""
    high_inclusive: bool = True
    floor: str = ""
    votes: bool = False
    reported_by: str = ""
    publisher: str = ""
    note: str = ""


def limit_from(row: Row, note: str = "") -> Limit:
    """The limit of a row of definitions_low, paediatric_intervals or normal_for_them."""
    must_ship(row)
    return _from_normal(row, note) if "quantity" in row else _from_published(row, note)


def _from_published(row: Row, note: str) -> Limit:
    return Limit(
        id=row["id"],
        analyte=row["analyte"],
        sex="" if row["sex"] == "any" else row["sex"],
        age_from=row["age_min"],
        age_to=row["age_max"],
        qualifiers=_qualifiers(row.get("needs", "")),
        low=row["low"],
        low_inclusive=row["low_inclusive"] != "no",
        high=row["high"],
        high_inclusive=row["high_inclusive"] != "no",
        unit=row["unit"],
        kind=row["kind"],
        votes=row["votes"] == "yes",
        source=first_address(row["address"]),
        reported_by=row["reported_by"],
        note=note,
    )


def _from_normal(row: Row, note: str) -> Limit:
    if row["quantity"] != "reference interval":
        raise ValueError(f"{row['id']}: {row['quantity']} is no limit")
    return Limit(
        id=row["id"],
        analyte=row["analyte"],
        age_from=row["age_min"],
        duffy=PHENOTYPES[row["phenotype"]],
        pregnancy=row["pregnancy_weeks_min"] != "",
        weeks_from=row["pregnancy_weeks_min"],
        weeks_to=row["pregnancy_weeks_max"],
        low=row["low"],
        low_inclusive=row["low_inclusive"] != "no",
        high=row["high"],
        high_inclusive=row["high_inclusive"] != "no",
        floor=row["floor"],
        unit=row["unit"],
        kind="study",
        source=first_address(row["address"]),
        note=note,
    )


def _qualifiers(needs: str) -> tuple[str, ...]:
    return (QUALIFIERS[needs],) if needs else ()


def first_address(text: str) -> str:
    """The first of several addresses."""
    return text.split(" ; ", maxsplit=1)[0].strip()


def further_addresses(text: str) -> list[str]:
    """The other addresses, whole ones only."""
    others = (part.split(" ")[0] for part in text.split(" ; ")[1:])
    return [address for address in others if not address.endswith("...")]


def days(age: str) -> float:
    """About how many days an age such as 72h or 18y is; blank counts as birth."""
    unit = age.lstrip("0123456789")
    return float(age.removesuffix(unit)) * DAYS_IN[unit] if age else 0.0


def reading_order(limit: Limit) -> tuple[object, ...]:
    """Where a limit stands in its file: critical last, then analyte, age, sex, id."""
    return (
        limit.kind == "critical",
        ANALYTES.index(limit.analyte),
        bool(limit.duffy),
        limit.pregnancy,
        days(limit.age_from),
        limit.weeks_from.zfill(2),
        limit.sex == "female",
        limit.id,
    )


def quoted(text: str) -> str:
    """A text as a TOML string."""
    return json.dumps(text, ensure_ascii=False)


def text_list(texts: list[str]) -> str:
    """Texts as a TOML array, one a line where there are several."""
    if not texts:
        return "[]"
    if len(texts) == 1:
        return f"[{quoted(texts[0])}]"
    return "[\n" + "".join(f"  {quoted(text)},\n" for text in texts) + "]"


def figure(text: str) -> str:
    """A printed figure as a TOML float: 9 becomes 9.0, 4.30 stays."""
    return text if "." in text else f"{text}.0"


def limit_lines(limit: Limit, *, source: str, reported_by: str) -> list[str]:
    """The lines of one [[limits]] table; what equals the file's defaults is left out."""
    return [
        "[[limits]]",
        *_texts(limit, ("id", "analyte", "sex", "age_from", "age_to", "duffy")),
        *_pregnancy(limit),
        *([f"qualifiers = {text_list(list(limit.qualifiers))}"] if limit.qualifiers else []),
        *_side("low", limit.low, limit.low_inclusive),
        *_side("high", limit.high, limit.high_inclusive),
        *([f"floor = {figure(limit.floor)}"] if limit.floor else []),
        *_texts(limit, ("unit", "kind")),
        *(["votes = true"] if limit.votes else []),
        *([f"source = {quoted(limit.source)}"] if limit.source != source else []),
        *([f"reported_by = {quoted(limit.reported_by)}"] * (limit.reported_by != reported_by)),
        *_texts(limit, ("publisher", "note")),
    ]


def _texts(limit: Limit, names: tuple[str, ...]) -> list[str]:
    given = ((name, getattr(limit, name)) for name in names)
    return [f"{name} = {quoted(text)}" for name, text in given if text]


def _pregnancy(limit: Limit) -> list[str]:
    if not limit.pregnancy:
        return []
    weeks = (("weeks_from", limit.weeks_from), ("weeks_to", limit.weeks_to))
    return ["pregnancy = true", *(f"{name} = {week}" for name, week in weeks if week)]


def _side(side: str, printed: str, inclusive: bool) -> list[str]:
    if not printed:
        return []
    ending = [] if inclusive else [f"{side}_inclusive = false"]
    return [f"{side} = {figure(printed)}", *ending]
