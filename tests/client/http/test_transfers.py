import hashlib
import tracemalloc
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

from exoplanet_desktop.client.http.http_client import HttpClient
from exoplanet_desktop.client.http.transfers import Multipart, Transfer, memory_sink, prepare_upload, whole_file
from exoplanet_desktop.errors import Cancelled, InputError, TooLarge, UnavailableError


def parts_of(content_type: str, body: bytes) -> list[Message]:
    return BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body).get_payload()


def test_the_name_of_an_upload_carries_the_digest_of_its_content(csv):
    upload = prepare_upload(csv)
    digest = hashlib.sha256(csv.read_bytes()).hexdigest()
    assert upload.name == f"my_catalog_1___{digest[:12]}.csv"
    csv.write_text("kepid,koi_period\n1,2.6\n")
    assert prepare_upload(csv).name != upload.name


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ('a"b\r\n.csv', "a_b_"),
        ("Übersicht.tsv", "Übersicht"),
        ("x" * 200, "x" * 80),
        ("a;filename=b.csv", "a_filename_b"),
    ],
)
def test_odd_names_become_safe_ones(tmp_path, name, stem):
    path = tmp_path / name
    path.write_text("a\n")
    assert prepare_upload(path).name.rsplit("__", 1)[0] == stem


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"There is no file .*none\.csv"):
        prepare_upload(tmp_path / "none.csv")


def test_the_body_is_what_it_says_in_any_block_size(csv):
    for block in (1, 7, 1000, -1):
        transfer = Transfer()
        body = Multipart({"satellite": "KOI", "dedupe": "ja/öß"}, {"file": prepare_upload(csv)}, transfer)
        data = b"".join(iter(lambda body=body, block=block: body.read(block), b""))
        assert len(data) == len(body) == transfer.total == transfer.done
        satellite, dedupe, file = parts_of(body.content_type, data)
        assert satellite.get_payload() == "KOI"
        assert dedupe.get_payload(decode=True).decode() == "ja/öß"
        assert file.get_filename() == prepare_upload(csv).name
        assert file.get_payload(decode=True) == csv.read_bytes()


@pytest.mark.parametrize("after", ["kepid,koi_period\n1,9.5\n", "kepid\n", ""])
def test_a_file_that_changed_since_its_digest_is_not_sent_as_if_it_had_not(csv, after):
    body = Multipart({}, {"file": prepare_upload(csv)}, Transfer())
    csv.write_text(after)
    with pytest.raises(InputError, match="changed while it was being sent"):
        body.read()


def test_a_large_upload_needs_little_memory_and_tells_how_far_it_is(stage, acts, tmp_path):
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(64_000_000)
    received = 0

    def count(handler):
        nonlocal received
        while block := handler.rfile.read(min(1 << 16, int(handler.headers["Content-Length"]) - received)):
            received += len(block)
        acts.Reply({"ok": True})(handler)

    stage.reads_bodies = False
    stage.on("POST", "/api/x", count)
    upload, told = prepare_upload(large), []
    connection = HttpClient(stage.base)
    tracemalloc.start()
    try:
        connection.exchange(
            "POST",
            f"{stage.base}/api/x",
            "work",
            form=lambda transfer: Multipart({}, {"file": upload}, transfer),
            progress=lambda done, total: told.append((done, total)),
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000
    assert told == sorted(told)
    assert told[-1] == (received, received)


def test_an_upload_can_be_stopped_on_its_way(stage, tmp_path):
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    stage.reads_bodies = False
    stage.on("POST", "/api/x", lambda handler: stage.closing.wait(20))
    upload, sent = prepare_upload(large), []
    with pytest.raises(Cancelled):
        HttpClient(stage.base).exchange(
            "POST",
            f"{stage.base}/api/x",
            "work",
            form=lambda transfer: Multipart({}, {"file": upload}, transfer),
            progress=lambda done, total: sent.append(done),
            should_stop=lambda: bool(sent),
        )
    assert 0 < sent[-1] < 50_000_000


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(ValueError, match="half"), whole_file(target) as file:
        file.write(b"new")
        raise ValueError("half")
    assert target.read_text() == "old"
    with whole_file(target) as file:
        file.write(b"new")
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path):
    with (
        pytest.raises(UnavailableError, match=r"There is no folder .*Choose another place"),
        whole_file(tmp_path / "nowhere" / "out.csv"),
    ):
        pass


def test_an_answer_may_be_as_large_as_allowed_and_no_larger():
    sink, buffer = memory_sink(10, Transfer(None, None))
    sink.expect(10)
    sink.write(b"12345")
    sink.write(b"67890")
    assert buffer.getvalue() == b"1234567890"
    with pytest.raises(TooLarge, match="too large"):
        sink.write(b"1")
    with pytest.raises(TooLarge, match="too large"):
        memory_sink(10, Transfer(None, None))[0].expect(11)
