"""A process that interprets pieces for another, one after the other, and ends when that one ends.

Asked over standard input, answered over standard output, in pickled messages. A process of its own
and not a fork: a fork of a program with threads may hang, and the main module of a user's program
is not run a second time.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from subprocess import Popen
from typing import IO, Any, NamedTuple

from leukon.engines.batches import Question
from leukon.engines.pieces import Made, Piece, make
from leukon.engines.run import Progressed, Wanted
from leukon.errors import LeukonError


class Failed(NamedTuple):
    """Why a piece could not be made: the error's class and its three parts."""

    piece: Piece
    kind: type[LeukonError]
    what: str
    where: str
    hint: str

    @property
    def error(self) -> LeukonError:
        """The error, as it was raised in the other process."""
        return self.kind(self.what, where=self.where, hint=self.hint)


def failed_as(piece: Piece, error: LeukonError) -> Failed:
    """An error as a message."""
    return Failed(piece, type(error), error.what, error.where, error.hint)


class Read(NamedTuple):
    """How many rows of a piece are read so far."""

    piece: Piece
    rows: int


class Lost(LeukonError):
    """A worker ended in the middle of a part: killed, or without memory."""


Said = Made | Failed | Read


def say(stream: IO[bytes], message: Any) -> None:
    """Send one message."""
    pickle.dump(message, stream)
    stream.flush()


class Worker:
    """A worker, seen from the process that asks it."""

    def __init__(self, process: Popen[bytes], question: Question, folder: Path) -> None:
        """Take a process that has begun; it is told what it is for with the first piece."""
        self._process = process
        self._first: tuple[Question, Path] | None = (question, folder)

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        say(self._process.stdin, message)

    def make(self, piece: Piece, tell: SimpleQueue[Said]) -> None:
        """Have a piece made, telling what the worker says until it is done or failed."""
        assert self._process.stdout is not None
        try:
            if self._first is not None:
                self._send(self._first)
                self._first = None
            self._send(piece)
            while True:
                said = pickle.load(self._process.stdout)
                tell.put(said)
                if not isinstance(said, Read):
                    return
        except (EOFError, OSError, pickle.UnpicklingError):
            tell.put(
                Failed(
                    piece,
                    Lost,
                    "a process ended before its part was whole (killed, or no memory was left)",
                    piece.name,
                    "run the same command again, perhaps with --jobs 1",
                )
            )

    def end(self) -> None:
        """End the process, in the middle of anything; who waits for its answer is told."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close the pipes to an ended process, when nobody reads them any more."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def main() -> None:
    """Work until whoever asks is gone."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no message
    asked: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    question, folder = asked.get()
    while True:
        say(answers, _answer(asked.get(), question, folder, answers))


def _listen(asked: SimpleQueue[Any]) -> None:
    """Take what is asked; when nobody can ask any more, end at once, in the middle of anything."""
    try:
        while True:
            asked.put(pickle.load(sys.stdin.buffer))
    except (EOFError, OSError, pickle.UnpicklingError):
        os._exit(0)


def _answer(piece: Piece, question: Question, folder: Path, answers: IO[bytes]) -> Made | Failed:
    def tell(done: Progressed) -> None:
        say(answers, Read(piece, done.rows))

    try:
        return make(piece, question, folder, wanted=Wanted(progress=tell))[0]
    except LeukonError as error:
        return failed_as(piece, error)
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:
        if os.environ.get("LEUKON_DEBUG"):
            raise
        # Its words may hold what a file holds: only its kind is told.
        what = f"leukon could not go on ({type(error).__name__})"
        hint = "this is a fault of leukon's; with LEUKON_DEBUG=1 it shows where"
        return Failed(piece, LeukonError, what, piece.inputs[0].name, hint)
