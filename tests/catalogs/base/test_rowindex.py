import os
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.base.rowindex import RowIndex, signature

TEXT = 'a,b\n1,x\n2,"y\nz"\n3,\n'


@pytest.fixture
def index(tmp_path: Path) -> RowIndex:
    path, starts = tmp_path / "t.csv", tmp_path / "starts"
    path.write_bytes(TEXT.encode())
    starts.write_bytes(b"".join(TEXT.index(row).to_bytes(8, "little") for row in ("1,", "2,", "3,")))
    with path.open("rb") as file:
        return RowIndex(path, starts, ",", 2, signature(file))


def test_rows_and_their_lines_are_given_in_the_order_asked_for(index: RowIndex) -> None:
    assert index.read([2, 0, 1]) == [("3", None), ("1", "x"), ("2", "y\nz")]
    assert index.lines([2, 0, 1, 2]) == [5, 2, 3, 5]


def test_nothing_is_read_from_a_file_that_is_another_meanwhile(index: RowIndex) -> None:
    at = index.path.stat().st_mtime_ns
    index.path.write_bytes(TEXT.replace("1,x", "1,y").encode())  # of the same size, later
    os.utime(index.path, ns=(at + 1_000_000_000, at + 1_000_000_000))
    assert index.read([0]) is None
    assert index.lines([0]) is None
    index.path.write_bytes(TEXT.replace("1,x", "1,xx").encode())  # of another size, at the same time
    os.utime(index.path, ns=(at, at))
    assert index.read([0]) is None
    assert index.lines([0]) is None
    index.path.write_bytes(TEXT.encode())
    os.utime(index.path, ns=(at, at))
    assert index.read([0]) == [("1", "x")]
    index.path.unlink()
    assert index.read([0]) is None
    assert index.lines([0]) is None
