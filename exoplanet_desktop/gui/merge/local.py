"""Merged files on this machine: made here if the backend cannot merge as requested."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import tr


@dataclass(frozen=True)
class LocalMerged:
    """A merged file with the details for the list; `rows` is known only while the window that made it is open."""

    path: Path
    size_bytes: int
    modified: str
    rows: int | None = None

    @property
    def filename(self) -> str:
        return self.path.name


class LocalFiles:
    """The folder of these files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows: dict[str, int] = {}

    def know(self, name: str, rows: int) -> None:
        self._rows[name] = rows

    def files(self) -> list[LocalMerged]:
        """Newest first. Accesses the disk."""
        found = []
        for path in self.folder.glob("[!.]*.csv"):
            try:
                status = path.stat()
            except OSError:
                continue  # deleted in the meantime
            modified = datetime.fromtimestamp(status.st_mtime, UTC).isoformat()
            found.append(LocalMerged(path, status.st_size, modified, self._rows.get(path.name)))
        return sorted(found, key=lambda file: file.modified, reverse=True)

    @staticmethod
    def delete(file: LocalMerged) -> None:
        """Raises UnavailableError."""
        try:
            file.path.unlink(missing_ok=True)
        except OSError as error:
            why = error.strerror or error
            raise UnavailableError(tr("{file} cannot be deleted: {why}.", file=file.filename, why=why)) from error
