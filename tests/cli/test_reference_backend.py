"""With a plain-contract backend, which reports less, and some of it wrong."""

import csv
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.reference_server import lab
from tests.reference_server.stage import Reply


@pytest.fixture
def reference(shared_contract):
    """A server that answers each call with a recorded exchange; its address, and the answers by method and path."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name = answers.get(f"{self.command} {self.path}", "not_found")
            reply = json.loads((shared_contract / f"{name}.json").read_text())["response"]
            body = reply["body"] if isinstance(reply["body"], str) else json.dumps(reply["body"])
            self.send_response(reply["status"])
            self.send_header("Content-Type", reply["content_type"])
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        answers["GET /api/get-uploads-file"] = "uploads_list"
        yield f"http://127.0.0.1:{server.server_address[1]}", answers
        server.shutdown()
        thread.join()


def answer_training(answers, accepted, ended, logs):
    job = "GET /api/train/{}".format(accepted.split(":")[1])
    answers["POST /api/train"] = accepted.split(":")[0]
    answers[f"{job}/status"], answers[f"{job}/logs"] = ended, logs


def test_a_training_ends_with_its_metrics(run, reference, catalog, tmp_path):
    address, answers = reference
    job = "train_accepted:dc7a5eb7-a050-48e5-a6fe-7900c094dfd6"
    answer_training(answers, job, "status_succeeded", "logs_tail")
    done = run("train", catalog, "--backend", address, "--data-dir", tmp_path)
    assert done.code == 0, done.err
    assert "0.929 on held-out rows" in done.out
    assert "0.906 ± 0.036, mean of 5 folds, measure not told" in done.out


def test_a_success_without_metrics_is_none_and_the_cause_is_looked_for(run, reference, rows, write, catalog, tmp_path):
    address, answers = reference
    job = "train_no_label_column:8fc5c6cd-9be8-44ef-bce8-244f4113f53f"
    answer_training(answers, job, "status_succeeded_without_metrics", "logs_failed")
    done = run("train", catalog, "--backend", address, "--data-dir", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "sent no metrics, so it failed" in done.sentence
    assert "multi_class" in (tmp_path / "exoplanet-desktop.log").read_text(), "the job's log is kept"

    label = rows[0].index("koi_disposition")
    one_class = write(tmp_path / "one.csv", [rows[0], *[row for row in rows[1:] if row[label] == "CANDIDATE"]])
    done = run("train", one_class, "--backend", address, "--data-dir", tmp_path)
    assert done.code == 2
    assert "one.csv are CANDIDATE" in done.sentence


def test_a_prediction_other_than_asked_is_no_success(run, reference, catalog, tmp_path):
    address, answers = reference
    answers["POST /api/predict"] = "predict_two_rows"
    here = ("--satellite", "KOI", "--backend", address, "--data-dir", tmp_path)
    done = run("predict", catalog, *here, "--from-row", 0, "--to-row", 1)
    assert done.code == 0, done.err
    assert "2 of 2 known labels (100.0%)" in done.out
    done = run("predict", catalog, *here, "--model", "svm", "--from-row", 5, "--to-row", 6)
    assert done.code == 1
    assert "Warning: The backend used the model xgb, although svm was requested." in done.err
    assert "Warning: The backend predicted rows 0 to 1, although 5 to 6 were requested." in done.err


def test_undecided_rows_and_rows_that_the_model_has_seen_are_told(run, stage, rows, write, catalog, tmp_path):
    label = rows[0].index("koi_disposition")
    half = [[*row[:label], "", *row[label + 1 :]] if number % 2 else row for number, row in enumerate(rows)]
    spaced = write(tmp_path / "half.csv", [[f" {name}" for name in rows[0]], *half[1:101]])
    lab.mount(stage)
    appended = ("Predicted_Class", "Match")
    asked, table = half[1:101], [[*rows[0], *appended], *([*row, "CANDIDATE", "No"] for row in half[1:101])]
    results = [
        {"Row_Number": n, "Actual_Class": row[label] or None, "Predicted_Class": row[label] or "CANDIDATE",
         "Match": "Yes" if row[label] else "No"}
        for n, row in enumerate(asked)
    ]  # fmt: skip
    reply = {**lab.answers(b"", 1)["POST", lab.PREDICT].body, "to_row": 99, "total_predicted": 100, "results": results}
    stage.on("POST", lab.PREDICT, Reply(reply))
    sent = write(tmp_path / "table.csv", table).read_bytes()
    stage.on("GET", lab.PREDICTED, Reply(sent, content_type="text/csv"))

    out = tmp_path / "out.csv"
    here = ("--satellite", "KOI", "--backend", stage.base, "--data-dir", tmp_path / "data")
    done = run("predict", spaced, "--train-on", catalog, "-o", out, *here)
    assert done.code == 0, done.err
    known = sum(bool(row[label]) for row in asked)
    assert f"{known} of {known} known labels (100.0%)" in done.out
    assert "The backend has a plain copy of half.csv, read as it is shown here." in done.out
    assert "Warning: 100 of 100 rows are of objects the model was trained on; their agreement says little." in done.err
    with out.open(newline="") as file:
        words = {(bool(row["koi_disposition"]), row["Match"]) for row in csv.DictReader(file)}
    assert words == {(True, "No"), (False, "")}
