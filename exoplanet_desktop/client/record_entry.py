"""What the record of runs holds of one run, and what it never holds."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import Status

WAITING = "WAITING"
"""Not sent yet: it waits for a backend that does not answer."""
SENDING = "SENDING"
"""Being sent; after a crash nobody knows whether all of it arrived."""
FINAL = tuple(str(status) for status in Status if status.is_final)
KNOWN = (WAITING, SENDING, *(str(status) for status in Status))
"""Every status that a run can have in the record."""

_SECRETS = re.compile(r"token|authorization|password|secret", re.IGNORECASE)
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_FILE_NAME = re.compile(r"\w[\w .()+,=@~-]{0,119}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class RunEntry:
    """One line of the list of runs.

    Attributes:
        kind: what was done: "train", "predict" or "merge".
        status: a `Status`, or WAITING or SENDING before the backend has it.
        created_at, changed_at: ISO 8601, UTC.
        accuracy: of a training that succeeded.
        deleted_at: when it was put into the bin; None where it is not there.
        imported: whether it ran elsewhere and was read from an export, so that its job is not this program's.
        dataset: names of the files that were worked on.
        satellite, model, features, balance: what was asked for, as the wire names it; None where nothing was said.
        cv_mean, cv_std: accuracy over the folds; auc: area under the ROC curve; took_s: seconds of work.
        group_id: the run that this one is a part of, such as a training of all models.
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

    @property
    def waits(self) -> bool:
        """Whether it is in the outbox."""
        return self.status == WAITING

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


@dataclass(frozen=True)
class Run(RunEntry):
    """All of a run but its log and files.

    Attributes:
        request: what was asked, as `new` was given it.
        result: the reply, or the result of the job; None until there is one.
        warnings: deviations of the reply from the request, and whatever else must stay with the run.
    """

    request: Mapping[str, Any] = field(default_factory=dict)
    status_url: str | None = None
    logs_url: str | None = None
    job_id: str | None = None
    result: Any = None
    warnings: tuple[str, ...] = ()


def said_of_request(request: Any) -> dict[str, str | None]:
    """The fields of an entry that a request tells."""
    asked = request if isinstance(request, Mapping) else {}
    files = asked.get("files")
    names = [str(name)[:200] for name in files if name] if isinstance(files, list | tuple) else []
    words = {name: _word(asked.get(name)) for name in ("satellite", "model", "features", "balance")}
    return {"dataset": " + ".join(names)[:1000], **words}


def said_of_result(result: Any) -> dict[str, float | None]:
    """The fields of an entry that a result tells; None for what it leaves out or what is no number."""
    told = result if isinstance(result, Mapping) else {}
    names = {
        "accuracy": "accuracy",
        "cv_mean": "cv_mean",
        "cv_std": "cv_std",
        "auc": "auc_score",
        "took_s": "elapsed_sec",
    }
    return {field_name: _number(told.get(name)) for field_name, name in names.items()}


def _word(value: Any) -> str | None:
    return str(value)[:80] if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number with hundreds of digits
        return None
    return number if math.isfinite(number) else None


def without_secrets(value: Any) -> Any:
    """A JSON value without whatever is named as a secret is: the record may be exported and handed on."""
    if isinstance(value, Mapping):
        return {str(key): without_secrets(item) for key, item in value.items() if not _SECRETS.search(str(key))}
    if isinstance(value, list | tuple):
        return [without_secrets(item) for item in value]
    return value


def checked_run_id(run_id: str) -> str:
    """Raises InputError for what is not the id of a run and could name a folder elsewhere."""
    if not _RUN_ID.fullmatch(run_id):
        raise InputError(f"“{run_id[:80]}” is not a run in the record. Choose one from the list.")
    return run_id


def checked_file_name(name: str) -> str:
    """Raises InputError for a name that is not plainly that of a file in its folder, on any system."""
    if not _FILE_NAME.fullmatch(name) or name.endswith((".", " ")) or _RESERVED.fullmatch(name):
        raise InputError(
            f"“{name[:80]}” is not a valid name for a file of a run. Use letters, digits, dots and dashes."
        )
    return name
