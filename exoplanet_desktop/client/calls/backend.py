"""A backend of the wire contract: one method per call, typed replies, errors in words."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from string import ascii_lowercase
from typing import Any, TypeVar

from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.client.calls.checks import check_prediction
from exoplanet_desktop.client.calls.files import Files
from exoplanet_desktop.client.calls.sent import Sent, reads_as_told, understood
from exoplanet_desktop.client.http.caller import plain_name, segment
from exoplanet_desktop.client.http.http_client import Response
from exoplanet_desktop.client.http.http_errors import not_the_contract
from exoplanet_desktop.client.http.transfers import Progress, ShouldStop
from exoplanet_desktop.client.http.urls import rebase
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.wire.payloads import (
    JobStatus,
    Logs,
    MergedFile,
    MergeReply,
    PredictReply,
    TrainAccepted,
)
from exoplanet_desktop.wire.ranges import usable
from exoplanet_desktop.wire.reading_options import ReadingOptions, reading_field, readings_field
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Satellite

N = TypeVar("N", TrainAccepted, PredictReply, MergeReply)


class Backend(Files):
    """The backend at an address: a reference backend, or our own engine on this machine or on a lab's server.

    All calls block and are safe from any thread. `progress` receives bytes done and total bytes, in the caller's
    thread; `should_stop` ends a call with Cancelled. Every failure is an AppError with a text for the user. Calls that
    only read are retried where that may help; calls that start something are not, so that it never starts twice.

    Raises InputError for an unusable address or token.
    """

    check_prediction = staticmethod(check_prediction)

    def models(self) -> list[dict[str, Any]]:
        """The trained models, newest first; [] if the backend cannot list them."""
        if not self.has("models"):
            return []
        reply = self._json(self._get("/api/models", "list its models"), "a list of models")
        models = reply.get("models")
        if not isinstance(models, list):
            raise not_the_contract(self.base_url, "a list of models", repr(reply).encode(), type(models).__name__)
        return [model for model in usable(models, []) if isinstance(model, dict)]

    # Training

    def train(
        self,
        csv: Path,
        request: TrainRequest,
        *,
        in_place: bool = True,
        reading: ReadingOptions | None = None,
        stamp: FileStamp | None = None,
        told: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> TrainAccepted:
        """Uploads a catalog and starts a training on it. Raises InputError for an option that the backend lacks.

        A backend without our reader gets a plain copy (see `sent`).

        Args:
            in_place: the file stays unchanged until the job has ended, so that our own engine may read it where it is.
            reading: the user's reading options for the file.
            stamp: of the file as it was shown; raises InputError if the file has changed since.
            told: receives notes on a copy, one sentence each, if the reply is a job. Other replies carry them in their
                notes.
        """
        options = request.to_fields(self)
        call = self._hand_over if in_place else self._upload
        with self._understood(csv, reading, stamp, "train on it", request.satellite, should_stop) as sent:
            fields = {**options, **self._reading_field(reading)}
            files = {"file": sent.path}
            answer = call("/api/train", "start the training", fields, files, self.timeouts.quick, progress, should_stop)
        return _with_notes(self._parse(TrainAccepted, answer, "the start of a training"), sent.notes, told)

    def train_merged(
        self,
        merged: MergedFile | MergeReply,
        request: TrainRequest,
        *,
        reading: ReadingOptions | None = None,
        told: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> TrainAccepted:
        """Starts a training on a merged file on the backend, fetching it to this machine first if necessary."""
        options = request.to_fields(self)
        name = merged.filename if isinstance(merged, MergedFile) else merged.merged_filename
        url = merged.url if isinstance(merged, MergedFile) else merged.merged_url
        if token := self._fresh_merge_token(name):
            fields = {**options, **self._reading_field(reading), "merge_token": token}
            answer = self._post("/api/train", "start the training", fields)
            return self._parse(TrainAccepted, answer, "the start of a training")
        with temporary_folder("merged") as folder:
            csv = folder / plain_name(name)
            self.download(url, csv, progress, should_stop)
            return self.train(
                csv,
                request,
                in_place=False,
                reading=reading,
                told=told,
                progress=progress,
                should_stop=should_stop,
            )

    def status(self, status_url: str, *, repeat: bool = True, should_stop: ShouldStop | None = None) -> JobStatus:
        """State of a job. A poller asks again anyway, so it passes `repeat=False` to avoid waiting for retries."""
        answer = self._get(status_url, "report the state of the job", repeat=repeat, should_stop=should_stop)
        return self._parse(JobStatus, answer, "the state of a job")

    def logs(
        self, logs_url: str, offset: int | None = None, *, repeat: bool = True, should_stop: ShouldStop | None = None
    ) -> Logs:
        """The whole log of a job, or the part after `offset` (bytes) if the backend supports that."""
        url = rebase(self.base_url, logs_url)
        if offset is not None:
            url += f"{'&' if '?' in url else '?'}offset={offset}"
        answer = self._get(url, "send the log of the job", repeat=repeat, should_stop=should_stop)
        return self._parse(Logs, answer, "the log of a job")

    def cancel(self, job_id: str) -> None:
        """Stops a job. Raises InputError if the backend cannot."""
        self.require("cancel", "cannot stop a job; it continues until it finishes")
        self._post(f"/api/train/{segment(job_id)}/cancel", "stop the job", {})

    # Prediction

    def predict(
        self,
        csv: Path,
        request: PredictRequest,
        *,
        reading: ReadingOptions | None = None,
        stamp: FileStamp | None = None,
        told: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> PredictReply | TrainAccepted:
        """Uploads a catalog and predicts rows of it; see `train` for `reading`, `stamp` and plain copies. Rows are
        those of the table that the program shows of the file.

        A backend that can predict as a job answers with that job, whose result is the reply (see `jobs`).
        """
        fields = request.to_fields(self)
        if self.has("async"):
            fields["async"] = "true"
        fields |= self._reading_field(reading)
        with self._understood(csv, reading, stamp, "predict it", request.satellite, should_stop) as sent:
            answer = self._hand_over(
                "/api/predict", "predict", fields, {"file": sent.path}, self.timeouts.work, progress, should_stop
            )
        if answer.status == 202:
            return _with_notes(self._parse(TrainAccepted, answer, "the start of a prediction"), sent.notes, told)
        return _with_notes(self._parse(PredictReply, answer, "a prediction"), sent.notes, told)

    # Merging

    def merge(
        self,
        paths: Sequence[Path],
        request: MergeRequest,
        *,
        readings: Sequence[ReadingOptions | None] = (),
        stamps: Sequence[FileStamp | None] = (),
        told: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> MergeReply | TrainAccepted:
        """Uploads two catalogs or more and has them merged, rows of the first one first.

        A backend that knows rules answers with a job, whose result is the reply (see `jobs`). Raises InputError where a
        rule is asked for and the backend knows none, or where it merges two files only.

        `readings` and `stamps` have one entry a file; see `train` for them, and for plain copies.
        """
        fields = request.to_fields(self)
        knows_rules = self.has("merge-rules")
        most = len(ascii_lowercase) if knows_rules else 2
        if len(paths) > most:
            raise InputError(f"At most {most} files can be merged at once. Merge the rest afterwards.")
        if knows_rules:
            fields["async"] = "true"
        answer, notes = self._merged_by(paths, readings, stamps, fields, progress, should_stop)
        if answer.status == 202:
            return _with_notes(self._parse(TrainAccepted, answer, "the start of a merge"), notes, told)
        return _with_notes(self._parse(MergeReply, answer, "a merged file"), notes, told)

    def delete_merged(self, filename: str) -> None:
        """Deletes a merged file. Raises InputError if the backend cannot."""
        self.require("merge-delete", "cannot delete merged files. They stay there")
        self.http.exchange("DELETE", rebase(self.base_url, f"/api/merge/{segment(filename)}"), "delete the merged file")

    # Internals

    @contextmanager
    def _understood(
        self,
        csv: Path,
        reading: ReadingOptions | None,
        stamp: FileStamp | None,
        purpose: str,
        satellite: Satellite | None,
        should_stop: ShouldStop | None,
    ) -> Iterator[Sent]:
        """What to send of a file; raises if the file is no longer the one that was shown, even after copying."""
        if stamp is not None:
            stamp.check(purpose)
        with understood(self, csv, reading, satellite, should_stop) as sent:
            if stamp is not None and sent.path != csv:
                stamp.check(purpose)
            yield sent

    def _reading_field(self, reading: ReadingOptions | None) -> dict[str, str]:
        """Empty for a backend that gets a plain copy."""
        return reading_field(reading) if reading is not None and reads_as_told(self) else {}

    def _merged_by(
        self,
        paths: Sequence[Path],
        readings: Sequence[ReadingOptions | None],
        stamps: Sequence[FileStamp | None],
        fields: dict[str, str],
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> tuple[Response, tuple[str, ...]]:
        """The reply to a merge, and the notes on the copies that were sent."""
        none = (None,) * len(paths)
        said = zip(ascii_lowercase, paths, readings or none, stamps or none, strict=False)
        with ExitStack() as stack:
            sent = {
                f"file_{letter}": stack.enter_context(
                    self._understood(path, reading, stamp, "merge it", None, should_stop)
                )
                for letter, path, reading, stamp in said
            }
            files = {name: one.path for name, one in sent.items()}
            if reads_as_told(self):
                fields = {**fields, **readings_field(readings)}
            answer = self._hand_over(
                "/api/merge", "merge the files", fields, files, self.timeouts.work, progress, should_stop
            )
        return answer, tuple(note for one in sent.values() for note in one.notes)

    def _fresh_merge_token(self, filename: str) -> str | None:
        """A new token for a merged file, because tokens live half an hour; None if there is none."""
        if not self.has("merge-token"):
            return None
        return next((file.merge_token for file in self.merged().files if file.filename == filename), None)


def _with_notes(reply: N, notes: Sequence[str], told: Callable[[str], None] | None) -> N:
    """A reply with this side's notes added; a job has no notes, so they go to `told`."""
    if isinstance(reply, PredictReply | MergeReply):
        return reply.model_copy(update={"notes": [*notes, *(reply.notes or ())]}) if notes else reply
    if told is not None:
        for note in notes:
            told(note)
    return reply
