"""The texts above a prediction: the cost of absent columns, rows seen in training, rows without a disposition."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.predict.request import PredictionResult
from exoplanet_desktop.gui.predict.summary import Summary
from exoplanet_desktop.gui.widgets.notes import FoldedNotes
from exoplanet_desktop.wire.payloads import PredictReply, Worth
from exoplanet_desktop.wire.vocabulary import KnownRows

ABSENT = [f"koi_err{number}" for number in range(16)]


@pytest.fixture
def shown(styled: QApplication, qtbot: QtBot) -> Callable[..., Summary]:
    def show(notes: tuple[str, ...] = (), known: int = 0, **said: Any) -> Summary:
        reply = PredictReply(satellite="KOI", model_type="xgb", total_predicted=9_464, csv_file="a.csv", **said)
        summary = Summary()
        qtbot.addWidget(summary)
        summary.show_prediction(
            PredictionResult(reply, Path("a.csv"), {"CONFIRMED": 9_464}, known, known // 2, notes),
            "a.csv",
            ["koi_period"],
        )
        summary.show()
        return summary

    return show


def test_what_absent_columns_cost_comes_before_the_classes(shown: Callable[..., Summary], qtbot: QtBot) -> None:
    worth = Worth(accuracy=0.512, with_all=0.808, absent=ABSENT, rows=1_800)
    note = "Accuracy about 0.51 without the 16 columns that this file lacks; 0.81 with them."
    summary = shown(worth=worth, notes=(note, "Another note."))

    line = summary.worth
    assert line.sentence.text() == note
    assert line.isVisible()
    assert line.mapTo(summary, line.rect().topLeft()).y() < summary.headline.mapTo(summary, line.rect().topLeft()).y()
    assert summary.notes.text() == "Another note."
    assert line.names.isHidden()
    qtbot.mouseClick(line.columns, Qt.MouseButton.LeftButton)
    assert line.names.text() == ", ".join(ABSENT)
    assert line.names.isVisible()
    with qtbot.waitSignal(line.training_wanted) as wanted:
        qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert wanted.args == [tuple(ABSENT)]


def test_columns_that_cost_little_are_not_made_much_of(shown: Callable[..., Summary]) -> None:
    assert shown(worth=Worth(accuracy=0.80, with_all=0.81, absent=["a"])).worth.isHidden()
    assert shown().worth.isHidden()


def test_one_column_and_empty_ones_are_said_as_they_are(shown: Callable[..., Summary]) -> None:
    one = shown(worth=Worth(accuracy=0.5, with_all=0.8, absent=["koi_prad"]))
    assert one.worth.sentence.text() == "Accuracy about 0.50 without `koi_prad`, which this file lacks; 0.80 with it."
    empty = shown(worth=Worth(accuracy=0.5, with_all=0.8, absent=["koi_prad", "koi_period"]))
    assert "that this file lacks or leaves empty" in empty.worth.sentence.text()


def test_rows_that_were_seen_are_counted_with_who_answers_them(shown: Callable[..., Summary]) -> None:
    unseen = shown(seen=7_504, known_rows=str(KnownRows.HELD_OUT))
    assert unseen.seen.text() == (
        "7,504 of 9,464 rows were used in training; they are predicted by fold models that have not seen them."
    )
    assert "says nothing about new objects" in shown(seen=7_504, known_rows=str(KnownRows.MODEL)).seen.text()
    assert shown(seen=0).seen.isHidden()


def test_rows_without_a_disposition_are_not_counted_as_wrong(shown: Callable[..., Summary]) -> None:
    summary = shown(known=7_485)
    assert summary.agreement.text() == (
        "3,742 of 7,485 known dispositions agree (50.0 %); not counted: 1,979 rows without a disposition"
    )


def test_many_notes_take_little_room(styled: QApplication, qtbot: QtBot) -> None:
    notes = FoldedNotes()
    qtbot.addWidget(notes)
    notes.show_notes([f"Note {number}." for number in range(20)])
    notes.show()
    folded = notes.sizeHint().height()

    assert notes.more.text() == "18 more notes"
    assert notes.rest.isHidden()
    qtbot.mouseClick(notes.more, Qt.MouseButton.LeftButton)
    assert notes.rest.isVisible()
    assert "Note 19." in notes.rest.text()
    assert notes.sizeHint().height() > 3 * folded
    notes.show_notes([])
    assert notes.isHidden()


def test_a_model_that_does_without_columns_is_named_so(shown: Callable[..., Summary]) -> None:
    assert shown(without=ABSENT).headline.text() == "9,464 rows of a.csv predicted with XGBoost · without 16 columns"
    assert shown().headline.text() == "9,464 rows of a.csv predicted with XGBoost"
