"""The record of runs: intact whatever happens, quick to list, and robust against foreign exports."""

import hashlib
import math
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from exoplanet_desktop.errors import InputError, NotFound, UnavailableError
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.wire.vocabulary import SENDING, WAITING, Status
from tests.record.recorded import REQUEST, RESULT, begin


def test_a_run_is_kept_with_all_that_came_back(record, tmp_path):
    run_id = begin(record, status=SENDING)
    record.update(run_id, status=Status.RUNNING, status_url="/s", logs_url="/l", job_id="j1")
    record.append_log(run_id, "one\n")
    record.append_log(run_id, "two \ud800\n")
    record.update(run_id, status=Status.SUCCEEDED, result=RESULT, warnings=["Careful."])
    picture = record.keep_file(run_id, "matrix.png", b"\x89PNG")
    (tmp_path / "out.csv").write_text("a\n1\n")
    record.keep_file(run_id, "out.csv", tmp_path / "out.csv")
    record.close()
    with Record(record.folder) as again:
        run = again.run(run_id)
        assert (run.status, run.status_url, run.logs_url, run.job_id) == ("SUCCEEDED", "/s", "/l", "j1")
        assert run.request == REQUEST
        assert run.result["accuracy"] == run.accuracy == 0.93
        assert math.isnan(run.result["auc_score"])
        assert run.warnings == ("Careful.",)
        assert run.data_digest == "abc"
        assert again.log(run_id) == "one\ntwo ?\n"
        assert again.files(run_id) == ["matrix.png", "out.csv"]
        assert again.file(run_id, "matrix.png") == picture
        assert picture.read_bytes() == b"\x89PNG"
        assert again.file(run_id, "none.png") is None
        assert [entry.title for entry in again.runs()] == ["KOI · XGBoost"]


def test_what_is_not_given_stays_as_it_was(record):
    run_id = begin(record)
    record.update(run_id, error="No disk.", status=Status.FAILED)
    record.update(run_id, warnings=["w"])
    assert (record.run(run_id).status, record.run(run_id).error) == ("FAILED", "No disk.")
    record.update(run_id, error="")
    assert record.run(run_id).error == ""


def test_no_token_enters_the_record(record, tmp_path):
    secret = "s3cret-t0ken"
    run_id = record.new("train", "t", {"token": secret, "deep": [{"Authorization": secret}]}, "Lab", "http://lab")
    record.update(run_id, result={"merge_token": secret, "accuracy": 0.5}, warnings=["w"])
    record.export(run_id, tmp_path / "run.zip")
    kept = b"".join(path.read_bytes() for path in record.folder.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        assert secret.encode() not in b"".join(archive.read(name) for name in archive.namelist())


def test_the_newest_run_is_first_and_the_bin_apart(record):
    first, second, third = (begin(record, title) for title in ("a", "b", "c"))
    assert [run.run_id for run in record.runs()] == [third, second, first]
    assert [run.run_id for run in record.runs(limit=1)] == [third]
    record.delete(second)
    assert [run.run_id for run in record.runs()] == [third, first]
    assert [run.run_id for run in record.runs(bin=True)] == [second]
    record.restore(second)
    assert len(record.runs()) == 3
    record.rename(first, " my run ")
    record.star(first)
    assert (record.run(first).title, record.run(first).starred) == ("my run", True)
    with pytest.raises(InputError, match="needs a name"):
        record.rename(first, "  ")


def test_the_bin_is_emptied_with_its_files_and_nothing_else(record):
    gone, stays = begin(record), begin(record)
    for run_id in (gone, stays):
        record.keep_file(run_id, "a.txt", b"a")
        record.append_log(run_id, "log")
    record.delete(gone)
    assert record.empty_bin(older_than_days=1) == 0
    assert record.empty_bin() == 1
    assert record.file(gone, "a.txt") is None
    assert record.file(stays, "a.txt") is not None
    with pytest.raises(NotFound, match="no longer in the record"):
        record.run(gone)
    for change in (
        lambda: record.update(gone, status="FAILED"),
        lambda: record.append_log(gone, "x"),
        lambda: record.keep_file(gone, "a.txt", b"a"),
        lambda: record.star(gone),
        lambda: record.restore(gone),
    ):
        with pytest.raises(NotFound):
            change()
    assert not (record.folder / "files" / gone).exists()


def test_runs_that_had_not_ended_are_taken_up_again(record):
    waiting, sending, running, odd = (
        begin(record, status=status) for status in (WAITING, SENDING, Status.RUNNING, "QUEUED?")
    )
    for status in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED):
        begin(record, status=status)
    record.delete(begin(record, status=Status.RUNNING))
    assert [run.run_id for run in record.unfinished()] == [waiting, sending, running, odd]
    assert record.unfinished()[0].request == REQUEST


