"""Where icons, style sheet, column dictionaries and help pages lie: in the wheel, or beside a checkout's package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a bundled file, such as `columns/koi.csv`."""
    bundled = _PACKAGE / "_resources"
    return (bundled if bundled.is_dir() else _PACKAGE.parent / "resources") / name


def docs() -> Path:
    """The folder of the help pages."""
    bundled = _PACKAGE / "_docs"
    return bundled if bundled.is_dir() else _PACKAGE.parent / "docs"
