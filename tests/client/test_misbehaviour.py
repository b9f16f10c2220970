"""Every misbehaviour × every call ends in a right result or in one readable sentence, within its time.

And never with a traceback, a thread left over, a token or a request at another host, or a file half written.
"""

import functools
import gzip
import json
import re
import socket
import struct
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from exoplanet_desktop.client import jobs
from exoplanet_desktop.client.backend import Backend
from exoplanet_desktop.client.patience import Patience, Patiences, Repeats
from exoplanet_desktop.errors import AppError, BugError, Cancelled
from exoplanet_desktop.wire.payloads import MergedFile, TrainAccepted
from exoplanet_desktop.wire.vocabulary import Model, Satellite

TOKEN = "secret-token"
LIMIT_S = 8.0  # of a case; the patience below allows about two seconds, the rest is for a machine that is busy
PATIENCES = Patiences(
    quick=Patience(0.3, 0.8, 2_000_000, slow_s=0.3),
    file=Patience(0.3, 0.8, 4_000_000, slow_s=0.3),
    work=Patience(0.3, 0.8, 4_000_000, slow_s=0.3),
    connect_s=1.0,
    repeats=Repeats(tries=3, first_s=0.02, longest_s=0.05, retry_after_s=0.5),
)
FILE = b"kepid,koi_period\n" + b"".join(b"%d,%d.5\n" % (n, n) for n in range(3000))
EXTENSIONS = ["async", "cancel", "logs-offset", "merge-delete", "models"]
HEALTH = {"ok": True, "name": "exoplanet-desktop", "version": "1", "extensions": EXTENSIONS, "limits": {}}
ACCEPTED = {"ok": True, "job_id": "j", "status_url": "{base}/api/train/j/status", "logs_url": "{base}/api/train/j/logs"}
DONE = {"ok": True, "job_id": "j", "status": "SUCCEEDED", "result": {"accuracy": 0.93, "cv_mean": 0.9}}
PREDICTED = {
    "ok": True, "satellite": "KOI", "model_type": "xgb", "from_row": 0, "to_row": 0, "total_predicted": 1,
    "csv_file": "{base}/media/p.csv", "results": [{"Row_Number": 0, "Predicted_Class": "CONFIRMED"}],
}  # fmt: skip
MERGED = {"ok": True, "merged_filename": "m.csv", "merged_rows": 3, "merged_url": "{base}/media/m.csv"}
UPLOADS = {"ok": True, "count": 1, "files": [{"filename": "a.csv", "url": "{base}/media/a.csv"}]}
PNG = b"\x89PNG\r\n" + bytes(range(256)) * 40
KOI, XGB = Satellite.KOI, Model.XGB


# The calls


@dataclass(frozen=True)
class Call:
    """One call: where it goes, what a good backend answers, and what then is a right result."""

    name: str
    method: str
    path: str
    good: Any
    run: Callable[[Backend, Path, Path], Any]
    right: Callable[[Any], bool]
    plain: bool = False  # asked of a backend without extensions


def _download(backend: Backend, csv: Path, target: Path) -> bytes:
    backend.download("{base}/media/p.csv".replace("{base}", backend.base_url), target)
    return target.read_bytes()


def _train_merged(backend: Backend, csv: Path, target: Path) -> TrainAccepted:
    return backend.train_merged(MergedFile(filename="m.csv", url="http://127.0.0.1:8000/media/m.csv"), KOI, XGB)


def _follow(backend: Backend, csv: Path, target: Path) -> Any:
    job = TrainAccepted(job_id="j", status_url="/api/train/j/status", logs_url="/api/train/j/logs")
    return jobs.follow(backend, job)


