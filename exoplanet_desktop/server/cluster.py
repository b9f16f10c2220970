"""A Dask cluster for jobs: its address, and the process that runs a local one or checks another."""

import json
import multiprocessing
import re
from pathlib import Path

from exoplanet_desktop.errors import InputError, UnavailableError, shown
from exoplanet_desktop.server.cluster_host import host
from exoplanet_desktop.server.cluster_place import LOCAL, ClusterPlace
from exoplanet_desktop.server.files import disk_error, remove_quietly
from exoplanet_desktop.server.pipes import Pipe

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}")
_READY_S = 60.0
_END_S = 8.0


def check_cluster(scheduler: str) -> str:
    """Returns `scheduler`. Raises InputError if it is neither `local` nor the address of a scheduler."""
    if scheduler != LOCAL and not _ADDRESS.fullmatch(scheduler):
        raise InputError(
            f"“{shown(scheduler)}” is not the address of a cluster. Use tcp://HOST:PORT of its scheduler, "
            "tls://HOST:PORT or the word local."
        )
    return scheduler


class Cluster:
    """A separate process that runs the local cluster for the engine's lifetime, or has checked another one.

    Dask starts threads, an event loop and, for a local cluster, more processes; none of it belongs in the engine,
    which answers in milliseconds, nor in a job process, which may be killed at any moment.
    """

    def __init__(self, scheduler: str, folder: Path) -> None:
        """Returns when the cluster is ready; `folder` is for the temporary files of a local one.

        Raises InputError if it is not a cluster, UnavailableError if it cannot be reached or has other versions.
        """
        check_cluster(scheduler)
        self._folder = folder
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe(duplex=True)
        # Not a daemon: daemons may have no child processes, and a local cluster is made of them.
        self._process = context.Process(target=host, args=(theirs, scheduler, str(folder)), name="cluster")
        try:
            self._process.start()
        except OSError as error:
            self._pipe.close()
            raise disk_error(error, "The cluster cannot be started") from error
        finally:
            theirs.close()
        try:
            self.place = _place_from(self._pipe)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End a local cluster: it ends when the pipe is closed, and so also with this process."""
        self._pipe.close()
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_END_S)
        self._process.close()
        remove_quietly(self._folder)


def _place_from(pipe: Pipe) -> ClusterPlace:
    if not pipe.poll(_READY_S):
        raise UnavailableError("The cluster was not ready within a minute. Try again when the machine is less busy.")
    try:
        word, content = json.loads(pipe.recv_bytes())
    except (EOFError, OSError) as error:
        raise UnavailableError("The process of the cluster ended before it was ready. Try again.") from error
    if word == "ready":
        return ClusterPlace(**content)
    raise (InputError if word == InputError.code else UnavailableError)(content)
