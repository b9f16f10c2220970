"""The page with all scores of a training."""

from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.score_table import ScoreTable
from exoplanet_desktop.gui.run_views.scores_page import ScoresPage
from exoplanet_desktop.gui.runs import result_words as words
from exoplanet_desktop.wire.payloads import AllRowScores, ClassScore, TrainResult


def cells(table: ScoreTable) -> list[list[str]]:
    columns = range(table.columnCount())
    headers = [table.horizontalHeaderItem(column) for column in columns]
    rows = [[table.item(row, column) for column in columns] for row in range(table.rowCount())]
    return [[item.text() for item in line if item is not None] for line in [headers, *rows]]


def result() -> TrainResult:
    return TrainResult(
        accuracy=0.91234,
        cv_mean=0.905,
        cv_std=0.004,
        mcc=0.8,
        confusion_matrix=[[40, 2], [3, 55]],
        intervals={"accuracy": (0.88, 0.94), "cv_mean": (0.89, 0.92)},
        per_class={"CONFIRMED": ClassScore(precision=0.9, recall=0.8, f1=0.85, support=42)},
        all_rows=AllRowScores(
            rows=500,
            largest_class="FALSE POSITIVE",
            largest_share=0.58,
            accuracy=0.904,
            mcc=0.79,
            brier=0.2,
            per_class={"CONFIRMED": ClassScore(precision=0.7, recall=None, f1=0.6, support=210)},
        ),
    )


def test_all_scores_are_there_with_their_rows_and_their_baseline(qtbot: QtBot) -> None:
    page = ScoresPage(result())
    qtbot.addWidget(page)
    assert cells(page.scores) == [
        ["Score", "Hold-out, 100 rows", "95 % interval", "All 500 rows"],
        ["Accuracy", "0.912", "0.880 to 0.940", "0.904"],
        ["Accuracy, mean of the folds ± standard deviation", "–", "0.890 to 0.920", "0.905 ± 0.004"],
        ["Matthews correlation", "0.800", "–", "0.790"],
        ["Brier score (lower is better)", "–", "–", "0.200"],
    ]
    assert [cells(table)[1] for table in page.classes] == [
        ["CONFIRMED", "210", "0.700", "–", "0.600"],
        ["CONFIRMED", "42", "0.900", "0.800", "0.850"],
    ]
    assert "Always answering FALSE POSITIVE would have an accuracy of 0.580." in words.scores_title(result())
    assert words.cards(result())[-1] == ("0.580", "accuracy of always answering\nFALSE POSITIVE")


def test_a_plain_backend_has_no_column_without_numbers(qtbot: QtBot) -> None:
    page = ScoresPage(TrainResult(accuracy=0.9, cv_mean=0.88, cv_std=0.01))
    qtbot.addWidget(page)
    assert cells(page.scores) == [
        ["Score", "Value", "95 % interval"],
        ["Accuracy", "0.900", "–"],
        ["Accuracy, mean of the folds ± standard deviation", "0.880 ± 0.010", "–"],
    ]
    assert not page.classes
    assert [meaning for _, meaning in words.cards(TrainResult(accuracy=0.9))] == [
        "accuracy",
        "mean of 5 folds, measure not told",
        "AUC",
    ]


def test_tables_are_as_high_as_their_rows(qtbot: QtBot) -> None:
    page = ScoresPage(result())
    qtbot.addWidget(page)
    page.resize(700, 900)
    page.show()
    for table in (page.scores, *page.classes):
        last = table.visualRect(table.model().index(table.rowCount() - 1, 0))
        spare = table.viewport().height() - last.bottom()
        assert 0 <= spare < last.height()
