"""Files by path: only for the embedded engine, and only the very file that was named."""

import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.server.local import local_file, unchanged

TRAIN = {"satellite": "KOI", "model": "xgb"}


@pytest.fixture(scope="module")
def embedded(live_engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    engine = live_engine(tmp_path_factory.mktemp("embedded"), local_paths=True)
    yield engine
    engine.stop()


@pytest.fixture
def csv(embedded: Any, tmp_path: Path) -> Path:
    path = tmp_path.resolve() / "mine, really.csv"
    path.write_text(embedded.csv)
    return path


def test_a_training_reads_the_file_in_place(embedded: Any, csv: Path) -> None:
    assert "local-path" in embedded.get("/api/health").json()["extensions"]
    reply = embedded.post("/api/train", json={**TRAIN, "local_path": str(csv)})
    assert reply.status_code == 202, reply.text
    status = embedded.ended(reply.json()["job_id"])
    assert status["status"] == "SUCCEEDED"
    assert status["params"]["data_path"] == str(csv)
    assert not [name for name in embedded.files() if name.startswith(("uploads/", "work/"))]


def test_a_prediction_and_a_merge_do_so_too_and_results_are_told_by_path(embedded: Any, csv: Path) -> None:
    job_id = embedded.post("/api/train", json={**TRAIN, "local_path": str(csv)}).json()["job_id"]
    assert embedded.ended(job_id)["status"] == "SUCCEEDED"
    predicted = embedded.post("/api/predict", json={"satellite": "KOI", "local_path": str(csv)}).json()
    assert predicted["total_predicted"] == 12
    path = predicted["csv_file"].split("/media/", 1)[1]
    told = embedded.get("/api/local-file", params={"path": path.replace("%2C", ",").replace("%20", " ")}).json()
    assert Path(told["local_path"]).read_text().count("\n") == 13
    merged = embedded.post("/api/merge", json={"local_path_a": str(csv), "local_path_b": str(csv)}).json()
    assert (merged["merged_rows"], merged["merged_filename"][:20]) == (12, "merged__mine, really")
    for wrong in ("", "engine.sqlite3", "uploads/../engine.sqlite3", "uploads/none.csv", "/etc/passwd"):
        assert embedded.get("/api/local-file", params={"path": wrong}).status_code == 404


def test_a_lab_server_takes_no_paths_and_says_nothing_of_them(shared_engine: Any, csv: Path) -> None:
    assert "local-path" not in shared_engine.get("/api/health").json()["extensions"]
    bodies = {
        "/api/train": {**TRAIN, "local_path": str(csv)},
        "/api/predict": {"satellite": "KOI", "local_path": str(csv)},
        "/api/merge": {"local_path_a": str(csv), "local_path_b": str(csv)},
    }
    for path, body in bodies.items():
        for sent in ({"json": body}, {"data": body}):
            reply = shared_engine.post(path, **sent)
            assert 400 <= reply.status_code < 500, reply.text
            assert str(csv) not in reply.text
    assert shared_engine.get("/api/local-file", params={"path": "uploads/koi.csv"}).status_code == 404


def refuse(text: str, match: str) -> None:
    with pytest.raises(AppError, match=match):
        local_file(text)


def test_only_the_plain_path_of_a_regular_file_is_taken(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    there = folder / "there.csv"
    there.write_bytes(b"a,b\n1,2\n")
    found = local_file(str(there))
    assert found.digest == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    (folder / "link.csv").symlink_to(there)
    (folder / "linked").symlink_to(folder, target_is_directory=True)
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "empty.csv").touch()
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "s.csv"))
        for name, why in (
            ("link.csv", "leads to another file"),
            ("linked/there.csv", "leads to another file"),
            ("./there.csv", "leads to another file"),
            ("x/../there.csv", "no file"),
            ("loop.csv", "cannot be read"),
            ("none.csv", "no file"),
            ("there.csv/x", "no file"),
            ("empty.csv", "is empty"),
            ("pipe.csv", "is not a file"),
            ("s.csv", "cannot be read"),
            ("there.csv\0", "not an absolute path"),
            ("a" * 5000, "not an absolute path"),
            ("a" * 300, "cannot be read"),
        ):
            refuse(f"{folder}/{name}", why)
    refuse(str(folder), "not a file|cannot be read")
    for text, why in (
        ("there.csv", "not an absolute path"),
        ("~/there.csv", "not an absolute path"),
        ("", "not an absolute path"),
        ("/dev/zero", "is not a file"),
        ("/dev/stdin", "leads to another file|no file|not a file"),
        ("/proc/self/environ", "leads to another file|empty"),
        ("//server/share/x.csv", "another machine|no file"),
        ("file:///etc/passwd", "not an absolute path"),
    ):
        refuse(text, why)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path.resolve() / "locked.csv"
    locked.write_text("a\n1\n")

    def denied(*_: Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)  # the tests may run as root, who can read everything
    refuse(str(locked), "Permission denied")


def test_a_file_that_changes_meanwhile_is_noticed(tmp_path: Path) -> None:
    csv = tmp_path.resolve() / "koi.csv"
    csv.write_text("a\n1\n")
    stamps = {str(csv): list(local_file(str(csv)).stamp)}
    with unchanged(stamps):
        pass
    with pytest.raises(UnavailableError, match=r"koi\.csv changed"), unchanged(stamps):
        csv.write_text("a\n1\n2\n")
    with pytest.raises(UnavailableError, match="changed"), unchanged(stamps):
        raise AssertionError("it had changed before")
    other = {str(csv): list(local_file(str(csv)).stamp)}
    with pytest.raises(UnavailableError, match="changed"), unchanged(other):
        csv.unlink()
        raise UnavailableError("There is no file.")


PATHS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["/", "/usr", "/dev/zero", "/proc/self/mem", "..", "C:\\x.csv", "\\\\host\\x.csv", "/\ud800"]),
    st.text(alphabet="/.\\~a\0 \n%é", min_size=1, max_size=30).map(lambda text: f"/{text}"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=PATHS, field=st.sampled_from(["local_path", "local_path_a", "local_path_b"]))
def test_whatever_path_is_sent_is_refused_in_words(embedded: Any, path: str, field: str) -> None:
    assume(path != "/etc/passwd")  # a one-column table that this user can read: Hypothesis knows such names
    for call in ("/api/train", "/api/predict", "/api/merge"):
        reply = embedded.post(call, json={**TRAIN, field: path, "local_path_a": path})
        assert 400 <= reply.status_code < 500, reply.text
        assert reply.json()["ok"] is False and reply.json()["error"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.text(max_size=60))
def test_no_place_is_told_but_of_files_of_the_store(embedded: Any, path: str) -> None:
    reply = embedded.get("/api/local-file", params={"path": path.encode("utf-8", "replace")})
    assert 400 <= reply.status_code < 500, reply.text
