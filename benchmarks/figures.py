"""A figure: what was measured, in what, and the bar it is held against."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the result: the least of the runs, and the median where it is one of several.

    `bar` is what it must reach ("at most 1.5"): None where nothing is asked.
    """

    what: str
    value: float
    unit: str
    middle: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def bar(self):
        """The bar in words."""
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_least is not None else ""

    @property
    def met(self):
        """Whether the bar is reached, in words."""
        if not self.bar:
            return ""
        good = (
            self.value <= self.at_most if self.at_most is not None else self.value >= self.at_least
        )
        return "met" if good else "NOT MET"


def cpu(measured, step, what, **more):
    """The CPU seconds of a step's process."""
    return Figure(what, measured.least(step), "CPU s", measured.middle(step), **more)


def peak(measured, step, what, **more):
    """The peak memory of a step's process."""
    return Figure(what, measured.most(step, "peak_mb"), "MB", **more)
