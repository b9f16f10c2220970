"""How each catalog was looked at last, and how it was read: kept in one small file of the user's data folder."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.workers.calls import Workers

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading.layout import Choice
    from exoplanet_desktop.catalogs.tables.view import ColumnFilter
    from exoplanet_desktop.gui.tables.model import Order

log = logging.getLogger("exoplanet_desktop.gui")

VERSION = 1
MOST_FILES = 200
MOST_BYTES = 2_000_000  # of the file; the oldest entries go first
WRITE_MS = 1_000  # after the last change

Json = dict[str, Any]


@dataclass(frozen=True)
class ColumnLayout:
    """How a table's columns stand.

    Attributes:
        order: names from left to right; others follow them.
        hidden: names.
        widths: pixels, by name, where the user has set one.
        frozen: names at the left.
    """

    order: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    widths: Mapping[str, int] | None = None
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What is remembered of one file: its look, and which rows were shown in which order."""

    look: ColumnLayout = ColumnLayout()
    where: str = ""
    filters: "tuple[ColumnFilter, ...]" = ()
    sort: "Order" = ()


class TableMemory(QObject):
    """Reads its file when it is first asked, and writes it a moment after a change, both in a worker.

    A file that is damaged is as good as none; what does not fit in it is forgotten, the oldest first.
    """

    def __init__(self, workers: Workers, path: Path, store: Path | None = None, parent: QObject | None = None) -> None:
        """`store`: where it is kept how files with a certain header are read; beside `path` if None."""
        super().__init__(parent)
        self.store = store or path.with_name("readings.json")
        self._workers, self._path = workers, path
        self._data: Json | None = None
        self._timer = QTimer(self, singleShot=True, interval=WRITE_MS)
        self._timer.timeout.connect(self._write)

    def report_error(self, error: AppError) -> None:
        log.warning("how tables look could not be kept: %s", error)

    async def find(self, file: Path, group: str) -> Kept:
        """What is kept of a file; of a file that is new, the look that its group had last."""
        data = await self._loaded()
        entry = data["files"].get(_key(file), {})
        kept = _kept(entry.get("view")) if isinstance(entry, dict) else None
        return kept or replace(Kept(), look=_look(data["groups"].get(group)) or ColumnLayout())

    async def choice(self, file: Path) -> "Choice | None":
        """How the user said that a file is to be read; None where that was left to the program."""
        data = await self._loaded()
        entry = data["files"].get(_key(file), {})
        return _choice(entry.get("reading")) if isinstance(entry, dict) else None

    def choice_now(self, file: Path) -> "Choice | None":
        """The same without waiting: whoever has opened a catalog has had this file read."""
        entry = self._data["files"].get(_key(file), {}) if self._data else {}
        return _choice(entry.get("reading")) if isinstance(entry, dict) else None

    def keep(self, file: Path | None, group: str, kept: Kept) -> None:
        """Remember how a file is looked at; without a file, only the look of its group."""
        if self._data is None:
            return
        if file is not None:
            self._entry(file)["view"] = _plain(kept)
        if group:
            self._data["groups"][group] = _plain(kept.look)
        self._timer.start()

    def keep_choice(self, file: Path, choice: "Choice | None") -> None:
        """Remember how a file is to be read."""
        if self._data is not None:
            self._entry(file)["reading"] = _plain(choice) if choice else None
            self._timer.start()

    async def close(self) -> None:
        """Write what has not been written yet."""
        if self._timer.isActive():
            self._timer.stop()
            await self._save()

    async def _loaded(self) -> Json:
        if self._data is None:
            found = await self._workers.call(_read, self._path)
            self._data = self._data or found
        return self._data

    def _entry(self, file: Path) -> Json:
        """The entry of a file, as the newest."""
        assert self._data is not None
        entry = self._data["files"].pop(_key(file), None)
        entry = entry if isinstance(entry, dict) else {}
        self._data["files"][_key(file)] = entry
        return entry

    @Slot()
    def _write(self) -> None:
        self._save_soon()

    @aio.slot()
    async def _save_soon(self) -> None:
        await self._save()

    async def _save(self) -> None:
        if self._data is not None:
            # A copy as deep as changes go; to write all of it as JSON can take longer than a frame.
            entries = self._data["files"].items()
            files = {name: dict(entry) for name, entry in entries if isinstance(entry, dict)}
            data = {**self._data, "files": files, "groups": dict(self._data["groups"])}
            await self._workers.call(_write, self._path, data)


