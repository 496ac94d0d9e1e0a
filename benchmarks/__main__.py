"""`make bench`: every case, step by step, and the result kept (ARGS="--only whole_run --long --spark")."""

import argparse
import importlib
import json
import shutil
import sys
from datetime import UTC, datetime

from benchmarks import data, page
from benchmarks.cases import CASES
from benchmarks.machine import ROOT, commit, load, machine, versions
from benchmarks.measure import REPEATS, Measured, run_step


def options(arguments):
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=CASES, help="a case (repeatable)")
    parser.add_argument("--long", action="store_true", help="also 1e8 counts")
    parser.add_argument("--spark", action="store_true", help="also Spark on this machine")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--keep-data", action="store_true", help="leave build/bench as it is")
    return parser.parse_args(arguments)


def measured_case(name, asked, folder):
    """A case: its steps in turn, as often as asked, so that all of them meet the same load."""
    module = importlib.import_module(f"benchmarks.cases.{name}")
    steps = {
        key: step
        for key, step in module.STEPS.items()
        if not step.option or getattr(asked, step.option)
    }
    for one in dict.fromkeys(one for step in steps.values() for one in step.data):
        run_step("data", one, data.STEPS[one], folder)
    found = Measured()
    for repeat in range(asked.repeats):
        for key, step in steps.items():
            if step.once and repeat:
                continue
            cost = run_step(f"cases.{name}", key, step, folder)
            if not step.once:
                found.add(key, cost)
                print(
                    f"  {name} {key}: {cost['cpu']:.2f} CPU s, {cost['peak_mb']:.0f} MB", flush=True
                )
    figures = [
        {
            "what": one.what,
            "value": one.value,
            "median": one.middle,
            "unit": one.unit,
            "bar": one.bar,
            "met": one.met,
            "note": one.note,
        }
        for one in (module.figures(found) if found.runs else ())
    ]
    return {"case": name, "title": module.TITLE, "figures": figures, "runs": found.runs}


def main(arguments):
    """Measure, print and keep."""
    asked = options(arguments)
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    began, measured = load(), commit()
    cases = [measured_case(name, asked, folder) for name in asked.only or CASES]
    now = datetime.now(UTC)
    result = {
        "date": f"{now:%Y-%m-%d}",
        "finished": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "commit": measured,
        "machine": machine(),
        "versions": versions(),
        "repeats": asked.repeats,
        "load": [began, load()],
        "cases": [case for case in cases if case["figures"]],
    }
    text = page.page(result)
    print(text)
    # Only a whole run is kept as a result; the rest is for who looks at one thing.
    kept = page.RESULTS if not asked.only else folder
    name = f"{result['date']}-{result['commit']}"
    kept.joinpath(f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    kept.joinpath(f"{name}.md").write_text(text, "utf-8")
    if not asked.keep_data:
        shutil.rmtree(folder)
    print(f"kept: {kept.relative_to(ROOT)}/{name}.json; README: python -m benchmarks.page")


if __name__ == "__main__":
    main(sys.argv[1:])
