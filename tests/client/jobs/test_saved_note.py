"""A saved prediction of little worth gets a note beside it, and no note outlives its truth."""

import os
from pathlib import Path

import pytest

from exoplanet_desktop.client.jobs.saved_note import keep_note, note_path
from exoplanet_desktop.wire.payloads import PredictReply, Worth

SENTENCE = "Accuracy about 0.51 without the 2 columns that this file lacks; 0.81 with them."


def reply(with_all: float) -> PredictReply:
    worth = Worth(accuracy=0.51, with_all=with_all, absent=["koi_depth_err1", "koi_teq"])
    return PredictReply(
        satellite="KOI", model_type="xgb", total_predicted=3, csv_file="a.csv", worth=worth, notes=[SENTENCE]
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "koi_predicted.csv"
    path.write_text("kepid\n1\n")
    return path


def test_what_a_saved_prediction_is_worth_stands_beside_it(saved: Path) -> None:
    note = keep_note(saved, reply(0.81))
    assert note == note_path(saved)
    text = note.read_text(encoding="utf-8")
    assert saved.name in text and SENTENCE in text and "koi_depth_err1, koi_teq" in text
    assert saved.read_text() == "kepid\n1\n", "the table stays as every program reads it"


def test_a_note_goes_with_what_it_says_and_no_other_file_does(saved: Path) -> None:
    keep_note(saved, reply(0.81))
    assert keep_note(saved, reply(0.52)) is None
    assert not note_path(saved).exists()
    note_path(saved).write_text("the user's own")
    assert keep_note(saved, reply(0.52)) is None
    assert note_path(saved).read_text() == "the user's own"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_has_no_note(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert keep_note(pipe, reply(0.81)) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe"]
