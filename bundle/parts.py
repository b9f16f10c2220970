"""The parts of a bundle: finds the Python package, system library or interpreter that each file came from."""

import csv
import json
import os
import subprocess
import sys
import sysconfig
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OWN = "exoplanet-desktop"
MACOS_APP = "Exoplanet Desktop.app"  # same name as in build_spec.spec
PYTHON = "Python"


@dataclass
class Part:
    """A third-party component, or our own.

    Attributes:
        name: its official name; for a system library, the system's package.
        kind: `package` (Python), `library` (system), `interpreter` or `own`.
        files: paths in the bundle, relative to the folder of the files -> bytes on disk.
        distribution: the installed Python package.
        sources: original paths of the files.
    """

    name: str
    kind: str
    version: str = ""
    files: dict[str, int] = field(default_factory=dict)
    distribution: Distribution | None = None
    sources: set[Path] = field(default_factory=set)

    @property
    def size(self) -> int:
        return sum(self.files.values())


def parts_of(folder: Path, sources: Path) -> list[Part]:
    """The parts of a built bundle, sorted by name.

    Args:
        folder: the folder with the bundle's files (`_internal`).
        sources: the list written by build_spec.spec.
    """
    listed = json.loads(sources.read_text(encoding="utf-8"))
    owners = _Owners()
    for _name, source, _kind in listed["modules"]:
        if not Path(source).is_absolute():
            continue  # a package without files of its own
        owners.of(Path(source)).sources.add(Path(source))
    for place, source, kind in listed["files"]:
        file = folder / place
        if kind == "SYMLINK" or not file.is_file() or file.is_symlink():
            continue
        part = owners.of(Path(source))
        part.sources.add(Path(source))
        part.files[place] = file.stat().st_size
    return sorted(owners.found.values(), key=lambda part: part.name.lower())


class _Owners:
    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Part] = {}
        self._packages: dict[str, Distribution] = {}
        for distribution in distributions():
            # Read RECORD directly: `distribution.files` creates an object for each of sixty thousand lines.
            base = str(distribution.locate_file(""))
            for row in csv.reader((distribution.read_text("RECORD") or "").splitlines()):
                self._packages[os.path.join(base, row[0])] = distribution  # noqa: PTH118 - the same
        self._standard = [Path(sys.base_prefix).resolve(), Path(sysconfig.get_paths()["stdlib"]).resolve()]
        self._system = _Dpkg()

    def of(self, source: Path) -> Part:
        if source.name == "base_library.zip":  # PyInstaller's archive of the standard library
            return self._part(PYTHON, "interpreter", sys.version.split()[0])
        if source.is_relative_to(PROJECT) and not source.is_relative_to(Path(sys.prefix)):
            return self._part(OWN, "own")
        distribution = self._packages.get(str(source)) or self._packages.get(str(source.resolve()))
        if distribution is not None:
            part = self._part(distribution.metadata["Name"], "package", distribution.version)
            part.distribution = distribution
            return part
        if source.is_relative_to(Path(sys.prefix)) and ".dist-info" in str(source):
            # Package metadata collected by a hook need not appear in the package's own list.
            return self.of(next(source.parent.glob("METADATA"), source))
        # A system's own Python is installed among its libraries; the package manager tells them apart.
        name, version = self._system.package(source)
        if name and not name.lower().startswith(("python", "libpython")):
            return self._part(name, "library", version)
        if not source.exists() or any(source.resolve().is_relative_to(place) for place in self._standard):
            return self._part(PYTHON, "interpreter", sys.version.split()[0])
        return self._part(name or source.name, "library", version)

    def _part(self, name: str, kind: str, version: str = "") -> Part:
        return self.found.setdefault((name, kind), Part(name, kind, version))


class _Dpkg:
    """The system package of a file, from dpkg's lists: running dpkg takes a second for a few files."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        for listed in Path("/var/lib/dpkg/info").glob("*.list"):
            package = listed.stem.split(":")[0]
            for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
                self._owners[line] = package

    def package(self, source: Path) -> tuple[str, str]:
        """Name and version; empty if no package has the file, or without dpkg."""
        # If /lib is a link to /usr/lib, dpkg may know a file only under the other name.
        names = [str(source), str(source.resolve()), str(source).removeprefix("/usr"), f"/usr{source}"]
        package = next((self._owners[name] for name in names if name in self._owners), "")
        return package, self._version(package) if package else ""

    @cache  # noqa: B019 - there is a single instance, which lives as long as the build
    def _version(self, package: str) -> str:
        told = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", package], capture_output=True, text=True)
        return (told.stdout.splitlines() or [""])[0]


def program_in(folder: Path) -> Path:
    """The executable of an unpacked archive."""
    if sys.platform == "darwin":
        inside = f"{MACOS_APP}/Contents/MacOS/{OWN}"
    elif sys.platform == "win32":
        inside = f"{OWN}.exe"
    else:
        inside = OWN
    return folder / inside


def by_size(parts: list[Part]) -> list[tuple[str, int]]:
    """Names and sizes in bytes, largest first; parts of one name (a package and its libraries) are added up."""
    sizes: dict[str, int] = defaultdict(int)
    for part in parts:
        sizes[part.name] += part.size
    return sorted(sizes.items(), key=lambda entry: (-entry[1], entry[0]))
