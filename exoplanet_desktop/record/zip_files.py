"""One run as one zip: written to be self-contained, read as untrusted input."""

import hashlib
import json
import platform
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import pydantic

from exoplanet_desktop.errors import AppError, InputError, TooLarge, UnavailableError
from exoplanet_desktop.files.digest import sha256_of
from exoplanet_desktop.files.temporary import need_space
from exoplanet_desktop.files.whole import whole_file
from exoplanet_desktop.record.entry import StoredRun, checked_file_name
from exoplanet_desktop.wire.bounds import bounded, bounded_log
from exoplanet_desktop.wire.ranges import usable
from exoplanet_desktop.wire.vocabulary import RUN_STATUSES

FORMAT = "exoplanet-desktop-run"
FORMAT_VERSION = 1
MANIFEST, LOG, FILES = "run.json", "log.txt", "files/"

MOST_FILES = 200
LONGEST_TEXT = 50_000_000  # bytes of the manifest, and of the log
MOST_BYTES = 4_000_000_000  # total size of all files, unpacked
# Other methods can demand gigabytes of memory before they produce a byte.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BLOCK = 1 << 20
_Sentence = Annotated[str, pydantic.Field(max_length=2000)]


class _ExportedRun(pydantic.BaseModel):
    """An export's description of its run, limited to the types and sizes of the record."""

    model_config = pydantic.ConfigDict(extra="ignore", strict=True)

    kind: str = pydantic.Field(max_length=40, pattern=r"^[a-z][a-z-]*$")
    title: str = pydantic.Field(max_length=200)
    status: str
    starred: bool = False
    backend_title: str = pydantic.Field(default="", max_length=500)
    backend_address: str = pydantic.Field(default="", max_length=500)
    data_digest: str | None = pydantic.Field(default=None, max_length=200)
    created_at: str = pydantic.Field(max_length=40, pattern=r"^\d{4}-\d\d-\d\dT[\d:.+Z-]+$")
    accuracy: float | None = None
    error: str | None = pydantic.Field(default=None, max_length=10_000)
    request: dict[str, Any] = pydantic.Field(default_factory=dict)
    status_url: str | None = pydantic.Field(default=None, max_length=2000)
    logs_url: str | None = pydantic.Field(default=None, max_length=2000)
    job_id: str | None = pydantic.Field(default=None, max_length=200)
    result: Any = None
    warnings: list[_Sentence] = pydantic.Field(default_factory=list, max_length=100)

    @pydantic.field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        return " ".join("".join(c if c.isprintable() else " " for c in title).split()) or "Imported run"

    @pydantic.field_validator("created_at")
    @classmethod
    def _a_moment(cls, created_at: str) -> str:
        when = datetime.fromisoformat(created_at)
        if when.tzinfo is None or not 1970 <= when.year <= 9000:  # outside these years, converting to local time fails
            raise ValueError("no moment of a run")
        return created_at

    @pydantic.field_validator("accuracy")
    @classmethod
    def _finite(cls, accuracy: float | None) -> float | None:
        return usable(accuracy, [])  # type: ignore[no-any-return]

    @pydantic.field_validator("status")
    @classmethod
    def _known(cls, status: str) -> str:
        if status not in RUN_STATUSES:
            raise ValueError(f"no such status: {status[:40]}")
        return status

    @pydantic.field_validator("request")
    @classmethod
    def _names_alone(cls, request: dict[str, Any]) -> dict[str, Any]:
        return _without_places(request)


class _Manifest(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="ignore")

    format: str
    format_version: int
    run: _ExportedRun
    files: dict[str, str] = pydantic.Field(default_factory=dict, max_length=MOST_FILES)


@dataclass(frozen=True)
class Unpacked:
    """A run unpacked from a zip; `folder` holds its files and is deleted unless moved."""

    run: StoredRun
    log: str
    folder: Path


def pack(run: StoredRun, log: str, files: Sequence[Path], target: Path) -> None:
    """Writes a run with its log and files as `target`, which appears complete or not at all."""
    digests = {path.name: sha256_of(path) for path in files}
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "versions": {"exoplanet-desktop": _own_version(), "python": platform.python_version()},
        "run": {**asdict(run), "warnings": list(run.warnings), "request": _without_places(run.request)},
        "files": digests,
    }
    try:
        with whole_file(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, default=str))
            archive.writestr(LOG, log)
            for path in files:
                archive.write(path, FILES + path.name)
    except zipfile.LargeZipFile as error:
        raise TooLarge(f"The run is too large for one file: {error}.") from error


