"""The user's choices for a file apply to the next one with the same header."""

import json
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.reading.choices import MOST_KEPT, default_store, forget, recall, remember
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.wire.reading_options import ReadingOptions

CHOICE = ReadingOptions(label="verdict", labels={"0": "CONFIRMED"}, rename={"P": "koi_period"}, delimiter=";")


def test_a_choice_is_kept_for_its_header(tmp_path: Path) -> None:
    store = tmp_path / "new folder" / "readings.json"
    assert recall(("a", "b"), store) is None
    remember(("a", "b"), CHOICE, store)
    assert recall(("a", "b"), store) == CHOICE
    assert recall(("b", "a"), store) is None
    assert forget(("a", "b"), store)
    assert not forget(("a", "b"), store)
    assert recall(("a", "b"), store) is None


def test_a_choice_that_says_nothing_forgets(tmp_path: Path) -> None:
    store = tmp_path / "readings.json"
    remember(("a",), CHOICE, store)
    remember(("a",), ReadingOptions(), store)
    assert recall(("a",), store) is None


def test_the_users_folder_is_the_place(tmp_path: Path) -> None:
    remember(("a",), CHOICE)
    assert default_store().is_file()
    assert recall(("a",)) == CHOICE


def test_the_oldest_goes_where_there_are_many(tmp_path: Path) -> None:
    store = tmp_path / "readings.json"
    store.write_text(json.dumps({f"{number}": CHOICE.to_json() for number in range(MOST_KEPT)}))
    remember(("a",), CHOICE, store)
    assert len(json.loads(store.read_text())) == MOST_KEPT
    assert recall(("a",), store) == CHOICE


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"x": 1}'])
def test_a_damaged_store_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    store = tmp_path / "readings.json"
    store.write_bytes(content)
    assert recall(("a",), store) is None
    remember(("a",), CHOICE, store)
    assert recall(("a",), store) == CHOICE


def test_a_choice_that_is_not_understood_is_left_out(tmp_path: Path) -> None:
    store = tmp_path / "readings.json"
    remember(("a",), CHOICE, store)
    store.write_text(
        store.read_text().replace("verdict", "verdict").replace('\\"delimiter\\": \\";\\"', '\\"delimiter\\": 7')
    )
    assert recall(("a",), store) is None


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="cannot be created"):
        remember(("a",), CHOICE, tmp_path / "file" / "readings.json")
