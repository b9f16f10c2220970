"""What the record stores about a run, and what it never stores."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.ranges import usable
from exoplanet_desktop.wire.vocabulary import FINAL_STATUSES, WAITING

PARITY = "parity"  # where the result of a run keeps its parity check (see `client.jobs.parity.ParityCheck`)

_SECRETS = re.compile(r"token|authorization|password|secret", re.IGNORECASE)
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_FILE_NAME = re.compile(r"\w[\w .()+,=@~-]{0,119}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class RunEntry:
    """One line of the list of runs.

    Attributes:
        kind: what was done, a `RunKind`.
        status: a `Status`, or WAITING or SENDING before the backend has it.
        created_at, changed_at: ISO 8601, UTC.
        accuracy: set for a training that succeeded.
        deleted_at: when it was moved to the bin; None if it is not in the bin.
        imported: whether it ran elsewhere and came from an export, so that its job does not belong to this program.
        dataset: names of the input files.
        satellite, model, features, balance: requested values in the wire's terms; None if not given.
        cv_mean, cv_std: accuracy over the folds; auc: area under the ROC curve; took_s: seconds of work.
        group_id: the run that this one belongs to, such as a training of all models.
        objection: what a check found against the trained model; None or "" for nothing.
    """

    run_id: str
    kind: str
    title: str
    status: str
    starred: bool
    backend_title: str
    backend_address: str
    data_digest: str | None
    created_at: str
    changed_at: str
    accuracy: float | None
    error: str | None
    deleted_at: str | None
    imported: bool
    dataset: str = ""
    satellite: str | None = None
    model: str | None = None
    features: str | None = None
    balance: str | None = None
    cv_mean: float | None = None
    cv_std: float | None = None
    auc: float | None = None
    took_s: float | None = None
    group_id: str | None = None
    objection: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it is in the outbox."""
        return self.status == WAITING

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_STATUSES


@dataclass(frozen=True)
class StoredRun(RunEntry):
    """A run without its log and files.

    Attributes:
        request: the request that was passed to `new`.
        result: the reply, or the job's result; None until there is one.
        warnings: deviations of the reply from the request, and other notes to keep with the run.
    """

    request: Mapping[str, Any] = field(default_factory=dict)
    status_url: str | None = None
    logs_url: str | None = None
    job_id: str | None = None
    result: Any = None
    warnings: tuple[str, ...] = ()


def said_of_request(request: Any) -> dict[str, str | None]:
    """The fields of an entry that come from a request."""
    asked = request if isinstance(request, Mapping) else {}
    files = asked.get("files")
    names = [str(name)[:200] for name in files if name] if isinstance(files, list | tuple) else []
    words = {name: _word(asked.get(name)) for name in ("satellite", "model", "features", "balance")}
    return {"dataset": " + ".join(names)[:1000], **words}


def said_of_result(result: Any) -> dict[str, float | str | None]:
    """The fields of an entry that come from a result; None for missing or non-numeric ones."""
    told = result if isinstance(result, Mapping) else {}
    names = {
        "accuracy": "accuracy",
        "cv_mean": "cv_mean",
        "cv_std": "cv_std",
        "auc": "auc_score",
        "took_s": "elapsed_sec",
    }
    numbers = {field_name: _number(told.get(name)) for field_name, name in names.items()}
    return {**numbers, "objection": _objection(told.get(PARITY))}


def _objection(parity: Any) -> str | None:
    """What a parity check found against a model; "" if it found nothing, None if there was none."""
    if not isinstance(parity, Mapping):
        return None
    return str(parity.get("sentence") or "")[:1000] if parity.get("contradiction") is True else ""


def _word(value: Any) -> str | None:
    return str(value)[:80] if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    number = usable(value, [])
    return float(number) if isinstance(number, int | float) else None


def without_secrets(value: Any) -> Any:
    """A JSON value without fields that are named like secrets: the record may be exported and shared."""
    if isinstance(value, Mapping):
        return {str(key): without_secrets(item) for key, item in value.items() if not _SECRETS.search(str(key))}
    if isinstance(value, list | tuple):
        return [without_secrets(item) for item in value]
    return value


def checked_run_id(run_id: str) -> str:
    """The id. Raises InputError if it is not a run id, which could name a folder elsewhere."""
    if not _RUN_ID.fullmatch(run_id):
        raise InputError(f"“{run_id[:80]}” is not a run in the record. Choose one from the list.")
    return run_id


def checked_file_name(name: str) -> str:
    """The name. Raises InputError if it is not a plain file name on every system."""
    if not _FILE_NAME.fullmatch(name) or name.endswith((".", " ")) or _RESERVED.fullmatch(name):
        raise InputError(
            f"“{name[:80]}” is not a valid name for a file of a run. Use letters, digits, dots and dashes."
        )
    return name
