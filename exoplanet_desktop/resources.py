"""Paths of bundled files (icons, style sheet, column dictionaries, help pages) and of the user's data.

Bundled files are inside the wheel, or beside the package in a checkout.
"""

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


def default_data_dir() -> Path:
    """The default data folder of engine and record: the user's data folder."""
    import platformdirs

    return platformdirs.user_data_path("exoplanet-desktop", appauthor=False)
