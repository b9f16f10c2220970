"""Builds a program folder: PyInstaller with build_spec.spec, then the accompanying files."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bundle import icons, licences
from bundle.parts import MACOS_APP, OWN, PROJECT, Part, parts_of, program_in
from exoplanet_desktop import __version__

LINUX_FILES = {
    "exoplanet-desktop.desktop": "share/applications",
    "exoplanet-desktop.metainfo.xml": "share/metainfo",
}
WINDOWS_VERSION = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "The Exoplanet Desktop maintainers"),
      StringStruct("FileDescription", "Exoplanet Desktop"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "exoplanet-desktop"),
      StringStruct("LegalCopyright", "MIT licence"),
      StringStruct("OriginalFilename", "exoplanet-desktop.exe"),
      StringStruct("ProductName", "Exoplanet Desktop"),
      StringStruct("ProductVersion", "{version}")])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])])
  ]
)
"""


@dataclass(frozen=True)
class Built:
    """A program folder and its origins.

    Attributes:
        folder: the folder to pack into the archive.
        parts: the sources of its files.
    """

    folder: Path
    parts: list[Part]

    @property
    def program(self) -> Path:
        return program_in(self.folder)


def name() -> str:
    """Name of archive and folder: program, version, system, processor."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    return f"{OWN}-{__version__}-{system}-{platform.machine().lower()}"


def commit() -> tuple[str, int]:
    """The commit being built, with `-changed` if files differ from it, and its time in seconds since 1970."""
    if not shutil.which("git"):
        return "unknown", 0
    git = ["git", "-C", str(PROJECT)]
    told = subprocess.run([*git, "log", "-1", "--format=%H %ct"], capture_output=True, text=True)
    if told.returncode:
        return "unknown", 0  # an unpacked source archive
    digest, moment = told.stdout.split()
    changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True).stdout.strip()
    return digest + ("-changed" if changed else ""), int(moment)


def build(work: Path) -> Built:
    """Build in `work`; returns the program folder.

    Raises subprocess.CalledProcessError if PyInstaller fails, NoLicence if a part has no licence text.
    """
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    icons.draw(work / "icons")
    _, moment = commit()
    (work / "version.txt").write_text(_windows_version(), encoding="utf-8")
    environment = {
        **os.environ,
        # Both make two builds of one commit identical; PyInstaller's documentation asks for the first.
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": str(moment),
        "BUNDLE_ICONS": str(work / "icons"),
        "BUNDLE_SOURCES": str(work / "sources.json"),
        "BUNDLE_VERSION_FILE": str(work / "version.txt"),
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(work / "out"), "--workpath", str(work / "pyinstaller")]
    with (work / "pyinstaller.log").open("w", encoding="utf-8") as log:
        made = subprocess.run(
            [*command, str(PROJECT / "build_spec.spec")], env=environment, cwd=work, stdout=log, stderr=log
        )
    if made.returncode:
        raise SystemExit(f"PyInstaller failed; {work / 'pyinstaller.log'} says why.")
    folder, made_folder = work / name(), work / "out" / OWN
    _strip(made_folder / "_internal")
    parts = parts_of(made_folder / "_internal", work / "sources.json")
    if sys.platform == "darwin":
        folder.mkdir()
        made_folder.with_name(MACOS_APP).rename(folder / MACOS_APP)
    else:
        made_folder.rename(folder)
    licences.collect(parts, folder / "licences")
    _accompany(folder, work)
    return Built(folder, parts)


def digests(folder: Path) -> dict[str, str]:
    """Path -> SHA-256 of its content, or a link's target."""
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_symlink():
            found[name] = f"-> {file.readlink()}"
        elif file.is_file():
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def _strip(files: Path) -> None:
    """Strip debug symbols from libraries that still have them, mostly those of a Python built by its user.

    PyInstaller's own `strip` removes more, and breaks libraries whose layout auditwheel has changed.
    """
    if sys.platform == "linux" and shutil.which("strip") and shutil.which("readelf"):
        for file in files.rglob("*.so*"):
            if file.is_symlink():
                continue
            sections = subprocess.run(["readelf", "-SW", str(file)], capture_output=True, text=True).stdout
            if ".debug_info" in sections:
                subprocess.run(["strip", "--strip-debug", str(file)], check=True)


def _accompany(folder: Path, work: Path) -> None:
    """Add licence, changelog and build information; on Linux also the files for a desktop menu."""
    for file in ("LICENSE", "CHANGELOG.md"):
        shutil.copyfile(PROJECT / file, folder / file)
    shutil.copyfile(PROJECT / "resources/desktop/README.txt", folder / "README.txt")
    digest, _ = commit()
    made_of = f"Python {sys.version.split()[0]}, the packages of bundle/lock/program.txt"
    (folder / "BUILD.txt").write_text(f"{OWN} {__version__}\ncommit {digest}\n{made_of}\n", encoding="utf-8")
    if sys.platform == "linux":
        for file, place in LINUX_FILES.items():
            (folder / place).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / "resources/desktop" / file, folder / place / file)
        shutil.copytree(work / "icons/hicolor", folder / "share/icons/hicolor")


def _windows_version() -> str:
    numbers = [int(number) for number in __version__.split(".")]
    return WINDOWS_VERSION.format(numbers=tuple([*numbers, 0, 0, 0][:4]), version=__version__)
