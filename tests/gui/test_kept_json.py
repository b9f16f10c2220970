"""What tables looked like, out of a file that somebody may have edited: each value that fits is taken."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.gui.tables.kept import ColumnLayout, Kept, KeptFile, KeptTables
from exoplanet_desktop.gui.tables.kept_json import MOST_BYTES, MOST_FILES, read_kept, write_kept
from exoplanet_desktop.wire.reading_options import ReadingOptions

LOOK = ColumnLayout(("b", "a"), ("c",), {"a": 90}, ("b",))
FILTERS = (
    ColumnFilter("a", "<", "1"),
    ColumnFilter("a", "between", ("1", "")),
    ColumnFilter("b", "one of", ("x", "y")),
    ColumnFilter("b", "is missing"),
)
VIEW = {
    "look": {"order": ["b", "a"], "hidden": ["c"], "widths": {"a": 90}, "frozen": ["b"]},
    "where": "a > 1",
    "filters": [{"column": one.column, "test": one.test, "value": one.value} for one in FILTERS],
    "sort": [["a", True]],
}
KEPT = Kept(LOOK, "a > 1", FILTERS, (("a", True),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tables.json"


def entry(path: Path, **values: Any) -> KeptFile | None:
    path.write_text(json.dumps({"version": 1, "files": {"/a.csv": {"view": VIEW, **values}}, "groups": {}}))
    return read_kept(path).files.get("/a.csv")


def test_what_is_written_comes_back(path: Path) -> None:
    tables = KeptTables(
        {"/a.csv": KeptFile(KEPT, ReadingOptions(delimiter=";", rename={"p": "koi_period"})), "/b.csv": KeptFile()},
        {"catalog KOI": LOOK},
    )
    write_kept(path, tables)
    assert read_kept(path) == tables


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        ({"look": 3}, {"look": ColumnLayout()}),
        ({"look": {"order": "ab", "hidden": ["a", 1, None], "widths": []}}, {"look": ColumnLayout(hidden=("a",))}),
        (
            {"look": {"widths": {"a": 90, "b": "9", "c": 0, "d": 10_000, "e": 1.5, "f": True}}},
            {"look": ColumnLayout(widths={"a": 90})},
        ),
        ({"look": {"order": ["a"], "unknown": 1}}, {"look": ColumnLayout(order=("a",))}),
        ({"where": 5}, {"where": ""}),
        ({"filters": {}}, {"filters": ()}),
        ({"filters": [7, {"column": "a"}, VIEW["filters"][0]]}, {"filters": FILTERS[:1]}),
        ({"filters": [{"column": "a", "test": "is odd", "value": ""}]}, {"filters": ()}),
        ({"filters": [{"column": "a", "test": "between", "value": "1"}]}, {"filters": ()}),
        ({"filters": [{"column": "a", "test": "between", "value": ["", ""]}]}, {"filters": ()}),
        ({"filters": [{"column": "a", "test": "between", "value": ["1", "2", "3"]}]}, {"filters": ()}),
        ({"filters": [{"column": "a", "test": "one of", "value": []}]}, {"filters": ()}),
        ({"filters": [{"column": "a", "test": "<", "value": ["1"]}]}, {"filters": ()}),
        ({"sort": [["a"], ["b", 0], "c", [1, True]]}, {"sort": (("b", False),)}),
    ],
)
def test_a_value_that_does_not_fit_is_left_out_and_the_others_stay(
    path: Path, broken: dict[str, Any], kept: dict[str, Any]
) -> None:
    found = entry(path, view={**VIEW, **broken}, reading={"delimiter": ";"})
    assert found is not None
    assert found.reading == ReadingOptions(delimiter=";")
    assert found.view == Kept(**{**KEPT.__dict__, **kept})


@pytest.mark.parametrize("reading", [3, {}, {"delimiter": "x"}, {"skip": -1}, {"unknown": "1"}, {"skip": None}])
def test_a_reading_that_does_not_fit_is_left_to_the_program(path: Path, reading: object) -> None:
    assert entry(path, reading=reading) == KeptFile(KEPT)


def test_an_entry_of_another_kind_is_left_out(path: Path) -> None:
    path.write_text(json.dumps({"version": 1, "files": {"/a.csv": 3, "/b.csv": {"view": []}}, "groups": {"g": []}}))
    assert read_kept(path) == KeptTables({"/b.csv": KeptFile()})


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"version": 2, "files": {}, "groups": {}}', b" " * (2 * MOST_BYTES + 1)],
)
def test_a_damaged_a_newer_and_a_huge_file_are_as_good_as_none(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read_kept(path) == KeptTables()
    assert bool(caplog.records) == (content[:1] in (b"\xff", b"{", b"[") and content[:2] not in (b"[]", b'{"'))


def test_the_oldest_files_go_first(path: Path) -> None:
    write_kept(path, KeptTables({f"/{number}.csv": KeptFile(KEPT) for number in range(MOST_FILES + 3)}))
    assert list(read_kept(path).files) == [f"/{number}.csv" for number in range(3, MOST_FILES + 3)]

    long = KeptFile(Kept(where="a" * (MOST_BYTES // 3)))
    write_kept(path, KeptTables({f"/{number}.csv": long for number in range(5)}))
    assert list(read_kept(path).files) == ["/3.csv", "/4.csv"]
    assert path.stat().st_size <= MOST_BYTES + 1_000
