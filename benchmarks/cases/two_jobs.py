"""A folder of eight files by one process and by two."""

import shutil

from benchmarks.figures import Figure
from benchmarks.step import Step, loop

TITLE = "Eight files of 250,000 panels to a folder"


def _interpret(jobs):
    def run(folder):
        from leukon import interpret_table

        out = folder / f"out-{jobs}-jobs"
        shutil.rmtree(out, ignore_errors=True)
        with loop({}) as told:
            summary = interpret_table(
                folder / "parts", out=f"{out}/", jobs=jobs, scales=["ctcae-6.0"]
            )
        return {**told, "rows": summary.panels}

    return run


STEPS = {"one": Step(_interpret(1), ("panels", "parts")), "two": Step(_interpret(2), ("parts",))}


def figures(measured):
    one, two = measured.least("one", "wall"), measured.least("two", "wall")
    yield Figure("one process", one, "s", measured.middle("one", "wall"))
    yield Figure("two processes", two, "s", measured.middle("two", "wall"))
    yield Figure(
        "two to one",
        two / one,
        "x",
        at_most=0.65,
        note="seconds on the clock: they depend on the load",
    )
