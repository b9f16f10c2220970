"""Two models on the same held-out rows: compared with a bootstrap of whole stars, and on invalid files."""

import csv
from pathlib import Path

import numpy as np
import pytest

from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.stats.comparison import Contender, Method, Metric, Verdict, compare, rank
from exoplanet_desktop.stats.held_rows import half_width, read_held_rows

LABELS = ("CANDIDATE", "CONFIRMED")
STARS = np.repeat(np.arange(300), 2)
TRUTH = np.random.default_rng(0).integers(0, 2, len(STARS))
EVALUATION = {
    "protocol": "p", "folds": 5, "holdout": 0.2, "groups": "kepid", "group_count": 300, "seed": 42, "rows_used": 600,
}  # fmt: skip


def write(path: Path, errors: np.ndarray, stars: np.ndarray = STARS) -> Path:
    """A file of a model that errs where `errors` says so."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("row", "object", "star", "fold", "hold_out", "actual", "predicted", *(f"Prob_{n}" for n in LABELS))
        )
        for row, (star, truth, wrong) in enumerate(zip(stars, TRUTH, errors, strict=True)):
            said = 1 - truth if wrong else truth
            chances = [0.8 if label == said else 0.2 for label in (0, 1)]
            held = "yes" if star % 5 == 0 else "no"
            writer.writerow((row, f"K{row}", star, star % 5 + 1, held, LABELS[truth], LABELS[said], *chances))
    return path


def errors(rate: float, seed: int) -> np.ndarray:
    """Whole stars are right or wrong, so that rows are not independent."""
    return (np.random.default_rng(seed).random(300) < rate)[STARS]


def test_the_interval_is_that_of_a_bootstrap_over_stars(tmp_path):
    first, second = errors(0.1, 1), errors(0.15, 2)
    one, other = (read_held_rows(write(tmp_path / f"{n}.csv", e)) for n, e in enumerate((first, second)))
    half = half_width(one, other, "right", hold_out=False, quantile=1.96)
    difference = second.astype(float) - first
    draws = np.random.default_rng(3).multinomial(300, np.full(300, 1 / 300), size=4000)
    by_star = np.add.reduceat(difference, np.arange(0, 600, 2))
    low, high = np.percentile(draws @ by_star / 600, [2.5, 97.5])
    assert half == pytest.approx((high - low) / 2, rel=0.06)
    rows_alone = 1.96 * difference.std() / np.sqrt(600)
    assert half > 1.3 * rows_alone  # planets of one star are not independent rows
    hold_out = half_width(one, other, "right", hold_out=True, quantile=1.96)
    assert hold_out == pytest.approx(half * np.sqrt(5), rel=0.35)
    assert half_width(one, one, "loss", hold_out=True, quantile=1.96) == 0


def test_runs_with_their_rows_are_compared_row_by_row(tmp_path):
    def contender(name: str, wrong: np.ndarray, path: Path | None) -> Contender:
        folds = [1 - wrong[fold == STARS % 5].mean() for fold in range(5)]
        result = {
            "accuracy": folds[0],
            "cv_mean": float(np.mean(folds)),
            "data_digest": "abc",
            "evaluation": {**EVALUATION, "fold_accuracy": folds},
        }
        run = StoredRun(
            name, "train", name, "SUCCEEDED", False, "Lab", "", None, "", "", None, None, None, False,
            satellite="KOI", result=result,
        )  # fmt: skip
        found = Contender.of(run, path)
        assert found is not None
        return found

    base = errors(0.1, 1)
    nearly = base.copy()
    nearly[:4] = ~nearly[:4]
    worse = base | errors(0.06, 5)
    made = {"base": base, "nearly": nearly, "worse": worse}
    runs = [contender(name, wrong, write(tmp_path / f"{name}.csv", wrong)) for name, wrong in made.items()]
    best = max(runs[:2], key=lambda one: one.value(Metric.CV_MEAN))
    same = compare(runs[1], runs[0], Metric.CV_MEAN)
    assert (same.method, same.verdict) == (Method.ROWS, Verdict.NOISE)
    assert compare(runs[2], runs[0], Metric.CV_MEAN).verdict is Verdict.WORSE
    assert compare(runs[2], runs[0], Metric.ACCURACY).method is Method.ROWS
    ranked = rank(runs)
    assert ranked[0].contender is best
    assert [one.place for one in ranked] == [1, 1, 3]

    bare = contender("bare", base, None)
    assert compare(runs[2], bare, Metric.CV_MEAN).method is Method.FOLDS


def test_other_rows_are_not_paired(tmp_path):
    one = read_held_rows(write(tmp_path / "a.csv", errors(0.1, 1)))
    other = read_held_rows(write(tmp_path / "b.csv", errors(0.1, 1), stars=np.arange(600)))
    assert half_width(one, other, "right", hold_out=False, quantile=1.96) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "row,star,fold,hold_out,actual,predicted,Prob_A\n1,2,1,yes,A,A,much\n",
        "row,star,fold,hold_out,actual,predicted,Prob_A\n1,2,1,yes,B,A,0.5\n",
        "row,star,fold,hold_out,actual,predicted,Prob_A\n1,2\n",
        "row,star,fold,hold_out,actual,predicted,Prob_A\n1,2,,yes,A,A,0.5\n",
        "row,star,fold,hold_out,actual,predicted,Prob_A\n99999999999999999999,2,1,yes,A,A,0.5\n",
    ],
)
def test_what_is_no_such_file_is_left_out(tmp_path, text):
    (tmp_path / "x.csv").write_text(text)
    assert read_held_rows(tmp_path / "x.csv") is None
    (tmp_path / "y.csv").write_bytes(b"\xff\xfe\x00")
    assert read_held_rows(tmp_path / "y.csv") is None
