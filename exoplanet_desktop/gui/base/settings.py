"""The settings kept between sessions: one frozen, validated object, stored as JSON. Never a token or password.

Checked without pydantic: the first sight of the window needs these, and would wait 0.15 s for its import.
"""

import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.migrations import Migrations
from exoplanet_desktop.files.whole import whole

log = logging.getLogger("exoplanet_desktop.gui")

POLL_MS = (100, 10_000)
TABLE_MEMORY_MB = (256, 65_536)
TEXT_PERCENT = (75, 300)
MOST_RECENT = 12
LONGEST_TEXT = 32_768


def to_2(kept: dict[str, Any]) -> None:
    """Version 1 wrote null where no splitter had been moved, and knew nothing of preferences."""
    kept["splitters"] = kept.get("splitters") or {}


MIGRATIONS = Migrations("settings", (to_2,))
SCHEMA_VERSION = MIGRATIONS.version


class Scheme(StrEnum):
    """Light, dark, or the system's scheme."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


NUMBER_FORMATS = ("", "en_US", "de_DE", "fr_FR", "de_CH", "en_IN")  # "" follows the system


def _number(least: int, most: int) -> dict[str, Any]:
    """A whole number between two bounds; a value outside is set to the nearer bound."""

    def mend(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise ValueError("it is not a number")
        return round(min(max(value, least), most))

    return {"mend": mend}


def _one_of(*words: str) -> dict[str, Any]:
    def mend(value: Any) -> str:
        if value not in words:
            raise ValueError(f"it is not one of {', '.join(word or '“”' for word in words)}")
        return str(value)

    return {"mend": mend}


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError("it is not text")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it is neither true nor false")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("it is not a list")
    return tuple(_text(entry) for entry in value)


def _recent(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_texts(value)))[:MOST_RECENT]


def _files(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    return {_text(name): _texts(paths) for name, paths in value.items()}


def _sizes(value: Any) -> dict[str, tuple[int, ...]]:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    if any(not isinstance(size, int) for sizes in value.values() for size in sizes):
        raise ValueError("a size is not a whole number")
    return {_text(name): tuple(min(max(size, 0), 100_000) for size in sizes) for name, sizes in value.items()}


@dataclass(frozen=True)
class Settings:
    """Raises ValueError for an invalid value; `load` repairs such values.

    Attributes:
        backend: name of the current backend; empty for the embedded engine.
        theme: light, dark or the system's.
        numbers: the locale for numbers and dates, such as `de_DE`; empty for the system's.
        text_percent: text size, percent of the system's.
        poll_ms: interval for checking a running job, milliseconds.
        table_memory_mb: memory limit for reading one table, MB.
        folder: folder of the last chosen catalog.
        save_folder: folder suggested for saving results; empty for the last one.
        restore: whether to reopen files at the start.
        tour_seen: whether the first steps were shown.
        recent: recently opened files, newest first.
        files: the files of each tab.
        tab: the tab in front, from 0.
        geometry: Qt's saved geometry of the window, base64.
        layout: Qt's saved dock layout, base64.
        splitters: sizes of each splitter by its name, pixels.
    """

    schema_version: int = field(default=SCHEMA_VERSION, metadata=_number(SCHEMA_VERSION, SCHEMA_VERSION))
    backend: str = field(default="", metadata={"mend": _text})
    theme: str = field(default=Scheme.SYSTEM, metadata=_one_of(*Scheme))
    numbers: str = field(default="", metadata=_one_of(*NUMBER_FORMATS))
    text_percent: int = field(default=100, metadata=_number(*TEXT_PERCENT))
    poll_ms: int = field(default=300, metadata=_number(*POLL_MS))
    table_memory_mb: int = field(default=1000, metadata=_number(*TABLE_MEMORY_MB))
    folder: str = field(default="", metadata={"mend": _text})
    save_folder: str = field(default="", metadata={"mend": _text})
    restore: bool = field(default=True, metadata={"mend": _switch})
    tour_seen: bool = field(default=False, metadata={"mend": _switch})
    recent: tuple[str, ...] = field(default=(), metadata={"mend": _recent})
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict, metadata={"mend": _files})
    tab: int = field(default=0, metadata=_number(0, 2))
    geometry: str = field(default="", metadata={"mend": _text})
    layout: str = field(default="", metadata={"mend": _text})
    splitters: Mapping[str, tuple[int, ...]] = field(default_factory=dict, metadata={"mend": _sizes})

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.metadata["mend"](value) != value:
                raise ValueError(f"{each.name} cannot be {value!r}")


def settings_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("exoplanet-desktop", appauthor=False) / "settings.json"


def load(path: Path) -> Settings:
    """The settings in `path`, with invalid values repaired; the defaults if there are none.

    A file that cannot be understood, or that a newer version wrote, is backed up as `….old`.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        log.warning("the settings in %s cannot be read (%s); the defaults are used", path, error)
        return Settings()
    try:
        return _checked(_migrated(json.loads(text.decode("utf-8"))))
    except (ValueError, RecursionError) as error:
        log.warning("the settings in %s are not understood (%s); the defaults are used", path, error)
        _set_aside(path)
        return Settings()


def save(settings: Settings, path: Path) -> None:
    """Save the settings, replacing the whole file. An unwritable folder is logged, not fatal."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            part.write_text(json.dumps(asdict(settings), indent=1), encoding="utf-8")
    except (OSError, UnavailableError) as error:
        log.warning("the settings could not be kept in %s: %s", path, error)


def _checked(kept: dict[str, Any]) -> Settings:
    """The settings with every valid or repairable value; each repair is logged."""
    values: dict[str, Any] = {}
    for each in fields(Settings):
        if each.name not in kept:
            continue
        try:
            values[each.name] = each.metadata["mend"](kept[each.name])
        except (TypeError, ValueError) as error:
            log.warning("setting %s is not used: %s", each.name, error)
        else:
            if values[each.name] != kept[each.name] and not isinstance(kept[each.name], list | dict):
                log.warning("setting %s was %r; %r is used", each.name, kept[each.name], values[each.name])
    return Settings(**values)


def _migrated(kept: Any) -> dict[str, Any]:
    """Settings of an older version, converted to this one. Raises ValueError for an unknown version."""
    if not isinstance(kept, dict):
        raise ValueError("it does not contain settings")
    values: dict[str, Any] = dict(kept)
    MIGRATIONS.upgrade(values, values.get("schema_version"))
    return {**values, "schema_version": SCHEMA_VERSION}


def _set_aside(path: Path) -> None:
    try:
        shutil.copyfile(path, path.with_suffix(".old"))
    except OSError as error:
        log.warning("a copy of %s could not be kept: %s", path, error)
