"""A backend of the wire contract, as the program sees it: one method a call, typed replies, errors in words."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from string import ascii_lowercase
from typing import Any, TypeVar

from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.catalogs.merging.duplicates import Duplicates
from exoplanet_desktop.catalogs.reading.layout import Choice
from exoplanet_desktop.client.caller import plain_name, segment
from exoplanet_desktop.client.checks import check_prediction
from exoplanet_desktop.client.files import Files
from exoplanet_desktop.client.http_client import Response
from exoplanet_desktop.client.http_errors import not_the_contract
from exoplanet_desktop.client.sent import Sent, reading_field, readings_field, reads_as_told, understood
from exoplanet_desktop.client.transfers import Progress, ShouldStop
from exoplanet_desktop.client.urls import rebase
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
from exoplanet_desktop.wire.vocabulary import Balance, Features, KnownRows, Model, ModelLabels, Satellite

N = TypeVar("N", TrainAccepted, PredictReply, MergeReply)


class Backend(Files):
    """The backend at an address: a reference backend, our own engine on this machine, or the same as a lab's server.

    All calls block and may come from any thread. `progress` tells bytes done and bytes in all, in the caller's thread;
    `should_stop` ends a call with Cancelled. A call fails with an AppError whose text a user can read. What only reads
    is tried again where that may help; what starts something is not, lest it start twice.

    Raises InputError for an address or a token that cannot be used.
    """

    check_prediction = staticmethod(check_prediction)

    def models(self) -> list[dict[str, Any]]:
        """The trained models, newest first; [] where the backend cannot list them."""
        if not self.has("models"):
            return []
        reply = self._json(self._get("/api/models", "list its models"), "a list of models")
        models = reply.get("models")
        if not isinstance(models, list):
            raise not_the_contract(self.base_url, "a list of models", repr(reply).encode(), type(models).__name__)
        return [model for model in models if isinstance(model, dict)]

    # Training

    def train(
        self,
        csv: Path,
        satellite: Satellite,
        model: Model,
        *,
        features: Features | None = None,
        balance: Balance | None = None,
        sentinel: bool | None = None,
        model_labels: ModelLabels | None = None,
        without: Sequence[str] = (),
        in_place: bool = True,
        reading: Choice | None = None,
        stamp: FileStamp | None = None,
        told: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> TrainAccepted:
        """Uploads a catalog and starts a training on it. Raises InputError for an option the backend does not know.

        A backend with a reader of its own gets a plain copy (see `sent`).

        Args:
            in_place: the file stays until the job has ended, so that our own engine may read it where it is.
            reading: what the user says of how the file is to be read.
            stamp: of the file as it was shown: InputError is raised where it has changed since.
            told: takes what is to be told of a copy, a sentence each, where the reply is a job. Other replies have it
                among their notes.
        """
        options = self._train_options(satellite, model, features, balance, sentinel, model_labels, without)
        call = self._hand_over if in_place else self._upload
        with self._understood(csv, reading, stamp, "train on it", satellite, should_stop) as sent:
            fields = {**options, **self._reading_field(reading)}
            files = {"file": sent.path}
            answer = call("/api/train", "start the training", fields, files, self.timeouts.quick, progress, should_stop)
        return _with_notes(self._parse(TrainAccepted, answer, "the start of a training"), sent.notes, told)

    def train_merged(
        self,
        merged: MergedFile | MergeReply,
        satellite: Satellite,
        model: Model,
        *,
        features: Features | None = None,
        balance: Balance | None = None,
        sentinel: bool | None = None,
        model_labels: ModelLabels | None = None,
        reading: Choice | None = None,
        told: Callable[[str], None] | None = None,
        without: Sequence[str] = (),
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> TrainAccepted:
        """Starts a training on a merged file that the backend holds, by way of this machine where it must be."""
        options = self._train_options(satellite, model, features, balance, sentinel, model_labels, without)
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
                satellite,
                model,
                features=features,
                balance=balance,
                sentinel=sentinel,
                model_labels=model_labels,
                without=without,
                in_place=False,
                reading=reading,
                told=told,
                progress=progress,
                should_stop=should_stop,
            )

    def status(self, status_url: str, *, repeat: bool = True, should_stop: ShouldStop | None = None) -> JobStatus:
        """State of a job. A poller, which asks again anyway, does so without `repeat`, so that no call waits."""
        answer = self._get(status_url, "report the state of the job", repeat=repeat, should_stop=should_stop)
        return self._parse(JobStatus, answer, "the state of a job")

    def logs(
        self, logs_url: str, offset: int | None = None, *, repeat: bool = True, should_stop: ShouldStop | None = None
    ) -> Logs:
        """The whole log of a job, or what follows `offset` (bytes) where the backend can tell that."""
        url = rebase(self.base_url, logs_url)
        if offset is not None:
            url += f"{'&' if '?' in url else '?'}offset={offset}"
        answer = self._get(url, "send the log of the job", repeat=repeat, should_stop=should_stop)
        return self._parse(Logs, answer, "the log of a job")

    def cancel(self, job_id: str) -> None:
        """Stops a job. Raises InputError where the backend cannot."""
        self._require("cancel", "cannot stop a job; it continues until it finishes")
        self._post(f"/api/train/{segment(job_id)}/cancel", "stop the job", {})

    # Prediction

    def predict(
        self,
        csv: Path,
        satellite: Satellite,
        model: Model,
        *,
        from_row: int | None = None,
        to_row: int | None = None,
        features: Features | None = None,
        model_version: str | None = None,
        results_limit: int | None = None,
        reading: Choice | None = None,
        stamp: FileStamp | None = None,
        told: Callable[[str], None] | None = None,
        known_rows: KnownRows | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> PredictReply | TrainAccepted:
        """Uploads a catalog and predicts rows of it, counted from 0, both ends inclusive; see `train` for `reading`,
        `stamp` and plain copies. Rows are those of the table that the program shows of the file.

        A backend that can predict as a job answers with that job, whose result is the reply (see `jobs`).
        `results_limit` bounds the rows in the reply, where the backend can; the CSV always has all. `known_rows`: who
        answers rows that the model learnt from, where the backend knows them.
        """
        if features is Features.BLIND:
            self._require("features", "cannot predict without the human-verdict columns. Choose vetted features")
        if model_version is not None:
            self._require("models", "cannot predict with a model version of your choice. Leave that option out")
        given = {
            "satellite": satellite,
            "model": model,
            "model_type": model,
            "from_row": from_row,
            "from_csv_range": from_row,
            "to_row": to_row,
            "to_csv_range": to_row,
            "features": features,
            "model_version": model_version,
            "known_rows": known_rows if self.has("known-rows") else None,
            "results_limit": results_limit,
            "async": "true" if self.has("async") else None,
        }
        fields = {name: str(value) for name, value in given.items() if value is not None}
        fields |= self._reading_field(reading)
        with self._understood(csv, reading, stamp, "predict it", satellite, should_stop) as sent:
            answer = self._hand_over(
                "/api/predict", "predict", fields, {"file": sent.path}, self.timeouts.work, progress, should_stop
            )
        if answer.status == 202:
            return _with_notes(self._parse(TrainAccepted, answer, "the start of a prediction"), sent.notes, told)
        return _with_notes(self._parse(PredictReply, answer, "a prediction"), sent.notes, told)

    # Merging

    def merge(
        self,
        a: Path,
        b: Path,
        *,
        dedupe: bool = True,
        output_name: str | None = None,
        readings: Sequence[Choice | None] = (),
        stamps: Sequence[FileStamp | None] = (),
        told: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> MergeReply:
        """Uploads two catalogs and has them merged, rows of `a` first.

        `readings` and `stamps` have one entry a file; see `train` for them, and for plain copies.
        """
        fields = {"dedupe": "true" if dedupe else "false"}
        if output_name:
            fields["output_name"] = output_name
        answer, notes = self._merged_by((a, b), readings, stamps, fields, progress, should_stop)
        return _with_notes(self._parse(MergeReply, answer, "a merged file"), notes, told)

    def merge_by_rule(
        self,
        paths: Sequence[Path],
        *,
        rule: Duplicates = Duplicates.EXACT,
        identifier: str | None = None,
        output_name: str | None = None,
        readings: Sequence[Choice | None] = (),
        stamps: Sequence[FileStamp | None] = (),
        told: Callable[[str], None] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> TrainAccepted:
        """Has two catalogs or more merged by a rule, as a job whose result is the reply (see `jobs`).

        See `merge` for `readings` and `stamps`.

        `identifier` is the column of the rules by identifier, where it is not that of the satellite. Raises InputError
        where the backend knows no rules.
        """
        self._require("merge-rules", "can merge only two files, by one rule. Merge the files on this machine")
        given = {"rule": rule, "identifier": identifier, "output_name": output_name, "async": "true"}
        fields = {name: str(value) for name, value in given.items() if value}
        most = len(ascii_lowercase)
        if len(paths) > most:
            raise InputError(f"At most {most} files can be merged at once. Merge the rest afterwards.")
        answer, notes = self._merged_by(paths, readings, stamps, fields, progress, should_stop)
        return _with_notes(self._parse(TrainAccepted, answer, "the start of a merge"), notes, told)

    def delete_merged(self, filename: str) -> None:
        """Removes a merged file. Raises InputError where the backend cannot."""
        self._require("merge-delete", "cannot delete merged files. They stay there")
        self.http.exchange("DELETE", rebase(self.base_url, f"/api/merge/{segment(filename)}"), "delete the merged file")

    # Within

    @contextmanager
    def _understood(
        self,
        csv: Path,
        reading: Choice | None,
        stamp: FileStamp | None,
        purpose: str,
        satellite: Satellite | None,
        should_stop: ShouldStop | None,
    ) -> Iterator[Sent]:
        """What to send of a file, which must be the one that was shown, also after it was copied."""
        if stamp is not None:
            stamp.check(purpose)
        with understood(self, csv, reading, satellite, should_stop) as sent:
            if stamp is not None and sent.path != csv:
                stamp.check(purpose)
            yield sent

    def _reading_field(self, reading: Choice | None) -> dict[str, str]:
        """Nothing for a backend that gets a plain copy."""
        return reading_field(reading) if reading is not None and reads_as_told(self) else {}

    def _merged_by(
        self,
        paths: Sequence[Path],
        readings: Sequence[Choice | None],
        stamps: Sequence[FileStamp | None],
        fields: dict[str, str],
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> tuple[Response, tuple[str, ...]]:
        """The answer to a merge, and what is to be told of the copies that were sent."""
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

    def _train_options(
        self,
        satellite: Satellite,
        model: Model,
        features: Features | None,
        balance: Balance | None,
        sentinel: bool | None,
        model_labels: ModelLabels | None,
        without: Sequence[str],
    ) -> dict[str, str]:
        """The fields of a training. A backend ignores what it does not know in silence, so that is refused here."""
        options = {"satellite": str(satellite), "model": str(model)}
        if features is Features.BLIND:
            self._require("features", "cannot train without the human-verdict columns. Choose vetted features")
        if balance is Balance.BALANCED:
            self._require("balance", "cannot balance classes. Choose no balancing")
        if features is not None:
            options["features"] = str(features)
        if balance is not None:
            options["balance"] = str(balance)
        if sentinel is not None and self.has("sentinel"):
            options["sentinel"] = "true" if sentinel else "false"
        if model_labels is not None and self.has("model-labels"):
            options["model_labels"] = str(model_labels)
        if without:
            self._require("without", "cannot leave columns out of a training. Leave that option out")
            options["without"] = json.dumps(list(without))
        return options

    def _fresh_merge_token(self, filename: str) -> str | None:
        """A token for a merged file, asked anew because tokens live half an hour; None where there is none."""
        if not self.has("merge-token"):
            return None
        return next((file.merge_token for file in self.merged().files if file.filename == filename), None)


def _with_notes(reply: N, notes: Sequence[str], told: Callable[[str], None] | None) -> N:
    """A reply with what this side has to tell as well; a job has no notes, so that they are `told`."""
    if isinstance(reply, PredictReply | MergeReply):
        return reply.model_copy(update={"notes": [*notes, *(reply.notes or ())]}) if notes else reply
    if told is not None:
        for note in notes:
            told(note)
    return reply
