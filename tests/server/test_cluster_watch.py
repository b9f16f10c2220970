"""A cluster whose workers come late, go and come back, or do not."""

import threading
from typing import Any

import pytest

from exoplanet_desktop.errors import UnavailableError
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


class Starting:
    """Stands for the client of a cluster whose first worker comes after some seconds, with these versions."""

    def __init__(self, comes_after_s: float = 0, **worker: str | None) -> None:
        self._comes_after_s = comes_after_s
        self._worker = worker

    def wait_for_workers(self, count: int, timeout: float) -> None:
        if self._comes_after_s > timeout:
            raise TimeoutError

    def get_versions(self, packages: list[str]) -> dict[str, Any]:
        here = {"python": "3.11.7", **dict.fromkeys(packages, "1.0"), "xgboost": None}
        return {"client": {"packages": here}, "workers": {"tcp://127.0.0.1:1": {"packages": here | self._worker}}}


def test_the_first_worker_has_five_seconds_to_come() -> None:
    cluster_jobs.check_workers(Starting(4.9))
    with pytest.raises(UnavailableError, match="has no workers"):
        cluster_jobs.check_workers(Starting(5.1))


def test_versions_that_matter_must_be_the_same_on_the_workers() -> None:
    cluster_jobs.check_workers(Starting(python="3.11.2", **{"xgboost-cpu": None, "xgboost": "1.0"}))
    with pytest.raises(UnavailableError, match=r": NumPy \(none\) instead of 1\.0, Python 3\.12 instead of 3\.11\."):
        cluster_jobs.check_workers(Starting(python="3.12.1", numpy=None))
