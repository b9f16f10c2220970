"""Runs a prediction, from the local file to the resulting CSV."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_prediction
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.client.calls.checks import check_prediction
from exoplanet_desktop.client.calls.sent import reads_as_told
from exoplanet_desktop.client.http.transfers import plain_stem
from exoplanet_desktop.client.jobs.agreement import counted
from exoplanet_desktop.client.jobs.claims import Claim, is_short, objections, unheld
from exoplanet_desktop.client.jobs.jobs import prediction_of
from exoplanet_desktop.client.jobs.reply_rows import only_asked
from exoplanet_desktop.client.jobs.result_table import settle_table
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base.rows_used import RowsUsed
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.job_run import JobRun
from exoplanet_desktop.gui.runs.journal import Entry
from exoplanet_desktop.gui.runs.request import readings_json
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.record.seen import seen_rows, taught_by_record
from exoplanet_desktop.wire.payloads import PredictReply, TrainAccepted
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Features, Model, RunKind

UNCERTAIN_BELOW = 0.6


@dataclass(frozen=True)
class ModelChoice:
    """A model for predicting: a kind and, with our own engine, one trained version of it."""

    model: Model
    features: Features | None = None
    version: str | None = None


@dataclass(frozen=True, kw_only=True)
class PredictTask(PredictRequest):
    """The user's request and its backend, at the moment of the click.

    Attributes:
        can_cancel: whether that backend can stop a prediction.
        reading: how the user said that the file is read.
        rows: those that are used, with their file; None for all, or for a range.
        stamp: of the file, as it was shown.
    """

    path: Path
    connection: Connection
    can_cancel: bool
    reading: "ReadingOptions | None" = None
    rows: RowsUsed | None = None
    stamp: "FileStamp | None" = None

    @property
    def choice(self) -> ModelChoice:
        """The model that predicts."""
        return ModelChoice(self.model, self.features, self.model_version)

    def by(self, choice: ModelChoice) -> "PredictTask":
        """The same by another model."""
        return replace(self, model=choice.model, features=choice.features, model_version=choice.version)

    @property
    def sent(self) -> Path:
        """The file to send to the backend."""
        return self.rows.needed_file() if self.rows else self.path

    @property
    def sent_reading(self) -> "ReadingOptions | None":
        return self.rows.reading if self.rows else self.reading

    def to_json(self) -> dict[str, Any]:
        """The values to record, in addition to the file."""
        return {
            **super().to_json(),
            "readings": readings_json((self.reading,)),
            "rows": self.rows.as_json() if self.rows else None,
        }


@dataclass
class PredictionResult:
    """Attributes:
    csv: the file with the prediction columns; it may be a link to our own engine's file.
    counts: rows by predicted class.
    known, matches: number of rows with a known disposition, and of those predicted to have it.
    notes: deviations from the request and other remarks, one sentence each.
    uncertain: number of rows whose highest probability is below UNCERTAIN_BELOW; None if not (yet) known.
    rows: the rows of the catalog that were used, in a sentence; empty for all.
    against: those of the notes that speak against the predictions, the worst first.
    reported: the accuracy reported for the model, if the agreement falls short of it.
    """

    reply: "PredictReply"
    csv: Path
    counts: dict[str, int]
    known: int
    matches: int
    notes: tuple[str, ...]
    uncertain: int | None = None
    rows: str = ""
    against: tuple[str, ...] = ()
    reported: float | None = None


class Predictor(JobRun):
    """Runs one prediction."""

    def __init__(self, services: Services, request: PredictTask) -> None:
        title = f"Predict · {request.satellite} · {request.model.display_name}"
        super().__init__(
            RunKind.PREDICT,
            title,
            request.to_json(),
            request.connection,
            services.workers,
            services.poller,
            can_cancel=request.can_cancel,
        )
        self.request, self._services = request, services

    async def work(self) -> PredictionResult:
        """Do it, and keep it in the record of runs. Raises AppError; Cancelled after `cancel`."""
        journal, asked = self._services.runs.journal, self._snapshot.asked
        with self._finished():
            async with journal.entry(
                RunKind.PREDICT, self.title, asked, (self.request.path,), self.connection
            ) as entry:
                return await self._work(entry)

    async def _work(self, entry: Entry) -> PredictionResult:

        workers, connection = self._workers, self.connection
        reply = await workers.call(self._send, connection)
        if isinstance(reply, TrainAccepted):
            entry.accepted(reply)
            reply = prediction_of(await self.follow(reply))
        self.tell(None, tr("Fetching the result …"))
        claim = None if await workers.call(reads_as_told, connection.backend) else await self._claim(connection)
        prediction = await workers.call(self._fetch, connection, reply, claim)
        if sentence := await self._seen(connection):
            prediction.notes = (sentence, *prediction.notes)
        await entry.done(prediction.reply, prediction.notes, prediction.csv)
        self._write(run_id=entry.run_id)
        return prediction

    async def _claim(self, connection: Connection) -> Claim:
        """What a plain backend reported of the model, and what was found against it."""
        try:
            models = await self._services.runs.models_of(connection)
        except AppError:
            return Claim()
        trained = models.get((str(self.request.satellite), str(self.request.model)))
        return Claim(trained.accuracy, trained.objection, trained.trainings > 1) if trained else Claim()

    async def _seen(self, connection: Connection) -> str:
        """A warning about rows that the model was trained on, if the backend does not report them; else ""."""

        request, workers = self.request, self._workers
        if await workers.call(reads_as_told, connection.backend):
            return ""
        asked = (connection.backend.base_url, request.satellite, request.model, request.features)
        try:
            taught = await self._services.recorder.work(lambda record: taught_by_record(record, *asked))
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
            should_stop=self.should_stop,
        )
        return found.sentence if found else ""

    async def add_notes(self, prediction: PredictionResult, notes: Sequence[str]) -> None:
        """Show and record what is unusual about the table itself, once it has been opened."""
        if notes:
            prediction.notes = (*prediction.notes, *notes)
            self._services.recorder.note(self.run_id, warnings=prediction.notes)
            await self._services.runs.journal.tell(self.run_id)

    def _send(self, connection: Connection) -> "PredictReply | TrainAccepted":

        request = self.request
        check_for_prediction(sniff(request.sent, request.sent_reading).columns, SATELLITES[request.satellite])
        return connection.backend.predict(
            request.sent,
            request,
            progress=Pacing(tr("Sending"), self.tell, tr("The backend is predicting …")),
            should_stop=self.should_stop,
            reading=request.sent_reading,
            stamp=None if request.rows else request.stamp,
        )

    def _fetch(self, connection: Connection, reply: "PredictReply", claim: Claim | None) -> PredictionResult:
        """Fetch the CSV, and count what the reply says. Runs in a worker.

        `claim`: what is known of the model of a plain backend; None for our own engine.
        """

        folder = self._services.scratch / uuid.uuid4().hex[:8]
        folder.mkdir()
        csv = folder / f"{plain_stem(self.request.path.name)}_predicted.csv"
        fetching = Pacing(tr("Fetching the result:"), self.tell, tr("Reading the result …"))
        connection.backend.provide(reply.csv_file, csv, fetching, self.should_stop)
        request = self.request
        odd = check_prediction(reply, request)
        if claim is not None:
            reply = only_asked(reply, request)
            odd += settle_table(csv, reply, request.satellite, self.should_stop)
        sums = counted(reply, request.sent, request.satellite, self.should_stop, request.sent_reading)
        rows = request.rows.sentence if request.rows else ""
        found = PredictionResult(reply, csv, sums.classes, sums.known, sums.matches, (), rows=rows)
        unknown = ""
        if claim is not None:
            found.against, unknown = objections(reply, sums, claim, request.satellite), unheld(sums, claim)
            found.reported = claim.accuracy if is_short(sums, claim) else None
        found.notes = tuple(filter(None, (*found.against, *odd, unknown, *(reply.notes or ()))))
        return found
