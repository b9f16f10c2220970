"""A job's work on a Dask cluster: the connection, the executor, and the messages for their failures."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from typing import Any

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.server.cluster_place import ClusterPlace

log = logging.getLogger("exoplanet_desktop.server")

_CONNECT_S = 5.0
_CLOSE_S = 2.0
_WORKERS_S = 5.0  # for a cluster that has just started to get its first worker
_LOST_S = 20.0  # a dead worker is back within seconds, if a supervisor restarts it
_LOOK_EVERY_S = 1.0

# Versions that affect the numbers or the transfer of tasks. XGBoost's wheel has two names.
_PACKAGES: Mapping[str, tuple[str, ...]] = {
    "Exoplanet Desktop": ("exoplanet-desktop",),
    "XGBoost": ("xgboost-cpu", "xgboost"),
    "scikit-learn": ("scikit-learn",),
    "NumPy": ("numpy",),
    "pandas": ("pandas",),
    "Dask": ("dask",),
    "distributed": ("distributed",),
    "cloudpickle": ("cloudpickle",),
}


@contextmanager
def on_cluster(place: ClusterPlace, asked_to_stop: Callable[[], bool]) -> Iterator[tuple[Executor, Callable[[], bool]]]:
    """An executor of the cluster, and a `should_stop` that tasks may carry.

    Tasks that nobody awaits any more, even because the job was killed, are stopped on the workers. Raises
    UnavailableError if the cluster cannot be reached, has other versions, or is lost during the work.
    """
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    with connected(place) as client:
        check_workers(client)
        executor = client.get_executor(pure=False)
        with _watched(client, executor):
            try:
                yield executor, _Stop(asked_to_stop)
            except KilledWorker as error:
                raise UnavailableError(
                    "The workers that took up a part of the job died while doing so, most likely for lack of memory. "
                    "Use a smaller file, or give the cluster's workers more memory."
                ) from error
            except (CancelledError, CommClosedError) as error:
                raise UnavailableError(
                    f"The cluster at {place.address} lost its scheduler or all its workers while the job ran. "
                    "Start the job again when the cluster is back."
                ) from error


@contextmanager
def connected(place: ClusterPlace) -> Iterator[Any]:
    """A client of the cluster. Raises UnavailableError if there is no answer."""
    import dask
    from distributed import Client

    # A catalog's matrix is larger than Dask recommends for tasks, but travels with them all the same: so a dead worker
    # takes no data with it.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
        try:
            client = Client(place.address, timeout=_CONNECT_S, set_as_default=False, security=place.security())
        except (OSError, TypeError, ValueError, RuntimeError) as error:  # TypeError: encryption without keys
            log.info("no connection to the cluster", exc_info=True)
            raise UnavailableError(
                f"No cluster answers at {place.address}. Check the address, and that its scheduler runs and speaks "
                "the same protocol."
            ) from error
        try:
            yield client
        finally:
            client.close(_CLOSE_S)


def check_workers(client: Any) -> None:
    """Raises UnavailableError if there is no worker, or one with other versions than this process."""
    try:
        client.wait_for_workers(1, timeout=_WORKERS_S)
    except TimeoutError as error:
        raise UnavailableError("The cluster has no workers. Start some, then try again.") from error
    names = [name for wheels in _PACKAGES.values() for name in wheels]
    found = client.get_versions(packages=names)
    ours = _versions(found["client"])
    differences = {
        f"{name} {_named(theirs[name])} instead of {ours[name]}"
        for worker in found["workers"].values()
        for theirs in [_versions(worker)]
        for name in ours
        # A bundle may lack the version record to compare with.
        if ours[name] is not None and theirs[name] != ours[name]
    }
    if differences:
        raise UnavailableError(
            f"The cluster's workers have different versions from this engine: {', '.join(sorted(differences))}. "
            "Install the same versions there, so that the results are the same."
        )


def _versions(machine: Mapping[str, Any]) -> dict[str, str | None]:
    packages = machine["packages"]
    python = ".".join(str(packages["python"]).split(".")[:2])
    wheels = {name: (packages.get(wheel) for wheel in wheels) for name, wheels in _PACKAGES.items()}
    return {"Python": python, **{name: next(filter(None, found), None) for name, found in wheels.items()}}


def _named(version: str | None) -> str:
    return version or "(none)"


class _Stop:
    """Whether the user asked to stop the job. When sent to a worker, it becomes a different check."""

    def __init__(self, asked: Callable[[], bool]) -> None:
        self._asked = asked

    def __call__(self) -> bool:
        return self._asked()

    def __reduce__(self) -> tuple[Any, ...]:
        return _Unwanted, ()


class _Unwanted:
    """Whether nobody waits any more for the task in this thread of a worker.

    The worker knows without asking: it is notified as soon as a future is cancelled, and also when the job's process
    dies, which could not have left a message anywhere.
    """

    def __call__(self) -> bool:
        from distributed import get_worker

        worker = get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
        return task is None or task.state == "cancelled"


@contextmanager
def _watched(client: Any, executor: Executor) -> Iterator[None]:
    """Cancels the running work when no worker has been present for a while: it would wait forever."""
    ended = threading.Event()

    def watch() -> None:
        last_seen = time.monotonic()
        while not ended.wait(_LOOK_EVERY_S):
            if _has_workers(client):
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > _LOST_S:
                executor.shutdown(wait=False)
                return

    thread = threading.Thread(target=watch, name="cluster-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_CLOSE_S)


def _has_workers(client: Any) -> bool:
    try:
        return bool(client.nthreads())
    except OSError:  # the scheduler is gone
        return False
