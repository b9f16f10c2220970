"""Turns a recorded run into something to run again: a command line of this program, or a Python program.

Neither contains a token: the command reads it from a file, the Python program from its environment.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.record.replay_reading import reading_fields, reading_options, readings_of
from exoplanet_desktop.wire.reading_options import readings_field
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import RunKind

PROGRAM = "exoplanet-desktop"
OWN_FOLDER = "exoplanet-desktop-runs"
"""Data folder for a command that needs no backend; the window has locked its own."""
TOKEN_FILE = "token.txt"  # noqa: S105 - the name of a file that the user writes

# PowerShell ends a single-quoted text at any of these, typographic quotes included; doubling escapes them.
_POWERSHELL_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_SIGNS = re.compile(r"[^\w .,:/-]")
_POWERSHELL_PLAIN = re.compile(r"[A-Za-z0-9_./:\\=-]+")


def command(run: StoredRun, *, embedded: bool, token: bool = False, windows: bool = False) -> str:
    """The command line that repeats a run, quoted for a POSIX shell or, with `windows`, for PowerShell.

    Args:
        embedded: whether the run used the window's own engine.
        token: whether its backend requires a token.

    Raises InputError for a run that no command can repeat.
    """
    options, files, notes = _COMMANDS[_kind(run)](run)
    words = [PROGRAM, run.kind, *options]
    if embedded:
        words += ["--data-dir", OWN_FOLDER]
    else:
        words += ["--backend", run.backend_address]
        if token:
            words += ["--token-file", TOKEN_FILE]
    if any(file.startswith("-") for file in files):
        words.append("--")
    line = " ".join(_quoted(word, windows) for word in [*words, *files])
    return "\n".join([*(f"# {_harmless(note)}" for note in notes), line])


def _train_command(run: StoredRun) -> tuple[list[str], list[str], list[str]]:
    files = _files(run)
    options = TrainRequest.from_json(run.request).to_words()
    return [*options, *reading_options(run, files)], files, _note_of_merged(run)


def _predict_command(run: StoredRun) -> tuple[list[str], list[str], list[str]]:
    files = _files(run)
    asked = PredictRequest.from_json(run.request)
    options = [*asked.to_words(), *reading_options(run, files), "--output", _predicted(files[0])]
    notes = []
    if asked.model_version:
        notes.append(f"Uses the newest model of its kind; the run used version {asked.model_version}.")
    return options, files, notes


def _merge_command(run: StoredRun) -> tuple[list[str], list[str], list[str]]:
    files = _files(run)
    options = MergeRequest.from_json(run.request).to_words()
    return [*options, *reading_options(run, files), "--output", _merged_name(run)], files, []


_COMMANDS = {RunKind.TRAIN: _train_command, RunKind.PREDICT: _predict_command, RunKind.MERGE: _merge_command}


def python(run: StoredRun, *, embedded: bool) -> str:
    """A program that repeats a run with `requests` over the wire contract. Raises InputError like `command`."""
    address = "http://127.0.0.1:8001" if embedded else run.backend_address
    hint = f"# Any backend will do; one of your own: {PROGRAM} serve --no-auth\n" if embedded else ""
    program = _PROGRAMS[_kind(run)](run)
    return _HEAD.format(title=_one_line(run.title), hint=hint, address=_text(address)) + program


def _train_program(run: StoredRun) -> str:
    files = _files(run)
    fields = TrainRequest.from_json(run.request).to_fields() | reading_fields(run, files)
    if run.request.get("merged"):
        catalog = _MERGED_THERE.format(name=_text(files[0]))
    elif len(files) > 1:
        catalog = _MERGE_FIRST.format(files=_texts(files))
    else:
        catalog = f"catalog = Path({_text(files[0])})\n"
    return catalog + _TRAIN.format(fields=_dict(fields))


def _predict_program(run: StoredRun) -> str:
    files = _files(run)
    fields = PredictRequest.from_json(run.request).to_fields() | reading_fields(run, files)
    return _PREDICT.format(catalog=_text(files[0]), fields=_dict(fields), out=_text(_predicted(files[0])))


def _merge_program(run: StoredRun) -> str:
    files, asked = _files(run), MergeRequest.from_json(run.request)
    fields = asked.to_fields() | readings_field(readings_of(run, files))
    plain = len(files) == 2 and asked.is_plain
    check = "" if plain else _MERGED_SO.format(rule=_text(asked.rule))
    return _MERGE.format(files=_texts(files), fields=_dict(fields), check=check, out=_text(_merged_name(run)))


_PROGRAMS = {RunKind.TRAIN: _train_program, RunKind.PREDICT: _predict_program, RunKind.MERGE: _merge_program}


def _kind(run: StoredRun) -> RunKind:
    if run.kind not in _COMMANDS:
        raise InputError("This run consists of several runs. Copy each of them.")
    return RunKind(run.kind)


def _files(run: StoredRun) -> list[str]:
    """The catalogs, with their folders if known. Raises InputError if there are none."""
    files = [str(name) for name in run.request.get("paths") or run.request.get("files") or () if name]
    if not files or any("\0" in name or "\n" in name for name in files):
        raise InputError("The record does not say which files this run used, so it cannot be copied.")
    return files


def _note_of_merged(run: StoredRun) -> list[str]:
    """A note about a file that only the backend has."""
    if not run.request.get("merged"):
        return []
    return [f"{_files(run)[0]} is a merged file of the backend: save it here first, from the Merge tab."]


def _predicted(file: str) -> str:
    return f"{PurePath(file.replace(chr(92), '/')).stem}_predicted.csv"


def _merged_name(run: StoredRun) -> str:
    name = PurePath(str(run.request.get("output_name") or "merged").replace("\\", "/")).stem or "merged"
    return f"{name}.csv"


def _quoted(word: str, windows: bool) -> str:
    if not windows:
        return shlex.quote(word)
    # PowerShell splits -name.csv and -name:value into two words each.
    if _POWERSHELL_PLAIN.fullmatch(word) and not (word.startswith("-") and re.search("[.:]", word)):
        return word
    return "'" + _POWERSHELL_QUOTES.sub(r"\1\1", word) + "'"


def _one_line(text: str) -> str:
    """The text, made unable to end a comment or a docstring early."""
    return " ".join(text.split()).replace("\\", "/").replace('"', "'")


def _harmless(text: str) -> str:
    """The text without signs that zsh would run: at its prompt, zsh does not know comments."""
    return _SIGNS.sub("_", _one_line(text))


def _text(value: str) -> str:
    """A Python literal, in ASCII so that no clipboard or editor encoding changes it."""
    return ascii(str(value))


def _texts(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(_text, values)) + "]"


def _dict(fields: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{_text(name)}: {_text(value)}" for name, value in fields.items()) + "}"


_HEAD = '''"""{title}, again: the calls that Exoplanet Desktop made. Needs requests: pip install requests"""

import hashlib
import json
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

{hint}BACKEND = os.environ.get("EXOPLANET_BACKEND", {address})
TOKEN = os.environ.get("EXOPLANET_TOKEN")

session = requests.Session()
if TOKEN:
    session.headers["Authorization"] = f"Bearer {{TOKEN}}"


def url(path):
    """An address at BACKEND: a server behind a proxy may hand out URLs with the wrong host."""
    parts = urlsplit(path)
    return BACKEND.rstrip("/") + parts.path + (f"?{{parts.query}}" if parts.query else "")


def upload(path):
    """A file for a form. Its name carries its digest: some backends take an old file of the same name instead."""
    data = Path(path).read_bytes()
    return f"{{Path(path).stem}}_{{hashlib.sha256(data).hexdigest()[:16]}}.csv", data, "text/csv"


def answer(response):
    if not response.ok:
        raise SystemExit(f"{{response.status_code}}: {{response.text[:500]}}")
    return response.json()


def download(path, target):
    with session.get(url(path), stream=True) as response:
        response.raise_for_status()
        with open(target, "wb") as file:
            for block in response.iter_content(1 << 20):
                file.write(block)


'''

_MERGED_THERE = """name = {name}
merged = answer(session.get(url("/api/merge")))["files"]
catalog = Path(name).name
download(next(file["url"] for file in merged if file["filename"] == name), catalog)
"""

_MERGE_FIRST = """catalogs = {files}
catalog = catalogs[0]
for number, other in enumerate(catalogs[1:], start=2):
    form = {{"file_a": upload(catalog), "file_b": upload(other)}}
    reply = answer(session.post(url("/api/merge"), files=form, data={{"dedupe": "true"}}))
    catalog = f"merged_{{number}}.csv"
    download(reply["merged_url"], catalog)
