"""A folder of output: a part for every piece of the input, made by several processes.

A part has its name only when it is whole, and the manifest knows the parts that are done; so the
same command, given again after a run was killed, makes only what is missing.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from leukon.engines.batches import Question, answer
from leukon.engines.crew import SMALL_BYTES, Crew, cores
from leukon.engines.grades import in_order
from leukon.engines.manifest import (
    DONE,
    SIDE_LIST,
    Folder,
    Manifest,
    PartNoted,
    asked,
    noted,
    taken_up,
)
from leukon.engines.pieces import Made, Piece, make, pieces_of, side_of
from leukon.engines.run import Progressed, Run, Wanted
from leukon.engines.summary import Kept, Summary
from leukon.engines.targets import OutputFailed, failed, settle_folder, temporary_name
from leukon.engines.worker import Failed, Read, Said, Worker, failed_as
from leukon.errors import LeukonError
from leukon.interpret import used
from leukon.readers.inputs import DatabaseInput, Input
from leukon.readers.sources import Source
from leukon.readers.tables import tables_of


@dataclass(frozen=True)
class Folded:
    """How a folder of output is made: where, in which form, by how many processes."""

    path: Path
    form: str
    jobs: int | None
    overwrite: bool


def _worth(missing: Sequence[Piece]) -> int:
    """How many processes pay for some pieces."""
    inputs = {one for piece in missing for one in piece.noted}
    return cores() if sum(one.bytes for one in inputs) > SMALL_BYTES else 1


class FolderRun:
    """One run that writes a folder."""

    def __init__(
        self,
        inputs: Sequence[Input],
        sources: Sequence[Source],
        question: Question,
        how: Folded,
        wanted: Wanted,
    ) -> None:
        """Settle the pieces; nothing is written yet."""
        self.tables = tables_of(sources, question.said)
        self._opened = sources
        self.question, self.how, self.wanted = question, how, wanted
        self.folder = Folder(how.path)
        self.pieces = pieces_of(inputs, self.tables, f".{how.form}")
        self.fresh = Manifest(
            asked=asked(question, how.form),
            inputs=[noted(one) for one in inputs],
            parts=[_part(piece) for piece in self.pieces],
        )
        totals = [table.rows_total for table in self.tables]
        self.rows_total = None if None in totals else sum(n for n in totals if n is not None)
        is_database = any(isinstance(one, DatabaseInput) for one in inputs)
        self._no_preview = not wanted.keep or is_database or self.tables[0].found.is_long
        self._rows: dict[str, int] = {}
        self._began = time.monotonic()
        self._skipped_rows = 0

    def summary(self, crew: Crew) -> Summary:
        """Make what is missing, with the processes of a crew, and sum up the whole."""
        with self.folder.held():
            earlier = None
            if self.how.overwrite and self.folder.manifest_path.exists():
                self.folder.empty()
            else:
                earlier = self.folder.load()
            self.folder.sweep()
            manifest = self.fresh
            if earlier is None:
                self.folder.check_free(manifest)
            else:
                manifest = taken_up(earlier, self.fresh, self.how.path)
            kept_parts = sum(part.state == DONE for part in manifest.parts)
            kept = self._make_missing(manifest, crew)
            return self._summed(manifest, kept, kept_parts)

    def _make_missing(self, manifest: Manifest, crew: Crew) -> list[Kept]:
        parts = {part.name: part for part in manifest.parts}
        missing = [piece for piece in self.pieces if parts[piece.name].state != DONE]
        for name, part in parts.items():
            if part.state == DONE:
                self._rows[name] = part.numbers["rows_read"]
        self._skipped_rows = sum(self._rows.values())
        if not missing:
            return self._preview()
        self.folder.save(manifest)
        try:
            wrong, kept = self._made(missing, parts, manifest, crew)
        finally:
            self.folder.save(manifest)
        if wrong:
            raise _with_more(wrong, sum(part.state == DONE for part in manifest.parts))
        return kept

    def _made(
        self,
        missing: Sequence[Piece],
        parts: dict[str, PartNoted],
        manifest: Manifest,
        crew: Crew,
    ) -> tuple[list[LeukonError], list[Kept]]:
        """Make pieces, here and in processes beside; what is wrong with some stops no other."""
        jobs = min(self.how.jobs or _worth(missing), len(missing))
        beside = 0 if self.wanted.each is not None else jobs - 1
        crew.keep(beside)
        wrong: list[LeukonError] = []
        kept: list[Kept] = []
        waiting, told = deque(missing), SimpleQueue[Said]()
        left = len(missing)

        def take(said: Said) -> int:
            """Take what a process tells, and say how many pieces that ends."""
            if isinstance(said, Read):
                self._tell(said.piece.name, said.rows, manifest)
                return 0
            if isinstance(said, Failed):
                if issubclass(said.kind, OutputFailed):
                    raise said.error
                wrong.append(said.error)
            else:
                self._take(said, parts, manifest)
            return 1

        workers = (Worker(crew.one(), self.question, self.how.path) for _ in range(beside))
        with _working(waiting, told, workers, self.how.path):
            while waiting:
                with suppress(IndexError):
                    piece = waiting.popleft()
                    said, found = self._make(piece, manifest, self.wanted.keep - len(kept))
                    left -= take(said)
                    kept += found if not beside else []
                while not told.empty():
                    left -= take(told.get())
            while left:
                left -= take(told.get())
        return wrong, self._preview() if beside else kept

    def _make(
        self, piece: Piece, manifest: Manifest, keep: int
    ) -> tuple[Made | Failed, list[Kept]]:
        """Make one piece in this process."""

        def tell(done: Progressed) -> None:
            self._tell(piece.name, done.rows, manifest)

        wanted = Wanted(keep, self.wanted.each, tell)
        sources = self._opened if len(self.pieces) == 1 else None
        try:
            made, run = make(piece, self.question, self.how.path, wanted=wanted, sources=sources)
        except LeukonError as error:
            return failed_as(piece, error), []
        return made, run.result.kept

    def _take(self, made: Made, parts: dict[str, PartNoted], manifest: Manifest) -> None:
        """Give a whole part its name, and note it."""
        part, side = parts[made.piece.name], side_of(self.how.path, made.piece.name)
        # The list first: no part stands under its name without what is not in it.
        if made.side is not None:
            self.folder.publish(made.side, side.name)
        else:
            side.unlink(missing_ok=True)
        self.folder.publish(made.temporary, part.name)
        part.state, part.bytes, part.sha256 = DONE, made.size, made.sha256
        part.numbers = made.numbers
        self.folder.save(manifest, now=False)
        self._tell(part.name, made.numbers["rows_read"], manifest)

    def _tell(self, name: str, rows: int, manifest: Manifest) -> None:
        self._rows[name] = rows
        if self.wanted.progress is None:
            return
        done = sum(part.state == DONE for part in manifest.parts)
        rows_now = sum(self._rows.values())
        seconds = time.monotonic() - self._began
        if self._skipped_rows and rows_now > self._skipped_rows:
            # The rate is that of this run, not of what an earlier one had done.
            seconds *= rows_now / (rows_now - self._skipped_rows)
        self.wanted.progress(
            Progressed(rows_now, self.rows_total, done, len(manifest.parts), seconds)
        )

    def _preview(self) -> list[Kept]:
        """The first panels as interpretations.

        None of a long table, which is sorted first, nor of a database, which may have changed.
        """
        kept: list[Kept] = []
        if self._no_preview:
            return kept
        for table in self.tables:
            run = Run([table], self.question)
            for chunk in table:
                step = answer(chunk, self.question)
                room = min(self.wanted.keep - len(kept), chunk.batch.size)
                kept += [run.kept(step, table, row) for row in range(room)]
                if len(kept) >= self.wanted.keep:
                    return kept
        return kept

    def _summed(self, manifest: Manifest, kept: list[Kept], kept_parts: int) -> Summary:
        result = Summary(used(self.question.definition))
        for part in manifest.parts:
            result.add_numbers(part.numbers)
        for scale in self.question.scales:
            tallies = result.grades.get(scale.id, {})
            result.grades[scale.id] = {
                kind: in_order(scale, tally) for kind, tally in tallies.items()
            }
        if not manifest.finished:
            manifest.refused = self._merge(manifest)
            manifest.finished = True
            self.folder.save(manifest)
        for part in manifest.parts:
            side_of(self.how.path, part.name).unlink(missing_ok=True)
        result.kept, result.parts_kept = kept, kept_parts
        result.out = self.how.path
        result.refused = self.how.path / manifest.refused if manifest.refused else None
        return result

    def _merge(self, manifest: Manifest) -> str:
        """One list of all that could not be read, of the lists of the parts."""
        lists = [side_of(self.how.path, part.name) for part in manifest.parts]
        lists = [path for path in lists if path.exists()]
        out = self.how.path / SIDE_LIST
        if not lists:
            out.unlink(missing_ok=True)
            return ""
        temporary = self.how.path / temporary_name(SIDE_LIST)
        try:
            with temporary.open("wb") as file:
                for place, path in enumerate(lists):
                    with path.open("rb") as one:
                        header = one.readline()
                        file.write(b"" if place else header)
                        while content := one.read(1 << 20):
                            file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(out)
            settle_folder(self.how.path)
        except OSError as error:
            raise failed(out, error) from None
        return SIDE_LIST


def _part(piece: Piece) -> PartNoted:
    return PartNoted(
        name=piece.name, inputs=list(piece.places), row_groups=list(piece.groups or ())
    )


def _with_more(wrong: Sequence[LeukonError], done: int) -> LeukonError:
    """The first of some errors, with what became of the other parts."""
    first = wrong[0]
    more = f", and {len(wrong) - 1} more could not be read" if len(wrong) > 1 else ""
    hint = f"{first.hint}; then the same command goes on ({done} parts are done{more})"
    return type(first)(first.what, where=first.where, hint=hint.removeprefix("; "))


@contextmanager
def _working(
    waiting: deque[Piece], told: SimpleQueue[Said], begun: Iterable[Worker], folder: Path
) -> Iterator[None]:
    """Processes at work on the pieces that wait, telling what they do. They end with the block."""
    workers: list[Worker] = []
    threads: list[threading.Thread] = []

    def drive(worker: Worker) -> None:
        with suppress(IndexError):
            while True:
                worker.make(waiting.popleft(), told)

    try:
        for worker in begun:
            workers.append(worker)
            threads.append(threading.Thread(target=drive, args=(worker,), daemon=True))
            threads[-1].start()
        yield
    finally:
        waiting.clear()
        for worker in workers:
            worker.end()
        for thread in threads:
            thread.join()
        for worker in workers:
            worker.close()
        Folder(folder).sweep()
