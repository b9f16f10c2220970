"""The settings of an engine."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEBIBYTE = 1024 * 1024

TASKS: Mapping[str, str] = {
    "train": "exoplanet_desktop.server.tasks:train",
    "predict": "exoplanet_desktop.server.tasks:predict",
    "merge": "exoplanet_desktop.server.tasks:merge",
}

# The spare process loads these while it waits, in this order, so that a job starts at once.
WARM_MODULES = (
    "duckdb",
    "pandas",
    "xgboost",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.svm",
    "sklearn.tree",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "exoplanet_desktop.catalogs.merging.merge",
    "exoplanet_desktop.catalogs.tables.table",
    "exoplanet_desktop.classify.modelfile",
    "exoplanet_desktop.classify.prediction",
    "exoplanet_desktop.classify.training",
    "skops.io",  # last: it takes half a second, and the default model does not need it
)


@dataclass(frozen=True)
class EngineSettings:
    """
    Attributes:
        data_dir: the folder with all data of the engine.
        token: the token that a caller must send; None admits every program on this machine.
        loopback: answer only under this machine's names: a request under another host's name is an attack.
        upload_bytes: size limit of one request body.
        running: how many jobs of a kind may run at the same time. A prediction or merge need not wait for a training,
            which may take minutes.
        queue: how many jobs may wait; more are refused.
        merge_token_seconds: lifetime of a merge token.
        cancel_seconds: how long a job may take to stop before its process is killed.
        tasks: the function that does the work of each kind of job, as `module:function`.
        warm: modules that the spare process loads while it waits.
        local_paths: open files of this machine that a caller names by path, if the caller could open them as well:
            only for the embedded engine, whose token only this user's program knows.
        cluster: the Dask cluster for trainings and predictions: the address of its scheduler, or `local`; None
            for threads of the job's own process.
    """

    data_dir: Path
    token: str | None = None
    loopback: bool = True
    upload_bytes: int = 2048 * MEBIBYTE
    running: Mapping[str, int] = field(default_factory=lambda: {"train": 1, "predict": 1, "merge": 1})
    queue: int = 20
    merge_token_seconds: int = 30 * 60
    cancel_seconds: float = 0.6
    tasks: Mapping[str, str] = field(default_factory=lambda: TASKS)
    warm: tuple[str, ...] = WARM_MODULES
    local_paths: bool = False
    cluster: str | None = None


def is_loopback(host: str) -> bool:
    """Whether a listening address can be reached only from this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
