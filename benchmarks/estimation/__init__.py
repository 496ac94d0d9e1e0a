"""How good are the estimated limits: scores, coverage of intervals, CPU. `make bench-estimation`."""
