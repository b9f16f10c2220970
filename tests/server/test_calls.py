"""The calls over HTTP: what they refuse, and that nothing outside the store is ever read or written."""

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

PATHS = [
    "../secret.csv",
    "..\\secret.csv",
    "/etc/hostname",
    "/etc/passwd",
    "uploads/../../secret.csv",
    "mergefiles/../engine.sqlite3",
    "engine.sqlite3",
    "models/x.csv",
    "logs/engine.log",
    "C:\\Windows\\win.ini",
    "file:///etc/passwd",
    "a\x00.csv",
    "con.csv",
    "..",
    "%2e%2e%2fsecret.csv",
    "\ud800.csv",
]


@pytest.fixture(scope="module")
def outside(shared_engine: Any) -> Path:
    """A file beside the store that no request may reach."""
    secret: Path = shared_engine.data_dir.parent / "secret.csv"
    secret.write_text(shared_engine.csv)
    return secret


def refused(reply: requests.Response, *statuses: int) -> str:
    assert reply.status_code in (statuses or (400, 404)), (reply.status_code, reply.text)
    body = reply.json()
    assert set(body) == {"ok", "error"} and body["ok"] is False
    assert "Traceback" not in body["error"] and len(body["error"]) < 400
    return str(body["error"])


@pytest.mark.parametrize("path", PATHS)
def test_no_call_leaves_the_store(shared_engine: Any, outside: Path, path: str) -> None:
    before = shared_engine.files()
    body = {"satellite": "KOI", "model": "xgb"}
    refused(shared_engine.post("/api/train", json={**body, "data_path": path}))
    refused(shared_engine.post("/api/train", json={**body, "merge_token": path}))
    refused(shared_engine.post("/api/merge", json={"file_a": path, "file_b": path}))
    refused(shared_engine.post("/api/predict", json={**body, "data_path": path}))
    train = shared_engine.post("/api/merge-train", json={**body, "file_a": path, "file_b": path}).json()
    assert train["job_started"] is False and train["error"]
    files = {"file_a": ("a.csv", shared_engine.csv), "file_b": ("b.csv", shared_engine.csv)}
    if path.isprintable() and "%" not in path and path != "engine.sqlite3":
        refused(shared_engine.post("/api/merge", data={"output_name": path}, files=files))
    assert shared_engine.files() - before <= {name for name in shared_engine.files() if name.startswith("uploads/")}
    assert outside.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/media/../secret.csv",
        "/media/uploads/../../secret.csv",
        "/media/uploads/..%2f..%2fsecret.csv",
        "/media/uploads/%2e%2e/%2e%2e/secret.csv",
        "/media//etc/passwd",
        "/media/%2fetc%2fpasswd",
        "/media/engine.sqlite3",
        "/media/logs/engine.log",
        "/media/uploads/..%5c..%5csecret.csv",
        "/media/uploads/%00.csv",
        "/media/uploads/",
        "/media/uploads",
        "/media/",
        "/media/work/x",
        "/media/models/%ff%fe",
    ],
)
def test_media_paths_stay_within_four_folders(shared_engine: Any, outside: Path, path: str) -> None:
    place = urlsplit(shared_engine.base)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    connection.request("GET", path)  # verbatim: `requests` would normalise the dots away
    reply = connection.getresponse()
    body = json.loads(reply.read())
    connection.close()
    assert reply.status == 404 and body["ok"] is False


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "..\\evil.csv", "/tmp/evil.csv", "con.csv", "ev\x00il.csv", "é.csv"]
)
def test_an_upload_lands_in_uploads_whatever_it_is_called(shared_engine: Any, outside: Path, name: str) -> None:
    content = f"{shared_engine.csv}9{PATHS.__len__()},K9.01,,CONFIRMED,1,2,{abs(hash(name))},4\n"
    reply = shared_engine.train(csv=content, name=name)
    assert reply.status_code == 202, reply.text
    status = shared_engine.ended(reply.json()["job_id"])
    assert status["status"] == "SUCCEEDED"
    stored = shared_engine.data_dir / status["params"]["data_path"]
    assert stored.parent == shared_engine.data_dir / "uploads" and stored.read_text() == content
    assert not list(outside.parent.glob("**/evil.csv"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"satellite": "XYZ"}, "no satellite “XYZ”. Choose one of KOI, K2, TOI"),
        ({"satellite": ""}, "satellite is missing"),
        ({"model": "foo"}, "no model “foo”"),
        ({"features": "all"}, "no feature set “all”"),
        ({"balance": "yes"}, "no class balance “yes”"),
        ({"sentinel": "perhaps"}, "must be true or false"),
        ({"satellite": "K2"}, "a K2 training would be meaningless"),
        ({"satellite": "x" * 70000}, "too long"),
    ],
)
def test_a_training_with_wrong_words_is_refused_at_once(shared_engine: Any, fields: dict[str, str], words: str) -> None:
    assert words in refused(shared_engine.train(**fields), 400)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("kepid,koi_period\n1,2\n", "koi_disposition"),
        ("kepid,kepoi_name,koi_disposition,koi_period,koi_duration,koi_depth,koi_prad\n", "row"),
        ("%PDF-1.4 a document", "PDF"),
    ],
)
def test_a_file_that_cannot_be_trained_on_is_refused_at_once(shared_engine: Any, content: str, words: str) -> None:
    before = shared_engine.files()
    assert words in refused(shared_engine.train(csv=content), 400)
    assert shared_engine.files() == before


