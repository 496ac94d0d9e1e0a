"""The command line: arguments in, a table, JSON, a file or a report out.

Exit codes: 0 done; 2 the call is off; 3 the input is refused (what, where, what to do); 4 some
rows were refused (counted, and listed in a side file).
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from leukon.errors import LeukonError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; nothing leukon refuses shows a traceback."""
    words = sys.argv[1:] if argv is None else list(argv)
    from leukon.cli.app import app_for

    _look_for_garbage()
    try:
        app_for(words)(args=words, prog_name="leukon")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except LeukonError as error:
        _say(str(error))
        return error.exit_code
    except BrokenPipeError:
        # Whoever read the output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        # Its words may hold what a file holds: only its kind is told.
        if os.environ.get("LEUKON_DEBUG"):
            raise
        _say(
            f"leukon could not go on ({type(error).__name__}); nothing was written half\n"
            "Hint: this is a fault of leukon's; with LEUKON_DEBUG=1 it shows where"
        )
        return 1
    return 0


def _look_for_garbage() -> None:
    """Collect garbage again, if `leukon` stopped it; what is loaded by now stays till the end."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _say(message: str) -> None:
    """A message on standard error, without characters that a terminal would obey."""
    shown = "".join(c if c.isprintable() or c == "\n" else "?" for c in message)
    print(f"leukon: {shown}", file=sys.stderr)