CALLS = [
    Call("health", "GET", "/api/health", HEALTH, lambda b, c, t: b.health(), lambda r: r.version == "1"),
    Call("models", "GET", "/api/models", {"ok": True, "models": [{"model_version": "v"}]},
         lambda b, c, t: b.models(), lambda r: r == [{"model_version": "v"}]),
    Call("train", "POST", "/api/train", ACCEPTED, lambda b, c, t: b.train(c, KOI, XGB), lambda r: r.job_id == "j"),
    Call("train_merged", "GET", "/media/m.csv", FILE, _train_merged, lambda r: r.job_id == "j", plain=True),
    Call("status", "GET", "/api/train/j/status", DONE, lambda b, c, t: b.status("/api/train/j/status"),
         lambda r: r.result["cv_mean"] == 0.9),
    Call("logs", "GET", "/api/train/j/logs", {"ok": True, "job_id": "j", "logs": "one\n", "next_offset": 4},
         lambda b, c, t: b.logs("/api/train/j/logs", 0), lambda r: r.logs == "one\n"),
    Call("cancel", "POST", "/api/train/j/cancel", {"ok": True}, lambda b, c, t: b.cancel("j"), lambda r: r is None),
    Call("follow", "GET", "/api/train/j/status", DONE, _follow, lambda r: r.status == "SUCCEEDED"),
    Call("predict", "POST", "/api/predict", PREDICTED, lambda b, c, t: b.predict(c, KOI, XGB),
         lambda r: r.total_predicted == 1),
    Call("merge", "POST", "/api/merge", MERGED, lambda b, c, t: b.merge(c, c), lambda r: r.merged_rows == 3),
    Call("merged", "GET", "/api/merge", UPLOADS, lambda b, c, t: b.merged(), lambda r: r.count == 1),
    Call("delete_merged", "DELETE", "/api/merge/m.csv", {"ok": True}, lambda b, c, t: b.delete_merged("m.csv"),
         lambda r: r is None),
    Call("uploads", "GET", "/api/get-uploads-file", UPLOADS, lambda b, c, t: b.uploads(), lambda r: r.count == 1),
    Call("download", "GET", "/media/p.csv", FILE, _download, lambda r: r == FILE),
    Call("fetch", "GET", "/media/c.png", PNG, lambda b, c, t: b.fetch("/media/c.png"), lambda r: r == PNG),
]  # fmt: skip


# The misbehaviours: what the backend does at the path of the call, given the bytes of a good answer

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

# name: (acts given the good bytes and the other host, how it must end)
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


class Elsewhere:
    """Another host: it counts who comes, and nobody should."""

    def __enter__(self) -> "Elsewhere":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def was_visited(self) -> bool:
        try:
            visitor, _ = self._socket.accept()
        except BlockingIOError:
            return False
        visitor.close()
        return True


# The table

COUNTS: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def told_counts(request: pytest.FixtureRequest) -> Iterator[None]:
    COUNTS.clear()
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        counts = ", ".join(f"{count} {end}" for end, count in sorted(COUNTS.items()))
        print(f"\nmisbehaviour × call: {sum(COUNTS.values())} cases ended: {counts}")


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    with Elsewhere() as elsewhere:
        yield elsewhere


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def good_bytes(call: Call, base: str) -> bytes:
    return call.good if isinstance(call.good, bytes) else json.dumps(call.good).replace("{base}", base).encode()


def prepare(stage: Any, call: Call) -> None:
    """Everything but the call itself answers as it should."""
    if not call.plain:
        stage.on("GET", "/api/health", whole(json.dumps(HEALTH).encode()))
    stage.on("GET", "/api/get-uploads-file", whole(good_bytes(CALLS[-3], stage.base)))
    stage.on("POST", "/api/train", whole(good_bytes(CALLS[2], stage.base), 202))
    stage.on("GET", "/api/train/j/logs", whole(good_bytes(CALLS[5], stage.base)))


def outcome(call: Call, backend: Backend, csv: Path, target: Path) -> tuple[str, Any, str]:
    """How a call ended, its result, and its sentence."""
    try:
        result = call.run(backend, csv, target)
    except AppError as error:
        assert not isinstance(error, BugError | Cancelled), repr(error)
        return ERROR, None, str(error)
    return RIGHT, result, ""


