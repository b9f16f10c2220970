"""Request bodies: multipart streamed to disk, JSON and urlencoded forms, each within limits, none of them trusted."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from exoplanet_desktop.catalogs.reading.layout import Choice
from exoplanet_desktop.errors import InputError, TooLarge, WrongType
from exoplanet_desktop.server.files import check_space, disk_errors
from exoplanet_desktop.server.names import shown
from exoplanet_desktop.server.store import Incoming, Store
from exoplanet_desktop.wire.vocabulary import READING_BYTES

_FIELD_BYTES = 64 * 1024
_FIELDS = 64
_SMALL_BODY_BYTES = 1024 * 1024  # JSON and urlencoded forms
_MOST_NAMES = 500  # in a list of columns
_WRITE_BYTES = 1024 * 1024
_TEXTS_IN_FILES = ("reading", "readings")  # JSON text that a caller may well attach as a file; dropping it is no way

_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}

E = TypeVar("E", bound=StrEnum)


@dataclass
class Form:
    """Fields and uploaded files of one request, by field name."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Incoming] = field(default_factory=dict)

    def text(self, *names: str) -> str | None:
        """The text of the field, under the first of its names that is there; None where it is missing or empty.

        Raises InputError where two names of it hold different values, or one holds no text.
        """
        found = {self._text(name, self.fields[name]) for name in names if name in self.fields} - {None, ""}
        if len(found) > 1:
            raise InputError(
                f"The fields {' and '.join(names)} mean the same, but have different values. Send only one."
            )
        return found.pop() if found else None

    def path(self, name: str) -> str | None:
        """The path in a field as it is: blanks at its ends may belong to it. Raises InputError for what is no text."""
        value = self.fields.get(name)
        if value in (None, ""):
            return None
        self._text(name, value)
        if not isinstance(value, str):
            raise InputError(f"The field {name} must be a path.")
        return value

    def _text(self, name: str, value: Any) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return _number_text(name, value)
        if value is not None and not isinstance(value, str):
            raise InputError(f"The field {name} must be text or a whole number.")
        if value is not None and any(0xD800 <= ord(c) <= 0xDFFF for c in value):
            raise InputError(f"The field {name} contains half a character. Send it as UTF-8.")
        return value.strip() if value else None

    def flag(self, name: str, default: bool) -> bool:
        text = self.text(name)
        if text is None:
            return default
        if text.lower() not in _TRUE | _FALSE:
            raise InputError(f"The field {name} must be true or false, not “{shown(text)}”.")
        return text.lower() in _TRUE

    def count(self, *names: str) -> int | None:
        """A whole number from 0 on."""
        text = self.text(*names)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            raise InputError(f"The field {names[0]} must be a whole number of 0 or more, not “{shown(text)}”.")
        return int(text)

    def choice(self, kinds: type[E], noun: str, *names: str, default: E | None = None) -> E:
        """One word of a vocabulary, in any case. Raises InputError with the words that there are."""
        allowed = ", ".join(kinds)
        text = self.text(*names)
        if text is None:
            if default is None:
                raise InputError(f"The {noun} is missing. Send `{names[0]}`: one of {allowed}.")
            return default
        for kind in kinds:
            if text.lower() == kind.lower():
                return kind
        raise InputError(f"There is no {noun} “{shown(text)}”. Choose one of {allowed}.")

    def reading(self) -> Choice | None:
        """What the caller says of how the file is to be read. Raises InputError."""
        text = self._json_text("reading")
        return Choice.from_json(text) if text is not None else None

    def readings(self, count: int) -> tuple[Choice | None, ...]:
        """The same of each of `count` files. Raises InputError."""
        text = self._json_text("readings")
        if text is None:
            return (None,) * count
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, list) or len(said) != count:
            raise InputError(
                f"The field readings must be a JSON list with {count} entries, one per file. Null counts as one."
            )
        return tuple(None if one is None else Choice.from_json(json.dumps(one)) for one in said)

    def _json_text(self, name: str) -> str | None:
        text = self.text(name)
        if text is not None and len(text.encode()) > READING_BYTES:
            raise InputError(f"The field {name} holds over {READING_BYTES:,} bytes. Rename fewer columns.")
        return text

    def names(self, name: str) -> tuple[str, ...]:
        """A JSON list of names; nothing where there is no such field. Raises InputError."""
        text = self.text(name)
        if text is None:
            return ()
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, list) or len(found) > _MOST_NAMES or not all(isinstance(one, str) for one in found):
            raise InputError(
                f'The field {name} must be a JSON list of at most {_MOST_NAMES} names, such as ["a", "b"].'
            )
        return tuple(dict.fromkeys(found))


def _number_text(name: str, value: int) -> str:
    if abs(value) >= 10**18:
        raise InputError(f"The number in the field {name} is too large.")
    return str(value)


