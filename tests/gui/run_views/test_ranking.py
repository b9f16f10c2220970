"""What the ranking of models claims, and what it does not."""

from types import SimpleNamespace
from typing import Any

import pytest

from exoplanet_desktop.gui.run_views import ranking
from exoplanet_desktop.stats.comparison import Difference, Method, Metric, Ranked
from exoplanet_desktop.wire.payloads import TrainResult


def ranked(*intervals: tuple[float, float] | None) -> list[Ranked]:
    """The best, and one model for each interval of the difference from it."""
    found: list[Ranked] = []
    for number, model in enumerate(("xgb", "rf", "gb")[: 1 + len(intervals)]):
        result = TrainResult(accuracy=0.9, cv_mean=0.9 - number / 100, cv_std=0.01)
        contender: Any = SimpleNamespace(
            run=SimpleNamespace(model=model, run_id=model, status="SUCCEEDED", error=""),
            result=result,
            interval=lambda metric: None,
        )
        method = Method.NONE if number and intervals[number - 1] is None else Method.ROWS
        behind = Difference(Metric.CV_MEAN, -number / 100, intervals[number - 1], method) if number else None
        found.append(Ranked(1, contender, behind))
    return found


@pytest.mark.parametrize("intervals", [(None,), (None, None), ((-0.02, 0.01), None)])
def test_without_comparable_scores_nothing_is_claimed(intervals: tuple[Any, ...]) -> None:
    found = ranked(*intervals)
    assert ranking.verdict(found) == (
        "The highest number is that of XGBoost. Whether it is the best cannot be judged: the backend does not say how "
        "it measured."
    )
    assert ranking.method(found) == "Sorted by the mean score that the backend reports, without places."
    places = [line.cells[0] for line in ranking.standings([one.contender.run for one in found], found, {})]
    assert set(places[: len(found)]) == {"–"}


def test_with_intervals_the_verdict_says_what_they_say() -> None:
    assert "cannot be distinguished" not in ranking.verdict(ranked((-0.03, -0.01)))
    assert ranking.verdict(ranked((-0.02, 0.01))).startswith("No model can be distinguished from the best")
    assert "Ranked by accuracy over the folds" in ranking.method(ranked((-0.02, 0.01)))
