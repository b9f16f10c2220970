"""Settings survive a start, and a file that somebody broke does not break the start."""

from pathlib import Path

import pytest

from exoplanet_desktop.gui.settings import Settings, load, save


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    kept = Settings(backend="http://lab:8001", splitters={"train": [300, 700]}, folder="/catalogs")

    save(kept, path)

    assert load(path) == kept
    assert not list(path.parent.glob("*.part"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"schema_version": 99}',
        '{"schema_version": 1, "backend": 3, "splitters": {"train": "x"}}',
    ],
)
def test_a_broken_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)

    assert load(path) == Settings()


def test_a_folder_that_cannot_be_written_is_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    save(Settings(), tmp_path / "file" / "settings.json")

    assert (tmp_path / "file").read_text() == ""
