"""A prediction, from the file on this machine to the CSV that can be taken away."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base.rows_used import RowsUsed
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.job_follower import JobFollower, Tell
from exoplanet_desktop.gui.runs.journal import Entry, deviations
from exoplanet_desktop.gui.runs.request import readings_json
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.wire.vocabulary import Features, KnownRows, Model, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.base.stamp import FileStamp
    from exoplanet_desktop.catalogs.reading.layout import Choice
    from exoplanet_desktop.wire.payloads import PredictReply, TrainAccepted

UNCERTAIN_BELOW = 0.6


@dataclass(frozen=True)
class ModelChoice:
    """A model that can predict: a kind, and of our own engine one trained version of it.

    `warning`: what speaks against it.
    """

    model: Model
    features: Features | None = None
    version: str | None = None
    warning: str = field(default="", compare=False)


@dataclass(frozen=True)
class PredictTask:
    """What the user asked for, and whom, at the moment of the click.

    Attributes:
        is_async, can_cancel: whether that backend predicts as a job, and can stop one.
        from_row, to_row: count from 0, both ends inclusive; None for the first and the last.
        row_count: of the file, or of the rows of it that are used, where it is known.
        reading: how the user said that the file is read.
        rows: those that are used, with their file; None for all, or for a range.
        known_rows: how rows that the model learnt from are answered; None for a backend that cannot choose.
        stamp: of the file, as it was shown.
    """

    path: Path
    connection: Connection
    is_async: bool
    can_cancel: bool
    satellite: Satellite
    choice: ModelChoice
    from_row: int | None = None
    to_row: int | None = None
    row_count: int | None = None
    reading: "Choice | None" = None
    rows: RowsUsed | None = None
    known_rows: KnownRows | None = None
    stamp: "FileStamp | None" = None

    @property
    def sent(self) -> Path:
        """The file that the backend gets."""
        return self.rows.needed_file() if self.rows else self.path

    @property
    def sent_reading(self) -> "Choice | None":
        return self.rows.reading if self.rows else self.reading

    def as_json(self) -> dict[str, Any]:
        """What the record keeps of it, beside the file."""
        return {
            "satellite": self.satellite,
            "model": self.choice.model,
            "features": self.choice.features,
            "model_version": self.choice.version,
            "from_row": self.from_row,
            "to_row": self.to_row,
            "row_count": self.row_count,
            "results_limit": 0 if self.is_async else None,
            "readings": readings_json((self.reading,)),
            "rows": self.rows.as_json() if self.rows else None,
            "known_rows": self.known_rows,
        }


@dataclass
class PredictionResult:
    """Attributes:
    csv: the file with the prediction columns; it may be a link to that of our own engine.
    counts: rows by predicted class.
    known, matches: rows with a known disposition, and those of them that were predicted so.
    notes: deviations from what was asked and what else should be known, a sentence each.
    uncertain: rows whose highest probability is below UNCERTAIN_BELOW; None where that is not known (yet).
    rows: which rows of the catalog were used, in a sentence; empty for all.
    """

    reply: "PredictReply"
    csv: Path
    counts: dict[str, int]
    known: int
    matches: int
    notes: tuple[str, ...]
    uncertain: int | None = None
    rows: str = ""


class Predictor(JobFollower):
    """Does one prediction."""

    def __init__(self, services: Services, request: PredictTask, tell: Tell) -> None:
        super().__init__(services, request.connection, request.can_cancel, tell)
        self.request = request
        self._run_id = ""

    async def work(self) -> PredictionResult:
        """Do it, and keep it in the record of runs. Raises AppError; Cancelled after `cancel`."""
        request = self.request
        asked = request.as_json()
        title = f"Predict · {request.satellite} · {request.choice.model.display_name}"
        journal = self.services.runs.journal
        async with journal.entry("predict", title, asked, (request.path,), request.connection) as entry:
            return await self._work(entry)

    async def _work(self, entry: Entry) -> PredictionResult:
        from exoplanet_desktop.client.jobs import prediction_of
        from exoplanet_desktop.wire.payloads import TrainAccepted

        workers, connection = self.services.workers, self.request.connection
        reply = await workers.call(self._send, connection)
        if isinstance(reply, TrainAccepted):
            entry.accepted(reply)
            reply = prediction_of(await self.to_end(reply))
        self.tell(None, "Fetching the result …")
        prediction = await workers.call(self._take, connection, reply)
        if sentence := await self._seen(connection):
            prediction.notes = (sentence, *prediction.notes)
        await entry.done(prediction.reply, prediction.notes, prediction.csv)
        self._run_id = entry.run_id
        return prediction

    async def _seen(self, connection: Connection) -> str:
        """A warning of rows that the model was trained on, where the backend tells of none; "" where there is none."""
        from exoplanet_desktop.client.seen import seen_rows, taught_by_record
        from exoplanet_desktop.client.sent import reads_as_told

        request, workers = self.request, self.services.workers
        if await workers.call(reads_as_told, connection.backend):
            return ""
        asked = (connection.backend.base_url, request.satellite, request.choice.model, request.choice.features)
        try:
            taught = await self.services.recorder.work(lambda record: taught_by_record(record, *asked))
        except AppError:
            return ""
        self.tell(None, tr("Looking for rows the model was trained on …"))
        found = await workers.call(
            seen_rows,
            request.sent,
            request.sent_reading,
            taught,
            request.satellite,
            rows=(request.from_row, request.to_row),
            should_stop=self.stop.is_set,
        )
        return found.sentence if found else ""

    async def add_notes(self, prediction: PredictionResult, notes: Sequence[str]) -> None:
        """What is odd about the table itself, seen when it was opened: told, and kept in the record."""
        if notes:
            prediction.notes = (*prediction.notes, *notes)
            self.services.recorder.note(self._run_id, warnings=prediction.notes)
            await self.services.runs.journal.tell(self._run_id)

    def _send(self, connection: Connection) -> "PredictReply | TrainAccepted":
        from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_prediction
        from exoplanet_desktop.catalogs.reading.layout import sniff

        request = self.request
        check_for_prediction(sniff(request.sent, request.sent_reading).columns, SATELLITES[request.satellite])
        return connection.backend.predict(
            request.sent,
            request.satellite,
            request.choice.model,
            from_row=request.from_row,
            to_row=request.to_row,
            features=request.choice.features,
            model_version=request.choice.version,
            results_limit=0 if request.is_async else None,
            progress=Pacing(tr("Sending"), self.tell, tr("The backend is predicting …")),
            should_stop=self.stop.is_set,
            reading=request.sent_reading,
            stamp=None if request.rows else request.stamp,
            known_rows=request.known_rows,
        )

    def _take(self, connection: Connection, reply: "PredictReply") -> PredictionResult:
        """Fetch the CSV, and count what the reply says. Runs in a worker."""
        from exoplanet_desktop.client.agreement import counted
        from exoplanet_desktop.client.sent import reads_as_told
        from exoplanet_desktop.client.transfers import plain_stem
        from exoplanet_desktop.client.undecided import blank_undecided

        folder = self.services.scratch / uuid.uuid4().hex[:8]
        folder.mkdir()
        csv = folder / f"{plain_stem(self.request.path.name)}_predicted.csv"
        fetching = Pacing(tr("Fetching the result:"), self.tell, tr("Reading the result …"))
        connection.backend.provide(reply.csv_file, csv, fetching, self.stop.is_set)
        request = self.request
        if not reads_as_told(connection.backend):
            blank_undecided(csv, request.satellite, self.stop.is_set)
        sums = counted(reply, request.sent, request.satellite, self.stop.is_set, request.sent_reading)
        against = (request.choice.warning,) if request.choice.warning else ()
        notes = (*against, *deviations(reply, request.as_json()), *(reply.notes or ()))
        rows = request.rows.sentence if request.rows else ""
        return PredictionResult(reply, csv, sums.classes, sums.known, sums.matches, notes, rows=rows)
