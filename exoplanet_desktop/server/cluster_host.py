"""Runs in the process that keeps a local cluster, or checks whether another one is usable."""

import json
import os
import signal
import threading
from dataclasses import asdict
from typing import Any

from exoplanet_desktop.errors import AppError, BugError, InputError
from exoplanet_desktop.server.cluster_jobs import check_workers, connected
from exoplanet_desktop.server.cluster_place import LOCAL, ClusterPlace
from exoplanet_desktop.server.pipes import Pipe

_END_S = 5.0
_NO_EXTRA = (
    "A cluster needs the packages distributed and cryptography, which are not installed. "
    "Install them by `pip install 'exoplanet-desktop[cluster]'`, or leave --cluster out."
)


def host(pipe: Pipe, scheduler: str, folder: str) -> None:
    """Sends `["ready", place]` or `[code, sentence]`; a local cluster lives until the pipe is closed."""
    # Ctrl+C in a terminal reaches all its processes, workers too; the engine then ends them in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A service manager also sends SIGTERM to all of them. Not SIG_IGN, which workers would inherit.
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        if scheduler == LOCAL:
            _keep_local(pipe, folder)
        else:
            place = ClusterPlace(scheduler)
            _look_at(place)
            _send(pipe, "ready", asdict(place))
    except AppError as error:
        _send(pipe, error.code, str(error))
    except ImportError:
        _send(pipe, InputError.code, _NO_EXTRA)
    except Exception as error:
        kind = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        _send(pipe, BugError.code, f"The cluster cannot be used ({kind}). Leave --cluster out, or start again.")


def _look_at(place: ClusterPlace) -> None:
    with connected(place) as client:
        check_workers(client)


def _keep_local(pipe: Pipe, folder: str) -> None:
    import dask
    from distributed import LocalCluster, Security

    security = Security.temporary()
    settings = {
        "temporary-directory": folder,
        # A task whose worker died twice would probably kill the third one as well: most likely it needs too much
        # memory.
        "distributed.scheduler.allowed-failures": 1,
        # Their pages would show other users of this machine what the cluster is working on.
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.admin.large-graph-warning-threshold": "1 GB",
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=os.cpu_count() or 1,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",  # with its own keys: a scheduler runs anything that reaches it
            security=security,
            dashboard_address="127.0.0.1:0",
            local_directory=folder,
            silence_logs=50,
        ) as cluster,
    ):
        _send(pipe, "ready", asdict(_place_of(cluster, security)))
        _until_closed(pipe)
        # A shutdown that hangs must not outlive the engine; workers end with this process.
        overdue = threading.Timer(_END_S, os._exit, (1,))
        overdue.daemon = True
        overdue.start()


def _place_of(cluster: Any, security: Any) -> ClusterPlace:
    client = security.get_tls_config_for_role("client")
    return ClusterPlace(cluster.scheduler_address, client["ca_file"], client["cert"], client["key"])


def _until_closed(pipe: Pipe) -> None:
    try:
        pipe.recv_bytes()
    except (EOFError, OSError):
        return


def _send(pipe: Pipe, word: str, content: Any) -> None:
    try:
        pipe.send_bytes(json.dumps([word, content]).encode())
    except OSError:
        os._exit(3)  # nobody is waiting any more
