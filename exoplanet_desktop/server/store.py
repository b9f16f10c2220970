"""The data folder of an engine. Every path that a caller can make the engine open comes from here."""

import csv
import hashlib
import itertools
import os
import secrets
import stat
import threading
import time
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from exoplanet_desktop.errors import InputError, NotFound, UnavailableError, shown
from exoplanet_desktop.files.digest import sha256_of
from exoplanet_desktop.files.lock import try_lock
from exoplanet_desktop.server import names, records
from exoplanet_desktop.server.database import Database
from exoplanet_desktop.server.files import disk_errors, move_into_place, remove_quietly
from exoplanet_desktop.wire.vocabulary import Status

_NOUNS = {"train": "training", "predict": "prediction", "merge": "merge"}
_PATIENCE_S = 1.0  # an engine that was just killed needs a moment to let go
_FOLDERS = (*names.MEDIA_FOLDERS, "logs", "work")


def now() -> str:
    """ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def interrupted(kind: str) -> str:
    """Why a job failed that was running, or waiting, when the engine stopped."""
    return f"The {noun(kind)} was interrupted: the engine stopped before it finished. Start it again."


def noun(kind: str) -> str:
    """The name of a kind of job in a sentence."""
    return _NOUNS.get(kind, "job")


@dataclass(frozen=True)
class Listed:
    """A file as shown in the lists."""

    name: str
    size_bytes: int
    modified_ns: int

    @property
    def modified(self) -> str:
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC).isoformat(timespec="microseconds")


class Incoming:
    """An upload in progress: it stays outside `uploads/` until it is checked and adopted."""

    def __init__(self, folder: Path, original: str) -> None:
        self.stem = names.clean_stem(original)
        # The user's own name, because error messages about the content may quote it.
        self._folder = folder / f"in-{uuid.uuid4().hex}"
        self._folder.mkdir()
        self.path = self._folder / f"{names.plain_stem(self.stem)}.csv"
        self._file = self.path.open("wb")
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Raises OSError."""
        self._file.write(data)
        self._hash.update(data)

    def finish(self) -> None:
        self._file.close()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def discard(self) -> None:
        self._file.close()
        remove_quietly(self._folder)


class FolderLock:
    """Holds a folder for this process; the system lets go of it however the process ends."""

    def __init__(self, folder: Path) -> None:
        """Raises UnavailableError where another engine holds the folder."""
        with disk_errors(f"The data folder {folder} cannot be used"):
            self._file: IO[bytes] = (folder / "engine.lock").open("ab")
        deadline = time.monotonic() + _PATIENCE_S
        while not try_lock(self._file):
            if time.monotonic() > deadline:
                self._file.close()
                raise UnavailableError(
                    f"Another engine already uses the data folder {folder}. "
                    "Close that one, or choose another folder with --data-dir."
                )
            time.sleep(0.05)

    def release(self) -> None:
        self._file.close()


