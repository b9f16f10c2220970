"""The program's components, with their licences, according to their own metadata."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

NAME = "exoplanet-desktop"
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
TEXTS = ("", ".txt", ".md", ".rst")
MOST_TEXT = 200_000


@dataclass(frozen=True)
class Part:
    """A package: its name, its version, its licence in a word, and the licence's text if included."""

    name: str
    version: str
    licence: str
    text: str


def parts() -> list[Part]:
    """All parts, by name. Reads many files: for a worker."""
    found = {part.name.lower(): part for part in map(_part, _distributions())}
    return [found[name] for name in sorted(found)]


def versions(*names: str) -> dict[str, str]:
    """The versions of packages; packages that are not installed are left out."""
    known = {}
    for name in names:
        try:
            known[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return known


def _distributions() -> Iterator[metadata.Distribution]:
    """This program and its dependencies, recursively; in a bundle without its own metadata, all packages."""
    try:
        waiting, seen = [metadata.distribution(NAME)], {NAME}
    except metadata.PackageNotFoundError:
        yield from metadata.distributions()
        return
    while waiting:
        distribution = waiting.pop()
        yield distribution
        for requirement in distribution.requires or []:
            name = _needed(requirement)
            if not name or name in seen:
                continue
            seen.add(name)
            try:
                waiting.append(metadata.distribution(name))
            except metadata.PackageNotFoundError:
                continue  # for another system


def _needed(requirement: str) -> str:
    """The name in a requirement; empty if it is for an extra."""
    if "extra ==" in requirement.replace("'", '"'):
        return ""
    match = _REQUIREMENT.match(requirement)
    return re.sub(r"[-_.]+", "-", match.group()).lower() if match else ""


def _part(distribution: metadata.Distribution) -> Part:
    about = distribution.metadata
    named = [file for file in distribution.files or [] if _LICENCE_FILE.search(file.name) and file.suffix in TEXTS]
    places = [place for file in named if (place := Path(str(file.locate()))).is_file()]
    texts = [place.read_text(encoding="utf-8", errors="replace") for place in places]
    return Part(about["Name"], distribution.version, _licence(about), "\n\n".join(texts)[:MOST_TEXT])


def _licence(about: metadata.PackageMetadata) -> str:
    """The licence in one line."""
    for field in ("License-Expression", "License"):
        # get_all, because some versions of importlib.metadata raise if a field is missing.
        words = next(iter(about.get_all(field) or []), "").strip()
        if words and "\n" not in words and len(words) < 120:
            return words
    named = [line.rpartition("::")[2].strip() for line in about.get_all("Classifier") or [] if "License ::" in line]
    return ", ".join(named)
