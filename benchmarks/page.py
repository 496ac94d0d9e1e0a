"""A result as a page, and the newest one's summary in the README.

python -m benchmarks.page           writes the summary between the README's markers
python -m benchmarks.page --check   fails where it is another
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def number(value):
    """Three digits that count: 1.23, 45.6, 789."""
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 99.5 else f"{value:.3g}"


def page(result):
    """A result as Markdown."""
    lines = [f"# Benchmarks, {result['date']}, commit {result['commit']}", "", about(result), ""]
    for case in result["cases"]:
        lines += [f"## {case['title']}", "", *_table(case["figures"]), ""]
    lines += [
        "The least of the runs, and their median. CPU seconds are user and system of the whole process,"
        ' its start included, but where "loop" or "in memory" is said. Ratios are of figures of this run.',
    ]
    return "\n".join(lines) + "\n"


def about(result):
    """What it was measured on, in one paragraph."""
    machine, versions = result["machine"], result["versions"]
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB; "
        f"Python {machine['python']}, {machine['system']}; {said}. {result['repeats']} runs each. "
        f"Load of the machine when it began {result['load'][0]}, when it ended {result['load'][1]}."
    )


def _table(figures):
    yield "| what | least | median | bar | |"
    yield "|---|---|---|---|---|"
    for one in figures:
        note = f"{one['met']}{'; ' if one['met'] and one['note'] else ''}{one['note']}"
        value = f"{number(one['value'])} {one['unit']}"
        yield f"| {one['what']} | {value} | {number(one['median'])} | {one['bar']} | {note} |"


def summary(result):
    """The figures that have a bar, for the README."""
    name = f"{result['date']}-{result['commit']}.md"
    rows = [one for case in result["cases"] for one in case["figures"] if one["bar"]]
    lines = ["| measured | | must be | |", "|---|---|---|---|"]
    titles = {id(one): case["title"] for case in result["cases"] for one in case["figures"]}
    last = ""
    for one in rows:
        title = titles[id(one)]
        lines += [f"| **{title}** | | | |"] if title != last else []
        last = title
        lines.append(
            f"| {one['what']} | {number(one['value'])} {one['unit']} | {one['bar']} | {one['met']} |"
        )
    return "\n".join(
        [
            *lines,
            "",
            f"{about(result)} [All figures](benchmarks/results/{name}); `make bench` measures again.",
        ]
    )


def newest():
    """The newest result that is kept, None where there is none."""
    found = [json.loads(path.read_text("utf-8")) for path in RESULTS.glob("*.json")]
    return max(found, key=lambda one: one["finished"], default=None)


def with_summary(text, result):
    """The README with the summary of a result between its markers."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{summary(result)}\n{END}{tail}"


def main(arguments):
    """Write or check the README's summary, and the newest result's page."""
    result, readme = newest(), ROOT / "README.md"
    if result is None:
        return
    wanted = {
        readme: with_summary(readme.read_text("utf-8"), result),
        RESULTS / f"{result['date']}-{result['commit']}.md": page(result),
    }
    for path, text in wanted.items():
        if "--check" not in arguments:
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            sys.exit(f"{path.name} is not as the newest result has it: python -m benchmarks.page")


if __name__ == "__main__":
    main(sys.argv[1:])