"""

_TRAIN = """job = answer(session.post(url("/api/train"), files={{"file": upload(catalog)}}, data={fields}))
while True:
    state = answer(session.get(url(job["status_url"])))
    if state["status"] not in ("PENDING", "RUNNING"):
        break
    print(state.get("stage") or state["status"], flush=True)
    time.sleep(1)
result = state.get("result") or {{}}
if state["status"] != "SUCCEEDED" or result.get("accuracy") is None:
    raise SystemExit(state.get("error") or "The training ended without metrics.")
print(json.dumps({{name: result.get(name) for name in ("accuracy", "cv_mean", "cv_std", "auc_score")}}, indent=1))
"""

_PREDICT = """catalog = {catalog}
fields = {fields}
reply = answer(session.post(url("/api/predict"), files={{"file": upload(catalog)}}, data=fields))
download(reply["csv_file"], {out})
print(reply["total_predicted"], "rows predicted, in", {out})
"""

_MERGE = """catalogs = {files}
form = {{f"file_{{letter}}": upload(catalog) for letter, catalog in zip("abcdefghijklmnopqrstuvwxyz", catalogs)}}
reply = answer(session.post(url("/api/merge"), files=form, data={fields}))
{check}download(reply["merged_url"], {out})
print(reply["merged_rows"], "rows, in", {out})
"""

_MERGED_SO = """if reply.get("rule") != {rule} or len(reply.get("rows_each") or ()) != len(catalogs):
    raise SystemExit("This backend merges two files, and drops exact duplicates alone.")
"""
