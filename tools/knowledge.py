"""Where the knowledge tables are, and what of them may ship."""

import csv
import os
from pathlib import Path

Row = dict[str, str]

READERS_KNOW = {
    "definitions_low.csv, kind = critical": "the critical limits of leukon's catalogue",
    "normal_for_them.csv": "Choosing Wisely (AAFP); Cincinnati Children's",
    "corrections_traps.csv": "PubMed 28843244",
    "drugs.csv": "leukon's table of drugs",
}
"""What readers are told where a row names a table that they cannot see."""

ROOT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path:
    """Which folder holds the shared material: LEUKON_SHARED, or ../shared beside the repository."""
    return Path(os.environ.get("LEUKON_SHARED") or ROOT.parent / "shared")


def knowledge_folder() -> Path:
    """Which folder holds the knowledge tables."""
    return shared_folder() / "knowledge"


def shipped(table: str) -> list[Row]:
    """The rows of a knowledge table that may go into the product."""
    return [row for row in read_csv(knowledge_folder() / f"{table}.csv") if row["ship"] == "yes"]


def must_ship(row: Row) -> Row:
    """The row itself, after making sure that it may go into the product."""
    if row["ship"] != "yes":
        raise ValueError(f"{row.get('id', row)}: ship is {row['ship']!r}, only 'yes' may enter")
    return row


def read_csv(path: Path) -> list[Row]:
    """The rows of one CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [{name: _known(text) for name, text in row.items()} for row in rows]


def _known(text: str) -> str:
    for file, words in READERS_KNOW.items():
        text = text.replace(file, words) if isinstance(text, str) else text
    return text
