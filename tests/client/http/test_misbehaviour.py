"""Every misbehaviour × every call ends in a correct result or in one readable sentence, within its time limit.

And never with a traceback, a leftover thread, a token or request sent to another host, or a half-written file.
"""

import json
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.timeouts import CallLimits, RetryPolicy, Timeouts
from exoplanet_desktop.client.jobs import jobs
from exoplanet_desktop.client.jobs.tracker import COMMAND_LINE
from exoplanet_desktop.errors import AppError, BugError, Cancelled
from exoplanet_desktop.wire.payloads import MergedFile, TrainAccepted
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite
from tests.reference_server.acts import EITHER, ERROR, MISBEHAVIOURS, RIGHT, whole
from tests.reference_server.counts import count

TOKEN = "secret-token"
LIMIT_S = 8.0  # per case; the limits below allow about two seconds, the rest is for a busy machine
TIMEOUTS = Timeouts(
    quick=CallLimits(0.3, 0.8, 2_000_000, slow_s=0.3),
    file=CallLimits(0.3, 0.8, 4_000_000, slow_s=0.3),
    work=CallLimits(0.3, 0.8, 4_000_000, slow_s=0.3),
    connect_s=1.0,
    retries=RetryPolicy(tries=3, first_s=0.02, longest_s=0.05, retry_after_s=0.5),
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
    """One call: its address, a good backend's answer, and the correct result."""

    name: str
    method: str
    path: str
    good: Any
    run: Callable[[Backend, Path, Path], Any]
    right: Callable[[Any], bool]
    plain: bool = False  # for a backend without extensions


def _download(backend: Backend, csv: Path, target: Path) -> bytes:
    backend.download("{base}/media/p.csv".replace("{base}", backend.base_url), target)
    return target.read_bytes()


def _train_merged(backend: Backend, csv: Path, target: Path) -> TrainAccepted:
    return backend.train_merged(
        MergedFile(filename="m.csv", url="http://127.0.0.1:8000/media/m.csv"), TrainRequest(KOI, XGB)
    )


def _follow(backend: Backend, csv: Path, target: Path) -> Any:
    job = TrainAccepted(job_id="j", status_url="/api/train/j/status", logs_url="/api/train/j/logs")
    return jobs.follow(backend, job)


CALLS = [
    Call("health", "GET", "/api/health", HEALTH, lambda b, c, t: b.health(), lambda r: r.version == "1"),
    Call("models", "GET", "/api/models", {"ok": True, "models": [{"model_version": "v"}]},
         lambda b, c, t: b.models(), lambda r: r == [{"model_version": "v"}]),
    Call("train", "POST", "/api/train", ACCEPTED, lambda b, c, t: b.train(c, TrainRequest(KOI, XGB)),
         lambda r: r.job_id == "j"),
    Call("train_merged", "GET", "/media/m.csv", FILE, _train_merged, lambda r: r.job_id == "j", plain=True),
    Call("status", "GET", "/api/train/j/status", DONE, lambda b, c, t: b.status("/api/train/j/status"),
         lambda r: r.result["cv_mean"] == 0.9),
    Call("logs", "GET", "/api/train/j/logs", {"ok": True, "job_id": "j", "logs": "one\n", "next_offset": 4},
         lambda b, c, t: b.logs("/api/train/j/logs", 0), lambda r: r.logs == "one\n"),
    Call("cancel", "POST", "/api/train/j/cancel", {"ok": True}, lambda b, c, t: b.cancel("j"), lambda r: r is None),
    Call("follow", "GET", "/api/train/j/status", DONE, _follow, lambda r: r.status == "SUCCEEDED"),
    Call("predict", "POST", "/api/predict", PREDICTED, lambda b, c, t: b.predict(c, PredictRequest(KOI, XGB)),
         lambda r: r.total_predicted == 1),
    Call("merge", "POST", "/api/merge", MERGED, lambda b, c, t: b.merge([c, c], MergeRequest()),
         lambda r: r.merged_rows == 3),
    Call("merged", "GET", "/api/merge", UPLOADS, lambda b, c, t: b.merged(), lambda r: r.count == 1),
    Call("delete_merged", "DELETE", "/api/merge/m.csv", {"ok": True}, lambda b, c, t: b.delete_merged("m.csv"),
         lambda r: r is None),
    Call("uploads", "GET", "/api/get-uploads-file", UPLOADS, lambda b, c, t: b.uploads(), lambda r: r.count == 1),
    Call("download", "GET", "/media/p.csv", FILE, _download, lambda r: r == FILE),
    Call("fetch", "GET", "/media/c.png", PNG, lambda b, c, t: b.fetch("/media/c.png"), lambda r: r == PNG),
]  # fmt: skip


# The table


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def good_bytes(call: Call, base: str) -> bytes:
    return call.good if isinstance(call.good, bytes) else json.dumps(call.good).replace("{base}", base).encode()


def prepare(stage: Any, call: Call) -> None:
    """Makes everything but the call itself answer correctly."""
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
    count("client", "right" if ended is RIGHT else "with a sentence")
    return ended, result, sentence


# In the client, these take the same path as "status".
LIKE_STATUS = {"models", "logs", "merged", "uploads", "fetch"}


def cases() -> Iterator[Any]:
    for call in CALLS:
        for name in MISBEHAVIOURS:
            marks = [pytest.mark.slow] if call.name in LIKE_STATUS else []
            yield pytest.param(call, name, id=f"{call.name}-{name}", marks=marks)


@pytest.mark.parametrize(("call", "name"), list(cases()))
def test_misbehaviour(call, name, lasting_stage, other, csv, temporary, monkeypatch):
    monkeypatch.setattr(jobs, "COMMAND_LINE", replace(COMMAND_LINE, lost_after_s=0.2))
    stage = lasting_stage
    stage.clear()
    make, must = MISBEHAVIOURS[name]
    prepare(stage, call)
    stage.on(call.method, call.path, *make(good_bytes(call, stage.base), other.base))
    backend = Backend(stage.base, TOKEN, timeouts=TIMEOUTS)
    ended, result, _ = play(call, stage, backend, csv, temporary)
    assert must in (ended, EITHER), f"{name}: {ended}"
    if ended is RIGHT and must is RIGHT:
        assert call.right(result)
    assert not other.was_visited


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_reply_that_names_another_host_leads_nowhere_else(call, stage, other, csv, temporary):
    prepare(stage, call)
    stage.on(call.method, call.path, whole(good_bytes(call, other.base)))
    backend = Backend(stage.base, TOKEN, timeouts=TIMEOUTS)
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
    monkeypatch.setattr(jobs, "COMMAND_LINE", replace(COMMAND_LINE, lost_after_s=0.2))
    prepare(tls_stage, call)
    tls_stage.on(call.method, call.path, whole(good_bytes(call, tls_stage.base)))
    backend = Backend(tls_stage.base, TOKEN, timeouts=TIMEOUTS)
    ended, _, sentence = play(call, tls_stage, backend, csv, temporary)
    assert ended is ERROR
    assert "is not trusted" in sentence
    assert tls_stage.requests == []
