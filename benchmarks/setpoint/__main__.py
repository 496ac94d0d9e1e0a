"""Prints how well a person's own band holds: `make bench-setpoint`, ARGS="--people 2000" for a quick look."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.setpoint import methods
from benchmarks.setpoint.people import DEFAULT, HARDER, Histories, Settings, histories, yearly
from leukon.setpoints import fast

SIZES = (1, 2, 3, 5, 10, 30)
FALL, FALSE_ALARMS = np.log(0.6), 0.025
LOW_LEVEL = 1.2


def main() -> None:
    """Simulate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=None, help="none: fresh people at every run")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else int(np.random.SeedSequence().entropy % 2**31)
    rng = np.random.default_rng(seed)
    print(f"Set point, {asked.people} simulated people a cell, seed {seed}\n")
    _others(asked.people, rng)
    _own(asked.people, rng)
    _falls(asked.people, rng)
    _speed(rng)


def _others(people: int, rng: np.random.Generator) -> None:
    print(
        "| method (default people) | coverage n = 3 / 10 / 30 | 40 % fall caught, n = 3 / 10 | level 1.2 called low, n = 3 / 10 |"
    )
    print("|---|---|---|---|")
    cells = {
        n: (histories(DEFAULT, people, n, rng), histories(DEFAULT, people, n, rng, LOW_LEVEL))
        for n in (3, 10, 30)
    }
    for name, method in methods.METHODS.items():
        found = {
            n: _measured(method(a, DEFAULT), method(b, DEFAULT), a, b)
            for n, (a, b) in cells.items()
        }
        coverage = " / ".join(f"{found[n][0]:.3f}" for n in (3, 10, 30))
        caught = " / ".join(f"{found[n][1]:.2f}" for n in (3, 10))
        low = " / ".join(f"{found[n][2]:.3f}" for n in (3, 10))
        print(f"| {name} | {coverage} | {caught} | {low} |")
    print()


def _measured(
    bands: methods.Bands, low_bands: methods.Bands, told: Histories, low: Histories
) -> tuple[float, float, float]:
    """Coverage; a 40 % fall caught at 2.5 % false alarms; people who live at 1.2 called low."""
    z = (told.following - bands.centre) / bands.half
    alarm = np.quantile(z, FALSE_ALARMS)
    fallen = (told.following + FALL - bands.centre) / bands.half
    called = (low.following - low_bands.centre) / low_bands.half < -1
    return float((np.abs(z) <= 1).mean()), float((fallen < alarm).mean()), float(called.mean())


def _own(people: int, rng: np.random.Generator) -> None:
    print("| people | " + " | ".join(f"n = {n}" for n in SIZES) + " |")
    print("|---" * (len(SIZES) + 1) + "|")
    worst = []
    for settings in (DEFAULT, *HARDER):
        cells = list(_cells(settings, people, rng))
        worst += [
            (abs(c - 0.95), c, settings.name, n)
            for n, (c, _, _) in zip(SIZES, cells, strict=True)
            if n >= 3
        ]
        print(
            f"| {settings.name} | "
            + " | ".join(f"{c:.3f} / {f:.2f} / {w:.3f}" for c, f, w in cells)
            + " |"
        )
    print("\nEach cell: coverage of the 95 % band / 40 % fall caught / level 1.2 called low.")
    _, coverage, name, size = max(worst)
    print(
        f"Farthest from 95 % from n = 3: {coverage:.3f} ({name}, n = {size}); bar 0.93 to 0.97.\n"
    )


def _cells(
    settings: Settings, people: int, rng: np.random.Generator
) -> Iterator[tuple[float, float, float]]:
    for size in SIZES:
        told = histories(settings, people, size, rng)
        low = histories(settings, people, size, rng, LOW_LEVEL)
        bands, low_bands = (methods.set_point(one, settings) for one in (told, low))
        yield _measured(bands, low_bands, told, low)


def _falls(people: int, rng: np.random.Generator) -> None:
    print(
        "| 50 % fall over 8 yearly counts | false alarms in a series | of people at 1.2 | caught |"
    )
    print("|---|---|---|---|")
    for eps_settings in (HARDER[0], DEFAULT, HARDER[1]):
        for earlier in (0, 2, 5, 10):
            alarms = [
                _alarmed(yearly(eps_settings, people, earlier, fall, rng, level))
                for fall, level in ((0.0, None), (0.0, LOW_LEVEL), (0.5, None))
            ]
            found = " | ".join(f"{alarm:.3f}" for alarm in alarms)
            print(f"| {eps_settings.name}, {earlier} earlier counts | {found} |")
    print("Bar: at least 0.90 at no more than 0.05 false alarms.\n")


def _alarmed(told: Histories) -> float:
    people, size = told.counts.shape
    y = (told.counts - DEFAULT.usual).ravel()
    enters = np.ones(y.size, dtype=bool)
    over = fast.every(
        y, told.days.ravel(), np.arange(people + 1) * size, enters, methods.MODEL.constants()
    ).falls
    return float((over.reshape(told.counts.shape) > 0).any(axis=1).mean())


def _speed(rng: np.random.Generator) -> None:
    told = histories(DEFAULT, 200_000, 10, rng)
    y, days, starts = (
        (told.counts - DEFAULT.usual).ravel(),
        told.days.ravel(),
        np.arange(200_001) * 10,
    )
    c, enters = methods.MODEL.constants(), np.ones(told.counts.size, dtype=bool)
    latest = min(_seconds(lambda: fast.latest(y, days, starts, c)) for _ in range(3))
    every = min(_seconds(lambda: fast.every(y, days, starts, enters, c)) for _ in range(3))
    print(
        f"Speed, one core, 10 counts a person: latest {y.size / latest / 1e6:.1f} M rows/s (bar 3),"
    )
    print(f"every row against its past {y.size / every / 1e6:.1f} M rows/s (bar 1).")


def _seconds(work: object) -> float:
    began = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - began


if __name__ == "__main__":
    main()
