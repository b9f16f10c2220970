"""What the window remembers between two starts: one frozen object, kept as JSON. Tokens are never written here."""

import json
import logging
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

log = logging.getLogger("exoplanet_desktop.gui")

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Settings:
    """Attributes:
    backend: address of the chosen backend; empty for the embedded engine.
    geometry: Qt's saved geometry of the window, base64.
    splitters: sizes of each splitter by its name, pixels.
    folder: where the last file was chosen.
    """

    schema_version: int = SCHEMA_VERSION
    backend: str = ""
    geometry: str = ""
    splitters: dict[str, list[int]] | None = None
    folder: str = ""


def settings_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("exoplanet-desktop", appauthor=False) / "settings.json"


def load(path: Path) -> Settings:
    """The settings kept in `path`; the defaults where there are none, or none that can be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        log.warning("the settings in %s cannot be read (%s); the defaults are used", path, error)
        return Settings()
    if not isinstance(kept, dict) or kept.get("schema_version") != SCHEMA_VERSION:
        return Settings()
    return Settings(**{field.name: kept[field.name] for field in fields(Settings) if _fits(field.name, kept)})


def save(settings: Settings, path: Path) -> None:
    """Keep the settings; the file is replaced whole. A folder that cannot be written is logged, not fatal."""
    beside = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(asdict(settings), indent=1), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        log.warning("the settings could not be kept in %s: %s", path, error)


def _fits(name: str, kept: dict[str, Any]) -> bool:
    """Whether a kept value has the type of its field; a file that somebody edited must not break the start."""
    value = kept.get(name)
    if name == "schema_version":
        return isinstance(value, int)
    if name == "splitters":
        return isinstance(value, dict) and all(
            isinstance(sizes, list) and all(isinstance(size, int) for size in sizes) for sizes in value.values()
        )
    return isinstance(value, str)
