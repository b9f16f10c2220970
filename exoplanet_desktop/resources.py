"""Where files lie: icons, style sheet, column dictionaries and help pages, in the wheel or beside a checkout's package;
and the user's data."""

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
    """Where engine and record keep their data if nobody says otherwise: this user's data folder."""
    import platformdirs

    return platformdirs.user_data_path("exoplanet-desktop", appauthor=False)
