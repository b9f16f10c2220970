import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from exoplanet_desktop.catalogs.merging.merge import merge
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.temporary import discard_folder, own_folder, sweep

OWNER = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from exoplanet_desktop.files.temporary import own_folder
folder = own_folder("table")
(folder / "large.csv").write_text("x")
print(folder, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_left_is_swept_and_nothing_else() -> None:
    mine = own_folder("table")
    assert str(os.getpid()) in mine.name
    other = Path(tempfile.gettempdir()) / "exoplanet-desktop-own-of-nobody"
    other.mkdir()
    command = [sys.executable, "-c", OWNER, tempfile.gettempdir()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        assert sweep() == 0
        assert theirs.is_dir()
        process.kill()
    assert sweep() == 1
    assert not theirs.exists()
    assert mine.is_dir()
    assert other.is_dir()  # it may be just being created
    os.utime(other, (0, 0))
    assert sweep() == 1
    discard_folder(mine)
    assert not mine.exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    os.utime(tmp_path, (0, 0))
    link = Path(tempfile.gettempdir()) / "exoplanet-desktop-own-link"
    link.symlink_to(tmp_path)
    assert sweep() == 0
    assert (tmp_path / "precious").exists()
    link.unlink()


def test_a_disk_that_is_too_small_is_told_with_the_bytes_before_the_work(
    write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a,b\n" + "1,2\n" * 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=64_000_100))
    with pytest.raises(UnavailableError, match=r"table\.csv needs about 1 MB \(6,406 bytes\)"):
        Table.open(path)


def test_a_disk_that_cannot_hold_what_comes_later_is_told_before_it_as_well(
    write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy of a file read line by line, a sorted view, and the parts of a merge."""
    plain, careful = write("a,b\n" + "1,2\n" * 1000), write("a,b\n1\n" + "1,2\n" * 1000, "careful.csv")
    table = Table.open(plain)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=64_010_000))
    with pytest.raises(UnavailableError, match=r"careful\.csv needs about 1 MB \(12,818 bytes\)"):
        Table.open(careful)
    with pytest.raises(UnavailableError, match=r"sorted table needs about 1 MB \(48,000 bytes\)"):
        table.select(order=[("a", True)])
    with pytest.raises(UnavailableError, match=r"The merge needs about 1 MB \(12,012 bytes\)"):
        merge(plain, plain, tmp_path / "merged.csv")
    monkeypatch.undo()
    assert table.select(order=[("a", True)]).row_count == 1000
    table.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["careful.csv", "table.csv"]


def test_no_temporary_folder_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(UnavailableError, match="No temporary folder"):
        own_folder("table")
    monkeypatch.undo()
