import os
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.errors import InputError


def test_a_change_of_content_time_or_file_is_noticed(tmp_path: Path) -> None:
    path, other = tmp_path / "koi.csv", tmp_path / "other.csv"
    path.write_text("kepid\n1\n")
    stamp = FileStamp.of(path)
    stamp.check("train on it")
    assert not stamp.changed()

    other.write_text("kepid\n2\n")
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert stamp.changed(other), "another file of the same size and time"
    path.rename(tmp_path / "moved.csv")
    assert not stamp.changed(tmp_path / "moved.csv")

    with pytest.raises(InputError, match=r"koi\.csv is gone since it was opened\. Put it back"):
        stamp.check("train on it")
    path.write_text("kepid\n1\n2\n")
    with pytest.raises(InputError, match=r"koi\.csv changed since it was opened\. Read it again before you predict it"):
        stamp.check("predict it")


def test_what_was_not_there_has_changed_once_it_is(tmp_path: Path) -> None:
    stamp = FileStamp.of(tmp_path / "koi.csv")
    (tmp_path / "koi.csv").write_text("kepid\n1\n")
    assert stamp.changed()
