"""How the files of a run were read by hand, as words of a command line and as fields of a call."""

from collections.abc import Sequence

from exoplanet_desktop.catalogs.reading.layout import Choice
from exoplanet_desktop.client.record_entry import Run
from exoplanet_desktop.client.sent import reading_field

_SIGN_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}


def readings_of(run: Run, files: Sequence[str]) -> list[Choice | None]:
    """What the user said of how each file is read; a record may come from anywhere."""
    kept = run.request.get("readings")
    if not isinstance(kept, list) or len(kept) != len(files):
        return [None] * len(files)
    return [Choice.from_json(text) if isinstance(text, str) else None for text in kept]


def reading_fields(run: Run, files: Sequence[str]) -> dict[str, str]:
    """The field of a call with one file."""
    readings = readings_of(run, files)
    return reading_field(readings[0]) if len(readings) == 1 else {}


def reading_options(run: Run, files: Sequence[str]) -> list[str]:
    """The options that say the same: words where these say it of all files, else JSON."""
    readings = readings_of(run, files)
    if not any(readings):
        return []
    if len({reading and reading.to_json() for reading in readings}) > 1:
        return [word for one in readings for word in ("--reading", one.to_json() if one else "{}")]
    said = readings[0] or Choice()
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
