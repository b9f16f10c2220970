from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request

from exoplanet_desktop.errors import InputError, TooLarge
from exoplanet_desktop.server.forms import Form, read_form
from exoplanet_desktop.server.store import Store
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import READING_BYTES
from tests.server.alone import run_alone

MEBIBYTE = 1024 * 1024
FORM = "multipart/form-data; boundary=b"
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


def body(store: Store, kind: str, *chunks: bytes, seen: list[int] | None = None) -> dict[str, Any]:
    """The fields of a body that arrives in these chunks; `seen` gets the bytes on disk before each of them."""
    left = list(chunks)

    async def receive() -> dict[str, Any]:
        if seen is not None:
            seen.append(sum(file.stat().st_size for file in store.folder("work").rglob("*.csv")))
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def read() -> dict[str, Any]:
        scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", kind.encode())]}
        async with read_form(Request(scope, receive), store, 100 * MEBIBYTE, "file") as form:
            return form.fields

    return run_alone(read())


def part(name: str, value: bytes) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


def test_a_field_holds_64_kibibytes_and_no_more(store: Store) -> None:
    longest = b"x" * 65_536
    assert body(store, FORM, part("name", longest) + b"--b--\r\n") == {"name": longest.decode()}
    with pytest.raises(InputError, match="The field name is too long"):
        body(store, FORM, part("name", longest + b"x") + b"--b--\r\n")


def test_a_form_has_64_fields_and_no_more(store: Store) -> None:
    parts = [part(f"f{number}", b"x") for number in range(65)]
    assert len(body(store, FORM, *parts[:64], b"--b--\r\n")) == 64
    with pytest.raises(InputError, match="over 64 fields"):
        body(store, FORM, *parts, b"--b--\r\n")
    pairs = [b"f%d=x" % number for number in range(65)]
    assert len(body(store, URLENCODED, b"&".join(pairs[:64]))) == 64
    with pytest.raises(InputError):
        body(store, URLENCODED, b"&".join(pairs))


def test_a_body_without_files_holds_a_mebibyte_and_no_more(store: Store) -> None:
    text = b'{"a": "' + b"x" * (MEBIBYTE - 9) + b'"}'
    assert len(text) == MEBIBYTE
    assert len(body(store, "application/json", text[:-1], text[-1:])["a"]) == MEBIBYTE - 9
    with pytest.raises(TooLarge, match="1 MiB"):
        body(store, "application/json", text, b" ")


def test_less_than_a_mebibyte_of_an_upload_waits_in_memory(store: Store) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="koi.csv"\r\n\r\n'
    block, half = b"1,2\n" * (MEBIBYTE // 4), b"1,2\n" * (MEBIBYTE // 8)
    seen: list[int] = []
    body(store, FORM, head, block, half, half, b"\r\n--b--\r\n", seen=seen)
    assert seen == [0, 0, MEBIBYTE, MEBIBYTE, 2 * MEBIBYTE]


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
