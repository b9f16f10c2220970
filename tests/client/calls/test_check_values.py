import math
from dataclasses import replace
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.client.calls.check_values import check_rows, check_sums, check_table, check_training
from exoplanet_desktop.client.calls.checks import check_prediction
from exoplanet_desktop.wire.payloads import JobStatus, PredictReply, TrainResult
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite

SENT = Layout(Path("koi.csv"), 0, ",", "utf-8", ("kepid",), {}, {}, 2)
GOOD = {"Predicted_Class": "CONFIRMED", "Prob_CANDIDATE": 0.1, "Prob_CONFIRMED": 0.7, "Prob_FALSE POSITIVE": 0.2}


def reply(*rows, **more) -> PredictReply:
    fields = {"satellite": "KOI", "total_predicted": len(rows), "csv_file": "/a.csv", "results": list(rows)}
    return PredictReply.model_validate(fields | more)


def row(**changes):
    return GOOD | {name.replace("FALSE_POSITIVE", "FALSE POSITIVE"): value for name, value in changes.items()}


# Rows


@pytest.mark.parametrize("name", ["predict_all", "predict_two_rows", "predict_wrong_columns"])
def test_recorded_rows_have_nothing_odd(recorded, name):
    body = recorded(name)["response"]["body"]
    assert check_rows(PredictReply.model_validate(body), Satellite.KOI) == []


def test_rows_without_labels_or_in_the_other_spelling_are_taken():
    assert check_rows(reply({}, {"pred_label": "REFUTED", "Prob_REFUTED": 1}), Satellite.K2) == []
    assert check_rows(reply({"Predicted_Class": "PC"}), Satellite.TOI) == []
    assert check_rows(reply(row(Prob_CONFIRMED=0.703)), Satellite.KOI) == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row(Predicted_Class="PLANET"), "does not know (“PLANET” in row 1)"),
        (row(Prob_CONFIRMED=1.7), "outside 0 to 1 (1.7 in row 1)"),
        (row(Prob_CONFIRMED=-0.2), "outside 0 to 1"),
        (row(Prob_CONFIRMED=math.nan), "outside 0 to 1"),
        (row(Prob_CONFIRMED=None), "outside 0 to 1"),
        (row(Prob_CONFIRMED="0.7"), "outside 0 to 1"),
        (row(Prob_CONFIRMED=True), "outside 0 to 1"),
        (row(Prob_CONFIRMED=0.2), "do not sum to 1 (0.5 in row 1)"),
        (row(Predicted_Class="CANDIDATE"), "not the most probable one (CANDIDATE at 0.1 in row 1)"),
    ],
)
def test_each_oddity_of_rows_is_one_line(bad, words):
    (sentence,) = check_rows(reply(row(), bad), Satellite.KOI)
    assert sentence.startswith("1 row has")
    assert words in sentence
    (sentence,) = check_rows(reply(row(), *[bad] * 1200), Satellite.KOI)
    assert sentence.startswith("1,200 rows have")


def test_oddities_stand_among_the_deviations():
    asked = PredictRequest(Satellite.KOI, Model.XGB, row_count=1)
    bad = reply(row(Prob_CONFIRMED=9), model_type="xgb", from_row=0, to_row=0)
    assert len(check_prediction(bad, asked)) == 1


def test_sums_of_our_engine_are_held_against_each_other():
    fine = {"class_counts": {"CONFIRMED": 1, "CANDIDATE": 0}, "agreement": {"known": 1, "matches": 0}}
    assert check_sums(reply({}, **fine)) == []
    assert check_sums(reply({})) == []
    (sentence,) = check_sums(reply({}, class_counts={"CONFIRMED": 2}))
    assert "one of the two is wrong" in sentence
    for agreement in ({"known": 2, "matches": 0}, {"known": 1, "matches": 2}, {"known": 1, "matches": -1}):
        (sentence,) = check_sums(reply({}, agreement=agreement))
        assert "is impossible" in sentence


# Trainings


def check(params=None, **metrics) -> list[str]:
    return check_training(TrainResult.model_validate(metrics), Satellite.KOI, Model.XGB, params)


def test_a_recorded_training_has_nothing_odd(recorded):
    status = JobStatus.model_validate(recorded("status_succeeded")["response"]["body"])
    result = TrainResult.model_validate(status.result)
    assert check_training(result, Satellite.KOI, Model.XGB, status.params) == []
    assert len(check_training(result, Satellite.K2, Model.RF, status.params)) == 2