def check_sentence(sentence: str) -> None:
    assert 10 < len(sentence) < 500
    assert sentence.endswith((".", "!", "?"))
    assert not re.search(r"[<>\n\r\x00]|Traceback|Errno|object at|HTTPConnection|None", sentence), sentence
    assert TOKEN not in sentence


def check_nothing_left(target: Path, csv: Path, temporary: Path) -> None:
    end = time.monotonic() + 3
    while any(thread.name == "exchange" for thread in threading.enumerate()):
        assert time.monotonic() < end, "a thread is left over"
        time.sleep(0.01)
    assert list(temporary.iterdir()) == []
    assert {path for path in target.parent.iterdir() if path != temporary} <= {csv, target}
    assert not target.exists() or target.read_bytes() in (FILE, b"") or target.stat().st_size


def play(call: Call, stage: Any, backend: Backend, csv: Path, temporary: Path) -> tuple[str, Any, str]:
    target = csv.with_name("target.csv")
    start = time.monotonic()
    ended, result, sentence = outcome(call, backend, csv, target)
    assert time.monotonic() - start < LIMIT_S
    if ended is ERROR:
        check_sentence(sentence)
        assert not target.exists()
    check_nothing_left(target, csv, temporary)
    COUNTS["right" if ended is RIGHT else "with a sentence"] += 1
    return ended, result, sentence


# These go the same way through the client as "status" does.
LIKE_STATUS = {"models", "logs", "merged", "uploads", "fetch"}


def cases() -> Iterator[Any]:
    for call in CALLS:
        for name in MISBEHAVIOURS:
            marks = [pytest.mark.slow] if call.name in LIKE_STATUS else []
            yield pytest.param(call, name, id=f"{call.name}-{name}", marks=marks)


@pytest.mark.parametrize(("call", "name"), list(cases()))
def test_misbehaviour(call, name, lasting_stage, other, csv, temporary, monkeypatch):
    monkeypatch.setattr(jobs, "SILENT_FOR_S", 0.2)
    stage = lasting_stage
    stage.clear()
    make, must = MISBEHAVIOURS[name]
    prepare(stage, call)
    stage.on(call.method, call.path, *make(good_bytes(call, stage.base), other.base))
    backend = Backend(stage.base, TOKEN, patiences=PATIENCES)
    ended, result, _ = play(call, stage, backend, csv, temporary)
    assert must in (ended, EITHER), f"{name}: {ended}"
    if ended is RIGHT and must is RIGHT:
        assert call.right(result)
    assert not other.was_visited


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_reply_that_names_another_host_leads_nowhere_else(call, stage, other, csv, temporary):
    prepare(stage, call)
    stage.on(call.method, call.path, whole(good_bytes(call, other.base)))
    backend = Backend(stage.base, TOKEN, patiences=PATIENCES)
    ended, result, _ = play(call, stage, backend, csv, temporary)
    assert ended is RIGHT
    assert call.right(result)
    for url in filter(None, (getattr(result, name, None) for name in ("status_url", "logs_url", "csv_file"))):
        stage.on("GET", urlsplit(url).path, whole(FILE))
        assert backend.fetch(url) == FILE
    assert not other.was_visited
    assert all(request.headers["Authorization"] == f"Bearer {TOKEN}" for request in stage.requests)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_certificate_that_is_not_valid_ends_every_call(call, tls_stage, csv, temporary, monkeypatch):
    monkeypatch.setattr(jobs, "SILENT_FOR_S", 0.2)
    prepare(tls_stage, call)
    tls_stage.on(call.method, call.path, whole(good_bytes(call, tls_stage.base)))
    backend = Backend(tls_stage.base, TOKEN, patiences=PATIENCES)
    ended, _, sentence = play(call, tls_stage, backend, csv, temporary)
    assert ended is ERROR
    assert "is not trusted" in sentence
    assert tls_stage.requests == []
