"""Collects the licences of everything in a bundle beside it; a part without one stops the build."""

import shutil
import sys
from pathlib import Path

from bundle.parts import PROJECT, Part

# Packages that ship no licence text, with the texts of the licences that their metadata names.
TEXTS = Path(__file__).with_name("licences")
WITHOUT_TEXT = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "xgboost-cpu": ("Apache-2.0.txt",),
}
WORDS = ("licen", "copying", "notice", "copyright", "authors")


class NoLicence(Exception):
    """A part may not be distributed without its licence."""


def collect(parts: list[Part], folder: Path) -> list[tuple[Part, str]]:
    """Copy every licence into `folder/PART/`; returns each part with its licence's name.

    Raises NoLicence naming all parts without a licence text.
    """
    told, missing = [], []
    for part in parts:
        texts = _texts(part)
        if not texts:
            missing.append(part.name)
            continue
        place = folder / part.name
        place.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            shutil.copyfile(text, place / name)
        told.append((part, licence_name(part)))
    if missing:
        raise NoLicence(f"No licence text was found for: {', '.join(missing)}. Add it to {Path(__file__).name}.")
    lines = [f"{part.name} {part.version}: {name}".replace(" :", ":") for part, name in told]
    heading = "The components of this program; the folder of the same name holds the licence of each.\n\n"
    (folder / "README.txt").write_text(heading + "\n".join(lines) + "\n", encoding="utf-8")
    return told


def licence_name(part: Part) -> str:
    """The licence according to the part's metadata, in one line."""
    if part.kind == "own":
        return "MIT"
    if part.kind == "interpreter":
        return "PSF-2.0"
    if part.distribution is None:
        return "see its copyright file"
    about = part.distribution.metadata
    classified = [text.split(" :: ")[-1] for text in about.get_all("Classifier", []) if text.startswith("License ::")]
    stated = [text for text in classified if text != "OSI Approved"]
    for field in ("License-Expression", "License"):
        if field in about and about[field].strip():
            stated.insert(0 if field == "License-Expression" else len(stated), about[field].strip())
    return stated[0].splitlines()[0] if stated else "see its text"


def _texts(part: Part) -> dict[str, Path]:
    """Target names and their source files."""
    if part.kind == "own":
        return {"LICENSE": PROJECT / "LICENSE"}
    if part.kind == "interpreter":
        return _named([file for place in _python_folders() for file in place.glob("LICENSE*")][:1])
    if part.distribution is not None:
        own = [Path(str(part.distribution.locate_file(file))) for file in part.distribution.files or ()]
        found = [file for file in own if _is_licence(file) and file.is_file()]
        return _named(found) or _named(
            [TEXTS / name for name in WITHOUT_TEXT.get(part.name.lower().replace("_", "-"), ())]
        )
    return _named([file for file in [Path("/usr/share/doc") / part.name / "copyright"] if file.is_file()])


def _python_folders() -> list[Path]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix)
    return [base / "lib" / version, base, Path("/usr/share/doc") / version]


def _is_licence(file: Path) -> bool:
    inside = ".dist-info" in str(file)
    name = file.name.lower()
    return (inside and file.parent.name == "licenses") or (
        any(word in name for word in WORDS) and file.suffix.lower() in ("", ".txt", ".md", ".rst", ".apache", ".bsd")
    )


def _named(files: list[Path]) -> dict[str, Path]:
    """Target names; files of the same name from several folders get the folder as a prefix."""
    named: dict[str, Path] = {}
    for file in sorted(files):
        name = file.name if file.name not in named else f"{file.parent.name}-{file.name}"
        named[name] = file
    return named