def _plain(kept: "Kept | ColumnLayout | Choice") -> Json:
    """As it comes back from the file."""
    plain: Json = json.loads(json.dumps(asdict(kept)))
    return plain


def _key(file: Path) -> str:
    return str(file.absolute())


def _bounded(data: Json) -> Json:
    """The same with the oldest files left out, as many as must be."""
    files = dict(list(data["files"].items())[-MOST_FILES:])
    sizes = {name: len(json.dumps(entry)) + len(name) for name, entry in files.items()}
    for name in list(files):
        if sum(sizes.values()) <= MOST_BYTES:
            break
        del files[name], sizes[name]
    return {**data, "files": files}


def _read(path: Path) -> Json:
    empty: Json = {"version": VERSION, "files": {}, "groups": {}}
    try:
        if path.stat().st_size > 2 * MOST_BYTES:
            return empty
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return empty
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read (%s); tables look as if they were new", path, error)
        return empty
    fits = isinstance(data, dict) and data.get("version") == VERSION
    return data if fits and all(isinstance(data.get(part), dict) for part in ("files", "groups")) else empty


def _write(path: Path, data: Json) -> None:
    from exoplanet_desktop.files.whole import whole

    text = json.dumps(_bounded(data), ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


# --- from JSON that somebody may have edited


def _names(found: object) -> tuple[str, ...]:
    return tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()


def _look(found: object) -> ColumnLayout | None:
    if not isinstance(found, dict):
        return None
    widths = found.get("widths")
    return ColumnLayout(
        order=_names(found.get("order")),
        hidden=_names(found.get("hidden")),
        widths={name: wide for name, wide in widths.items() if isinstance(wide, int) and 0 < wide < 10_000}
        if isinstance(widths, dict)
        else None,
        frozen=_names(found.get("frozen")),
    )


def _kept(found: object) -> Kept | None:
    if not isinstance(found, dict):
        return None
    where, sort, filters = (found.get(part) for part in ("where", "sort", "filters"))
    return Kept(
        look=_look(found.get("look")) or ColumnLayout(),
        where=where if isinstance(where, str) else "",
        filters=tuple(one for one in map(_filter, filters if isinstance(filters, list) else ()) if one),
        sort=tuple(
            (key[0], bool(key[1]))
            for key in (sort if isinstance(sort, list) else ())
            if isinstance(key, list) and len(key) == 2 and isinstance(key[0], str)
        ),
    )


def _filter(found: object) -> "ColumnFilter | None":
    from typing import get_args

    from exoplanet_desktop.catalogs.tables.view import ColumnFilter, Test

    if (
        not isinstance(found, dict)
        or not isinstance(found.get("column"), str)
        or found.get("test") not in get_args(Test)
    ):
        return None
    value = found.get("value")
    if isinstance(value, list):
        texts = _names(value)
        pair = found["test"] == "between"
        fits = (pair and len(texts) == 2 and any(texts)) or (found["test"] == "one of" and any(texts))
        return ColumnFilter(found["column"], found["test"], texts) if fits else None
    fits = isinstance(value, str) and found["test"] not in ("between", "one of")
    return ColumnFilter(found["column"], found["test"], str(value)) if fits else None


def _choice(found: object) -> "Choice | None":
    from exoplanet_desktop.catalogs.reading.layout import Choice

    if not isinstance(found, dict):
        return None
    try:
        choice = Choice.from_json(json.dumps({name: value for name, value in found.items() if value is not None}))
    except InputError:
        return None
    return choice if choice != Choice() else None
