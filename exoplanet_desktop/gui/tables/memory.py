"""Remembers how each catalog was last displayed and read: one small file in the user's data folder."""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.kept import ColumnLayout, Kept, KeptFile, KeptTables
from exoplanet_desktop.wire.reading_options import ReadingOptions

log = logging.getLogger("exoplanet_desktop.gui")

WRITE_MS = 1_000  # after the last change


class TableMemory(QObject):
    """Reads its file on first use, and writes it shortly after a change, both in a worker.

    A damaged file is treated as missing; entries that do not fit are dropped, the oldest first.
    """

    def __init__(self, workers: Workers, path: Path, store: Path | None = None, parent: QObject | None = None) -> None:
        """`store`: where the reading options for files with a given header are kept; next to `path` if None."""
        super().__init__(parent)
        self.store = store or path.with_name("readings.json")
        self._workers, self._path = workers, path
        self._tables: KeptTables | None = None
        self._timer = QTimer(self, singleShot=True, interval=WRITE_MS)
        self._timer.timeout.connect(self._write)

    def report_error(self, error: AppError) -> None:
        log.warning("how tables look could not be kept: %s", error)

    async def find(self, file: Path, group: str) -> Kept:
        """What is kept of a file; of a file that is new, the look that its group had last."""
        tables = await self._loaded()
        kept = tables.files.get(_key(file), KeptFile()).view
        return kept or replace(Kept(), look=tables.groups.get(group) or ColumnLayout())

    async def choice(self, file: Path) -> ReadingOptions | None:
        """How the user said that a file is to be read; None where that was left to the program."""
        await self._loaded()
        return self.choice_now(file)

    def choice_now(self, file: Path) -> ReadingOptions | None:
        """The same without waiting: whoever has opened a catalog has had this file read."""
        return self._tables.files.get(_key(file), KeptFile()).reading if self._tables else None

    def keep(self, file: Path | None, group: str, kept: Kept) -> None:
        """Remember how a file is looked at; without a file, only the look of its group."""
        if self._tables is None:
            return
        if file is not None:
            self._change(self._tables, file, view=kept)
        if group:
            self._tables.groups[group] = kept.look
        self._timer.start()

    def keep_choice(self, file: Path, choice: ReadingOptions | None) -> None:
        """Remember how a file is to be read."""
        if self._tables is not None:
            self._change(self._tables, file, reading=choice if choice != ReadingOptions() else None)
            self._timer.start()

    async def close(self) -> None:
        """Write any pending changes."""
        if self._timer.isActive():
            self._timer.stop()
            await self._save()

    async def _loaded(self) -> KeptTables:
        if self._tables is None:
            found = await self._workers.call(_read, self._path)
            self._tables = self._tables or found
        return self._tables

    @staticmethod
    def _change(tables: KeptTables, file: Path, **values: Kept | ReadingOptions | None) -> None:
        """Change the entry of a file, which is the newest then."""
        entry = tables.files.pop(_key(file), KeptFile())
        tables.files[_key(file)] = replace(entry, **values)  # type: ignore[arg-type]  # its fields, by name

    @Slot()
    def _write(self) -> None:
        self._save_soon()

    @aio.slot()
    async def _save_soon(self) -> None:
        await self._save()

    async def _save(self) -> None:
        if self._tables is not None:
            await self._workers.call(_write, self._path, self._tables.copy())


def _key(file: Path) -> str:
    return str(file.absolute())


def _read(path: Path) -> KeptTables:
    from exoplanet_desktop.gui.tables.kept_json import read_kept  # loads pydantic, and runs in a worker

    return read_kept(path)


def _write(path: Path, tables: KeptTables) -> None:
    from exoplanet_desktop.gui.tables.kept_json import write_kept

    write_kept(path, tables)
