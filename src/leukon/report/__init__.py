"""What leukon shows: the number line, the agreement strip, the HTML report, the terminal's tables.

`page.html_report` makes one file that needs no other: no script, no address it loads, no font of
its own. `screen` prints lines and tables on a terminal, `terminal` says what stands in them.
"""
