"""Write the content of the advice (when to see a doctor) from the knowledge tables.

    python tools/make_advice.py            writes src/leukon/content/advice and the reference page
    python tools/make_advice.py --check    compares only; exit code 1 names the stale files

Five readable TOML files, and `advice.json` with the same in one piece, which is what is read at run
time. The tables are looked for in ../shared/knowledge; LEUKON_SHARED names another ../shared.
"""

import json
import sys
import tomllib
from pathlib import Path

import advice_tables
from advice_page import rules_page
from knowledge import ROOT, knowledge_folder

CONTENT = ROOT / "src" / "leukon" / "content" / "advice"
PAGE = ROOT / "docs" / "reference" / "urgency-rules.md"


def main(arguments: list[str]) -> int:
    """Write or check; the exit code is 0 when all is well."""
    checking = arguments == ["--check"]
    if arguments and not checking:
        print("usage: make_advice.py [--check]", file=sys.stderr)
        return 2
    if not knowledge_folder().is_dir():
        print(f"NOT CHECKED: no knowledge tables in {knowledge_folder()}")
        return 0 if checking else 1
    wanted = content_files()
    stale = [path for path, text in wanted.items() if _read(path) != text]
    if checking:
        return _report(stale, len(wanted))
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
    print(f"{len(wanted)} files of advice, {len(stale)} of them written")
    return 0


def content_files() -> dict[Path, str]:
    """Every generated file and its text."""
    tables = advice_tables.tables()
    whole = {name: tomllib.loads(text) for name, text in tables.items()}
    return {
        **{CONTENT / f"{name}.toml": text for name, text in tables.items()},
        CONTENT / "advice.json": json_text(whole),
        PAGE: rules_page(whole),
    }


def json_text(whole: dict[str, dict]) -> str:
    """All tables as one JSON text, an entry a line so that changes can be read."""
    parts = []
    for name, table in whole.items():
        entries = [f"{_json(key)}: {_value(value)}" for key, value in table.items()]
        parts.append(f"{_json(name)}: {{\n" + ",\n".join(entries) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _value(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(_json, value)) + "\n]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _report(stale: list[Path], count: int) -> int:
    for path in stale:
        print(f"stale: {path.relative_to(ROOT)}")
    print("run: python tools/make_advice.py" if stale else f"{count} files of advice up to date")
    return 1 if stale else 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
