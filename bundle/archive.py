"""Reproducible archives: the same files in the same order with the same times give the same bytes."""

import hashlib
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path


def pack(folder: Path, target: Path, moment: int) -> Path:
    """Pack `folder` as `target` (a name without suffix): `.tar.xz`, or `.zip` for Windows; with a SHA-256 file.

    Every file has the time `moment` (seconds since 1970), no owner, and the same permissions for everyone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if "-windows-" in folder.name:
        archive = target.with_name(f"{target.name}.zip")
        _zip(folder, archive)
    else:
        archive = target.with_name(f"{target.name}.tar.xz")
        _tar(folder, archive, moment)
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n", encoding="utf-8")
    return archive


def _tar(folder: Path, archive: Path, moment: int) -> None:
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = moment, 0, 0, "", ""
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    loose = archive.with_suffix("")
    with tarfile.open(loose, "w", format=tarfile.PAX_FORMAT) as tar:
        tar.add(folder, arcname=folder.name, recursive=False, filter=plain)
        for file in sorted(folder.rglob("*")):
            tar.add(file, arcname=f"{folder.name}/{file.relative_to(folder).as_posix()}", recursive=False, filter=plain)
    if shutil.which("xz"):
        # Uses all cores; the blocks, and so the bytes, do not depend on their number.
        subprocess.run(["xz", "-6", "--threads=0", "--block-size=32MiB", "--force", str(loose)], check=True)
        return
    import lzma

    with loose.open("rb") as source, lzma.open(archive, "wb", preset=6) as packed:
        shutil.copyfileobj(source, packed, 1 << 20)
    loose.unlink()


def _zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder).as_posix()}", (1980, 1, 1, 0, 0, 0))
                packed.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
