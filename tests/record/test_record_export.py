"""Exported runs, our own and those of strangers: complete, or refused with a reason."""

import hashlib
import json
import math
import shutil
import zipfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from exoplanet_desktop.errors import InputError, TooLarge, UnavailableError
from exoplanet_desktop.record import zip_files as record_zip
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.wire.vocabulary import Status
from tests.record.recorded import REQUEST, RESULT, begin


@pytest.fixture
def exported(record, tmp_path) -> Path:
    run_id = begin(record, "Mine")
    record.update(run_id, status=Status.SUCCEEDED, result=RESULT, warnings=["w"], status_url="/s")
    record.append_log(run_id, "log\n")
    record.keep_file(run_id, "matrix.png", b"\x89PNG")
    record.export(run_id, tmp_path / "run.zip")
    return tmp_path / "run.zip"


def test_an_export_is_read_elsewhere_as_it_was(exported, tmp_path):
    with Record(tmp_path / "elsewhere") as other:
        run_id = other.import_(exported)
        again = other.import_(exported)
        assert run_id != again
        run = other.run(run_id)
        assert (run.title, run.status, run.accuracy, run.imported) == ("Mine", "SUCCEEDED", 0.93, True)
        assert (run.request, run.warnings, run.data_digest) == (REQUEST, ("w",), "abc")
        assert math.isnan(run.result["auc_score"])
        assert other.log(run_id) == "log\n"
        assert other.file(run_id, "matrix.png").read_bytes() == b"\x89PNG"
        assert sorted(path.name for path in (other.folder / "files").iterdir()) == sorted([run_id, again])
    with zipfile.ZipFile(exported) as archive:
        versions = json.loads(archive.read("run.json"))["versions"]
    assert set(versions) == {"exoplanet-desktop", "python"}


def test_an_imported_run_that_had_not_ended_is_nobodys_to_take_up(record, tmp_path):
    record.export(begin(record, status=Status.RUNNING), tmp_path / "run.zip")
    with Record(tmp_path / "elsewhere") as other:
        assert other.run(other.import_(tmp_path / "run.zip")).status == "RUNNING"
        assert other.unfinished() == []


