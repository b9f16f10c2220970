"""A run as a command or a program: quoted for each shell, and running it reproduces the run."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.record.replay import command, python
from exoplanet_desktop.wire.requests import TrainRequest
from exoplanet_desktop.wire.vocabulary import Satellite

NASTY = 'it\'s "$HOME" `x` 100% ü;&.csv'


def run_of(kind: str = "train", address: str = "http://lab:8001", **request: Any) -> StoredRun:
    return StoredRun(
        "0" * 32, kind, 'a """title"""\n\\', "SUCCEEDED", False, "Lab", address, None, "", "", None, None, None, False,
        request=request,
    )  # fmt: skip


def full(**more: Any) -> StoredRun:
    asked = {"satellite": "KOI", "model": "dt", "features": "vetted", "balance": "none", "sentinel": False}
    return run_of(**{**asked, "files": ["koi.csv"], "paths": [f"/data/{NASTY}"], **more})


def test_a_command_is_quoted_for_a_posix_shell():
    assert shlex.split(command(full(), embedded=False, token=True)) == [
        "exoplanet-desktop", "train", "--satellite", "KOI", "--model", "dt", "--features", "vetted",
        "--balance", "none", "--no-sentinel", "--backend", "http://lab:8001", "--token-file", "token.txt",
        f"/data/{NASTY}",
    ]  # fmt: skip
    words = shlex.split(command(full(), embedded=True))
    assert "--backend" not in words
    assert words[words.index("--data-dir") + 1] == "exoplanet-desktop-runs"
    assert "--use-model-labels" in shlex.split(command(full(model_labels="use"), embedded=False))
    assert "'model_labels': 'use'" in python(full(model_labels="use"), embedded=False)
    assert shlex.split(command(full(paths=["-rf.csv"]), embedded=False))[-2:] == ["--", "-rf.csv"]


def test_a_command_is_quoted_for_powershell():
    line = command(full(paths=["C:\\my data\\it's ‘here’ $x.csv", "D:\\plain.csv"]), embedded=False, windows=True)
    assert line.endswith(" 'C:\\my data\\it''s ‘‘here’’ $x.csv' D:\\plain.csv")
    assert " http://lab:8001 " in line
    assert command(full(paths=["-a.csv"]), embedded=False, windows=True).endswith(" -- '-a.csv'")


def test_a_prediction_and_a_merge_have_commands_too():
    predict = run_of(
        "predict",
        satellite="K2",
        model="rf",
        features=None,
        from_row=0,
        to_row=99,
        files=["a b.csv"],
        model_version="v1",
    )
    note, line = command(predict, embedded=False).splitlines()
    assert note.startswith("# Uses the newest model")
    assert shlex.split(line)[2:] == [
        "--satellite", "K2", "--model", "rf", "--from-row", "0", "--to-row", "99", "--output", "a b_predicted.csv",
        "--backend", "http://lab:8001", "a b.csv",
    ]  # fmt: skip
    assert "'model_type': 'rf'" in python(predict, embedded=False)
    merge = run_of("merge", dedupe=False, output_name="both", files=["a.csv", "b.csv"])
    assert shlex.split(command(merge, embedded=False))[2:6] == ["--rule", "none", "--output", "both.csv"]


def test_a_merge_by_a_rule_is_done_by_that_rule_again_and_with_all_its_files():
    merge = run_of("merge", rule="last", identifier="kepid", files=["a.csv", "b.csv", "c.csv"])
    words = shlex.split(command(merge, embedded=True))
    assert words[2:6] == ["--rule", "last", "--identifier", "kepid"]
    assert words[-3:] == ["a.csv", "b.csv", "c.csv"]
    program = python(merge, embedded=True)
    assert "'rule': 'last'" in program
    assert "'c.csv'" in program
    assert "This backend merges two files" in program
    kept = run_of("merge", rule="none", identifier=None, files=["a.csv", "b.csv"])
    assert "--rule none" in command(kept, embedded=False)
    assert "'dedupe': 'false'" in python(kept, embedded=False)


@pytest.mark.parametrize("signs", ["$(touch gone)", "`touch gone`", "; touch gone", "x\ntouch gone", "| touch gone"])
def test_a_note_runs_nothing_where_a_shell_knows_no_comments(signs: str) -> None:
    predict = run_of("predict", satellite="K2", model="rf", files=["a.csv"], model_version=signs)
    merged = run_of(satellite="KOI", model="dt", files=[signs.replace("\n", " ")], paths=[], merged=True)
    for run in (predict, merged):
        note, _line = command(run, embedded=False).splitlines()
        assert note.startswith("# ")
        assert not set(note[1:]) & set("$`;|&<>(){}[]*?!#\\'\"~=^\n"), note


def test_a_merged_file_of_the_backend_is_told_or_fetched():
    run = run_of(satellite="KOI", model="dt", files=["merged_1.csv"], paths=[], merged=True)
    assert command(run, embedded=False).startswith("# merged_1.csv is a merged file of the backend: save it")
    assert 'url("/api/merge")' in python(run, embedded=False)


@pytest.mark.parametrize("request_of", [{}, {"files": []}, {"files": ["a\nrm -rf ."]}, {"paths": ["a\0b"]}])
def test_a_run_without_files_has_no_command(request_of):
    with pytest.raises(InputError, match="does not say which files"):
        command(run_of(satellite="KOI", model="dt", **request_of), embedded=False)


def test_a_group_has_no_command():
    with pytest.raises(InputError, match="consists of several"):
        python(run_of("train-all", files=["a.csv"]), embedded=False)


@pytest.mark.parametrize("kind", ["train", "predict", "merge"])
def test_a_program_is_python_whatever_the_names_are(kind):
    run = run_of(kind, satellite="KOI", model="dt", output_name=NASTY, paths=[f"/data/{NASTY}", 'b"""\\.csv'])
    program = python(run, embedded=True)
    ast.parse(program)
    assert program.isascii()


