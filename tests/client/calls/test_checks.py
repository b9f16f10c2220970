import pytest

from exoplanet_desktop.client.calls.checks import check_prediction, differences
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite


def reply(**changes) -> PredictReply:
    fields = {
        "satellite": "KOI",
        "model_type": "xgb",
        "from_row": 2,
        "to_row": 4,
        "total_predicted": 3,
        "csv_file": "/media/x.csv",
        "results": [{}, {}, {}],
    }
    return PredictReply.model_validate(fields | changes)


ASKED = PredictRequest(Satellite.KOI, Model.XGB, 2, 4)


def test_a_reply_that_is_what_was_asked_has_no_deviation():
    assert check_prediction(reply(), ASKED) == []
    whole = PredictRequest(Satellite.KOI, Model.XGB, row_count=5)
    assert check_prediction(reply(from_row=0, total_predicted=5, results=[{}] * 5), whole) == []
    assert check_prediction(reply(features="blind"), PredictRequest(*_three(), features=Features.BLIND)) == []
    assert check_prediction(reply(), PredictRequest(*_three(), features=Features.VETTED)) == []


def _three():
    return Satellite.KOI, Model.XGB, 2, 4


@pytest.mark.parametrize(
    ("changes", "asked", "words"),
    [
        ({"satellite": "TOI"}, ASKED, "predicted for TOI, although KOI was requested"),
        (
            {"model_type": "xgb"},
            PredictRequest(Satellite.KOI, Model.SVM, 2, 4),
            "model xgb, although svm was requested",
        ),
        ({"from_row": 0, "to_row": 2}, ASKED, "rows 0 to 2, although 2 to 4 were requested"),
        (
            {"from_row": 2, "to_row": 4},
            PredictRequest(Satellite.KOI, Model.XGB),
            "although 0 to the last were requested",
        ),
        ({}, PredictRequest(Satellite.KOI, Model.XGB, 2, row_count=9), "although 2 to 8 were requested"),
        ({"total_predicted": 9, "results": [{}] * 9}, ASKED, "predicted 9 rows, but its range 2 to 4 has 3"),
        ({"results": [{}]}, ASKED, "sent 1 of the 3 predicted rows"),
        ({}, PredictRequest(*_three(), features=Features.BLIND), "used all features, although blind ones"),
        ({}, PredictRequest(*_three(), model_version="v2"), "a version that it does not name"),
        ({"model_version": "v1"}, PredictRequest(*_three(), model_version="v2"), "the version v1"),
    ],
)
def test_each_contradiction_is_told(changes, asked, words):
    (sentence,) = differences(reply(**changes), asked)
    assert words in sentence
    assert check_prediction(reply(**changes), asked) == [sentence]


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"model_type": None}, "which model it used; xgb"), ({"to_row": None}, "which rows it predicted; 2 to 4")],
)
def test_what_an_older_backend_leaves_out_is_told_and_no_contradiction(changes, words):
    assert differences(reply(**changes), ASKED) == []
    (sentence,) = check_prediction(reply(**changes), ASKED)
    assert words in sentence
