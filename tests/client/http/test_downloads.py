"""Downloads over a failing line, from servers with and without support for resuming."""

import base64
import gzip
import hashlib
import tracemalloc
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.timeouts import CallLimits, RetryPolicy, Timeouts
from exoplanet_desktop.client.jobs.jobs import follow, merge_of
from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
from exoplanet_desktop.errors import AppError, NoAnswer, TooLarge, UnavailableError
from exoplanet_desktop.wire.payloads import TrainAccepted
from exoplanet_desktop.wire.requests import MergeRequest
from exoplanet_desktop.wire.vocabulary import Duplicates

CONTENT = b"kepid,koi_period\n" + b"".join(b"%d,%d.5\n" % (n, n) for n in range(20_000))
TIMEOUTS = Timeouts(
    file=CallLimits(5, 20, 100_000_000, slow_s=0.5), retries=RetryPolicy(tries=3, first_s=0.01, longest_s=0.02)
)


class Server:
    """Sends CONTENT in pieces: each answer breaks off after `piece` bytes, and Range may or may not be supported."""

    def __init__(self, piece: int = 50_000, **headers: str) -> None:
        self.piece, self.content = piece, CONTENT
        self.headers = {"Accept-Ranges": "bytes", "ETag": '"v1"'} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        self.ranges: list[str | None] = []

    def __call__(self, handler: Any) -> None:
        wanted = handler.headers.get("Range")
        self.ranges.append(wanted)
        start = 0
        if wanted and self.ranges_are_good(handler):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        rest = self.content[start:]
        handler.close_connection = True
        handler.send_response(206 if start else 200)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        if start:
            handler.send_header("Content-Range", self.content_range(start))
        handler.send_header("Content-Length", str(len(rest)))
        handler.end_headers()
        handler.wfile.write(rest[: self.piece])

    def ranges_are_good(self, handler: Any) -> bool:
        return handler.headers.get("If-Range") == self.headers.get("ETag")

    def content_range(self, start: int) -> str:
        return f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"


@pytest.fixture
def backend(stage) -> Backend:
    return Backend(stage.base, "secret", timeouts=TIMEOUTS)


def test_a_download_is_taken_up_where_it_broke(backend, stage, tmp_path):
    server, told = Server(), []
    stage.on("GET", "/media/a.csv", server)
    backend.download("/media/a.csv", tmp_path / "a.csv", progress=lambda done, total: told.append((done, total)))
    assert (tmp_path / "a.csv").read_bytes() == CONTENT
    assert server.ranges[0] is None
    # Each answer contributed its piece, and none was requested twice.
    starts = [int(text.removeprefix("bytes=").rstrip("-")) for text in server.ranges[1:]]
    assert starts == list(range(50_000, len(CONTENT), 50_000))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert all(total in (None, len(CONTENT)) for _, total in told)