def _without_places(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request without the folders of the machine it was made on, which are private.

    Files become bare names: a forged export must not name one of our files, which "Train again" would then upload.
    """
    kept = {name: value for name, value in request.items() if name != "paths"}
    if "files" in kept:
        files = kept["files"]
        kept["files"] = [_plain(file) for file in files if isinstance(file, str)] if isinstance(files, list) else []
    if "inputs" in kept:
        inputs = kept["inputs"]
        told = [file for file in inputs if isinstance(file, dict)] if isinstance(inputs, list) else []
        kept["inputs"] = [{**file, "name": _plain(str(file.get("name", "")))} for file in told]
    return kept


def _plain(name: str) -> str:
    """The last part of a path from any system."""
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2][:200]


@contextmanager
def unpack(source: Path, beside: Path) -> Iterator[Unpacked]:
    """Reads an export and its files into a new folder in `beside`. Raises InputError if it is not an export.

    Trusts nothing in it: names must be plain file names, and sizes are counted during unpacking.
    """
    folder = Path(tempfile.mkdtemp(prefix=".import-", dir=beside))
    try:
        with _opened(source) as archive:
            manifest = _manifest(_text(archive, MANIFEST))
            log = bounded_log(_text(archive, LOG)) if LOG in archive.namelist() else ""
            needed = sum(archive.getinfo(FILES + name).file_size for name in manifest.files)
            need_space(folder, min(needed, MOST_BYTES), f"The run in {source.name}")
            _unpack_files(archive, manifest.files, folder)
        yield Unpacked(_run(manifest.run), log, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(entry: _ExportedRun) -> StoredRun:
    try:
        # What another program wrote into an export is no more to be trusted than a backend's reply.
        told = bounded({"request": entry.request, "result": entry.result})
        usable(told, [])
    except RecursionError as error:
        raise InputError("The exported run is nested too deeply. Export the run again.") from error
    values = {**entry.model_dump(), **told, "warnings": tuple(entry.warnings)}
    return StoredRun(run_id="", changed_at="", deleted_at=None, imported=True, **values)


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES + 2 or any(member.compress_type not in _PACKED for member in members):
                raise InputError(f"{source.name} is not packed like an exported run. Export the run again.")
            yield archive
    except AppError:
        raise
    except OSError as error:
        raise UnavailableError(
            f"{source.name} cannot be read or unpacked: {error.strerror or error}. Check the file and the disk."
        ) from error
    # zipfile raises all of these for broken, encrypted or unsupported files.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError, KeyError) as error:
        raise InputError(f"{source.name} is damaged or not an exported run. Export the run again.") from error


def _manifest(text: str) -> _Manifest:
    try:
        manifest = _Manifest.model_validate_json(text)
    except ValueError as error:
        raise InputError(
            "The file is not an exported run: its description cannot be read. Choose another file."
        ) from error
    if manifest.format != FORMAT:
        raise InputError("The file is not an exported run of this program. Choose another file.")
    if manifest.format_version > FORMAT_VERSION:
        raise InputError("The run was exported by a newer version of this program. Update the program to import it.")
    return manifest


def _text(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as member:
        data = member.read(LONGEST_TEXT + 1)
    if len(data) > LONGEST_TEXT:
        raise TooLarge(f"{name} in the exported run is over {LONGEST_TEXT / 1e6:.0f} MB. It cannot be imported.")
    return data.decode("utf-8", errors="replace")


def _unpack_files(archive: zipfile.ZipFile, digests: Mapping[str, str], folder: Path) -> None:
    left = MOST_BYTES
    for name, digest in digests.items():
        target = folder / checked_file_name(name)
        sha = hashlib.sha256()
        with archive.open(FILES + name) as member, target.open("xb") as file:
            while block := member.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise TooLarge(f"The exported run is over {MOST_BYTES / 1e9:.0f} GB. It cannot be imported.")
                sha.update(block)
                file.write(block)
        if sha.hexdigest() != digest:
            raise InputError(f"The file {name} in the exported run was changed or damaged. Export the run again.")


def _own_version() -> str:
    try:
        return version("exoplanet-desktop")
    except PackageNotFoundError:
        return "unknown"
