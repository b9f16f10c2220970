"""The archive has the folder's content, and the same bytes each time."""

import hashlib
import os
import tarfile
from pathlib import Path

from bundle.archive import pack


def folder_with_files(place: Path, moment: int) -> Path:
    folder = place / "program-1.0-linux-x86_64"
    (folder / "files").mkdir(parents=True)
    for name, mode in (("program", 0o755), ("files/b.txt", 0o600), ("files/a.txt", 0o644)):
        (folder / name).write_text(name)
        (folder / name).chmod(mode)
        os.utime(folder / name, (moment, moment))
    (folder / "files/link").symlink_to("a.txt")
    return folder


def test_two_archives_of_the_same_files_are_the_same(tmp_path: Path) -> None:
    one = pack(folder_with_files(tmp_path / "one", 1_600_000_000), tmp_path / "out/first", 1_700_000_000)
    two = pack(folder_with_files(tmp_path / "two", 1_650_000_000), tmp_path / "out/second", 1_700_000_000)
    assert one.read_bytes() == two.read_bytes()
    digest = hashlib.sha256(one.read_bytes()).hexdigest()
    assert one.with_name("first.tar.xz.sha256").read_text() == f"{digest}  first.tar.xz\n"


def test_what_was_packed_comes_out_again_readable_for_all(tmp_path: Path) -> None:
    archive = pack(folder_with_files(tmp_path / "one", 1_600_000_000), tmp_path / "out/first", 1_700_000_000)
    with tarfile.open(archive) as tar:
        entries = {entry.name.partition("/")[2]: entry for entry in tar.getmembers()}
    assert list(entries) == ["", "files", "files/a.txt", "files/b.txt", "files/link", "program"]
    assert entries["program"].mode == 0o755
    assert entries["files/b.txt"].mode == 0o644
    assert entries["files/link"].linkname == "a.txt"
    assert all(entry.mtime == 1_700_000_000 and entry.uid == 0 for entry in entries.values())
