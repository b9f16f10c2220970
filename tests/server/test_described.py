"""The options of a request, as the OpenAPI document describes them."""

from exoplanet_desktop.server.calls.common import COUNT, FLAG, TEXT, described
from exoplanet_desktop.wire.requests import PredictRequest, TrainRequest


def test_each_option_has_the_kind_of_its_values() -> None:
    train, predict = described(TrainRequest), described(PredictRequest)
    assert train["sentinel"] == FLAG
    assert predict["explain"] == COUNT
    assert predict["model_version"] == TEXT
    assert set(train["model"]["enum"]) >= {"xgb", "svm"}
