"""Where icons, style sheet and column dictionaries lie: inside the wheel, or beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a bundled file, such as `columns/koi.csv`."""
    bundled = _PACKAGE / "_resources"
    return (bundled if bundled.is_dir() else _PACKAGE.parent / "resources") / name