def test_an_endless_log_is_cut_and_says_so(record, monkeypatch):
    monkeypatch.setattr("exoplanet_desktop.record.record.LONGEST_LOG", 10)
    run_id = begin(record)
    for _ in range(5):
        record.append_log(run_id, "12345678")
    assert record.log(run_id) == "1234567812\n… the rest of the log is not stored here.\n"


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "a\\b", ".hidden", "x" * 200, "con", "NUL.txt", "a\0b", "C:x", "a.", "a\n"]
)
def test_no_name_leads_out_of_the_folder_of_a_run(record, name):
    run_id = begin(record)
    with pytest.raises(InputError, match="is not a valid name for a file"):
        record.keep_file(run_id, name, b"x")
    with pytest.raises(InputError):
        record.file(run_id, name)
    for bad in ("..", "../../etc", run_id.upper() + "X", ""):
        with pytest.raises(InputError, match="not a run in the record"):
            record.file(bad, "a.txt")


def test_ten_thousand_runs_are_listed_at_once(record):
    run_id = begin(record)
    record.update(run_id, result={**RESULT, "curves": list(range(2000))})
    with sqlite3.connect(record.folder / "runs.sqlite") as connection:
        columns = {
            table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "number"]
            for table in ("runs", "details")
        }
        for table, names in columns.items():
            chosen = ", ".join("printf('%032x', value)" if name == "run_id" else name for name in names)
            connection.execute(
                f"WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 9999) "
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table}, n"
            )
    connection.close()
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        assert len(record.runs(limit=10_000)) == 10_000
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.3


def test_threads_share_a_record(record):
    def work(number: int) -> None:
        for step in range(5):
            run_id = begin(record, f"{number}.{step}")
            record.append_log(run_id, "x" * 100)
            record.keep_file(run_id, "a.txt", b"a" * 1000)
            record.update(run_id, status=Status.SUCCEEDED, result=RESULT)
            record.runs()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(record.runs()) == 30
    assert all(record.log(run.run_id) == "x" * 100 and run.status == "SUCCEEDED" for run in record.runs())


# Other processes, and crashes

_WRITER = """
import hashlib, os, sys
from pathlib import Path
from exoplanet_desktop.record.record import Record
record, rounds = Record(Path(sys.argv[1])), int(sys.argv[2])
for number in range(rounds):
    run_id = record.new("train", f"run {number}", {"number": number}, "Lab", "http://lab")
    record.update(run_id, status="RUNNING", status_url=f"/{number}")
    record.append_log(run_id, f"log {number}\\n" * 200)
    content = os.urandom(300_000)
    record.keep_file(run_id, "data.bin", content)
    record.update(run_id, status="SUCCEEDED", result={"accuracy": 0.5, "digest": hashlib.sha256(content).hexdigest()})
    print(run_id, flush=True)
"""


