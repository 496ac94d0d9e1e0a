"""What leukon costs, measured: `make bench`. Each file of `cases` holds one question.

A step is a piece of work that runs in a process of its own; a case has steps, and figures made of
what they cost. Data are made in `build/bench` with a fixed seed, results are kept in `results`.
"""
