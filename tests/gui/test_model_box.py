"""The chosen model on the Predict tab, whatever the backend does in the meantime."""

from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.predict.models import MOST_OFFERED, offered
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Satellite

REDUCED = {
    "satellite": "KOI", "model": "xgb", "features": "vetted", "model_version": "newer",
    "without": ["koi_teq", "koi_prad"],
    "cv_mean": 0.93, "cv_std": 0.004, "created_at": "2026-11-24T08:00:00+00:00",
}  # fmt: skip
WHOLE = {**REDUCED, "model_version": "older", "without": []}


def test_a_model_of_all_columns_is_the_first_choice_and_another_one_is_named_by_what_it_lacks(
    window: MainWindow,
) -> None:
    models = window.predict.models
    models.offer(offered([REDUCED, WHOLE], Satellite.KOI))
    assert models.chosen is not None and models.chosen.version == "older"
    assert [models.box.itemText(place).count("without 2 columns") for place in (0, 1)] == [1, 0]
    models.offer(offered([REDUCED], Satellite.KOI))
    assert models.chosen is not None and models.chosen.version == "newer"
    window.predict.update_enabled()
    assert "without 2 columns" in models.hint.text()


def test_the_box_says_what_a_model_was_trained_on_and_no_trial_run_comes_first(window: MainWindow) -> None:
    learnt = {"catalog": "koi_cumulative.csv", "class_rows": {"CONFIRMED": 2746, "FALSE POSITIVE": 4839}}
    trial = {"catalog": "ten_rows.csv", "class_rows": {"CONFIRMED": 30, "FALSE POSITIVE": 20}, "model_version": "trial"}
    models = window.predict.models
    models.offer(offered([{**WHOLE, **trial}, {**WHOLE, **learnt}], Satellite.KOI))
    assert models.chosen is not None and models.chosen.version == "older"
    window.predict.update_enabled()
    assert models.hint.text().startswith("7,585 rows of koi_cumulative.csv\nvetted features")
    assert "2,746 CONFIRMED, 4,839 FALSE POSITIVE" in models.box.toolTip()
    assert ["ten_rows.csv" in models.box.itemText(place) for place in (0, 1)] == [True, False]


def test_what_a_backend_says_of_a_model_is_not_believed_blindly(window: MainWindow) -> None:
    for odd in ({"class_rows": [1]}, {"class_rows": {"CONFIRMED": "many"}}, {"class_rows": None, "catalog": None}):
        (entry,) = offered([{**WHOLE, **odd}], Satellite.KOI)
        assert entry.rows == 0 and "rows of" not in entry.hint
    (entry,) = offered([{**WHOLE, "satellite": "TOI"}], Satellite.TOI)
    assert "vetted" not in entry.words + entry.hint  # a TOI table has no verdict columns


def test_a_backend_that_was_away_brings_the_chosen_model_back(window: MainWindow, qtbot: QtBot) -> None:
    models = window.predict.models
    models.offer(offered([REDUCED, WHOLE], Satellite.KOI))
    models.box.setCurrentIndex(0)
    models.offer([])
    assert models.chosen is None
    models.offer(offered([REDUCED, WHOLE], Satellite.KOI))
    assert models.chosen is not None and models.chosen.version == "newer"


def test_what_stands_below_the_box_is_seen_whole(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    window.tabs.setCurrentWidget(window.predict)
    window.predict.models.offer(offered([REDUCED], Satellite.KOI))
    window.predict.update_enabled()
    hint = window.predict.models.hint
    qtbot.waitUntil(lambda: hint.isVisible() and hint.height() >= hint.heightForWidth(hint.width()), timeout=5_000)


def test_of_thousands_of_models_the_newest_are_offered_and_the_rest_counted() -> None:
    many = [{**WHOLE, "model_version": f"v{number}"} for number in range(MOST_OFFERED + 1)]
    assert len(offered(many[1:], Satellite.KOI)) == MOST_OFFERED
    assert "Not listed" not in offered(many[1:], Satellite.KOI)[0].hint
    entries = offered(many, Satellite.KOI)
    assert [entry.choice.version for entry in entries] == [f"v{number}" for number in range(MOST_OFFERED)]
    assert entries[0].hint.endswith("Not listed: 1 older model.")