@pytest.mark.parametrize(
    "options",
    [
        {"data": b"{", "headers": {"Content-Type": "application/json"}},
        {"data": b"[1]", "headers": {"Content-Type": "application/json"}},
        {"data": b"[" * 100_000, "headers": {"Content-Type": "application/json"}},
        {"data": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
        {"json": {"satellite": {"a": 1}, "model": "xgb", "data_path": "a.csv"}},
        {"json": {"satellite": 10**30, "model": "xgb", "data_path": "a.csv"}},
        {"json": {"satellite": "\ud800", "model": "xgb", "data_path": "a.csv"}},
        {"data": b"a=%ff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"data": b"&".join([b"a=1"] * 100), "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"data": b"--b\r\n\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"data": b"", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"data": b"x", "headers": {"Content-Type": f"multipart/form-data; boundary={'b' * 9000}"}},
        {"data": b"x", "headers": {"Content-Type": "text/xml"}},
        {"files": {f"f{i}": (None, "x") for i in range(80)}},
        {"files": [("file", ("a.csv", "a")), ("file", ("b.csv", "b"))], "data": {"satellite": "KOI", "model": "xgb"}},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/api/train", "/api/predict", "/api/merge"])
def test_a_broken_body_is_one_sentence(shared_engine: Any, path: str, options: dict[str, Any]) -> None:
    refused(shared_engine.post(path, **options), 400, 415)
    assert not list((shared_engine.data_dir / "work").glob("in-*"))


def test_an_upload_that_breaks_off_leaves_nothing(shared_engine: Any) -> None:
    place = urlsplit(shared_engine.base)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    connection.putrequest("POST", "/api/train")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="cut.csv"\r\n\r\n'
    connection.send(head + b"a,b\n" * 1000)
    work = shared_engine.data_dir / "work"
    shared_engine.wait_until(lambda: list(work.glob("in-*")), "the upload to begin")
    connection.close()
    shared_engine.wait_until(lambda: not list(work.glob("in-*")), "the upload to be removed")
    assert not list(shared_engine.data_dir.glob("uploads/cut*"))


@pytest.mark.parametrize("chunked", [False, True])
def test_an_upload_over_the_limit_is_refused_and_the_answer_arrives(start_engine: Any, chunked: bool) -> None:
    engine = start_engine(upload_bytes=1_000_000)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n'
    body = head + b"1,2,3\n" * 4_000_000
    data = (body[i : i + 65536] for i in range(0, len(body), 65536)) if chunked else body
    reply = engine.post("/api/train", data=data, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert "limit" in refused(reply, 413)
    assert engine.files() == set()
    assert engine.get("/api/health").json()["limits"]["upload_bytes"] == 1_000_000


def test_an_upload_of_just_the_limit_is_accepted(start_engine: Any, live_engine: Any) -> None:
    fields = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("satellite", "KOI"), ("model", "xgb"))
    )
    file = '--b\r\nContent-Disposition: form-data; name="file"; filename="koi.csv"\r\n\r\n'
    body = f"{fields}{file}{live_engine.csv}\r\n--b--\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    engine = start_engine(upload_bytes=len(body))
    assert engine.post("/api/train", data=body, headers=headers).status_code == 202
    refused(engine.post("/api/train", data=body + b"\n", headers=headers), 413)


def test_json_bodies_have_a_limit_of_their_own(shared_engine: Any) -> None:
    refused(shared_engine.post("/api/train", json={"satellite": "x" * 2_000_000}), 413)


def test_files_are_served_whole_in_ranges_and_never_as_pages(shared_engine: Any) -> None:
    stored = shared_engine.train().json()["info"].rpartition(" ")[2]
    url = f"/media/uploads/{stored}"
    whole = shared_engine.get(url)
    assert whole.text == shared_engine.csv
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    part = shared_engine.get(url, headers={"Range": "bytes=6-9"})
    assert (part.status_code, part.text) == (206, shared_engine.csv[6:10])
    assert shared_engine.get(url, headers={"Range": "bytes=99999-"}).status_code == 416
    head = shared_engine.call("HEAD", url)
    assert head.status_code == 200 and int(head.headers["Content-Length"]) == len(shared_engine.csv)


@pytest.fixture
def engine(workshop: Any) -> Any:
    return workshop


def test_row_ranges_and_spellings(engine: Any) -> None:
    engine.ended(engine.train().json()["job_id"])
    both = engine.predict(from_csv_range="2", from_row="2", to_csv_range="4", model="xgb", model_type="xgb").json()
    assert (both["from_row"], both["to_row"], both["total_predicted"]) == (2, 4, 3)
    for wrong in (
        {"from_csv_range": "5", "to_csv_range": "2"},
        {"from_csv_range": "-1"},
        {"from_csv_range": "1.5"},
        {"to_csv_range": "12"},
        {"from_csv_range": "9" * 30},
        {"from_csv_range": "1", "from_row": "2"},
        {"model": "rf", "model_type": "xgb"},
        {"results_limit": "many"},
        {"explain": "1000"},
    ):
        refused(engine.predict(**wrong), 400)


def test_merge_then_train_by_token_then_delete(engine: Any) -> None:
    files = {"file_a": ("a.csv", engine.csv), "file_b": ("b.csv", engine.csv)}
    merged = engine.post("/api/merge", data={"output_name": "both"}, files=files).json()
    assert merged["merged_filename"] == "both.csv" and merged["merged_rows"] == 12
    refused(engine.post("/api/merge", data={"output_name": "both.csv"}, files=files), 400)
    listed = engine.get("/api/merge").json()
    assert listed["files"][0]["filename"] == "both.csv" and listed["files"][0]["rows"] == 12
    assert engine.get(listed["files"][0]["url"]).text == engine.csv
    body = {"satellite": "KOI", "model": "svm", "merge_token": merged["merge_token"]}
    job_id = engine.post("/api/train", json=body).json()["job_id"]
    assert engine.running(job_id)["params"]["data_path"] == "mergefiles/both.csv"
    refused(engine.call("DELETE", "/api/merge/both.csv"), 400)
    engine.post(f"/api/train/{job_id}/cancel")
    assert engine.call("DELETE", "/api/merge/both.csv").json()["ok"] is True
    refused(engine.call("DELETE", "/api/merge/both.csv"), 404)
    refused(engine.call("DELETE", "/api/merge/..%2fengine.sqlite3"), 404)
    refused(engine.post("/api/train", json=body), 404)


def test_merge_and_train_in_one_call(engine: Any) -> None:
    files = {"file_a_file": ("a.csv", engine.csv), "file_b_file": ("b.csv", engine.csv)}
    reply = engine.post("/api/merge-train", data={"satellite": "KOI", "model": "xgb", "dedupe": "false"}, files=files)
    body = reply.json()
    assert reply.status_code == 200 and body["ok"] and body["job_started"] and body["error"] is None
    assert body["merged_rows"] == 24 and engine.get(body["merged_url"]).status_code == 200
    assert engine.ended(body["job_id"])["status"] == "SUCCEEDED"
    wrong = engine.post("/api/merge-train", data={"satellite": "TOI", "model": "xgb"}, files=files)
    assert wrong.status_code == 200 and not wrong.json()["job_started"] and "column" in wrong.json()["error"]


def test_stored_files_serve_again_by_the_name_that_the_user_gave(engine: Any) -> None:
    engine.ended(engine.train(name="first.csv").json()["job_id"])
    reply = engine.post("/api/train", json={"data_path": "first.csv", "satellite": "KOI", "model": "xgb"})
    assert engine.ended(reply.json()["job_id"])["status"] == "SUCCEEDED"
    merged = engine.post("/api/merge", json={"file_a": "first.csv", "file_b": "first.csv"}).json()
    assert merged["merged_filename"].startswith("merged__first__first__") and merged["merged_rows"] == 12


def test_unknown_jobs_addresses_and_methods(shared_engine: Any) -> None:
    for job_id in ("00000000-0000-0000-0000-000000000000", "x", "..", "%00"):
        for call in ("status", "logs"):
            refused(shared_engine.get(f"/api/train/{job_id}/{call}"), 404)
        refused(shared_engine.post(f"/api/train/{job_id}/cancel"), 404)
    refused(shared_engine.get("/api/nothing"), 404)
    refused(shared_engine.call("PUT", "/api/train"), 405)
    refused(shared_engine.get("/api/train", params={"limit": 0}), 400)


def test_the_calls_are_described_for_tools(shared_engine: Any) -> None:
    document = shared_engine.get("/openapi.json").json()
    assert "/api/train" in document["paths"] and "multipart/form-data" in json.dumps(document)
