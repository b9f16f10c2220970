"""What of a catalog goes to a backend: the file itself where it reads it as this program does, else a plain copy."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import ShouldStop
from exoplanet_desktop.catalogs.reading.layout import Choice
from exoplanet_desktop.client.caller import Caller
from exoplanet_desktop.client.transfers import plain_stem
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.wire.vocabulary import READING_BYTES, Satellite


@dataclass(frozen=True)
class Sent:
    """Attributes:
    path: what is sent.
    notes: what is not in it, and what was guessed as it was made, a sentence each.
    """

    path: Path
    notes: tuple[str, ...] = ()


def reads_as_told(backend: Caller) -> bool:
    """Whether a backend reads files with this program's own reader, and as the user says: our own engine, of this
    version or a later one.
    """
    return backend.has("reading")


@contextmanager
def understood(
    backend: Caller,
    csv: Path,
    reading: Choice | None,
    satellite: Satellite | None = None,
    should_stop: ShouldStop | None = None,
) -> Iterator[Sent]:
    """What to send of a catalog, within the block.

    Raises UnreadableFile, UnavailableError and Cancelled where a copy is needed and cannot be made.
    """
    if reads_as_told(backend):
        yield Sent(csv)
        return
    from exoplanet_desktop.catalogs.tables.plain import plain_copy

    with temporary_folder("plain") as folder:
        copy = folder / f"{plain_stem(csv.name)}.csv"
        made = plain_copy(csv, copy, reading, satellite=satellite, should_stop=should_stop)
        if made.same:
            yield Sent(csv)
        else:
            yield Sent(copy, (f"The backend has a plain copy of {csv.name}, read as it is shown here.", *made.notes))


def reading_field(reading: Choice | None) -> dict[str, str]:
    """The form field that tells how a file is to be read; none where nothing is said. Raises InputError."""
    text = reading.to_json() if reading else "{}"
    return {} if text == "{}" else {"reading": _bounded(text)}


def readings_field(readings: Sequence[Choice | None]) -> dict[str, str]:
    """The same for the files of a merge, one entry each."""
    said = [json.loads(reading.to_json()) if reading else None for reading in readings]
    return {"readings": _bounded(json.dumps(said, ensure_ascii=False))} if any(said) else {}


def _bounded(text: str) -> str:
    if len(text.encode()) > READING_BYTES:
        raise InputError(
            f"The reading options take over {READING_BYTES:,} bytes, more than a backend accepts. Rename fewer columns."
        )
    return text
