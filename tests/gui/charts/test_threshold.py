"""Thresholds, compared with counting row by row."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.run_views.heldout import read_held_out
from exoplanet_desktop.gui.run_views.matrix_page import load
from exoplanet_desktop.gui.run_views.threshold import Thresholds

Write = Callable[..., Path]
FP = 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_cut_counts_as_row_by_row(held_out: Write, seed: int) -> None:
    rows = read_held_out(held_out(seed=seed))
    thresholds = Thresholds(rows)
    score = (1 - rows.probabilities[:, FP]).round(9)
    for threshold in (0.0, 0.2, float(score[7]), 0.77, 1.0):
        cut, matrix = thresholds.at(threshold), np.zeros((3, 3), dtype=int)
        for row, said in enumerate(thresholds.predicted(threshold)):
            expected = rows.probabilities[row, :FP].argmax() if score[row] >= threshold else FP
            assert said == expected
            matrix[rows.actual[row], expected] += 1
        assert cut.matrix == tuple(map(tuple, matrix))
        assert (cut.found, cut.missed) == (matrix[:FP, :FP].sum(), matrix[:FP, FP].sum())
        assert cut.wrong == matrix[FP, :FP].sum()
    assert thresholds.at(0.0).recall == 1.0


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.5])
def test_no_more_is_missed_and_no_higher_threshold_keeps_that(held_out: Write, share: float) -> None:
    thresholds = Thresholds(read_held_out(held_out()))
    found = thresholds.missing_at_most(share)
    cut, higher = thresholds.at(found), thresholds.at(np.nextafter(found, 2))
    planets = cut.found + cut.missed
    assert cut.missed <= share * planets < higher.missed


@pytest.mark.parametrize("precision", [0.7, 0.9, 0.95])
def test_the_precision_is_reached_and_nothing_finds_more_with_it(held_out: Write, precision: float) -> None:
    rows = read_held_out(held_out())
    thresholds = Thresholds(rows)
    found = thresholds.precise(precision)
    assert found is not None
    best = thresholds.at(found)
    assert best.precision >= precision
    for other in (1 - rows.probabilities[:, FP]).round(9):
        cut = thresholds.at(float(other))
        assert cut.precision is None or cut.precision < precision or cut.found <= best.found


def test_a_precision_that_cannot_be_had_is_none(held_out: Write) -> None:
    rows = read_held_out(held_out(60))
    worst = Thresholds(type(rows)(**{**vars(rows), "actual": np.where(rows.actual == FP, 0, FP)}))
    assert worst.precise(1.0) is None


def test_intervals_hold_the_figure_and_shrink_with_more_rows(held_out: Write) -> None:
    widths = []
    for rows in (200, 3000):
        thresholds = Thresholds(read_held_out(held_out(rows)))
        cut, (precision, recall) = thresholds.at(0.6), thresholds.intervals(0.6)
        assert precision[0] <= cut.precision <= precision[1]
        assert recall[0] <= cut.recall <= recall[1]
        assert thresholds.intervals(0.6) == (precision, recall)
        widths.append(recall[1] - recall[0])
    assert widths[1] < widths[0]
    assert Thresholds(read_held_out(held_out())).intervals(1.1)[0] is None  # nothing is classified as a planet


def test_hold_out_and_the_other_folds_are_told_apart(held_out: Write) -> None:
    loaded = load(held_out(300))
    assert loaded.others is not None
    assert len(loaded.hold_out.rows) + len(loaded.others.rows) == len(loaded.every.rows) == 300
    assert set(loaded.hold_out.rows.objects).isdisjoint(loaded.others.rows.objects)
    assert np.unique(loaded.hold_out.rows.stars).tolist() == list(range(loaded.hold_out.rows.stars.max() + 1))
    first = loaded.every.rows.worst_first[0]
    own = loaded.every.rows.probabilities[np.arange(300), loaded.every.rows.actual]
    assert own[first] == own.min()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Prob_CANDIDATE", "Prob_PLANET"),  # a class in the rows without a probability
        ("hold_out", "held"),
        ("\n0,K", "\nnone,K"),
        (",0.", ",1.5"),
        (",0.", ",-0."),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(held_out: Write, old: str, new: str) -> None:
    path = held_out(20)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError, match="held-out rows"):
        read_held_out(path)


def test_a_page_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "held_out.csv"
    path.write_text("<html><body>Not found</body></html>")
    with pytest.raises(AppError):
        read_held_out(path)


def test_without_false_positives_there_is_nothing_to_tell_apart(held_out: Write) -> None:
    path = held_out(50)
    kept = [line for line in path.read_text().splitlines() if ",FALSE POSITIVE," not in line]
    path.write_text("\n".join(kept) + "\n")
    assert load(path).every.thresholds is None
