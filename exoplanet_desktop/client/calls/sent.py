"""Chooses what to send of a catalog: the file itself if the backend reads it as we do, otherwise a plain copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import ShouldStop
from exoplanet_desktop.catalogs.tables.plain import plain_copy
from exoplanet_desktop.client.http.caller import Caller
from exoplanet_desktop.client.http.transfers import plain_stem
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Satellite


@dataclass(frozen=True)
class Sent:
    """Attributes:
    path: the file to send.
    notes: what is missing from it, and what was guessed in making it, one sentence each.
    """

    path: Path
    notes: tuple[str, ...] = ()


def reads_as_told(backend: Caller) -> bool:
    """Whether a backend uses this program's reader and reading options: our own engine, this version or later."""
    return backend.has("reading")


@contextmanager
def understood(
    backend: Caller,
    csv: Path,
    reading: ReadingOptions | None,
    satellite: Satellite | None = None,
    should_stop: ShouldStop | None = None,
) -> Iterator[Sent]:
    """The file to send for a catalog; valid inside the block.

    Raises UnreadableFile, UnavailableError and Cancelled if a copy is needed but cannot be made.
    """
    if reads_as_told(backend):
        yield Sent(csv)
        return

    with temporary_folder("plain") as folder:
        copy = folder / f"{plain_stem(csv.name)}.csv"
        made = plain_copy(csv, copy, reading, satellite=satellite, should_stop=should_stop)
        if made.same:
            yield Sent(csv)
        else:
            yield Sent(copy, (f"The backend has a plain copy of {csv.name}, read as it is shown here.", *made.notes))
