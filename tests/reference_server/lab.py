"""A good backend in a few lines: the right answer to every call of the window, with or without extensions."""

import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from tests.reference_server.stage import Act, Handler, Reply, Stage

LABELS = ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")
EXTENSIONS = ("async", "balance", "cancel", "features", "logs-offset", "merge-delete", "models")
JOB, OTHER_JOB = "0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002"
MERGED_NAME, MODEL_FILE = "merged__a__b.csv", "KOI_model_xgb.joblib"
MODEL_BYTES = bytes(range(256)) * 64

TRAIN, STATUS, LOGS = "/api/train", f"/api/train/{JOB}/status", f"/api/train/{JOB}/logs"
CANCEL, PREDICT, MERGE, UPLOADS = f"/api/train/{JOB}/cancel", "/api/predict", "/api/merge", "/api/get-uploads-file"
PICTURE, PICTURE_SHARES = "/media/plots/cm.png", "/media/plots/cm_norm.png"
MODEL, PREDICTED, MERGED = f"/media/models/{MODEL_FILE}", "/media/predicted.csv", f"/media/{MERGED_NAME}"
DELETE_MERGED, HEALTH, MODELS = f"/api/merge/{MERGED_NAME}", "/api/health", "/api/models"


def picture() -> bytes:
    """A PNG of 8 × 8 grey pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(range(row * 8, row * 8 + 8)) for row in range(8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def result(base: str) -> dict[str, Any]:
    """A reference backend's result of a successful training."""
    return {
        "accuracy": 0.929, "cv_mean": 0.931, "cv_std": 0.004, "auc_score": 0.985, "elapsed_sec": 3.1,
        "cm_image_url": f"{base}{PICTURE}", "cm_norm_image_url": f"{base}{PICTURE_SHARES}",
        "model_url": f"{base}{MODEL}", "model_path": f"C:\\server\\models\\{MODEL_FILE}",
    }  # fmt: skip


def status(word: str = "SUCCEEDED", base: str = "", **more: Any) -> dict[str, Any]:
    params = {"data_path": "/srv/data.csv", "satellite": "KOI", "model": "xgb"}
    reply = {"ok": True, "job_id": JOB, "status": word, "params": params, "result": None, "error": None}
    return {**reply, "result": result(base) if word == "SUCCEEDED" else None, **more}


def accepted(base: str = "", job: str = JOB) -> dict[str, Any]:
    urls = {"status_url": f"{base}/api/train/{job}/status", "logs_url": f"{base}/api/train/{job}/logs"}
    return {"ok": True, "message": "Training started", "job_id": job, "status": "PENDING", **urls, "info": None}


def predicted_rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "Row_Number": row, "KEP_ID": 1000 + row, "KOI_Name": f"K{row:05}.01", "Kepler_Name": None,
            "Actual_Class": LABELS[row % 3], "Predicted_Class": LABELS[row % 3], "Confidence": 0.9, "Match": "Yes",
            **{f"Prob_{label}": 0.9 if label == LABELS[row % 3] else 0.05 for label in LABELS},
        }
        for row in range(count)
    ]  # fmt: skip


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    rows = list(rows)
    lines = [",".join(rows[0]), *(",".join("" if v is None else str(v) for v in row.values()) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def answers(catalog: bytes, rows: int, base: str = "", extensions: Iterable[str] = ()) -> dict[tuple[str, str], Reply]:
    """The right answers by method and path.

    Args:
        catalog: a CSV, used as the content of the merged file.
        rows: number of rows in a prediction.
        base: prefix of the addresses in replies.
        extensions: empty for a reference backend.
    """
    results = predicted_rows(rows)
    predicted = {
        "ok": True, "satellite": "KOI", "model_type": "xgb", "from_row": 0, "to_row": rows - 1,
        "total_predicted": rows, "csv_file": f"{base}{PREDICTED}", "results": results,
    }  # fmt: skip
    merged_file = {
        "filename": MERGED_NAME, "url": f"{base}{MERGED}", "rows": rows, "size_bytes": len(catalog),
        "modified": "2026-11-20T10:00:00", "merge_token": "t", "rel_path": MERGED_NAME,
    }  # fmt: skip
    merged = {
        "ok": True, "message": "Merge complete", "merged_filename": MERGED_NAME, "merged_rows": rows,
        "merged_url": f"{base}{MERGED}", "merge_token": "t", "expires_in": 1800,
    }  # fmt: skip
    logs = {"ok": True, "job_id": JOB, "tail": None, "logs": "reading\ntraining\n"}
    found: dict[tuple[str, str], Reply] = {
        ("POST", TRAIN): Reply(accepted(base), 202),
        ("GET", STATUS): Reply(status(base=base)),
        ("GET", LOGS): Reply(logs),
        ("GET", PICTURE): Reply(picture(), content_type="image/png"),
        ("GET", PICTURE_SHARES): Reply(picture(), content_type="image/png"),
        ("GET", MODEL): Reply(MODEL_BYTES, content_type="application/octet-stream"),
        ("POST", PREDICT): Reply(predicted),
        ("GET", PREDICTED): Reply(as_csv(results), content_type="text/csv"),
        ("POST", MERGE): Reply(merged),
        ("GET", MERGE): Reply({"ok": True, "count": 1, "files": [merged_file]}),
        ("GET", MERGED): Reply(catalog, content_type="text/csv"),
        ("GET", UPLOADS): Reply({"ok": True, "count": 0, "files": []}),
    }
    if extensions:
        kind = {"satellite": "KOI", "model": "xgb", "features": "vetted", "model_version": "v1"}
        health = {"ok": True, "name": "exoplanet-desktop", "version": "1", "extensions": list(extensions)}
        found |= {
            ("GET", HEALTH): Reply({**health, "satellites": ["KOI"], "models": ["xgb"], "limits": {}}),
            ("GET", MODELS): Reply({"ok": True, "models": [{**kind, "created_at": "2026-11-20T10:00:00Z"}]}),
            ("POST", CANCEL): Reply({"ok": True}),
            ("DELETE", DELETE_MERGED): Reply({"ok": True}),
            ("GET", LOGS): Reply({**logs, "next_offset": 17}),
        }
    return found


def mount(
    stage: Stage, catalog: bytes = b"kepid\n1\n", rows: int = 3, base: str | None = None, extensions: Iterable[str] = ()
) -> None:
    """Makes a stage answer like a good backend; `base` is the prefix of its addresses, the stage's own if None."""
    for (method, path), reply in answers(catalog, rows, stage.base if base is None else base, extensions).items():
        stage.on(method, path, reply)


def running(stage: Stage, *, then: Act | None = None, times: int = 1) -> None:
    """Makes the job run for `times` polls, each with progress, before it ends as `then` (or successfully)."""
    acts: list[Act] = [
        Reply(status("RUNNING", progress=share / (times + 1), stage=f"fold {share} of {times}"))
        for share in range(1, times + 1)
    ]
    stage.on("GET", STATUS, *acts, then or Reply(status(base=stage.base)))


def keeps_running(handler: Handler) -> None:
    Reply(status("RUNNING", progress=0.4, stage="fold 2 of 5"))(handler)
