"""Forged runs are imported, viewed and exported: nothing breaks, and nothing in them is trusted."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.runs.training_run import TrainingRun

SOON_MS = 10_000
GOOD = {
    "kind": "train",
    "title": "mine",
    "status": "SUCCEEDED",
    "created_at": "2026-11-24T08:00:00+00:00",
    "backend_title": "Embedded engine",
    "backend_address": "http://127.0.0.1:1",
    "request": {"satellite": "KOI", "model": "xgb", "features": "vetted", "files": ["koi.csv"]},
    "result": {"accuracy": 0.93, "cv_mean": 0.931, "cv_std": 0.004, "auc_score": 0.985, "elapsed_sec": 3.2},
}
MARKUP = '<img src="file:///etc/passwd"><script>alert(1)</script><b>bold</b>'
FORGED: dict[str, dict[str, Any]] = {
    "a result of other types": {"result": {"accuracy": "high", "labels": 7, "confusion_matrix": "x"}},
    "a result that is a list": {"result": [1, 2]},
    "a matrix that fits nothing": {"result": {"accuracy": 0.9, "labels": ["A"], "confusion_matrix": [[1, 2], [3]]}},
    "a matrix of many classes": {
        "result": {"accuracy": 0.9, "labels": [f"C{n}" for n in range(400)], "confusion_matrix": [[1] * 400] * 400}
    },
    "curves of nonsense": {"result": {"accuracy": 0.9, "curves": {"roc": 7, "reliability": [[None]]}}},
    "importance of nonsense": {"result": {"accuracy": 0.9, "importance": [{"name": "x" * 100_000, "mean": None}]}},
    "parity of nonsense": {"result": {"accuracy": 0.9, "parity": {"contradiction": True, "sentence": [MARKUP] * 9}}},
    "another satellite": {"request": {"satellite": "MARS", "model": "xgb"}},
    "no request": {"request": {}},
    "files that are none": {"request": {"satellite": "KOI", "model": "xgb", "files": {"a": 1}}},
    "a merged file": {"request": {"satellite": "KOI", "model": "xgb", "files": ["m"], "merged_url": "http://evil/x"}},
    "markup everywhere": {"title": MARKUP, "backend_title": MARKUP, "warnings": [MARKUP], "error": MARKUP},
    "a group": {"kind": "train-all", "request": {"satellite": "KOI", "models": ["xgb"]}},
    "a prediction": {"kind": "predict", "request": {"inputs": 7}, "result": {"class_counts": [1], "file": 7}},
    "a merge": {"kind": "merge", "request": {"files": ["a", "b"]}, "result": {"merged_rows": "many"}},
    "a kind of its own": {"kind": "dance"},
    "one that waits": {"status": "WAITING"},
    "one that runs": {"status": "RUNNING", "job_id": "j", "status_url": "http://evil/s", "logs_url": "http://evil/l"},
}


def forge(target: Path, **changes: Any) -> Path:
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 500
    name = "confusion_matrix.png"
    manifest = {
        "format": "exoplanet-desktop-run",
        "format_version": 1,
        "run": {**GOOD, **changes},
        "files": {name: hashlib.sha256(picture).hexdigest()},
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("run.json", json.dumps(manifest))
        archive.writestr("log.txt", MARKUP)
        archive.writestr(f"files/{name}", picture)
    return target


def test_forged_runs_are_looked_at_and_break_nothing(dock: Callable[[], Any], qtbot: QtBot, tmp_path: Path) -> None:
    shown = dock()
    window, notices = shown.window(), shown.window().notices

    def dialogs() -> list[QDialog]:
        return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]

    def play(source: Path, target: Path) -> None:
        rows, notices_before = shown.model.rowCount(), len(notices.failures())
        shown.commands.import_run(str(source))
        qtbot.waitUntil(lambda: shown.model.rowCount() > rows, timeout=SOON_MS)
        (row,) = shown.view.chosen()
        shown.opener.open(row)
        qtbot.waitUntil(lambda: bool(dialogs()) or len(notices.failures()) > notices_before, timeout=SOON_MS)
        for dialog in dialogs():
            dialog.grab()
        for run in window.dialogs:
            assert isinstance(run, TrainingRun)
            assert not run.snapshot.can_wait, "it must not be sent by itself"
            assert not any(path.is_absolute() for path in run.request.paths), "it leads to a file of this machine"
        shown.commands.export(row, str(target))
        qtbot.waitUntil(target.is_file, timeout=SOON_MS)
        told = " ".join(notices.texts())
        assert "inside the program" not in told, told
        for dialog in dialogs():
            dialog.close()
        notices.clear()

    bad = []
    for number, (name, changes) in enumerate(FORGED.items()):
        try:
            play(forge(tmp_path / f"{number}.zip", **changes), tmp_path / f"{number}_again.zip")
        except Exception as error:  # the others are still played
            bad.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
    shown.grab()
    assert not bad, "\n".join(bad)
