"""`python -m leukon`: the command line."""

from leukon.cli import main

raise SystemExit(main())
