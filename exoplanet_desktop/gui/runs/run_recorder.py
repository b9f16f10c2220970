"""Writes runs into the record and reads them from it, with all disk access in its own thread."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.vocabulary import SENDING, RunKind

if TYPE_CHECKING:
    from exoplanet_desktop.record.entry import RunEntry, StoredRun
    from exoplanet_desktop.record.record import Record

R = TypeVar("R")

log = logging.getLogger("exoplanet_desktop.gui")

MOST_LISTED = 10_000
LARGEST_PICTURE = 20_000_000  # bytes
PICTURES = {"counts": "confusion_matrix.png", "shares": "confusion_matrix_by_class.png"}


class RunRecorder:
    """The record of runs, for the window. A failed write is reported once; the work itself continues."""

    def __init__(self, folder: Path, notices: Notices) -> None:
        self._folder, self._notices = folder, notices
        # A single thread keeps the writes of a run in order.
        self._disk = Workers(count=1, most=1)
        self._record: Record | None = None
        self._has_told = False

    async def open(self) -> "list[RunEntry]":
        """Open the record; returns the newest runs. Raises UnavailableError."""
        entries = await self._disk.call(self._open)
        if self._record is not None and self._record.notice:
            self._notices.information(self._record.notice)
        return entries

    async def begin(
        self,
        title: str,
        request: Mapping[str, Any],
        backend_title: str,
        backend_address: str,
        *,
        kind: str = RunKind.TRAIN,
        status: str = SENDING,
        group_id: str = "",
    ) -> str:
        """Create a run; returns its id, or "" if the record cannot be written."""

        def write(record: "Record") -> str:
            return record.new(
                kind, title, request, backend_title, backend_address, status=status, group_id=group_id or None
            )

        return await self._try(write) or ""

    async def work(self, work: "Callable[[Record], R]") -> R:
        """Do something with the record that the user is waiting for, after all earlier writes. Raises AppError."""
        if (record := self._record) is None:
            raise _not_open()
        return await self._disk.call(work, record)

    def note(self, run_id: str, **changes: Any) -> None:
        """Save the current state of a run; see `Record.update`."""
        self._later(run_id, lambda record: record.update(run_id, **changes))

    def log(self, run_id: str, text: str) -> None:
        self._later(run_id, lambda record: record.append_log(run_id, text))

    def picture(self, run_id: str, name: str, data: bytes) -> None:
        self._later(run_id, lambda record: record.keep_file(run_id, PICTURES[name], data))

    def file(self, run_id: str, name: str, content: bytes | Path) -> "asyncio.Task[None] | None":
        """Save a run's file under a plain name, completely or not at all."""
        return self._later(run_id, lambda record: record.keep_file(run_id, name, content))

    async def read(self, run_id: str) -> "tuple[StoredRun, str, dict[str, bytes]]":
        """A run with its log and its pictures. Raises AppError."""
        return await self._disk.call(self._read, run_id)

    async def unfinished(self) -> "list[StoredRun]":
        """Runs that had not ended when the window closed."""
        record = self._record
        return await self._disk.call(record.unfinished) if record is not None else []

    async def close(self) -> None:
        """Finish pending writes, and close the record."""
        await self._disk.call(self._close)
        self._disk.close()

    def _later(self, run_id: str, write: "Callable[[Record], object]") -> "asyncio.Task[None] | None":
        if not run_id or (record := self._record) is None:
            return None
        # Submit now, not when the task starts: later reads must see this write.
        return aio.background(self._done(self._disk.call(write, record)))

    async def _done(self, writing: Awaitable[object]) -> None:
        await self._told(writing)

    async def _try(self, write: "Callable[[Record], Any]") -> Any:
        if (record := self._record) is None:
            return None
        return await self._told(self._disk.call(write, record))

    async def _told(self, writing: Awaitable[Any]) -> Any:
        try:
            return await writing
        except AppError as error:
            log.warning("the record could not be written: %s", error)
            if not self._has_told:
                self._has_told = True
                self._notices.failure(error)
            return None

    def _open(self) -> "list[RunEntry]":
        from exoplanet_desktop.record.record import Record

        self._record = Record(self._folder)
        return self._record.runs(MOST_LISTED)

    def _read(self, run_id: str) -> "tuple[StoredRun, str, dict[str, bytes]]":
        if (record := self._record) is None:
            raise _not_open()
        pictures = {}
        for name, file_name in PICTURES.items():
            if (path := record.file(run_id, file_name)) is not None:
                with path.open("rb") as file:
                    pictures[name] = file.read(LARGEST_PICTURE)  # one of an import may be of any size
        return record.run(run_id), record.log(run_id), pictures

    def _close(self) -> None:
        if self._record is not None:
            self._record.close()


def _not_open() -> UnavailableError:
    return UnavailableError(tr("The record of runs is not open. Restart the program."))