def rewritten(source: Path, change) -> Path:
    """An export with its manifest changed, and additional members."""
    target = source.with_name("changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        members = {name: old.read(name) for name in old.namelist()}
        manifest = json.loads(members["run.json"])
        change(manifest, members)
        members["run.json"] = json.dumps(manifest).encode() if manifest is not None else b""
        for name, data in members.items():
            new.writestr(name, data)
    return target


def with_file(name: str, data: bytes):
    def change(manifest, members):
        manifest["files"][name] = hashlib.sha256(data).hexdigest()
        members[f"files/{name}"] = data

    return change


def set_run(**values):
    return lambda manifest, members: manifest["run"].update(values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_file("../../evil.txt", b"x"), "is not a valid name for a file"),
        (with_file("/etc/evil", b"x"), "is not a valid name for a file"),
        (with_file("..\\evil", b"x"), "is not a valid name for a file"),
        (with_file(".bashrc", b"x"), "is not a valid name for a file"),
        (with_file("big.bin", bytes(3_000_000)), "over 0 GB"),
        (lambda m, f: f.update({"files/matrix.png": b"other"}), "was changed or damaged"),
        (lambda m, f: f.pop("files/matrix.png"), "damaged or not an exported run"),
        (lambda m, f: m.update(format="zip"), "not an exported run"),
        (lambda m, f: m.update(format_version=2), "newer version"),
        (lambda m, f: m.pop("run"), "cannot be read"),
        (lambda m, f: f.update({"log.txt": bytes(2_000_000)}), "over 1 MB"),
        (lambda m, f: m["files"].update({f"f{n}": "" for n in range(300)}), "cannot be read"),
        (set_run(created_at="yesterday"), "cannot be read"),
        (set_run(created_at="2026-99-99T08:00:00+00:00"), "cannot be read"),
        (set_run(created_at="0001-01-01T00:00:00+14:00"), "cannot be read"),
        (set_run(created_at="2026-11-24T08:00:00"), "cannot be read"),
        (set_run(title=7), "cannot be read"),
        (set_run(title="x" * 1000), "cannot be read"),
        (set_run(request=[]), "cannot be read"),
        (set_run(status="ALMOST"), "cannot be read"),
        (set_run(kind="<b>train</b>"), "cannot be read"),
        (set_run(warnings=["w" * 3000]), "cannot be read"),
        (set_run(result=json.loads("[" * 900 + "]" * 900)), "cannot be read"),
        (lambda m, f: f.update({f"more/{n}": b"" for n in range(300)}), "not packed like an exported run"),
    ],
)
def test_a_bad_export_is_refused_and_leaves_nothing(record, exported, monkeypatch, change, words):
    monkeypatch.setattr(record_zip, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(record_zip, "LONGEST_TEXT", 1_000_000)
    before = sorted(path for path in record.folder.parent.rglob("*") if "changed" not in path.name)
    with pytest.raises((InputError, TooLarge), match=words):
        record.import_(rewritten(exported, change))
    after = sorted(path for path in record.folder.parent.rglob("*") if "changed" not in path.name)
    assert [path for path in after if not path.name.startswith("runs.sqlite")] == [
        path for path in before if not path.name.startswith("runs.sqlite")
    ]
    assert len(record.runs()) == 1


def test_a_forged_export_leads_to_no_file_of_this_machine(record, exported):
    """Otherwise its "Train again" would send that file to the backend that the export names."""
    files = ["/home/me/.ssh/id_rsa", "C:\\Users\\me\\own.csv", "../up.csv", 7]
    inputs = [{"name": "/etc/passwd", "bytes": 1, "sha256": "0"}, "no file"]
    request = {"satellite": "KOI", "model": "xgb", "paths": ["/home/me/own.csv"], "files": files, "inputs": inputs}
    forged = rewritten(exported, set_run(request=request, title=" two\nlines\u202e", accuracy=math.inf, result=None))
    run = record.run(record.import_(forged))
    assert "paths" not in run.request
    assert run.request["files"] == ["id_rsa", "own.csv", "up.csv"]
    assert run.request["inputs"] == [{"name": "passwd", "bytes": 1, "sha256": "0"}]
    assert (run.title, run.accuracy) == ("two lines", None)


def test_an_export_that_would_ask_for_much_memory_is_refused(record, exported):
    with zipfile.ZipFile(exported) as old, zipfile.ZipFile(exported.with_name("l.zip"), "w", zipfile.ZIP_LZMA) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(InputError, match="not packed like an exported run"):
        record.import_(exported.with_name("l.zip"))


@pytest.mark.parametrize("cut", [0, 10, 200, -1])
def test_what_is_no_zip_is_refused(record, exported, cut):
    exported.write_bytes(exported.read_bytes()[:cut])
    with pytest.raises(InputError, match="damaged or not an exported run"):
        record.import_(exported)
    with pytest.raises(UnavailableError, match="cannot be read"):
        record.import_(exported.with_name("none.zip"))


def test_a_run_for_which_the_disk_has_no_room_is_refused_before_it_is_unpacked(record, exported, monkeypatch):
    large = rewritten(exported, with_file("model.skops", bytes(5_000_000)))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=66_000_000))
    monkeypatch.setattr(record_zip, "_unpack_files", None)  # otherwise it would be called
    with pytest.raises(UnavailableError, match=r"needs about 5 MB .* of temporary files"):
        record.import_(large)


def test_any_damage_inside_an_export_is_found(record, exported):
    whole = exported.read_bytes()
    for position in range(0, len(whole), max(1, len(whole) // 150)):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        exported.write_bytes(damaged)
        try:
            run_id = record.import_(exported)
        except (InputError, UnavailableError, TooLarge):
            continue
        # Bytes without run data, such as times in the directory of the zip.
        assert record.run(run_id).title == "Mine"
        assert record.file(run_id, "matrix.png").read_bytes() == b"\x89PNG"


def test_an_export_of_just_the_most_bytes_is_taken(record, exported, monkeypatch):
    large = rewritten(exported, with_file("matrix.png", bytes(1_000_000)))
    monkeypatch.setattr(record_zip, "MOST_BYTES", 1_000_000)
    assert record.import_(large)
    monkeypatch.setattr(record_zip, "MOST_BYTES", 999_999)
    with pytest.raises(TooLarge, match="over 0 GB"):
        record.import_(large)


def test_an_export_says_so_where_the_programs_version_is_unknown(record, tmp_path, monkeypatch):
    """A program that runs from its sources may not be installed."""

    def version(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(record_zip, "version", version)
    record.export(begin(record), tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        assert json.loads(archive.read("run.json"))["versions"]["exoplanet-desktop"] == "unknown"
