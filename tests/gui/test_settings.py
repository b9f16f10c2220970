"""Settings survive a restart, and a broken file does not prevent the start."""

import json
import logging
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.gui.base.settings import SCHEMA_VERSION, Settings, load, save


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    kept = Settings(
        backend="http://lab:8001",
        theme="dark",
        numbers="de_DE",
        text_percent=150,
        poll_ms=1000,
        table_memory_mb=2048,
        folder="/catalogs",
        save_folder="/results",
        restore=False,
        tour_seen=True,
        recent=("/a.csv", "/b.csv"),
        files={"train": ("/a.csv",), "merge": ("/a.csv", "/b.csv")},
        tab=2,
        geometry="AdnQywAD",
        layout="AAAA",
        splitters={"train": (300, 700)},
    )
    untouched = [each.name for each in fields(Settings) if getattr(kept, each.name) == getattr(Settings(), each.name)]
    assert untouched == ["schema_version"], "a field that is not tried here"

    save(kept, path)

    assert load(path) == kept
    assert not list(path.parent.glob("*.part"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema_version": 99, "theme": "dark"}', '{"theme": "dark"}']
)
def test_a_file_nobody_understands_gives_the_defaults_and_is_kept_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)

    assert load(path) == Settings()
    assert path.with_suffix(".old").read_text() == text


@pytest.mark.parametrize(
    ("name", "value", "mended"),
    [
        ("poll_ms", 3, 100),
        ("poll_ms", 10**9, 10_000),
        ("poll_ms", 250.4, 250),
        ("table_memory_mb", -1, 256),
        ("tab", 9, 2),
    ],
)
def test_a_number_out_of_range_is_mended_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, value: float, mended: int
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"schema_version": SCHEMA_VERSION, name: value, "theme": "dark"}))

    with caplog.at_level(logging.WARNING):
        settings = load(path)

    assert getattr(settings, name) == mended
    assert settings.theme == "dark", "the other values stay"
    assert name in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("poll_ms", "often"),
        ("poll_ms", True),
        ("poll_ms", None),
        ("poll_ms", float("nan")),
        ("theme", "pink"),
        ("theme", ["dark"]),
        ("numbers", "xx"),
        ("recent", "a.csv"),
        ("recent", [1]),
        ("files", []),
        ("files", {"train": "x"}),
        ("splitters", {"train": "x"}),
        ("splitters", {"train": [None]}),
        ("splitters", {"train": 3}),
        ("geometry", "x" * 40_000),
        ("tour_seen", 1),
        ("backend", 3),
    ],
)
def test_a_value_of_the_wrong_kind_is_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, value: Any
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"schema_version": SCHEMA_VERSION, name: value, "folder": "/catalogs"}))

    with caplog.at_level(logging.WARNING):
        assert load(path) == Settings(folder="/catalogs")

    assert name in caplog.text


def test_settings_to_2_takes_over_what_version_1_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        '{"schema_version": 1, "backend": "http://lab", "geometry": "AA==", "splitters": null, "folder": "/x"}'
    )

    assert load(path) == Settings(backend="http://lab", geometry="AA==", folder="/x")


@pytest.mark.parametrize("values", [{"poll_ms": 99}, {"theme": "pink"}, {"tab": 3}, {"schema_version": 1}])
def test_the_program_itself_cannot_make_wrong_settings(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cannot be|not one of"):
        replace(Settings(), **values)


def test_a_folder_that_cannot_be_written_is_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    save(Settings(), tmp_path / "file" / "settings.json")

    assert (tmp_path / "file").read_text() == ""


@pytest.mark.parametrize("content", ['{"folder": "/Kataloge/für mich"}'.encode("latin-1"), b"[" * 100_000])
def test_a_file_in_another_encoding_or_nested_without_end_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)

    assert load(path) == Settings()
    assert path.with_suffix(".old").read_bytes() == content