# Running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our engine, served as in a lab."""
    words = [sys.executable, "-m", "exoplanet_desktop", "serve", "--no-auth", "--port", "0", "--data-dir"]
    with subprocess.Popen([*words, str(tmp_path_factory.mktemp("lab"))], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[2]
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's working folder: a catalog with an awkward name, and the program on the path."""
    simulate(Satellite.KOI, 400, 42, tmp_path / NASTY)
    program = tmp_path / "bin" / "exoplanet-desktop"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m exoplanet_desktop "$@"\n')
    program.chmod(0o755)
    return tmp_path


def in_shell(line: str, folder: Path, **env: str) -> str:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    place = {"PYTHONPATH": str(Path.cwd()), "PATH": path, **env}
    done = subprocess.run(
        line, shell=True, cwd=folder, env={**os.environ, **place}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="runs a POSIX shell")
def test_both_give_the_same_run(server: str, folder: Path) -> None:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.client.jobs.jobs import follow
    from exoplanet_desktop.wire.vocabulary import Balance, Features, Model

    backend = Backend(server)
    catalog = folder / NASTY
    accepted = backend.train(
        catalog,
        TrainRequest(Satellite.KOI, Model.DT, features=Features.VETTED, balance=Balance.BALANCED, sentinel=False),
    )
    status = follow(backend, accepted)
    assert status.result is not None
    run = full(address=server, balance="balanced", paths=[str(catalog)])

    said = in_shell(command(run, embedded=False), folder)
    assert re.search(r"0\.\d{3}", said)
    assert f"{status.result['cv_mean']:.4f}" in said or f"{status.result['cv_mean']:.3f}" in said
    own = in_shell(command(run, embedded=True) + " --json", folder)
    assert json.loads(own)["result"]["cv_mean"] == status.result["cv_mean"]
    assert (folder / "exoplanet-desktop-runs").is_dir()

    (folder / "again.py").write_text(python(run, embedded=True), encoding="ascii")
    told = in_shell(f"{shlex.quote(sys.executable)} again.py", folder, EXOPLANET_BACKEND=server)
    assert json.loads(told[told.index("{") :])["cv_mean"] == status.result["cv_mean"]


@pytest.mark.skipif(sys.platform == "win32", reason="runs a POSIX shell")
def test_programs_predict_and_merge(server: str, folder: Path) -> None:
    simulate(Satellite.KOI, 100, 7, folder / "b.csv")
    files = [str(folder / NASTY), str(folder / "b.csv")]
    programs = {
        # Several catalogs of a training are merged first.
        "train.py": full(address=server, paths=files),
        "merge.py": run_of("merge", server, dedupe=True, output_name="both", paths=files),
        "first.py": run_of("merge", server, rule="first", output_name="three", paths=[*files, files[1]]),
        "predict.py": run_of(
            "predict", server, satellite="KOI", model="dt", features="vetted", from_row=0, to_row=9, paths=files[:1]
        ),
    }
    for name, run in programs.items():
        (folder / name).write_text(python(run, embedded=False))
        in_shell(f"{shlex.quote(sys.executable)} {name}", folder)
    assert len((folder / "both.csv").read_text().splitlines()) > 400
    assert len((folder / "three.csv").read_text().splitlines()) > 400
    predicted = folder / f"{Path(NASTY).stem}_predicted.csv"
    assert "Predicted_Class" in predicted.read_text()


READING = '{"decimal": ",", "delimiter": "\\t", "skip": 2, "texts": ["kepid", "toi"]}'
RENAMING = '{"label": "class", "labels": {"1": "CONFIRMED"}}'


def test_a_reading_is_said_again():
    words = shlex.split(command(full(readings=[READING]), embedded=True))
    assert words[words.index("--delimiter") : words.index("--data-dir")] == [
        "--delimiter", "tab", "--decimal", "comma", "--skip-lines", "2", "--text-columns", "kepid,toi",
    ]  # fmt: skip
    words = shlex.split(command(full(readings=[RENAMING]), embedded=True))
    assert json.loads(words[words.index("--reading") + 1]) == json.loads(RENAMING)
    assert f"'reading': {RENAMING!r}" in python(full(readings=[RENAMING]), embedded=True)

    two = {"paths": ["/data/a.csv", "/data/b.csv"], "rule": "exact"}
    words = shlex.split(command(run_of("merge", readings=[None, READING], **two), embedded=True))
    assert [words[place + 1] for place, word in enumerate(words) if word == "--reading"] == ["{}", READING]
    words = shlex.split(command(run_of("merge", readings=[READING, READING], **two), embedded=True))
    assert words.count("--delimiter") == 1
    program = python(run_of("merge", readings=[None, READING], **two), embedded=True)
    dicts = [ast.unparse(node) for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Dict)]
    (fields,) = [ast.literal_eval(text) for text in dicts if "readings" in text]
    assert json.loads(fields["readings"]) == [None, json.loads(READING)]


def test_a_reading_of_a_changed_record_is_left_out_or_refused():
    assert "--reading" not in command(full(readings=[None]), embedded=True)
    assert "--delimiter" not in command(full(readings="x"), embedded=True)
    with pytest.raises(InputError):
        command(full(readings=["x"]), embedded=True)
