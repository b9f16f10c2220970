from typing import Any

import pytest

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.server.forms import Form
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import READING_BYTES


@pytest.mark.parametrize(("value", "read"), [(7, 7), (0, 0), ("7", 7), (" 7 ", 7), (None, None), ("", None)])
def test_numbers_may_be_sent_as_numbers_or_as_text(value: Any, read: int | None) -> None:
    assert Form({"from_row": value}).count("from_row") == read


@pytest.mark.parametrize(("value", "read"), [(True, True), (False, False), (1, True), (0, False), ("on", True)])
def test_flags_may_be_sent_as_truths_numbers_or_words(value: Any, read: bool) -> None:
    assert Form({"async": value}).flag("async", default=not read) is read


@pytest.mark.parametrize("value", [-1, 10**15, "x", "1.5", 1.5, [1], "\ud800"])
def test_what_is_no_count_is_told(value: Any) -> None:
    with pytest.raises(InputError, match="from_row"):
        Form({"from_row": value}).count("from_row")


def test_what_is_said_of_how_to_read_files_may_be_as_long_as_allowed_and_no_longer() -> None:
    def padded(text: str, length: int) -> Form:
        return Form({"reading": text.ljust(length - 1) + "}"})

    assert padded('{"decimal": ","', READING_BYTES).reading() == ReadingOptions(decimal=",")
    with pytest.raises(InputError, match="60,000 bytes"):
        padded('{"decimal": ","', READING_BYTES + 1).reading()
