"""Whether a difference between two runs exceeds the noise: compared with scipy, and on made-up runs."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.stats.comparison import (
    Contender,
    Hindrance,
    Method,
    Metric,
    Verdict,
    compare,
    folds_interval,
    hindrances,
    rank,
    student_t,
)

FOLDS = [0.93, 0.94, 0.92, 0.93, 0.93]


def contender(folds=FOLDS, title="a", satellite="KOI", digest="abc", evaluation=True, run_digest=None, **result):
    told = {
        "protocol": "p", "folds": len(folds), "holdout": 0.2, "groups": "kepid", "group_count": 90, "seed": 42,
        "rows_used": 100, "fold_accuracy": list(folds),
    }  # fmt: skip
    values = {
        "accuracy": folds[0],
        "cv_mean": sum(folds) / len(folds),
        "data_digest": digest,
        "evaluation": {**told, **(evaluation if isinstance(evaluation, dict) else {})} if evaluation else None,
        **result,
    }
    run = StoredRun(
        "0" * 32, "train", title, "SUCCEEDED", False, "Lab", "http://lab", run_digest, "", "", None, None, None, False,
        satellite=satellite, result=values,
    )  # fmt: skip
    found = Contender.of(run)
    assert found is not None
    return found


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 9, 10, 29])
def test_the_quantile_of_t_is_scipys(freedom):
    for level in (0.8, 0.95, 0.99, 0.9975):
        assert student_t(level, freedom) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=1e-9)


def test_scipy_is_loaded_where_contenders_are_read_not_where_they_are_compared():
    """The window reads them in a worker, and compares them in its own thread."""
    program = (
        "import sys; from exoplanet_desktop.stats import comparison; before = 'scipy.special' in sys.modules\n"
        "from exoplanet_desktop.record.entry import StoredRun\n"
        "run = StoredRun('0' * 32, 'train', '', 'SUCCEEDED', False, '', '', None, '', '', None, None, None, False)\n"
        "comparison.Contender.of(run); print(before, 'scipy.special' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_the_interval_is_that_of_the_corrected_resampled_t_test():
    one, other = np.array([0.93, 0.95, 0.92, 0.94, 0.91]), np.array([0.92, 0.92, 0.92, 0.925, 0.905])
    differences = one - other
    scale = np.sqrt((1 / 5 + 1 / 4) * differences.var(ddof=1))
    low, high = stats.t.interval(0.95, 4, differences.mean(), scale)
    assert folds_interval(one, other) == pytest.approx((low, high))
    plain = stats.t.interval(0.95, 4, differences.mean(), stats.sem(differences))
    assert low < plain[0]  # wider than with the test that assumes independent folds
    assert folds_interval([0.9], [0.8]) is None
    assert folds_interval([0.9, 0.8], [0.8]) is None
    assert folds_interval([0.9, float("nan")], [0.8, 0.8]) is None


def test_equal_runs_are_noise_and_a_steady_gain_is_not():
    same = compare(contender(), contender(), Metric.CV_MEAN)
    assert (same.difference, same.verdict, same.method) == (0, Verdict.NOISE, Method.FOLDS)
    better = contender([fold + 0.01 + step / 1000 for step, fold in enumerate(FOLDS)])
    assert compare(better, contender(), Metric.CV_MEAN).verdict is Verdict.BETTER
    assert compare(contender(), better, Metric.CV_MEAN).verdict is Verdict.WORSE
    shaky = contender([fold + gain for fold, gain in zip(FOLDS, (0.05, -0.03, 0.04, -0.02, 0.03), strict=True)])
    assert compare(shaky, contender(), Metric.CV_MEAN).verdict is Verdict.NOISE


def test_the_test_seldom_finds_what_is_not_there():
    """Two equal learners with fold scores correlated as in cross-validation: at most 5 % false positives."""
    random = np.random.default_rng(1)
    found = 0
    for _ in range(2000):
        shared = random.normal(0, 0.004)  # noise of the training rows that the folds share
        differences = shared + random.normal(0, 0.008, 5)
        low, high = folds_interval(differences, np.zeros(5))
        found += not low <= 0 <= high
    assert found / 2000 < 0.06


def test_scores_of_the_hold_out_are_held_against_both_intervals():
    one = contender(log_loss=0.2, intervals={"log_loss": (0.17, 0.23), "accuracy": (0.92, 0.94)})
    other = contender(log_loss=0.3, intervals={"log_loss": (0.26, 0.34)})
    difference = compare(one, other, Metric.LOG_LOSS)
    assert difference.interval == pytest.approx((-0.15, -0.05))
    assert difference.verdict is Verdict.BETTER  # a smaller loss is better
    assert compare(one, other, Metric.ACCURACY).verdict is Verdict.UNKNOWN
    assert compare(one, other, Metric.MCC) is None


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (contender(satellite="K2"), [Hindrance.SATELLITE]),
        (contender(digest="xyz"), [Hindrance.DATA]),
        (contender(digest=None, run_digest="abc"), []),
        (contender(evaluation={"seed": 1}), [Hindrance.PROTOCOL]),
        (contender(evaluation={"rows_used": 99}), [Hindrance.PROTOCOL]),
        (contender(digest="xyz", evaluation={"folds": 10}), [Hindrance.DATA, Hindrance.PROTOCOL]),
        (contender(digest=None, evaluation=False), [Hindrance.UNKNOWN_DATA, Hindrance.UNKNOWN_PROTOCOL]),
    ],
)
def test_other_data_and_protocols_are_not_compared(other, why):
    assert hindrances(contender(), other) == why
    difference = compare(contender(), other, Metric.CV_MEAN)
    if not why:
        assert difference.verdict is Verdict.NOISE
    elif Hindrance.UNKNOWN_DATA in why:
        assert (difference.verdict, difference.interval) == (Verdict.UNKNOWN, None)
    else:
        assert difference is None


def test_runs_that_cannot_be_told_from_the_best_share_its_place():
    best = contender([0.94, 0.945, 0.935, 0.94, 0.94], "best")
    tied = contender([0.941, 0.944, 0.934, 0.941, 0.938], "tied")
    third = contender([0.90, 0.904, 0.896, 0.90, 0.90], "third")
    last = contender([0.80, 0.804, 0.796, 0.80, 0.801], "last")
    unscored = contender(title="none", cv_mean=None)
    ranked = rank([last, tied, unscored, third, best])
    assert [(one.place, one.contender.run.title) for one in ranked] == [
        (1, "best"), (1, "tied"), (3, "third"), (4, "last"),
    ]  # fmt: skip
    assert ranked[0].behind is None
    assert ranked[1].behind.verdict is Verdict.NOISE
    # Three differences at once: each interval is wider than for a single one.
    alone = compare(third, best, Metric.CV_MEAN)
    assert ranked[2].behind.interval[0] < alone.interval[0]
    assert rank([]) == []


def test_a_run_without_metrics_is_no_contender():
    run = StoredRun("0" * 32, "train", "t", "FAILED", False, "", "", None, "", "", None, None, None, False)
    assert Contender.of(run) is None
