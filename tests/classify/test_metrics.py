import numpy as np
import pytest
from sklearn import metrics

from exoplanet_desktop.classify.metrics import HeldOut, all_row_scores, confusion, intervals, per_class, scores

LABELS = ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")


@pytest.fixture
def held() -> HeldOut:
    random = np.random.default_rng(3)
    y = random.integers(0, 3, 600)
    probabilities = random.dirichlet([1, 1, 1], 600).round(2) + np.eye(3)[y] * 0.4
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return HeldOut(y, probabilities, random.integers(0, 400, 600), LABELS)


def test_scores_are_those_of_scikit_learn(held: HeldOut) -> None:
    found = scores(held)
    expected = {
        "accuracy": metrics.accuracy_score(held.y, held.predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(held.y, held.predicted),
        "f1_macro": metrics.f1_score(held.y, held.predicted, average="macro"),
        "mcc": metrics.matthews_corrcoef(held.y, held.predicted),
        "auc_score": metrics.roc_auc_score(held.y, held.probabilities, multi_class="ovr"),
        "log_loss": metrics.log_loss(held.y, held.probabilities),
        "brier": ((held.probabilities - np.eye(3)[held.y]) ** 2).sum(axis=1).mean(),
    }
    assert found == pytest.approx(expected | {"ece": found["ece"]})
    np.testing.assert_array_equal(confusion(held), metrics.confusion_matrix(held.y, held.predicted))


def test_class_scores_are_those_of_scikit_learn(held: HeldOut) -> None:
    found = per_class(confusion(held), LABELS)
    expected = metrics.precision_recall_fscore_support(held.y, held.predicted)
    for index, name in enumerate(LABELS):
        score = found[name]
        assert [score.precision, score.recall, score.f1, score.support] == pytest.approx([e[index] for e in expected])


def test_calibration_error_of_a_sure_and_half_right_model_is_a_half() -> None:
    sure = HeldOut(np.array([0, 1] * 50), np.tile([1.0, 0.0], (100, 1)), np.arange(100), LABELS[:2])
    assert scores(sure)["ece"] == pytest.approx(0.5)


def test_intervals_hold_the_score_and_come_again(held: HeldOut) -> None:
    found, plain = intervals(held, 42), scores(held)
    assert found.keys() == plain.keys()
    for name, (low, high) in found.items():
        value = plain[name]
        assert low is not None and high is not None and value is not None
        # The calibration error is a mean of absolute values, which a bootstrap biases upwards.
        assert low < high and (name == "ece" or low < value < high)
    assert intervals(held, 42) == found


def test_intervals_count_stars_and_not_rows() -> None:
    """Ten copies of each row under one star carry no more information than one copy."""
    random = np.random.default_rng(5)
    y, probabilities = random.integers(0, 2, 200), random.dirichlet([1, 1], 200)
    once = HeldOut(y, probabilities, np.arange(200), LABELS[:2])
    copies = HeldOut(np.repeat(y, 10), np.repeat(probabilities, 10, axis=0), np.repeat(np.arange(200), 10), LABELS[:2])
    assert intervals(copies, 1)["accuracy"] == pytest.approx(intervals(once, 1)["accuracy"])


def test_what_cannot_be_said_is_none() -> None:
    one_class = HeldOut(np.zeros(5, dtype=int), np.tile([0.9, 0.1], (5, 1)), np.arange(5), LABELS[:2])
    assert scores(one_class)["auc_score"] is None
    assert scores(one_class)["accuracy"] == 1.0
    assert per_class(confusion(one_class), LABELS[:2])["CONFIRMED"].precision is None


def test_scores_of_all_rows_come_with_the_share_of_the_largest_class(held: HeldOut) -> None:
    some = HeldOut(held.y, held.probabilities, held.groups * 7 + 3, LABELS)  # star numbers with gaps
    found = all_row_scores(some)
    assert {name: getattr(found, name) for name in scores(held)} == pytest.approx(scores(held))
    counts = np.bincount(held.y)
    assert found.largest_class == LABELS[int(counts.argmax())]
    assert found.largest_share == pytest.approx(counts.max() / 600)
    assert found.rows == 600 == sum(score.support for score in found.per_class.values())
