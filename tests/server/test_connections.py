"""Clients that are silent, too many, or say two things at once do not keep others from being answered."""

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

HEALTH = "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
BODY = "POST /api/train HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\nContent-Type: text/csv\r\n\r\nabc"
WAIT_S = 30.0


def connect(engine: Any, text: str = "") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", int(engine.base.rsplit(":", 1)[1])), WAIT_S)
    line.sendall(text.encode())
    return line


def read_to_end(line: socket.socket) -> bytes:
    """What is sent until the engine closes the connection. Raises TimeoutError if it does not."""
    told = b""
    with line:
        while block := line.recv(65536):
            told += block
    return told


@pytest.mark.parametrize(
    "sent", ["", "GET /api/hea", HEALTH, BODY], ids=["nothing", "half a head", "a request", "half"]
)
def test_a_client_that_stays_silent_is_let_go(start_engine: Any, sent: str) -> None:
    engine = start_engine(silent_s=0.4)
    told = read_to_end(connect(engine, sent))
    assert told.startswith(b"HTTP/1.1 200" if sent == HEALTH else b"HTTP/1.1 4" if sent == BODY and told else b"")
    assert engine.get("/api/health").status_code == 200


def test_a_client_that_waits_for_its_answer_is_not_let_go(start_engine: Any) -> None:
    engine = start_engine(silent_s=0.2)
    engine.ended(engine.train().json()["job_id"])
    with ThreadPoolExecutor(1) as waiting:
        answer = waiting.submit(requests.post, f"{engine.base}/api/predict", data={"satellite": "KOI", "explain": "7"},
                                files={"file": ("koi.csv", engine.csv)}, timeout=WAIT_S)  # fmt: skip
        work = engine.data_dir / "work"
        engine.wait_until(lambda: list(work.rglob("started")), "the prediction")
        for _ in range(3):  # others that stay silent come and go meanwhile
            read_to_end(connect(engine))
        assert not answer.done()
        engine.process.terminate()
        assert answer.result().json()["ok"] is False


def test_two_lengths_end_the_connection(shared_engine: Any) -> None:
    both = BODY.replace("Content-Length", "Transfer-Encoding: chunked\r\nContent-Length").partition("abc")[0]
    told = read_to_end(connect(shared_engine, f"{both}0\r\n\r\n{HEALTH}"))
    assert told.startswith(b"HTTP/1.1 400") and told.count(b"HTTP/1.1") == 1
    assert b"its length in two ways" in told


def _answer(engine: Any) -> bytes:
    try:
        return read_to_end(connect(engine, HEALTH))
    except ConnectionResetError:  # while the crowd is still coming
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_those_who_are_connected_are_answered_though_too_many_come(start_engine: Any) -> None:
    import resource

    engine = start_engine()
    assert engine.get("/api/health").status_code == 200
    limit = 120
    resource.prlimit(engine.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
    crowd = [connect(engine) for _ in range(2 * limit)]
    try:
        engine.wait_until(lambda: engine.get("/api/merge").status_code == 200, "the others to be refused")
        for path in ("/api/health", "/api/merge", "/api/train"):
            assert engine.get(path).status_code == 200
        assert engine.train().status_code == 202
        engine.wait_until(lambda: b"Too many clients" in _answer(engine), "a refusal with words")
    finally:
        for line in crowd:
            line.close()
    engine.wait_until(lambda: engine.get("/api/health").status_code == 200, "room for clients")