@asynccontextmanager
async def read_form(request: Request, store: Store, limit: int, *files: str) -> AsyncIterator[Form]:
    """The body of a request; `files` names the fields that may hold a `.csv`. What was not adopted is removed after.

    Raises InputError, TooLarge over `limit` bytes, WrongType for an unknown kind of body, UnavailableError where the
    disk does not take the files.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    form = Form()
    try:
        if kind == b"multipart/form-data":
            _check_length(request, limit)
            await asyncio.to_thread(check_space, store.root, _declared_length(request))
            await _Multipart(form, store, options.get(b"boundary", b""), files).read(request, limit)
        elif kind in (b"application/json", b""):
            form.fields.update(_json(await _small_body(request)))
        elif kind == b"application/x-www-form-urlencoded":
            form.fields.update(_urlencoded(await _small_body(request)))
        else:
            raise WrongType("This kind of body is not accepted. Send a multipart form or JSON.")
        yield form
    finally:
        for incoming in form.files.values():
            incoming.discard()


def _declared_length(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdigit() else 0


def _check_length(request: Request, limit: int) -> None:
    if _declared_length(request) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The upload is over the limit of {limit / 2**20:,.0f} MiB. Send a smaller file.")


async def _small_body(request: Request) -> bytes:
    _check_length(request, _SMALL_BODY_BYTES)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _SMALL_BODY_BYTES:
            raise _too_large(_SMALL_BODY_BYTES)
    return bytes(body)


def _json(body: bytes) -> Mapping[str, Any]:
    if not body.strip():
        return {}
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("The body is not valid JSON. Send a JSON object or a multipart form.") from None
    if not isinstance(content, dict):
        raise InputError("The body must be a JSON object with the fields of the call.")
    return content


def _urlencoded(body: bytes) -> Mapping[str, Any]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"))
    except ValueError:
        raise InputError("The form cannot be read. Send a multipart form or JSON.") from None


class _Multipart:
    """One multipart body on its way into fields and files.

    The parser's callbacks only collect; the disk is touched between them, off the event loop.
    """

    def __init__(self, form: Form, store: Store, boundary: bytes, wanted: tuple[str, ...]) -> None:
        self._form = form
        self._store = store
        self._wanted = wanted
        self._header, self._value = bytearray(), bytearray()
        self._disposition = b""
        self._name = ""
        self._text: bytearray | None = None
        self._file: Incoming | None = None
        self._pending: list[tuple[Incoming, bytes]] = []
        self._pending_bytes = 0
        self._parts = 0
        self._ended = False
        self._parser = self._new_parser(boundary)

    def _new_parser(self, boundary: bytes) -> MultipartParser:
        if not boundary:
            raise InputError("The multipart form names no boundary, so it cannot be read.")
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open,
                    "on_part_data": self._take,
                    "on_part_end": self._close,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise InputError("The multipart form's boundary is too long, so it cannot be read.") from None

    async def read(self, request: Request, limit: int) -> None:
        size = 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                self._parser.write(chunk)
                if self._pending_bytes >= _WRITE_BYTES:
                    await self._flush()
            self._parser.finalize()
        except FormParserError:
            raise InputError("The multipart form is broken. Send it again.") from None
        if not self._ended and size:
            raise InputError("The multipart form ends too early. Send it again.")
        await self._flush()
        for incoming in self._form.files.values():
            with disk_errors("The file cannot be accepted"):
                await asyncio.to_thread(incoming.finish)

    async def _flush(self) -> None:
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        with disk_errors("The file cannot be accepted"):
            await asyncio.to_thread(_write_all, pending)

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _FIELDS:
            raise InputError(f"The form has over {_FIELDS} fields. Send only those of the call.")
        self._disposition = b""

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._text, self._file = None, None
        if b"filename" not in options or self._name in _TEXTS_IN_FILES:
            self._text = bytearray()
        elif self._name in self._wanted and options[b"filename"]:
            if self._name in self._form.files:
                raise InputError(f"The field {self._name} holds two files. Send one.")
            # A field's file joins the form at once, so that it is removed however this ends.
            self._file = self._store.receive(options[b"filename"].decode("utf-8", "replace"))
            self._form.files[self._name] = self._file

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._text is not None:
            self._text += data[start:end]
            if len(self._text) > _FIELD_BYTES:
                raise InputError(f"The field {shown(self._name)} is too long.")
        elif self._file is not None:
            self._pending.append((self._file, data[start:end]))
            self._pending_bytes += end - start

    def _close(self) -> None:
        if self._text is not None:
            self._form.fields[self._name] = self._text.decode("utf-8", "replace")

    def _end(self) -> None:
        self._ended = True


def _write_all(pending: list[tuple[Incoming, bytes]]) -> None:
    for incoming, data in pending:
        incoming.write(data)