def writer(folder: Path, rounds: int) -> subprocess.Popen:
    command = [sys.executable, "-c", _WRITER, str(folder), str(rounds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def check_whole(folder: Path, acknowledged: list[str]) -> int:
    """Every run reported as done is there completely; no other run is there in part."""
    with Record(folder) as record:
        with sqlite3.connect(folder / "runs.sqlite") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
        entries = record.runs(limit=100_000)
        assert set(acknowledged) <= {entry.run_id for entry in entries if entry.status == "SUCCEEDED"}
        for entry in entries:
            run, file = record.run(entry.run_id), record.file(entry.run_id, "data.bin")
            assert record.log(entry.run_id) in ("", f"log {run.request['number']}\n" * 200)
            assert file is None or file.stat().st_size == 300_000
            if run.status == "SUCCEEDED":
                assert file is not None
                assert hashlib.sha256(file.read_bytes()).hexdigest() == run.result["digest"]
            else:
                assert entry.run_id in {left.run_id for left in record.unfinished()}
        return len(entries)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_program_killed_in_mid_write_leaves_a_whole_record(tmp_path):
    folder, acknowledged = tmp_path / "record", []
    for number in range(4):
        process = writer(folder, 100_000)
        with process:
            acknowledged += [process.stdout.readline().strip() for _ in range(2 + number)]
            # Always in the middle of something: the writer never pauses.
            os.kill(process.pid, signal.SIGKILL)
            acknowledged += process.stdout.read().split()
        assert process.returncode == -signal.SIGKILL
        assert check_whole(folder, acknowledged) >= len(acknowledged)


def test_processes_on_one_folder_do_not_harm_each_other(tmp_path):
    folder = tmp_path / "record"
    processes = [writer(folder, 8) for _ in range(3)]
    done = []
    for process in processes:
        with process:
            done += process.stdout.read().split()
        assert process.returncode == 0
    assert check_whole(folder, done) == len(done) == 24


def test_a_record_that_another_holds_for_long_is_told(record, monkeypatch):
    monkeypatch.setattr("exoplanet_desktop.record.database.BUSY_S", 0.1)
    holder = sqlite3.connect(record.folder / "runs.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="Another window of this program"):
        Record(record.folder)
    holder.close()


def test_a_full_disk_is_what_the_user_reads_of_and_the_record_goes_on(record):
    begin(record, "before")
    connection = record._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(UnavailableError, match="full"):
        begin(record, "too long " * 100_000)
    connection.execute(f"PRAGMA max_page_count = {pages + 1000}")
    begin(record, "after")
    assert [entry.title for entry in record.runs()] == ["after", "before"]


def test_a_number_of_hundreds_of_digits_is_no_score(record):
    run_id = begin(record)
    record.update(run_id, status=Status.SUCCEEDED, result={"accuracy": 10**400, "cv_mean": 0.5})
    assert (record.entry(run_id).accuracy, record.entry(run_id).cv_mean) == (None, 0.5)


def test_a_damaged_file_is_set_aside_and_said_so(tmp_path):
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / "runs.sqlite").write_bytes(b"this is no database at all, but long enough" * 100)
    with Record(folder) as record:
        assert "was damaged, so a new one was started" in record.notice
        begin(record)
    (aside,) = folder.glob("runs-damaged-*.sqlite")
    assert aside.read_bytes().startswith(b"this is no database")
    with Record(folder) as record:
        assert record.notice == ""
        assert len(record.runs()) == 1


def test_a_record_of_a_newer_program_is_left_alone(tmp_path):
    Record(tmp_path).close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(UnavailableError, match="newer version"):
        Record(tmp_path)


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="Choose another folder"):
        Record(tmp_path / "file" / "record")


def test_leftovers_of_a_crash_are_removed_once_they_are_old(record):
    run_id = begin(record)
    record.keep_file(run_id, "a.txt", b"a")
    parts = [record.folder / "files" / run_id / name for name in (".a.txt.x.part", ".b.txt.y.part")]
    orphans = [record.folder / "files" / name for name in ("0" * 32, ".import-x")]
    for part in parts:
        part.write_text("half")
    for orphan in orphans:
        orphan.mkdir()
    old = time.time() - 100_000
    for path in (parts[0], *orphans):
        os.utime(path, (old, old))
    Record(record.folder).close()
    assert [path.exists() for path in (*parts, *orphans)] == [False, True, False, False]
    assert record.files(run_id) == ["a.txt"]


# The fields of the list


FULL_REQUEST = {"satellite": "K2", "model": "rf", "features": "blind", "files": ["a.csv", "b.csv"], "paths": ["/x/a"]}
FULL_RESULT = {"accuracy": 0.9, "cv_mean": 0.91, "cv_std": 0.01, "auc_score": 0.98, "elapsed_sec": 3.2}


def test_the_list_tells_what_was_asked_and_what_came_back(record, tmp_path):
    run_id = record.new("train", "t", FULL_REQUEST, "Lab", "http://lab:8001", group_id="a" * 32)
    record.update(run_id, status=Status.SUCCEEDED, result=FULL_RESULT)
    (entry,) = record.runs()
    assert (entry.dataset, entry.satellite, entry.model, entry.features) == ("a.csv + b.csv", "K2", "rf", "blind")
    assert (entry.accuracy, entry.cv_mean, entry.cv_std, entry.auc, entry.took_s) == (0.9, 0.91, 0.01, 0.98, 3.2)
    assert record.entry(run_id) == entry == record.members("a" * 32)[0]
    record.export(run_id, tmp_path / "run.zip")
    again = record.entry(record.import_(tmp_path / "run.zip"))
    assert (again.dataset, again.cv_mean, again.group_id) == ("a.csv + b.csv", 0.91, None)
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        assert b"/x/a" not in archive.read("run.json")


def test_record_to_2_fills_what_the_list_shows(tmp_path):
    folder = tmp_path / "record"
    with Record(folder) as old:
        kept = old.new("train", "t", FULL_REQUEST, "Lab", "http://lab")
        old.update(kept, status=Status.SUCCEEDED, result=FULL_RESULT)
        strange = old.new("train", "u", {"satellite": 5, "files": "no list"}, "Lab", "http://lab")
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        for name in ("dataset", "satellite", "model", "features", "balance", "group_id"):
            connection.execute(f"ALTER TABLE runs DROP COLUMN {name}")
        for name in ("cv_mean", "cv_std", "auc", "took_s", "objection"):
            connection.execute(f"ALTER TABLE runs DROP COLUMN {name}")
        connection.execute("UPDATE details SET result = 'no json' WHERE run_id = ?", (strange,))
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    for _ in range(2):  # once is enough: the second start has nothing to do
        with Record(folder) as record:
            entry = record.entry(kept)
            assert (entry.dataset, entry.satellite, entry.cv_mean, entry.took_s) == ("a.csv + b.csv", "K2", 0.91, 3.2)
            assert record.entry(strange).dataset == ""
            assert record.entry(strange).satellite is None


def test_record_to_3_lists_what_speaks_against_a_model(tmp_path):
    folder, check = tmp_path / "record", {"contradiction": True, "sentence": "The two contradict each other."}
    with Record(folder) as old:
        against, fits, unchecked = (old.new("train", "t", FULL_REQUEST, "Lab", "http://lab") for _ in range(3))
        old.update(against, result={**FULL_RESULT, "parity": check})
        old.update(fits, result={**FULL_RESULT, "parity": {**check, "contradiction": False}})
        old.update(unchecked, result=FULL_RESULT)
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        connection.execute("ALTER TABLE runs DROP COLUMN objection")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    with Record(folder) as record:
        assert record.entry(against).objection == "The two contradict each other."
        assert not record.entry(fits).objection
        assert record.entry(unchecked).objection is None
