"""A request says the same as a form, in the record of runs and on the command line, whatever is asked."""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.form_fields import FormFields
from exoplanet_desktop.wire.options import Options
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Balance, Duplicates, Features, KnownRows, Model, ModelLabels, Satellite

LETTERS = st.characters(exclude_categories=("Cs",))
TEXTS = st.none() | st.text(LETTERS, min_size=1, max_size=20).filter(lambda text: text == text.strip())
ROWS = st.none() | st.integers(0, 10**14)


def maybe(kinds: Any) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(kinds)


TRAININGS = st.builds(
    TrainRequest,
    st.sampled_from(Satellite),
    st.sampled_from(Model),
    features=maybe(Features),
    balance=maybe(Balance),
    sentinel=st.none() | st.booleans(),
    model_labels=maybe(ModelLabels),
    without=st.lists(st.text(LETTERS, max_size=20), unique=True, max_size=5).map(tuple),
)
PREDICTIONS = st.builds(
    PredictRequest,
    st.sampled_from(Satellite),
    st.sampled_from(Model),
    from_row=ROWS,
    to_row=ROWS,
    features=maybe(Features),
    model_version=TEXTS,
    known_rows=maybe(KnownRows),
    results_limit=ROWS,
    explain=st.none() | st.integers(0, 50),
    row_count=ROWS,
).filter(lambda asked: None in (asked.from_row, asked.to_row) or asked.from_row <= asked.to_row)
MERGES = st.builds(MergeRequest, rule=st.sampled_from(Duplicates), identifier=TEXTS, output_name=TEXTS)


class Stage:
    """A backend with some extensions."""

    def __init__(self, extensions: Collection[str]) -> None:
        self._extensions = extensions

    def has(self, extension: str) -> bool:
        return extension in self._extensions

    def require(self, extension: str, lack: str) -> None:
        if not self.has(extension):
            raise InputError(f"The stage {lack}.")


PLAIN = Stage(())
OURS = Stage(
    {"merge-rules", *(one.extension for kind in (TrainRequest, PredictRequest) for one in kind.declared().values())}
)


@settings(deadline=None)
@given(TRAININGS | PREDICTIONS | MERGES)
def test_a_form_says_what_was_asked(asked: Options) -> None:
    unsent = {"row_count": None} if isinstance(asked, PredictRequest) else {}
    for fields in (asked.to_fields(), asked.to_fields(OURS)):
        assert all(isinstance(value, str) for value in fields.values())
        assert type(asked).from_fields(FormFields(fields)) == replace(asked.completed(), **unsent)


@settings(deadline=None)
@given(TRAININGS | PREDICTIONS | MERGES)
def test_the_record_says_what_was_asked(asked: Options) -> None:
    kept = json.loads(json.dumps(asked.to_json()))
    assert type(asked).from_json(kept) == asked
    assert type(asked).from_json({**kept, "files": ["a.csv"], "status": 1}) == asked
    assert asked.completed().completed() == asked.completed()


@settings(deadline=None)
@given(TRAININGS)
def test_a_plain_backend_is_asked_for_nothing_that_it_ignores(asked: TrainRequest) -> None:
    unknown = asked.features is Features.BLIND or asked.balance is Balance.BALANCED or asked.without
    if unknown:
        with pytest.raises(InputError, match=r"^The stage cannot .*\.$"):
            asked.to_fields(PLAIN)
        return
    fields = asked.to_fields(PLAIN)
    assert (fields.pop("satellite"), fields.pop("model")) == (asked.satellite, asked.model)
    # What it does anyway may be said where the user has said so.
    assert fields.items() <= {"features": "vetted", "balance": "none"}.items()


def test_the_fields_of_a_prediction_are_spelled_as_each_backend_reads_them() -> None:
    asked = PredictRequest(Satellite.K2, Model.RF, 0, 9, Features.VETTED, known_rows=KnownRows.MODEL, row_count=20)
    plain = {"satellite": "K2", "model": "rf", "model_type": "rf", "from_row": "0", "from_csv_range": "0"}
    plain |= {"to_row": "9", "to_csv_range": "9", "features": "vetted"}
    assert asked.to_fields(PLAIN) == plain
    assert asked.to_fields(OURS) == {**plain, "known_rows": "model"}
    for wrong in (replace(asked, features=Features.BLIND), replace(asked, model_version="v1")):
        with pytest.raises(InputError, match="cannot predict"):
            wrong.to_fields(PLAIN)


