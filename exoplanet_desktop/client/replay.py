"""A run of the record as something to run again: a command line of this program, or a program in Python.

No token is in either: a command reads it from a file, a program from its environment.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from exoplanet_desktop.catalogs.merging.duplicates import Duplicates
from exoplanet_desktop.client.record_entry import Run
from exoplanet_desktop.client.replay_reading import reading_fields, reading_options, readings_of
from exoplanet_desktop.client.sent import readings_field
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import ModelLabels

PROGRAM = "exoplanet-desktop"
OWN_FOLDER = "exoplanet-desktop-runs"
"""The data folder of a command that needs no backend: the window holds its own."""
TOKEN_FILE = "token.txt"  # noqa: S105 - the name of a file, which the user writes
KINDS = ("train", "predict", "merge")

# In PowerShell these end a text in single quotes, the typographic ones too; doubled, they stand for themselves.
_POWERSHELL_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_SIGNS = re.compile(r"[^\w .,:/-]")
_POWERSHELL_PLAIN = re.compile(r"[A-Za-z0-9_./:\\=-]+")


def command(run: Run, *, embedded: bool, token: bool = False, windows: bool = False) -> str:
    """The command line that does a run again, quoted for a POSIX shell, or for PowerShell with `windows`.

    Args:
        embedded: whether the window's own engine did it.
        token: whether its backend asks for a token.

    Raises InputError for a run that no command does.
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


def _train_command(run: Run) -> tuple[list[str], list[str], list[str]]:
    asked = run.request
    options = _given(asked, "satellite", "model", "features", "balance")
    if asked.get("sentinel") is False:
        options.append("--no-sentinel")
    if asked.get("model_labels") == ModelLabels.USE:
        options.append("--use-model-labels")
    return [*options, *reading_options(run, _files(run))], _files(run), _note_of_merged(run)


def _predict_command(run: Run) -> tuple[list[str], list[str], list[str]]:
    asked, files = run.request, _files(run)
    options = _given(asked, "satellite", "model", "features")
    for name in ("from_row", "to_row"):
        if isinstance(asked.get(name), int):
            options += [f"--{name.replace('_', '-')}", str(asked[name])]
    options += [*reading_options(run, _files(run)), "--output", _predicted(files[0])]
    notes = []
    if asked.get("model_version"):
        notes.append(f"Uses the newest model of its kind; the run used version {asked['model_version']}.")
    return options, files, notes


def _merge_command(run: Run) -> tuple[list[str], list[str], list[str]]:
    options = ["--rule", _rule(run), *_given(run.request, "identifier")]
    return [*options, *reading_options(run, _files(run)), "--output", _merged_name(run)], _files(run), []


_COMMANDS = {"train": _train_command, "predict": _predict_command, "merge": _merge_command}


def python(run: Run, *, embedded: bool) -> str:
    """A program that does a run again with `requests`, by the wire contract. Raises InputError as `command`."""
    address = "http://127.0.0.1:8001" if embedded else run.backend_address
    hint = f"# Any backend will do; one of your own: {PROGRAM} serve --no-auth\n" if embedded else ""
    program = _PROGRAMS[_kind(run)](run)
    return _HEAD.format(title=_one_line(run.title), hint=hint, address=_text(address)) + program


def _train_program(run: Run) -> str:
    asked = run.request
    fields = {
        name: asked[name] for name in ("satellite", "model", "features", "balance", "model_labels") if asked.get(name)
    }
    if asked.get("sentinel") is not None:
        fields["sentinel"] = "true" if asked["sentinel"] else "false"
    files = _files(run)
    fields |= reading_fields(run, _files(run))
    if asked.get("merged"):
        catalog = _MERGED_THERE.format(name=_text(files[0]))
    elif len(files) > 1:
        catalog = _MERGE_FIRST.format(files=_texts(files))
    else:
        catalog = f"catalog = Path({_text(files[0])})\n"
    return catalog + _TRAIN.format(fields=_dict(fields))


