"""A cluster whose workers go and come back, or do not."""

import threading
from typing import Any

import pytest

from exoplanet_desktop.server import cluster_jobs


class Cluster:
    """Stands for the client and its executor: how many looks it takes until there are workers again."""

    def __init__(self, looks: float) -> None:
        self.looks = looks
        self.back, self.given_up = threading.Event(), threading.Event()

    def nthreads(self) -> dict[str, int]:
        self.looks -= 1
        if self.looks > 0:
            return {}
        if self.looks < -3:
            self.back.set()
        return {"worker": 1}

    def shutdown(self, wait: bool) -> None:
        self.given_up.set()


def watched(cluster: Any, lost_s: float, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cluster_jobs, "_LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(cluster_jobs, "_LOST_S", lost_s)
    return cluster_jobs._watched(cluster, cluster)


def test_workers_that_are_back_soon_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(looks=5)
    with watched(cluster, 60.0, monkeypatch):
        assert cluster.back.wait(20)
    assert not cluster.given_up.is_set()


def test_workers_that_stay_away_end_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(looks=float("inf"))
    with watched(cluster, 0.2, monkeypatch):
        assert cluster.given_up.wait(20)