def test_more_breaks_than_tries_are_survived_while_it_goes_on(backend, stage, tmp_path):
    server = Server(piece=10_000)
    stage.on("GET", "/media/a.csv", server)
    backend.download("/media/a.csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == CONTENT
    assert len(server.ranges) == -(-len(CONTENT) // 10_000) > 10


def test_a_server_that_gives_a_byte_at_a_time_is_given_up(backend, stage, tmp_path):
    server = Server(piece=1)
    stage.on("GET", "/media/a.csv", server)
    with pytest.raises(NoAnswer, match="was interrupted"):
        backend.download("/media/a.csv", tmp_path / "a.csv")
    assert len(server.ranges) == 51
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("headers", [{"Accept_Ranges": "none"}, {"ETag": 'W/"weak"'}, {"ETag": ""}])
def test_without_ranges_or_a_version_it_begins_anew_and_ends(backend, stage, tmp_path, headers):
    server = Server(**headers)
    stage.on("GET", "/media/a.csv", server)
    with pytest.raises(NoAnswer, match="was interrupted"):
        backend.download("/media/a.csv", tmp_path / "a.csv")
    assert server.ranges == [None] * 3
    assert list(tmp_path.iterdir()) == []


def test_a_date_serves_as_the_version_too(backend, stage, tmp_path):
    server = Server(ETag="", Last_Modified="Wed, 21 Oct 2026 07:28:00 GMT")
    server.ranges_are_good = lambda handler: handler.headers["If-Range"] == "Wed, 21 Oct 2026 07:28:00 GMT"
    stage.on("GET", "/media/a.csv", server)
    backend.download("/media/a.csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == CONTENT


def test_parts_of_two_versions_are_never_put_together(backend, stage, tmp_path):
    server = Server(piece=150_000)
    new = CONTENT.replace(b".5", b".7")

    def change(handler: Any) -> None:
        server(handler)
        server.content, server.headers["ETag"], server.piece = new, '"v2"', 10**9

    stage.on("GET", "/media/a.csv", change)
    backend.download("/media/a.csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == new


@pytest.mark.parametrize("answer", ["bytes 0-9/10", "bytes 7-200/100", "nonsense", ""])
def test_another_part_than_asked_for_is_refused(backend, stage, tmp_path, answer):
    server = Server()
    server.content_range = lambda start: answer
    stage.on("GET", "/media/a.csv", server)
    with pytest.raises(UnavailableError, match="a different part of the file"):
        backend.download("/media/a.csv", tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_range_that_is_not_accepted_any_more_begins_anew(backend, stage, acts, tmp_path):
    stage.on("GET", "/media/a.csv", Server(), acts.Reply("", 416), acts.Reply(CONTENT, content_type="text/csv"))
    backend.download("/media/a.csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == CONTENT


@pytest.mark.parametrize("form", ["Repr-Digest: sha-256=:{}:", "Digest: SHA-256={}"])
def test_a_digest_that_is_given_is_held_to(backend, stage, acts, tmp_path, form):
    name, value = form.split(": ")
    for content, right in ((CONTENT, True), (CONTENT[:-1] + b"x", False)):
        digest = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
        stage.on("GET", "/media/a.csv", acts.Reply(content, headers={name: value.format(digest)}))
        if right:
            backend.download("/media/a.csv", tmp_path / "a.csv")
        else:
            with pytest.raises(UnavailableError, match="damaged in transit"):
                backend.download("/media/a.csv", tmp_path / "b.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_digest_of_another_kind_is_left_alone(backend, stage, acts, tmp_path):
    stage.on("GET", "/media/a.csv", acts.Reply(CONTENT, headers={"Digest": "md5=abc, sha-256=short"}))
    backend.download("/media/a.csv", tmp_path / "a.csv")


def test_a_file_that_only_drips_is_given_up_in_words(backend, stage, acts, tmp_path):
    stage.on("GET", "/media/a.csv", acts.drip)
    with pytest.raises(NoAnswer, match=r"sends only \d+ bytes a second"):
        backend.download("/media/a.csv", tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_endless_files_and_bombs_end_with_an_error_and_not_with_memory(stage, acts, tmp_path):
    bomb = gzip.compress(bytes(200_000_000), 9)
    stage.on("GET", "/media/bomb", acts.Reply(bomb, headers={"Content-Encoding": "gzip"}))
    stage.on("GET", "/media/endless", acts.endless)
    backend = Backend(stage.base)
    tracemalloc.start()
    try:
        for path in ("/media/bomb", "/media/endless"):
            with pytest.raises(TooLarge, match="over 5 MB"):
                backend.fetch(path, limit=5_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_files_of_our_engine_are_resumed(stage, tmp_path):
    engine = EmbeddedEngine(tmp_path / "engine")
    try:
        real = engine.start()
        csv = tmp_path / "a.csv"
        csv.write_bytes(CONTENT)
        merged = real.merge([csv, csv], MergeRequest(rule=Duplicates.NONE))
        if isinstance(merged, TrainAccepted):
            merged = merge_of(follow(real, merged))
        real.download(merged.merged_url, tmp_path / "whole.csv")
        seen = []

        def relay(handler: Any) -> None:
            """The engine behind a line that breaks after every 100 kB."""
            names = ("Authorization", "Range", "If-Range", "Accept-Encoding")
            headers = {name: handler.headers[name] for name in names if handler.headers[name]}
            answer = requests.get(f"{real.base_url}{handler.path}", headers=headers, timeout=10)
            seen.append(answer.status_code)
            handler.close_connection = True
            handler.send_response(answer.status_code)
            for name in ("Content-Length", "Content-Range", "Accept-Ranges", "ETag"):
                if name in answer.headers:
                    handler.send_header(name, answer.headers[name])
            handler.end_headers()
            handler.wfile.write(answer.content[:100_000])

        stage.on("GET", urlsplit(merged.merged_url).path, relay)
        through = Backend(stage.base, real.http._token, timeouts=TIMEOUTS)
        through.download(merged.merged_url, tmp_path / "resumed.csv")
    finally:
        engine.stop()
    assert (tmp_path / "resumed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert seen[0] == 200
    assert len(seen) > 3
    assert set(seen[1:]) == {206}


def test_a_failed_download_leaves_what_was_there(backend, stage, acts, tmp_path):
    (tmp_path / "a.csv").write_text("old")
    stage.on("GET", "/media/a.csv", acts.Reply("", 404))
    with pytest.raises(AppError):
        backend.download("/media/a.csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "old"
