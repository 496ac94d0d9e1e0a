"""The exact Bayesian band equals the published cases."""

from __future__ import annotations

import csv

import pytest

from leukon.setpoints.passport import Passport


@pytest.fixture(scope="module")
def cases(needs_shared):
    path = needs_shared / "cases" / "abp_cases.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_band_equals_every_published_case(cases):
    worst = 0.0
    for case in cases:
        model = Passport(*(float(case[name]) for name in ("mu", "tau", "s0", "hs")))
        history = [float(value) for value in case["history"].split(";") if value.strip()]
        assert len(history) == int(case["n"])
        wanted = [float(case[name]) for name in ("ref_lo", "ref_median", "ref_hi")]
        found = model.quantiles(history)
        differences = [abs(f / w - 1) for f, w in zip(found, wanted, strict=True)]
        # The reference's median was found on a coarser grid than its limits.
        worst = max(worst, differences[0], differences[2])
        assert differences[1] == pytest.approx(0, abs=1e-3)
    assert worst <= 1e-5
