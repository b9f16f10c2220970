"""Diagnostics for support, as text: versions, screens, settings. No token, saved address or file name."""

import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QLocale, qVersion
from PySide6.QtGui import QGuiApplication, QScreen

from exoplanet_desktop import __version__
from exoplanet_desktop.gui.base.settings import Settings
from exoplanet_desktop.gui.base.theme import theme
from exoplanet_desktop.gui.shell.support.logs import log_file
from exoplanet_desktop.gui.shell.support.parts import versions

PACKAGES = (
    *("PySide6-Essentials", "qasync", "requests", "keyring", "pandas", "numpy", "duckdb", "matplotlib"),
    *("xgboost-cpu", "scikit-learn", "fastapi", "uvicorn", "pydantic", "distributed"),
)
PRIVATE = ("recent", "files", "folder", "save_folder", "geometry", "layout")


def packages() -> dict[str, str]:
    """Versions of the program's components; for a worker."""
    return versions(*PACKAGES)


def diagnostics(settings: Settings, backend: str, known: dict[str, str]) -> str:
    """All of it as text.

    Args:
        backend: the backend, in words.
        known: the result of `packages`.
    """
    lines = [
        f"Exoplanet Desktop {__version__}",
        f"System: {platform.platform()}, {platform.machine()}",
        f"Python {platform.python_version()}, Qt {qVersion()}, frozen: {getattr(sys, 'frozen', False)}",
        f"Display: {QGuiApplication.platformName()}, scheme {theme().scheme.name}",
        *(f"Screen: {_screen(screen)}" for screen in QGuiApplication.screens()),
        f"Locale: system {QLocale.system().name()}, numbers {QLocale().name()}",
        f"Backend: {backend}",
        f"Log: {_without_home(log_file())}",
        "Packages: " + ", ".join(f"{name} {version}" for name, version in known.items()),
        "Settings: " + json.dumps(_public(settings), sort_keys=True),
    ]
    return "\n".join(lines) + "\n"


def _without_home(log: Path | None) -> str:
    """The path of the log, without folder names that may identify a person or a project."""
    if log is None:
        return "none"
    try:
        return f"~/{log.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):  # it is elsewhere, or the home folder is unknown
        return f"…/{log.name}"


def _screen(screen: QScreen) -> str:
    size = screen.size()
    return (
        f"{size.width()} × {size.height()} at {screen.devicePixelRatio():.2f}, {screen.logicalDotsPerInch():.0f} dpi, "
        f"{screen.refreshRate():.0f} Hz"
    )


def _public(settings: Settings) -> dict[str, object]:
    """The settings without personal data: names of files and folders, a password in an address."""
    kept = {name: value for name, value in asdict(settings).items() if name not in PRIVATE}
    parts = urlsplit(settings.backend)
    if parts.username or parts.password:
        kept["backend"] = f"{parts.scheme}://…@{parts.hostname}"
    return {**kept, "recent": len(settings.recent), "files": {key: len(names) for key, names in settings.files.items()}}
