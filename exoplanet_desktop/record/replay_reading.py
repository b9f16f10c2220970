"""The manual reading options of a run's files, as command-line options and as form fields."""

from collections.abc import Sequence

from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.wire.reading_options import ReadingOptions, reading_field

_SIGN_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}


def readings_of(run: StoredRun, files: Sequence[str]) -> list[ReadingOptions | None]:
    """The user's reading options for each file; validated, because a record may come from anywhere."""
    kept = run.request.get("readings")
    if not isinstance(kept, list) or len(kept) != len(files):
        return [None] * len(files)
    return [ReadingOptions.from_json(text) if isinstance(text, str) else None for text in kept]


def reading_fields(run: StoredRun, files: Sequence[str]) -> dict[str, str]:
    """The form field for a call with one file."""
    readings = readings_of(run, files)
    return reading_field(readings[0]) if len(readings) == 1 else {}


def reading_options(run: StoredRun, files: Sequence[str]) -> list[str]:
    """The equivalent options: plain words if these apply to all files, otherwise JSON."""
    readings = readings_of(run, files)
    if not any(readings):
        return []
    if len({reading and reading.to_json() for reading in readings}) > 1:
        return [word for one in readings for word in ("--reading", one.to_json() if one else "{}")]
    said = readings[0] or ReadingOptions()
    if said.rename or said.label or said.labels:
        return ["--reading", said.to_json()]
    given = {
        "--delimiter": said.delimiter and _SIGN_WORDS.get(said.delimiter, said.delimiter),
        "--encoding": said.encoding,
        "--decimal": said.decimal and ("comma" if said.decimal == "," else "point"),
        "--skip-lines": None if said.skip is None else str(said.skip),
        "--text-columns": ",".join(said.texts),
    }
    return [word for name, value in given.items() if value for word in (name, value)]
