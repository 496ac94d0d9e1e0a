"""What leukon shows: the number line, the agreement strip, the HTML report, the terminal's tables.

`page.html_report` makes one file that needs no other: no script, no address it loads, no font of
its own. `terminal` is for the command line alone: it needs rich, and nothing else here does.
"""