class Store:
    """Folders, record and lock of one data folder."""

    def __init__(self, root: Path) -> None:
        """Open or create it. Raises UnavailableError if it is in use, damaged, or not writable."""
        with disk_errors(f"The data folder {root} cannot be used"):
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.root = root.resolve(strict=True)
        self._lock = FolderLock(self.root)
        self._claimed: set[tuple[str, str]] = set()
        self._claims = threading.Lock()
        try:
            with disk_errors(f"The data folder {root} cannot be used"):
                for name in _FOLDERS:
                    (self.root / name).mkdir(exist_ok=True)
            self.database = Database(self.root / "engine.sqlite3")
            try:
                self._recover()
                self.key = records.signing_key(self.database, secrets.token_bytes(32))
            except BaseException:
                self.database.close()
                raise
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        self.database.close()
        self._lock.release()

    def _recover(self) -> None:
        """Clear the remains of a killed engine: its work files, and the jobs that it ran."""
        for leftover in self.folder("work").iterdir():
            remove_quietly(leftover)
        for job in records.unfinished_jobs(self.database):
            for rel_path in job.outputs:
                remove_quietly(self.root / rel_path)
            error = interrupted(job.kind)
            ended = replace(
                job,
                status=Status.FAILED,
                error=error,
                error_code=UnavailableError.code,
                finished_at=now(),
                outputs=(),
            )
            with self.database.change() as connection:
                records.write_job(connection, ended)

    def folder(self, name: str) -> Path:
        return self.root / name

    def log_path(self, job_id: str) -> Path:
        return self.folder("logs") / f"{uuid.UUID(job_id)}.log"

    def work_folder(self, job_id: str) -> Path:
        """A new folder for a job's half-finished files. Raises UnavailableError."""
        path = self.folder("work") / str(uuid.UUID(job_id))
        with disk_errors("The job cannot start"):
            path.mkdir()
        return path

    def receive(self, original: str) -> Incoming:
        """A place for an upload under a user's file name. Raises InputError for anything but a `.csv`."""
        if not names.has_csv_suffix(original):
            raise InputError(f"“{shown(original)}” is not a .csv file. Only .csv files are allowed.")
        with disk_errors("The file cannot be accepted"):
            return Incoming(self.folder("work"), original)

    def adopt(self, incoming: Incoming) -> tuple[str, bool]:
        """Keep an upload under a name that includes its content's digest.

        Returns the name and whether the same content existed already. Raises UnavailableError.
        """
        stem = names.plain_stem(incoming.stem)
        with disk_errors("The file cannot be kept"), self._claims:
            for digits in (12, 64):  # the whole digest if two files were made to share its beginning
                name = f"{stem}__{incoming.digest[:digits]}.csv"
                target = self.folder("uploads") / name
                if not os.path.lexists(target):
                    move_into_place(incoming.path, target)
                    return name, False
                if _is_file(target) and sha256_of(target) == incoming.digest:
                    return name, True
        raise InputError(f"The name {name} is taken by something else in the data folder. Rename your file.")

    def claim(self, folder: str, prefix: str, suffix: str) -> str:
        """A name that no file has and no other job will get: prefix, time of day, suffix.

        `merged__a__b__` and `.csv` make `merged__a__b__20261123-143543.csv`, and `…-143543-2.csv` in the same second.
        """
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        with self._claims:
            for number in itertools.count(1):
                name = f"{prefix}{stamp}{suffix}" if number == 1 else f"{prefix}{stamp}-{number}{suffix}"
                if self._take(folder, name):
                    break
        return name

    def claim_exactly(self, folder: str, name: str) -> bool:
        """Whether this exact name was free; it is then reserved for the caller."""
        with self._claims:
            return self._take(folder, name)

    def _take(self, folder: str, name: str) -> bool:
        if (folder, name) in self._claimed or os.path.lexists(self.folder(folder) / name):
            return False
        self._claimed.add((folder, name))
        return True

    def release(self, folder: str, name: str) -> None:
        with self._claims:
            self._claimed.discard((folder, name))

    def find_csv(self, reference: str) -> str:
        """The relative path of a stored CSV from its name, or from its name at upload.

        Raises InputError for an invalid CSV name, or one that means several files; NotFound if there is no such file.
        """
        folders, name = names.split_reference(reference)
        for folder in folders:
            if _is_file(self.folder(folder) / name):
                return f"{folder}/{name}"
        if "uploads" in folders:
            stem = names.clean_stem(name)
            same = [f.name for f in self.list_files("uploads") if names.plain_stem(f.name[:-4]) == stem]
            if len(same) == 1:
                return f"uploads/{same[0]}"
            if same:
                listed = ", ".join(sorted(same)[:5])
                raise InputError(f"Several files were uploaded as “{shown(name)}”. Name one of {listed}.")
        raise NotFound(f"There is no file “{shown(reference)}” on this server. Upload it first.")

    def media(self, path: str) -> Path:
        """The file behind a media path. Raises NotFound."""
        folder, name = names.split_media(path)
        found = self.folder(folder) / name
        if not _is_file(found):
            raise NotFound(f"There is no file “{shown(name)}” on this server. Look it up in the lists again.")
        return found

    def list_files(self, folder: str) -> list[Listed]:
        """The CSV files of a folder, newest first."""
        found = []
        with disk_errors("The files cannot be listed"), os.scandir(self.folder(folder)) as entries:
            for entry in entries:
                if names.is_good(entry.name) and names.has_csv_suffix(entry.name):
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue  # deleted in the meantime
                    if stat.S_ISREG(status.st_mode):
                        found.append(Listed(entry.name, status.st_size, status.st_mtime_ns))
        return sorted(found, key=lambda f: (f.modified_ns, f.name), reverse=True)

    def list_merged(self) -> list[tuple[Listed, int | None]]:
        """Merged files with their number of rows (None if unknown), newest first; counted once."""
        known = records.merged_rows(self.database)
        listed: list[tuple[Listed, int | None]] = []
        for file in self.list_files("mergefiles"):
            rows = known.get((file.name, file.size_bytes, file.modified_ns))
            if rows is None:
                rows = _count_rows(self.folder("mergefiles") / file.name)
            if rows is not None and (file.name, file.size_bytes, file.modified_ns) not in known:
                with self.database.change() as connection:
                    records.write_merged(connection, file.name, rows, file.size_bytes, file.modified_ns)
            listed.append((file, rows))
        return listed

    def delete_merged(self, name: str) -> None:
        """Raises NotFound if there is no such merged file."""
        path = self.media(f"mergefiles/{name}")
        with disk_errors("The file cannot be deleted"):
            path.unlink(missing_ok=True)
        with self.database.change() as connection:
            records.forget_merged(connection, name)


def _is_file(path: Path) -> bool:
    """A regular file; a link may lead out of the store."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def _count_rows(path: Path) -> int | None:
    """Data rows of a CSV that was put into the folder by hand, None if it is not one."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            return max(0, sum(1 for row in csv.reader(file) if row) - 1)
    except (OSError, csv.Error):
        return None