def test_a_merge_is_said_in_the_words_of_the_backend() -> None:
    asked = MergeRequest(rule=Duplicates.NONE, output_name="both")
    assert asked.to_fields(PLAIN) == {"dedupe": "false", "output_name": "both"}
    assert asked.to_fields(OURS) == {"rule": "none", "output_name": "both"}
    assert asked.to_fields() == {"rule": "none", "output_name": "both", "dedupe": "false"}
    with pytest.raises(InputError, match="only two files"):
        MergeRequest(rule=Duplicates.BY_IDENTIFIER_LAST).to_fields(PLAIN)


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (TrainRequest, {"model": "xgb"}, "The satellite is missing. Send `satellite`"),
        (TrainRequest, {"satellite": "KOI"}, "The model is missing. Send `model`"),
        (TrainRequest, {"satellite": "KOI", "model": "xgb", "balance": "odd"}, "There is no class balance “odd”"),
        (TrainRequest, {"satellite": "KOI", "model": "xgb", "sentinel": "2"}, "sentinel must be true or false"),
        (TrainRequest, {"satellite": "KOI", "model": "xgb", "without": "a"}, "without must be a JSON list"),
        (TrainRequest, {"satellite": "KOI", "model": "xgb", "model_type": "rf"}, "mean the same, but have different"),
        (PredictRequest, {"satellite": "KOI", "from_row": "3", "to_row": "2"}, "The row range is empty"),
        (PredictRequest, {"satellite": "KOI", "from_row": "-3"}, "from_csv_range must be a whole number"),
        (PredictRequest, {"satellite": "KOI", "explain": "51"}, "At most 50 contributions per row"),
        (MergeRequest, {"rule": "none", "dedupe": "true"}, "contradict each other"),
        (MergeRequest, {"rule": "best"}, "There is no rule for duplicates “best”"),
    ],
)
def test_a_wrong_form_is_refused(kind: type[Options], fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        kind.from_fields(FormFields(fields))


def test_what_is_unsaid_is_decided_by_the_engine() -> None:
    found = TrainRequest.from_fields(FormFields({"satellite": "koi", "model_type": "RF"}))
    assert found == TrainRequest(Satellite.KOI, Model.RF).completed()
    assert (found.features, found.balance, found.sentinel) == (Features.VETTED, Balance.NONE, True)
    assert (found.model_labels, found.without) == (ModelLabels.LEAVE_OUT, ())
    assert PredictRequest.from_fields(FormFields({"satellite": "TOI"})) == PredictRequest(
        Satellite.TOI, Model.XGB, known_rows=KnownRows.HELD_OUT, explain=0
    )


def test_the_state_of_a_job_tells_what_it_always_told() -> None:
    asked = TrainRequest(Satellite.KOI, Model.DT)
    told = {"satellite": "KOI", "model": "dt", "features": "vetted", "balance": "none", "model_labels": "leave out"}
    assert list(asked.params().items()) == list(told.items())
    assert replace(asked, sentinel=False, without=("a",)).params() == {**told, "without": ["a"]}


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"satellite": "KOI"},
        {"satellite": "KOI", "model": "xgb", "balance": 7},
        {"satellite": "KOI", "model": "xgb", "sentinel": "no"},
        {"satellite": "KOI", "model": "xgb", "without": 3},
    ],
)
def test_a_record_that_is_no_request_is_refused(kept: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="stored options cannot be read"):
        TrainRequest.from_json(kept)


def test_a_record_may_say_only_whether_duplicates_were_dropped() -> None:
    assert MergeRequest.from_json({"dedupe": False}).rule is Duplicates.NONE
    assert MergeRequest.from_json({"dedupe": True}).rule is Duplicates.EXACT
    assert MergeRequest.from_json({}).rule is Duplicates.EXACT
