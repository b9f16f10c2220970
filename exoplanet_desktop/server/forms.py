"""Request bodies: multipart streamed to disk, JSON and urlencoded forms, each within limits, none of them trusted."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from exoplanet_desktop.errors import InputError, TooLarge, WrongType, shown
from exoplanet_desktop.server.files import check_space, disk_errors
from exoplanet_desktop.server.store import Incoming, Store
from exoplanet_desktop.wire.form_fields import FormFields

_FIELD_BYTES = 64 * 1024
_FIELDS = 64
_SMALL_BODY_BYTES = 1024 * 1024  # JSON and urlencoded forms
_WRITE_BYTES = 1024 * 1024
_TEXTS_IN_FILES = ("reading", "readings")  # JSON text that a caller may well attach as a file; dropping it is no option


@dataclass
class Form(FormFields):
    """Fields and uploaded files of one request, by field name."""

    files: dict[str, Incoming] = field(default_factory=dict)


@asynccontextmanager
async def read_form(request: Request, store: Store, limit: int, *files: str) -> AsyncIterator[Form]:
    """The body of a request; `files` names the fields that may contain a `.csv`. Unadopted files are removed."""
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
    """A multipart body while it is parsed into fields and files.

    The parser's callbacks only collect; disk access happens between them, off the event loop.
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
            # A field's file joins the form at once, so that it is removed whatever happens.
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
