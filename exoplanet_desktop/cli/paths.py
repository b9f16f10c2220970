"""Path arguments of commands, the token file, and the data folder with its log."""

import os
from pathlib import Path

from exoplanet_desktop.cli.guard import start_log
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import checked_target
from exoplanet_desktop.resources import default_data_dir


def open_log(data_dir: Path | None) -> Path:
    """Starts the log in the data folder, and returns that folder."""
    folder = data_dir or default_data_dir()
    start_log(folder)
    return folder


def is_there(file: Path) -> bool:
    """Whether a file or folder of this name exists; False if the system considers the name too long."""
    return os.path.exists(file)  # noqa: PTH110 - which raises


def existing(*files: Path) -> None:
    """Raises InputError for the first path that is not a file."""
    for file in files:
        if not is_there(file):
            raise InputError(f"There is no file {file}. Check its name and folder.")
        if not file.is_file():
            raise InputError(f"{file} is not a file. Choose a CSV file.")


def writable(out: Path | None, *inputs: Path) -> None:
    """Raises InputError, before any work, if the result could not be written or would replace an input."""
    if out is None:
        return
    if out.is_dir():
        raise InputError(f"{out} is a folder. Name a file in it.")
    if not out.absolute().parent.is_dir():
        raise InputError(f"There is no folder {out.absolute().parent}. Create it first, or choose another one.")
    if any(out.exists() and file.exists() and out.samefile(file) for file in inputs):
        raise InputError(f"{out} is one of the input catalogs. Name another file for the result.")
    checked_target(out)


def token_in(file: Path) -> str:
    """The token in a file. Raises InputError if there is none."""
    existing(file)
    try:
        token = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The token in {file} cannot be read. Check the file and its permissions.") from error
    if not token:
        raise InputError(f"{file} does not contain a token. Write the token into it, on one line.")
    return token
