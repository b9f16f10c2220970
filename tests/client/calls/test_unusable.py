"""Replies with values that no reply can have: what is good of them is used, and what is not is named."""

import json
import math
from typing import Any

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.calls.check_values import check_training
from exoplanet_desktop.client.calls.checks import differences
from exoplanet_desktop.client.jobs.jobs import judge
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.wire.payloads import JobStatus, PredictReply
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite


def test_a_reply_that_is_nested_too_deep_is_told(stage, acts):
    deep = '{"ok": true, "files": ' + "[" * 900 + "]" * 900 + "}"
    stage.on("GET", "/api/merge", acts.Reply(deep))
    stage.on("GET", "/api/get-uploads-file", acts.Reply('{"ok": true, "count": 0, "files": []}'))
    with pytest.raises(UnavailableError, match="is not a list of merged files"):
        Backend(stage.base).merged()


def test_a_training_on_hundreds_of_classes_is_told():
    labels = [f"C{number}" for number in range(400)]
    result = {"accuracy": 0.9, "labels": labels, "confusion_matrix": [[1] * 400] * 400}
    outcome = judge(JobStatus(job_id="j", status="SUCCEEDED", result=result))
    assert outcome.result is not None and outcome.result.accuracy == 0.9
    assert outcome.result.labels is None and outcome.result.confusion_matrix is None
    assert "reports 400 classes" in outcome.warnings[0]


def test_a_wild_file_does_not_hide_the_others(stage, acts):
    good = {"filename": "good.csv", "url": "/media/good.csv", "rows": 5}
    wild = [{**good, "filename": None}, 7, {"url": "/media/x.csv"}]
    stage.on("GET", "/api/merge", acts.Reply({"ok": True, "count": 5, "files": [*wild, good, {**good, "rows": 2**63}]}))
    listed = Backend(stage.base).merged()
    assert [(file.filename, file.rows) for file in listed.files] == [("good.csv", 5), ("good.csv", None)]
    assert listed.unusable == "files.rows (9223372036854775808), files, entry 1, files, entry 2 and 1 more"


@pytest.mark.parametrize("value", [math.inf, -math.inf, 2**63, 10**400, 1e300, "inf", [[]]])
def test_a_training_with_a_wild_number_says_so(value: Any):
    result = {"accuracy": 0.9, "cv_mean": 0.8, "elapsed_sec": value}
    outcome = judge(JobStatus(job_id="j", status="SUCCEEDED", result=result))
    assert outcome.result is not None and outcome.result.elapsed_sec is None
    (told,) = check_training(outcome.result, Satellite.KOI, Model.XGB)
    assert "left out: elapsed_sec" in told


def test_a_prediction_with_a_wild_number_says_so():
    reply = PredictReply.model_validate(
        json.loads('{"satellite": "KOI", "total_predicted": 0, "csv_file": "/x", "worth": {"accuracy": Infinity}}')
    )
    asked = PredictRequest(satellite=Satellite.KOI, model=Model.XGB)
    assert any("left out: worth.accuracy (inf)" in told for told in differences(reply, asked))


def test_models_of_wild_numbers_are_listed(stage, acts):
    stage.on("GET", "/api/health", acts.Reply({"name": "E", "version": "1", "extensions": ["models"]}))
    stage.on("GET", "/api/models", acts.Reply('{"ok": true, "models": [{"cv_mean": 1e999, "without": []}, 5]}'))
    assert Backend(stage.base).models() == [{"cv_mean": None, "without": []}]
