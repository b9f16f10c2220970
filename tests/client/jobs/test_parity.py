"""The parity check against a server with programmable predictions."""

import csv
import io
from email.parser import BytesParser

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.jobs.parity import judge_parity, parity_check
from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Disposition, Model, Satellite

KOI, XGB = Satellite.KOI, Model.XGB
C, F = Disposition.CONFIRMED, Disposition.FALSE_POSITIVE


@pytest.fixture
def reference(stage, acts) -> Backend:
    stage.on("GET", "/api/get-uploads-file", acts.Reply({"ok": True, "count": 0, "files": []}))
    return Backend(stage.base)


@pytest.fixture
def predictor(stage, acts):
    """Makes the stage predict a class for each row that it receives, and returns those rows."""
    seen = []

    def install(predict, keep=lambda rows: rows):
        def act(handler):
            request = stage.requests[-1]
            head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
            parts = {p.get_param("name", header="content-disposition"): p for p in _parts(head + request.body)}
            rows = list(csv.DictReader(io.StringIO(parts["file"].get_payload(decode=True).decode())))
            seen.extend(rows)
            results = [{"Row_Number": n, "Predicted_Class": predict(row)} for n, row in enumerate(rows)]
            body = {"satellite": "KOI", "total_predicted": len(rows), "csv_file": "/a.csv", "results": keep(results)}
            acts.Reply(body)(handler)

        stage.on("POST", "/api/predict", act)
        return seen

    return install


def _parts(message: bytes):
    return BytesParser().parsebytes(message).get_payload()


def test_a_model_that_does_what_it_reports_fits(reference, predictor, shared_data):
    seen = predictor(lambda row: row["koi_disposition"], keep=lambda rows: rows[::-1])
    path = shared_data / "koi_train.csv"
    parity = parity_check(reference, path, PredictRequest(KOI, XGB), 0.93)
    assert (parity.found, parity.rows, parity.contradiction) == (1.0, 300, False)
    assert "which is consistent" in parity.sentence
    with path.open(newline="") as file:
        kepids = [row["kepid"] for row in csv.DictReader(file)]
    assert seen[0]["kepid"] == kepids[0]
    # The sample covers the whole file: its last row is from the last few percent.
    assert kepids.index(seen[-1]["kepid"]) > len(kepids) * 0.9


def test_a_model_that_contradicts_its_report_is_told(reference, predictor, shared_data):
    predictor(lambda row: "CONFIRMED")
    parity = parity_check(reference, shared_data / "koi_train.csv", PredictRequest(KOI, XGB), 0.93)
    assert parity.contradiction
    assert parity.found < 0.6
    assert "accuracy 0.93" in parity.sentence
    assert "Do not use this model's labels." in parity.sentence


def test_labels_that_a_model_made_are_no_truth(reference, predictor, tmp_path):
    path = tmp_path / "merged.csv"
    rows = [("CONFIRMED", "catalog")] * 40 + [("FALSE POSITIVE", " Model")] * 200
    path.write_text("koi_disposition,label_source\n" + "".join(f"{label},{by}\n" for label, by in rows))
    predictor(lambda row: "CONFIRMED")
    parity = parity_check(reference, path, PredictRequest(KOI, XGB), 0.93)
    assert (parity.found, parity.rows, parity.contradiction) == (1.0, 40, False)


def test_rows_that_are_missing_are_told(reference, predictor, shared_data):
    predictor(lambda row: "CONFIRMED", keep=lambda rows: rows[1:])
    with pytest.raises(UnavailableError, match="sent 299 of the 300 rows"):
        parity_check(reference, shared_data / "koi_train.csv", PredictRequest(KOI, XGB), 0.93)


@pytest.mark.parametrize(
    ("text", "words"),
    [("koi_disposition,a\n" + "CONFIRMED,1\n" * 29, "29 rows with a known class"), ("a,b\n1,2\n", "no column koi_dis")],
)
def test_a_file_that_tells_too_little_is_refused(reference, stage, tmp_path, text, words):
    path = tmp_path / "small.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        parity_check(reference, path, PredictRequest(KOI, XGB), 0.93)
    assert stage.paths("POST") == []


@pytest.mark.parametrize(
    ("right", "count", "reported", "contradiction"),
    [
        (108, 300, 0.93, True),
        (300, 300, 0.93, False),
        (261, 300, 0.94, True),  # 0.87: by chance once in thousands
        (255, 300, 0.93, True),
        (267, 300, 0.93, False),  # 0.89 of 300 rows: chance explains it
        (7_400, 8_000, 0.93, False),
        (7_200, 8_000, 0.93, True),
        (24, 30, 0.93, False),  # so few rows may be due to chance
        (20, 30, 0.93, True),
        (0, 300, 0.0, False),
        (100, 300, 5.0, True),
    ],
)
def test_what_counts_as_a_contradiction(right, count, reported, contradiction):
    parity = judge_parity([C] * count, ["CONFIRMED"] * right + ["FALSE POSITIVE"] * (count - right), KOI, reported)
    assert parity.contradiction is contradiction


def test_labels_of_the_archive_and_none_at_all_are_compared():
    known = [C, F, C] * 20
    parity = judge_parity(known, ["CP", "FP", None] * 20, Satellite.TOI, 0.7)
    assert parity.found == pytest.approx(2 / 3)