@pytest.mark.parametrize(
    "metrics",
    [
        {"accuracy": 0, "cv_mean": 1, "cv_std": 0},
        {"auc_score": math.nan},
        {"log_loss": 7.0, "mcc": -0.4, "brier": 1.3},
        {"accuracy": 0.75, "labels": ["CONFIRMED", "CANDIDATE"], "confusion_matrix": [[2, 1], [0, 1]]},
        {"per_class": {"a": {"precision": None, "recall": 1, "f1": math.nan}}},
        {"per_class": {"a": {"precision": 0, "recall": 0.0, "f1": 1.0}}},
    ],
)
def test_metrics_that_can_be_are_taken(metrics):
    assert check(**metrics) == []


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        ({"accuracy": 93.0}, "accuracy 93, which is impossible (the range is 0 to 1)"),
        ({"cv_mean": -0.1}, "cv_mean"),
        ({"cv_std": 0.7}, "cv_std"),
        ({"auc_score": math.inf}, "auc_score (inf)"),
        ({"log_loss": -1}, "log_loss"),
        ({"mcc": 1.5}, "mcc"),
        ({"confusion_matrix": [[1, 2], [3]]}, "does not fit its classes"),
        ({"labels": ["CONFIRMED"], "confusion_matrix": [[1, 2], [3, 4]]}, "does not fit its classes"),
        ({"labels": ["CONFIRMED", "0"]}, "the class “0”, which a KOI catalog does not know"),
        ({"confusion_matrix": [[-1]]}, "does not fit its classes"),
        ({"accuracy": 0.93, "confusion_matrix": [[36, 64], [0, 0]]}, "has 0.360 of its rows right"),
        ({"per_class": {"CANDIDATE": {"recall": 1.2}}}, "recall 1.2 for CANDIDATE"),
    ],
)
def test_metrics_that_cannot_be_are_told(metrics, words):
    (sentence,) = check(**metrics)
    assert words in sentence


def test_another_model_than_asked_is_told():
    (sentence,) = check({"satellite": "KOI", "model": "svm", "data_path": 7})
    assert "model svm, although xgb was requested" in sentence
    assert check({"satellite": "koi"}) == []


# The downloaded file


@pytest.fixture
def table_of(tmp_path: Path):
    opened = []

    def make(text: str) -> Table:
        path = tmp_path / f"{len(opened)}.csv"
        path.write_text(text)
        opened.append(Table.open(path))
        return opened[-1]

    yield make
    for table in opened:
        table.close()


HEAD = "kepid,Predicted_Class,Confidence,Prob_CANDIDATE,Prob_CONFIRMED,Prob_FALSE POSITIVE\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "1,CONFIRMED,0.7,0.1,0.7,0.2\n2,CONFIRMED,0.7,0.1,0.7,0.2\n", []),
        (HEAD + "1,CONFIRMED,0.7,0.1,0.7,0.2\n", ["has 1 rows, though 2"]),
        (HEAD + "1,C,0.7,0.1,0.7,0.2\n2,C,0.7,0.1,0.7,\n", ["1 rows of the file have probabilities outside"]),
        (
            HEAD + "1,C,0.7,0.1,0.7,0.2\n2,C,0.7,0.1,0.7,0.7\n",
            ["1 rows of the file have probabilities that do not sum"],
        ),
        ("kepid\n1\n2\n", ["no column with the predicted class"]),
        ("x,Predicted_Class\n1,C\n2,C\n", ["lacks kepid of the file sent"]),
    ],
)
def test_a_downloaded_file_is_held_against_its_reply(table_of, text, words):
    found = check_table(table_of(text), reply({}, {}), SENT)
    assert len(found) == len(words)
    for sentence, word in zip(found, words, strict=True):
        assert word in sentence


def test_a_column_may_come_back_under_its_own_name(table_of):
    text = "kepid,Days,Predicted_Class\n1,2,CONFIRMED\n3,4,CONFIRMED\n"
    for columns, own in ((("kepid", "koi_period"), ("kepid", "Days")), (("kepid", "Days"), ())):
        sent = replace(SENT, columns=columns, given=own)
        assert check_table(table_of(text), reply({}, {}), sent) == []
    sent = replace(SENT, columns=("kepid", "koi_depth"), given=("kepid", "Depth"))
    assert "lacks koi_depth" in check_table(table_of(text), reply({}, {}), sent)[0]
