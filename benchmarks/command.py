"""The command line as the installed program runs it."""

import sys

from leukon.cli import main

if __name__ == "__main__":
    sys.exit(main())
