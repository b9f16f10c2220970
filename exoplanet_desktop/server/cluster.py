"""A Dask cluster that jobs work on: where it is, and the process that keeps a local one or looks at another."""

import json
import multiprocessing
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.server.files import disk_error, remove_quietly
from exoplanet_desktop.server.names import shown
from exoplanet_desktop.server.pipes import Pipe

LOCAL = "local"

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}")
_READY_S = 60.0
_END_S = 8.0


@dataclass(frozen=True)
class ClusterPlace:
    """Where a scheduler listens.

    Attributes:
        address: `tcp://host:port` or `tls://host:port`.
        ca, cert, key: what an encrypted connection needs, as PEM texts; empty where Dask's own configuration has it.
    """

    address: str
    ca: str = field(default="", repr=False)
    cert: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    def security(self) -> Any:
        """Dask's Security of a client."""
        from distributed import Security

        if not self.key:
            return Security()
        keys = {"tls_ca_file": self.ca, "tls_client_cert": self.cert, "tls_client_key": self.key}
        return Security(require_encryption=True, **keys)


def check_cluster(scheduler: str) -> str:
    """`scheduler` itself. Raises InputError where it is neither `local` nor the address of a scheduler."""
    if scheduler != LOCAL and not _ADDRESS.fullmatch(scheduler):
        raise InputError(
            f"“{shown(scheduler)}” is not the address of a cluster. Use tcp://HOST:PORT of its scheduler, "
            "tls://HOST:PORT or the word local."
        )
    return scheduler


class Cluster:
    """A process of its own that keeps the local cluster while the engine runs, or has looked at another one.

    Dask starts threads, an event loop and, for a local cluster, more processes; none of it belongs in the engine,
    which answers in milliseconds, nor in a job process, which may be killed at any moment.
    """

    def __init__(self, scheduler: str, folder: Path) -> None:
        """Returns when the cluster can be worked on; `folder` takes the temporary files of a local one.

        Raises InputError for what is no cluster, UnavailableError where it cannot be reached or has other versions.
        """
        from exoplanet_desktop.server.cluster_host import host

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
        """End a local cluster: closing the pipe tells it, and so does the end of this process."""
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
