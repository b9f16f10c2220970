"""File names: which are accepted, and what they become. Nothing here touches the disk."""

import re
import unicodedata

from exoplanet_desktop.errors import InputError, NotFound, shown

CSV_FOLDERS = ("uploads", "mergefiles")
MEDIA_FOLDERS = ("uploads", "mergefiles", "models", "plots", "heldout")

_NAME_BYTES = 200  # most file systems allow 255, and work files add to a name
_GOOD = re.compile(r"[\w(][\w .()+,=@-]*")
_BAD_CHARACTER = re.compile(r"[^\w .()+,=@-]")
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_DIGEST = re.compile(r"__[0-9a-f]{12,64}$")


def is_good(name: str) -> bool:
    """Whether a text is one plain file name, on every operating system."""
    return (
        _GOOD.fullmatch(name) is not None
        and not name.endswith((".", " "))
        and _WINDOWS_DEVICE.fullmatch(name) is None
        and unicodedata.normalize("NFC", name) == name
        and len(name.encode("utf-8", "replace")) <= _NAME_BYTES
    )


def check_name(name: str) -> str:
    """The name itself. Raises InputError if it is a path, or a name that some systems do not accept."""
    if not is_good(name):
        raise InputError(
            f"“{shown(name)}” cannot be a file name here. Use only letters, digits, dots, dashes and underscores."
        )
    return name


def has_csv_suffix(name: str) -> bool:
    return name.lower().endswith(".csv")


def clean_stem(name: str) -> str:
    """The stem of an uploaded file's name: its last part, with invalid characters replaced, never empty."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = last[:-4] if has_csv_suffix(last) else last
    stem = _BAD_CHARACTER.sub("_", stem).strip(" .")
    while len(stem.encode("utf-8", "replace")) > _NAME_BYTES // 2:
        stem = stem[:-1]
    stem = stem.strip(" .")
    return stem if stem and is_good(stem) else f"file_{stem}".rstrip("_ .")


def plain_stem(stem: str) -> str:
    """A stem without the digest that the client or the store appended."""
    return _DIGEST.sub("", stem) or stem


def split_reference(reference: str) -> tuple[tuple[str, ...], str]:
    """The folders to search and the file name for a reference such as `uploads/a.csv` or `a.csv`.

    Raises InputError for anything that is not a plain reference to a CSV of the store.
    """
    parts = reference.split("/")
    folders, name = (CSV_FOLDERS, parts[0]) if len(parts) == 1 else ((parts[0],), "/".join(parts[1:]))
    if not set(folders) <= set(CSV_FOLDERS) or not is_good(name):
        raise InputError(
            f"“{shown(reference)}” is not the name of a file of this server. "
            "Use a name as the lists of uploaded and merged files show it."
        )
    if not has_csv_suffix(name):
        raise InputError(f"“{shown(name)}” is not a .csv file. Only .csv files can be used.")
    return folders, name


def split_media(path: str) -> tuple[str, str]:
    """Folder and name of a media path. Raises NotFound for anything else."""
    folder, _, name = path.partition("/")
    if folder not in MEDIA_FOLDERS or not is_good(name):
        raise NotFound("There is no such file on this server. Look it up in the lists of files again.")
    return folder, name
