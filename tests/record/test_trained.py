"""What the record knows of a backend's models: the newest training of each kind counts."""

from exoplanet_desktop.record.record import Record
from exoplanet_desktop.record.trained import TrainedModel, trained_models
from exoplanet_desktop.wire.vocabulary import Status
from tests.record.recorded import RESULT, begin

CHECK = {"contradiction": True, "sentence": "The two contradict each other."}


def test_the_newest_training_counts_and_the_objection_goes_with_it(record: Record) -> None:
    record.update(begin(record), status=Status.SUCCEEDED, result={**RESULT, "parity": CHECK})
    assert trained_models(record, "http://lab:8001") == {("KOI", "xgb"): TrainedModel(0.93, CHECK["sentence"], 1)}
    assert trained_models(record, "http://other:8001") == {}
    begin(record)  # one that still runs does not count
    again = begin(record)
    record.update(again, status=Status.SUCCEEDED, result={**RESULT, "accuracy": 0.97})
    assert trained_models(record, "http://lab:8001") == {("KOI", "xgb"): TrainedModel(0.97, "", 2)}
