"""Misbehaviours: what a backend does for a call, given the bytes of a good answer."""

import functools
import gzip
import socket
import struct
from collections.abc import Callable
from typing import Any

RIGHT, ERROR, EITHER = "right", "error", "either"
Act = Callable[[Any], None]


def head(handler: Any, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.flush()


def whole(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Act:
    def act(handler: Any) -> None:
        head(handler, status, Content_Type=kind, Content_Length=str(len(body)), **headers)
        handler.wfile.write(body)

    return act


def closing(act: Act) -> Act:
    def closed(handler: Any) -> None:
        handler.close_connection = True
        act(handler)

    return closed


def reset(handler: Any) -> None:
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def half_then(end: Act, good: bytes) -> Act:
    def act(handler: Any) -> None:
        head(handler, Content_Length=str(len(good)))
        handler.wfile.write(good[: len(good) // 2])
        end(handler)

    return act


def whole_then_reset(good: bytes) -> Act:
    def act(handler: Any) -> None:
        whole(good)(handler)
        reset(handler)

    return act


def stop(handler: Any) -> None:
    handler.close_connection = True


def raw(data: bytes) -> Act:
    def act(handler: Any) -> None:
        handler.connection.sendall(data)
        handler.close_connection = True

    return act


def forever(block: bytes, pause_s: float = 0.0, **headers: str) -> Act:
    def act(handler: Any) -> None:
        head(handler, **headers)
        handler.close_connection = True
        while not handler.server.closing.wait(pause_s):
            handler.wfile.write(block)
            handler.wfile.flush()

    return act


def headers_forever(handler: Any) -> None:
    handler.close_connection = True
    handler.connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.closing.is_set():
        handler.connection.sendall(b"X-More: 1\r\n" * 1000)


def informing_forever(handler: Any) -> None:
    handler.close_connection = True
    while not handler.server.closing.wait(0.01):
        handler.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def silent(handler: Any) -> None:
    handler.close_connection = True
    handler.server.closing.wait(20)


def delayed(good: bytes) -> Act:
    def act(handler: Any) -> None:
        handler.server.closing.wait(0.1)
        whole(good)(handler)

    return act


def chunked(good: bytes) -> Act:
    def act(handler: Any) -> None:
        head(handler, Transfer_Encoding="chunked")
        for start in range(0, len(good), 7000):
            block = good[start : start + 7000]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        handler.wfile.write(b"0\r\n\r\n")

    return act


@functools.cache
def bomb() -> bytes:
    return gzip.compress(bytes(100_000_000), 9)


def with_nan(good: bytes) -> bytes:
    return good[:-1] + b', "auc_score": NaN, "brier": -Infinity}' if good.startswith(b"{") else good


PAGE = b"<!DOCTYPE html><html><head><title>Portal</title></head><body><h1>Sign in first</h1></body></html>"
DEBUG_PAGE = b"Traceback (most recent call last):\n  File \"views.py\", line 7, in train\nKeyError: 'koi'\n"
CHUNK = b"10000\r\n" + bytes(65536) + b"\r\n"
ZIPPED = {"Content_Encoding": "gzip"}

# name: (acts given the good bytes and the other host, required outcome)
MISBEHAVIOURS: dict[str, tuple[Callable[[bytes, str], list[Act]], str]] = {
    "none at all": (lambda g, o: [whole(g)], RIGHT),
    "another content type": (lambda g, o: [whole(g, kind="text/html; charset=latin-1")], RIGHT),
    "chunks": (lambda g, o: [chunked(g)], RIGHT),
    "NaN and Infinity": (lambda g, o: [whole(with_nan(g))], RIGHT),
    "no length": (lambda g, o: [raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + g)], RIGHT),
    "HTTP 1.0": (lambda g, o: [raw(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(g) + g)], RIGHT),
    "a delay": (lambda g, o: [delayed(g)], RIGHT),
    "a reset after the answer": (lambda g, o: [whole_then_reset(g)], EITHER),
    "500, then right": (lambda g, o: [whole(b"oops", 500), whole(g)], EITHER),
    "503, then right": (lambda g, o: [whole(b"", 503, Retry_After="0"), whole(g)], EITHER),
    "429, then right": (lambda g, o: [whole(b"", 429, Retry_After="0"), whole(g)], RIGHT),
    "a reset, then right": (lambda g, o: [reset, whole(g)], EITHER),
    "half, then right": (lambda g, o: [half_then(stop, g), whole(g)], EITHER),
    "429 for ever": (lambda g, o: [whole(b"", 429)], ERROR),
    "429 for hours": (lambda g, o: [whole(b"", 429, Retry_After="9999")], ERROR),
    "429 until a date": (lambda g, o: [whole(b"", 429, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")], ERROR),
    "500 with HTML": (lambda g, o: [whole(PAGE, 500, "text/html")], ERROR),
    "500 with a traceback": (lambda g, o: [whole(DEBUG_PAGE, 500, "text/plain")], ERROR),
    "502 with nothing": (lambda g, o: [whole(b"", 502)], ERROR),
    "404": (lambda g, o: [whole(PAGE, 404, "text/html")], EITHER),
    "401": (lambda g, o: [whole(b"", 401)], ERROR),
    "413": (lambda g, o: [whole(b"{}", 413)], EITHER),
    "a status that is none": (lambda g, o: [raw(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n")], EITHER),
    "a redirect to another host": (lambda g, o: [whole(b"", 302, Location=f"{o}/api")], EITHER),
    "a redirect that keeps the method": (lambda g, o: [whole(b"", 307, Location=f"{o}/api")], EITHER),
    "a redirect without a place": (lambda g, o: [whole(b"", 301)], EITHER),
    "HTML for JSON": (lambda g, o: [whole(PAGE, kind="text/html")], EITHER),
    "an empty answer": (lambda g, o: [whole(b"")], EITHER),
    "a list for an object": (lambda g, o: [whole(b"[1, 2]")], EITHER),
    "ok false with 200": (lambda g, o: [whole(b'{"ok": false, "error": "No disk left"}')], EITHER),
    "wrong types": (lambda g, o: [whole(b'{"ok": true, "job_id": [], "count": "x", "version": 7}')], EITHER),
    "JSON without end": (lambda g, o: [whole(b"[" * 200_000)], EITHER),
    "no UTF-8": (lambda g, o: [whole(b'{"ok": "\xff\xfe\x00"')], EITHER),
    "half an answer": (lambda g, o: [half_then(stop, g)], ERROR),
    "a reset before the answer": (lambda g, o: [reset], ERROR),
    "a reset in the answer": (lambda g, o: [half_then(reset, g)], ERROR),
    "a length too long": (lambda g, o: [closing(whole_with_length(g, len(g) + 99))], ERROR),
    "a length too short": (lambda g, o: [closing(whole_with_length(g, max(1, len(g) - 9)))], EITHER),
    "a length of gigabytes": (lambda g, o: [closing(whole_with_length(g, 10**11))], ERROR),
    "a length that is none": (lambda g, o: [raw(b"HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\n" + g)], EITHER),
    "a head cut short": (lambda g, o: [raw(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConte")], ERROR),
    "a head cut short, then right": (lambda g, o: [raw(b"HTTP/1.1 200 OK\r\nServ"), whole(g)], EITHER),
    "a bad chunk": (lambda g, o: [raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + g)], ERROR),
    "silence": (lambda g, o: [silent], ERROR),
    "silence in the answer": (lambda g, o: [half_then(silent, g)], ERROR),
    "five bytes a second": (lambda g, o: [forever(b"     ", 0.1, Content_Length="1000000")], ERROR),
    "gigabytes of zeros": (lambda g, o: [forever(CHUNK, Transfer_Encoding="chunked")], ERROR),
    "zeros without a length": (lambda g, o: [forever(bytes(65536), Connection="close")], ERROR),
    "a gzip bomb": (lambda g, o: [whole(bomb(), **ZIPPED)], ERROR),
    "gzip that is none": (lambda g, o: [whole(g, **ZIPPED)], ERROR),
    "gzip": (lambda g, o: [whole(gzip.compress(g), **ZIPPED)], RIGHT),
    "headers for ever": (lambda g, o: [headers_forever], ERROR),
    "100 for ever": (lambda g, o: [informing_forever], ERROR),
    "no HTTP": (lambda g, o: [raw(b"SSH-2.0-OpenSSH_9.6\r\n")], ERROR),
    "nothing": (lambda g, o: [stop], ERROR),
}  # fmt: skip


def whole_with_length(good: bytes, length: int) -> Act:
    def act(handler: Any) -> None:
        head(handler, Content_Length=str(length))
        handler.wfile.write(good)

    return act
