from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.files import whole
from exoplanet_desktop.errors import UnavailableError


def test_a_file_appears_at_the_end_only(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    with whole(out) as part:
        part.write_text("new")
        assert out.read_text() == "old"
    assert out.read_text() == "new"
    assert list(tmp_path.iterdir()) == [out]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    with pytest.raises(ValueError, match="half"), whole(out) as part:
        part.write_text("new")
        raise ValueError("half")
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="No space left"), whole(tmp_path / "out.csv") as part:
        part.write_text("half")
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="is a folder"), whole(tmp_path):
        pytest.fail("never reached")
