import hashlib
import os
import time
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.base import file_memo
from exoplanet_desktop.catalogs.base.file_memo import FileMemo, digest_of
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.errors import Cancelled, UnreadableFile
from exoplanet_desktop.wire.reading_options import ReadingOptions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return old(tmp_path / "koi.csv", "kepid,koi_period\n1,2.5\n")


def old(path: Path, text: str, seconds: float = 60.0) -> Path:
    path.write_text(text)
    os.utime(path, (time.time() - seconds, time.time() - seconds))
    return path


def counting(memo: FileMemo[int], path: Path, question: str = "") -> tuple[int, list[int]]:
    found: list[int] = []

    def find() -> int:
        found.append(1)
        return path.stat().st_size

    return memo.get(path, question, find), found


def test_a_file_is_looked_at_again_for_another_question_and_after_a_change(path: Path) -> None:
    memo: FileMemo[int] = FileMemo(8)
    assert counting(memo, path) == (23, [1])
    assert counting(memo, path) == (23, [])
    assert counting(memo, path, "other") == (23, [1])
    old(path, "kepid\n1\n", 30.0)
    assert counting(memo, path) == (8, [1])


def test_a_file_that_was_just_written_is_not_remembered(path: Path) -> None:
    """Within one tick of the clock, it could change again without another time."""
    memo: FileMemo[int] = FileMemo(8)
    path.write_text("kepid\n1\n")
    assert counting(memo, path) == (8, [1])
    assert counting(memo, path) == (8, [1])


def test_what_changes_while_it_is_read_is_not_remembered(path: Path) -> None:
    memo: FileMemo[str] = FileMemo(8)

    def find() -> str:
        found = path.read_text()
        old(path, "kepid\n1\n", 30.0)
        return found

    assert memo.get(path, "", find).startswith("kepid,koi_period")
    assert memo.get(path, "", path.read_text) == "kepid\n1\n"


def test_the_longest_unused_finding_goes_first(tmp_path: Path) -> None:
    memo: FileMemo[int] = FileMemo(2)
    one, two, three = (old(tmp_path / f"{name}.csv", name) for name in ("one", "two", "three"))
    for path in (one, two, one, three):
        counting(memo, path)
    assert counting(memo, one)[1] == []
    assert counting(memo, two)[1] == [1]


def test_a_digest_is_read_once_and_not_kept_where_that_was_stopped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Cancelled):
        digest_of(path, lambda: True)
    assert digest_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(file_memo, "_read_digest", lambda path, stop: "read again")
    assert digest_of(path, lambda: True) == hashlib.sha256(path.read_bytes()).hexdigest()
    old(path, "kepid\n1\n", 30.0)
    assert digest_of(path) == "read again"


def test_a_layout_is_that_of_the_file_and_of_what_is_said_of_it(path: Path) -> None:
    found = sniff(path)
    assert sniff(path) is found
    assert sniff(path, ReadingOptions()) is found
    assert sniff(path, ReadingOptions(delimiter=";")).columns == ("kepid,koi_period",)
    old(path, "kepid;koi_period\n1;2.5\n2;3.5\n", 30.0)
    assert sniff(path).delimiter == ";"
    path.unlink()
    with pytest.raises(UnreadableFile, match="There is no file"):
        sniff(path)
