"""One panel: what a service or a person at a terminal waits for."""

from benchmarks.figures import Figure, cpu
from benchmarks.step import Step

TITLE = "One panel of five counts"
TIMES, ROUNDS = 200, 7


def _panel():
    from leukon import Count, Panel, Person

    values = {"WBC": 3.7, "NEUT": 1.1, "LYMPH": 1.9, "MONO": 0.5, "EOS": 0.2}
    counts = [Count(kind, value, "10*9/L") for kind, value in values.items()]
    return Panel(Person(age="34y", sex="female"), counts)


def _least(work):
    """CPU microseconds a call: the least of some rounds."""
    import time

    work()
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(TIMES):
            work()
        found.append((time.process_time() - began) / TIMES * 1e6)
    return min(found)


def _flags(_):
    from leukon import interpret

    panel = _panel()
    return {"microseconds": _least(lambda: interpret(panel, agreement=False))}


def _all(_):
    from leukon import Context, interpret

    panel, context = _panel(), Context()
    return {
        "microseconds": _least(
            lambda: interpret(panel, scales=["ctcae-6.0"], agreement=True, context=context)
        )
    }


STEPS = {
    "flags": Step(_flags),
    "all": Step(_all),
    "check": Step(
        command=(
            "-m", "leukon", "check", "WBC=3.7", "NEUT=1.1", "LYMPH=1.9", "MONO=0.5",
            "EOS=0.2", "--unit", "10*9/L", "--age", "34y", "--sex", "female",
        )
    ),
}  # fmt: skip


def figures(measured):
    for step, what, bar in (
        ("flags", "interpret(panel): flags", 250),
        ("all", "with agreement, grades, findings, causes and advice", 1000),
    ):
        least, middle = (f(step, "microseconds") for f in (measured.least, measured.middle))
        yield Figure(what, least, "us", middle, at_most=bar)
    yield cpu(measured, "check", "leukon check, from start to finish", at_most=0.35)
