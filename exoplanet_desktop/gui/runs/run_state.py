"""What a training is like at one moment, and what may be done with it: what dialogs and lists read."""

import threading
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from exoplanet_desktop.client.record_entry import SENDING, WAITING
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.parity import can_be_checked
from exoplanet_desktop.gui.runs.request import TrainRequest
from exoplanet_desktop.wire.vocabulary import Status

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus, TrainResult

PARITY = "parity"  # in the kept result; see client.record_trust
SILENT, STALLED = "SILENT", "STALLED"


class RunState(QObject):
    """Signals:
    changed: phase, progress or words are other ones now.
    log_grew: the new part of the log.
    came_back: what happened while nothing was heard of it, in a sentence.
    ended: it is over; `result` or `failure` is there.
    judged: what its backend says of the model was checked.
    wants_to_wait: it shall be sent once its backend answers.
    hurried: its backend shall be asked at once, for which it waits.

    Attributes:
        digest: of the data, once it is known; see `outbox.digest_of`.
        is_unsent: whether it has ended because its backend did not answer before it had the data.
        destination: title and address of its backend.
        warnings: what speaks against the result, a sentence each.
        parity: the outcome of the parity check, as the record keeps it; None where none was made.
        trouble: SILENT while its backend does not answer, STALLED where nothing moves any more, else "".
    """

    changed = Signal()
    log_grew = Signal(str)
    came_back = Signal(str)
    ended = Signal()
    judged = Signal()
    wants_to_wait = Signal()
    hurried = Signal()
    kind = "train"

    def __init__(self, request: TrainRequest, connection: Connection | None, can_cancel: bool, run_id: str) -> None:
        """`connection` is None for a run out of the record whose backend is not in use; `run_id` is its id there."""
        super().__init__()
        self.request, self.can_cancel, self.run_id = request, can_cancel, run_id
        self.group_id = ""
        self.backend_title = connection.title if connection else ""
        self.destination = (connection.title, connection.backend.base_url) if connection else ("", "")
        self.reach: Callable[[], Awaitable[Connection]] | None = None  # of a run of the past
        self.digest, self.is_unsent = "", False
        self.phase: str = SENDING
        self.words = tr("Preparing …")
        self.share: float | None = None
        self.trouble = ""
        self.log_text = ""
        self.status: JobStatus | None = None
        self.result: TrainResult | None = None
        self.failure = ""
        self.warnings: tuple[str, ...] = ()
        self.parity: dict[str, Any] | None = None
        self.pictures: dict[str, bytes] = {}
        self._connection = connection
        self._job_id = ""
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._took: float | None = None

    @property
    def title(self) -> str:
        return self.request.title

    def outcome(self) -> dict[str, Any] | None:
        """The scores, for the list."""
        told = {"accuracy", "cv_mean", "cv_std", "auc_score", "elapsed_sec"}
        return self.result.model_dump(include=told) if self.result is not None else None

    def asked(self) -> dict[str, Any]:
        """What was asked, as the record keeps it."""
        return self.request.as_json()

    @property
    def waits(self) -> bool:
        """Whether it is in the outbox."""
        return self.phase == WAITING

    @property
    def is_over(self) -> bool:
        return self.phase in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)

    @property
    def is_cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def can_wait(self) -> bool:
        """Whether it can be sent once its backend answers: it failed before that, and its data is at hand."""
        at_hand = self.request.merged is not None or all(path.is_absolute() for path in self.request.paths)
        return self.is_unsent and self.phase == Status.FAILED and at_hand

    @property
    def elapsed_s(self) -> float:
        return self._took if self._took is not None else time.monotonic() - self._began

    def is_on(self, connection: Connection | None) -> bool:
        """Whether that backend does it."""
        return connection is not None and connection is self._connection

    @property
    def connection(self) -> Connection:
        """Who answers. Raises UnavailableError for a run of the past whose backend is not in use."""
        if self._connection is None:
            backend = self.backend_title or tr("The backend")
            raise UnavailableError(
                tr("This run's backend, {backend}, is not in use. Choose it in the Backend menu.", backend=backend)
            )
        return self._connection

    @property
    def outlives_window(self) -> bool:
        """Whether the job goes on without this program: it was sent, and the backend is not our own engine."""
        return bool(self._job_id) and self._connection is not None and not self._connection.embedded

    @property
    def can_check_parity(self) -> bool:
        return can_be_checked(self.request, self.backend_title, self.result)

    def show_past(
        self,
        status: str,
        failure: str,
        log_text: str,
        result: Any,
        pictures: dict[str, bytes],
        warnings: tuple[str, ...] = (),
    ) -> None:
        """Be a run of the record that has ended."""
        parity = result.get(PARITY) if isinstance(result, dict) else None
        self.warnings, self.parity = warnings, parity if isinstance(parity, dict) else None
        self.log_text, self.pictures, self.failure = log_text, pictures, failure
        self.result = _readable(result) if status == Status.SUCCEEDED else None
        if status == Status.SUCCEEDED and self.result is None:
            status, self.failure = Status.FAILED, tr("Its stored result cannot be read. Train again.")
        self._took = (self.result.elapsed_sec if self.result else None) or 0.0
        self.phase, self.words = status, ready_words() if self.result else self.failure

    def _say(self, share: float | None, words: str) -> None:
        # Plain attributes and a signal: Qt queues the signal to the GUI thread.
        self.share, self.words = share, words
        self.changed.emit()

    def _set(self, phase: str, share: float | None, words: str) -> None:
        self.phase = phase
        self._say(share, words)

    def _kept_result(self) -> dict[str, Any] | None:
        if self.result is None:
            return None
        kept = self.result.model_dump(mode="json")
        return kept if self.parity is None else {**kept, PARITY: self.parity}


def _readable(result: Any) -> "TrainResult | None":
    """A kept result; None for what is none, as in an export that somebody has changed."""
    import pydantic

    from exoplanet_desktop.wire.payloads import TrainResult

    try:
        return TrainResult.model_validate(result) if result else None
    except pydantic.ValidationError:
        return None


def ready_words() -> str:
    return tr("The model is ready: use it in Predict, or save it.")