def _predict_program(run: Run) -> str:
    asked, files = run.request, _files(run)
    # Backends differ in the names of these fields and ignore what they do not know.
    spelled = {
        "satellite": asked.get("satellite"),
        "model": asked.get("model"),
        "model_type": asked.get("model"),
        "features": asked.get("features"),
        "model_version": asked.get("model_version"),
        "from_row": asked.get("from_row"),
        "from_csv_range": asked.get("from_row"),
        "to_row": asked.get("to_row"),
        "to_csv_range": asked.get("to_row"),
    }
    fields = {name: str(value) for name, value in spelled.items() if value is not None} | reading_fields(
        run, _files(run)
    )
    return _PREDICT.format(catalog=_text(files[0]), fields=_dict(fields), out=_text(_predicted(files[0])))


def _merge_program(run: Run) -> str:
    files, asked, rule = _files(run), run.request, _rule(run)
    given = {name: str(asked[name]) for name in ("identifier", "output_name") if asked.get(name)}
    fields = {"rule": rule, "dedupe": "false" if rule == Duplicates.NONE else "true", **given}
    fields |= readings_field(readings_of(run, _files(run)))
    plain = len(files) == 2 and rule in (Duplicates.EXACT, Duplicates.NONE)
    check = "" if plain else _MERGED_SO.format(rule=_text(rule))
    return _MERGE.format(files=_texts(files), fields=_dict(fields), check=check, out=_text(_merged_name(run)))


_PROGRAMS = {"train": _train_program, "predict": _predict_program, "merge": _merge_program}


def _kind(run: Run) -> str:
    if run.kind not in KINDS:
        raise InputError("This run consists of several runs. Copy each of them.")
    return run.kind


def _files(run: Run) -> list[str]:
    """The catalogs, with their folders where they are known. Raises InputError where none is."""
    files = [str(name) for name in run.request.get("paths") or run.request.get("files") or () if name]
    if not files or any("\0" in name or "\n" in name for name in files):
        raise InputError("The record does not say which files this run used, so it cannot be copied.")
    return files


def _note_of_merged(run: Run) -> list[str]:
    """A word about a file that only the backend has."""
    if not run.request.get("merged"):
        return []
    return [f"{_files(run)[0]} is a merged file of the backend: save it here first, from the Merge tab."]


def _rule(run: Run) -> str:
    """Which rows a merge took for duplicates; some records say only whether it took any."""
    told = run.request.get("rule")
    return str(told or (Duplicates.NONE if run.request.get("dedupe") is False else Duplicates.EXACT))


def _given(asked: Any, *names: str) -> list[str]:
    return [word for name in names if asked.get(name) for word in (f"--{name}", str(asked[name]))]


def _predicted(file: str) -> str:
    return f"{PurePath(file.replace(chr(92), '/')).stem}_predicted.csv"


def _merged_name(run: Run) -> str:
    name = PurePath(str(run.request.get("output_name") or "merged").replace("\\", "/")).stem or "merged"
    return f"{name}.csv"


def _quoted(word: str, windows: bool) -> str:
    if not windows:
        return shlex.quote(word)
    # PowerShell takes -name.csv and -name:value for two words each.
    if _POWERSHELL_PLAIN.fullmatch(word) and not (word.startswith("-") and re.search("[.:]", word)):
        return word
    return "'" + _POWERSHELL_QUOTES.sub(r"\1\1", word) + "'"


def _one_line(text: str) -> str:
    """A text that cannot end a comment or a docstring early."""
    return " ".join(text.split()).replace("\\", "/").replace('"', "'")


def _harmless(text: str) -> str:
    """A text that is a comment also for a shell that knows none at its prompt, as zsh does: it would run its signs."""
    return _SIGNS.sub("_", _one_line(text))


def _text(value: str) -> str:
    """A Python literal; ASCII, so that no encoding of a clipboard or an editor changes it."""
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
