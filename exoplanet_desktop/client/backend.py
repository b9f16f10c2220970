"""A backend of the wire contract, as the program sees it: one method a call, typed replies, errors in words."""

import json
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pydantic

from exoplanet_desktop.client.checks import check_prediction
from exoplanet_desktop.client.connection import FILE, QUICK, WORK, Answer, Connection, Patience
from exoplanet_desktop.client.transfers import (
    Multipart,
    Progress,
    ShouldStop,
    Sink,
    Transfer,
    Upload,
    prepare_upload,
    whole_file,
)
from exoplanet_desktop.client.urls import is_loopback, rebase
from exoplanet_desktop.client.words import not_the_contract
from exoplanet_desktop.errors import AppError, InputError, NoAnswer, NotAllowed, TooLarge, TooMany, UnavailableError
from exoplanet_desktop.wire.payloads import (
    Health,
    JobStatus,
    Logs,
    MergedFile,
    MergeList,
    MergeReply,
    Payload,
    PredictReply,
    TrainAccepted,
    UploadList,
)
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, Satellite

P = TypeVar("P", bound=Payload)


class Backend:
    """The backend at an address: a reference backend, our own engine on this machine, or the same as a lab's server.

    All calls block and may come from any thread. `progress` tells bytes done and bytes in all, in the caller's thread;
    `should_stop` ends a call with Cancelled. A call fails with an AppError whose text a user can read.

    Raises InputError for an address or a token that cannot be used.
    """

    check_prediction = staticmethod(check_prediction)

    def __init__(self, base_url: str, token: str | None = None, *, verify: bool | str = True) -> None:
        self._connection = Connection(base_url, token, verify=verify)
        self.base_url = self._connection.base
        self._lock = threading.Lock()
        self._known_health: Health | None = None
        self._asked = False

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.base_url)

    # What the backend is

    def health(self) -> Health | None:
        """What the backend says of itself; None for one of the plain contract, which has no such call."""
        health: Health | None = None
        try:
            health = self._parse(Health, self._get("/api/health", "say how it is"), "a health reply")
        except (NotAllowed, TooMany, NoAnswer):
            raise
        except AppError:
            # Somebody is there who has no such call. A backend, or any other web server?
            self._is_a_backend()
        with self._lock:
            self._known_health, self._asked = health, True
        return health

    def has(self, extension: str) -> bool:
        """Whether the backend has an extension of the contract; asked once for each backend."""
        health = self._health()
        return health is not None and extension in health.extensions

    def models(self) -> list[dict[str, Any]]:
        """The trained models, newest first; [] where the backend cannot list them."""
        if not self.has("models"):
            return []
        reply = self._json(self._get("/api/models", "list its models"), "a list of models")
        models = reply.get("models")
        return [model for model in models if isinstance(model, dict)] if isinstance(models, list) else []

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
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> TrainAccepted:
        """Uploads a catalog and starts a training on it. Raises InputError for an option the backend does not know."""
        options = self._train_options(satellite, model, features, balance, sentinel)
        upload = self._prepared(csv, should_stop)
        answer = self._send("/api/train", "start the training", options, {"file": upload}, QUICK, progress, should_stop)
        return self._parse(TrainAccepted, answer, "the start of a training")

    def train_merged(
        self,
        merged: MergedFile | MergeReply,
        satellite: Satellite,
        model: Model,
        *,
        features: Features | None = None,
        balance: Balance | None = None,
        sentinel: bool | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> TrainAccepted:
        """Starts a training on a merged file that the backend holds, by way of this machine where it must be."""
        options = self._train_options(satellite, model, features, balance, sentinel)
        name = merged.filename if isinstance(merged, MergedFile) else merged.merged_filename
        url = merged.url if isinstance(merged, MergedFile) else merged.merged_url
        if token := self._fresh_merge_token(name):
            answer = self._post("/api/train", "start the training", {**options, "merge_token": token})
            return self._parse(TrainAccepted, answer, "the start of a training")
        with tempfile.TemporaryDirectory(prefix="exoplanet-desktop-", ignore_cleanup_errors=True) as folder:
            csv = Path(folder) / _plain_name(name)
            self.download(url, csv, progress, should_stop)
            return self.train(
                csv,
                satellite,
                model,
                features=features,
                balance=balance,
                sentinel=sentinel,
                progress=progress,
                should_stop=should_stop,
            )

    def status(self, status_url: str) -> JobStatus:
        """State of a job."""
        return self._parse(JobStatus, self._get(status_url, "tell the state of the job"), "the state of a job")

    def logs(self, logs_url: str, offset: int | None = None) -> Logs:
        """The whole log of a job, or what follows `offset` (bytes) where the backend can tell that."""
        url = rebase(self.base_url, logs_url)
        if offset is not None:
            url += f"{'&' if '?' in url else '?'}offset={offset}"
        return self._parse(Logs, self._get(url, "tell the log of the job"), "the log of a job")

    def cancel(self, job_id: str) -> None:
        """Stops a job. Raises InputError where the backend cannot."""
        self._require("cancel", "cannot stop a job; it goes on until it ends by itself")
        self._post(f"/api/train/{_segment(job_id)}/cancel", "stop the job", {})

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
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> PredictReply | TrainAccepted:
        """Uploads a catalog and predicts rows of it, counted from 0, both ends inclusive.

        A backend that can predict as a job answers with that job, whose result is the reply (see `jobs`).
        `results_limit` bounds the rows in the reply, where the backend can; the CSV always has all.
        """
        if features is Features.BLIND:
            self._require("features", "cannot predict without the columns of the verdict. Choose vetted features")
        if model_version is not None:
            self._require("models", "cannot predict with a model of your choice. Leave that choice out")
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
            "results_limit": results_limit,
            "async": "true" if self.has("async") else None,
        }
        fields = {name: str(value) for name, value in given.items() if value is not None}
        upload = self._prepared(csv, should_stop)
        answer = self._send("/api/predict", "predict", fields, {"file": upload}, WORK, progress, should_stop)
        if answer.status == 202:
            return self._parse(TrainAccepted, answer, "the start of a prediction")
        return self._parse(PredictReply, answer, "a prediction")

    # Merging

    def merge(
        self,
        a: Path,
        b: Path,
        *,
        dedupe: bool = True,
        output_name: str | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> MergeReply:
        """Uploads two catalogs and has them merged, rows of `a` first."""
        fields = {"dedupe": "true" if dedupe else "false"}
        if output_name:
            fields["output_name"] = output_name
        files = {"file_a": self._prepared(a, should_stop), "file_b": self._prepared(b, should_stop)}
        answer = self._send("/api/merge", "merge the files", fields, files, WORK, progress, should_stop)
        return self._parse(MergeReply, answer, "a merged file")

    def merged(self) -> MergeList:
        """The merged files that the backend holds, newest first."""
        return self._parse(MergeList, self._get("/api/merge", "list its merged files"), "a list of merged files")

    def delete_merged(self, filename: str) -> None:
        """Removes a merged file. Raises InputError where the backend cannot."""
        self._require("merge-delete", "cannot delete merged files. They stay there")
        self._connection.exchange(
            "DELETE", rebase(self.base_url, f"/api/merge/{_segment(filename)}"), "delete the merged file"
        )

    def uploads(self) -> UploadList:
        """The uploaded files that the backend holds."""
        return self._parse(UploadList, self._get("/api/get-uploads-file", "list its files"), "a list of files")

    # Files

    def download(
        self,
        url: str,
        target: Path,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> None:
        """Saves a file of the backend as `target`, which appears whole or not at all."""
        address = rebase(self.base_url, url)
        with whole_file(target) as file:
            self._connection.exchange(
                "GET",
                address,
                "hand out the file",
                patience=FILE,
                into=lambda transfer: Sink(file, FILE.reply_bytes, transfer),
                progress=progress,
                should_stop=should_stop,
            )
            file.flush()
            _refuse_a_page(Path(file.name), target, self.base_url)

    def fetch(self, url: str, limit: int = 20_000_000) -> bytes:
        """The content of a small file of the backend, such as a picture. Raises TooLarge over `limit` bytes."""
        patience = Patience(QUICK.silence_s, QUICK.total_s, limit)
        answer = self._connection.exchange("GET", rebase(self.base_url, url), "hand out the file", patience=patience)
        return answer.body

    # Within

    def _health(self) -> Health | None:
        with self._lock:
            asked, health = self._asked, self._known_health
        return health if asked else self.health()

    def _is_a_backend(self) -> None:
        try:
            self.uploads()
        except NoAnswer:
            raise
        except AppError:
            self.merged()

    def _train_options(
        self,
        satellite: Satellite,
        model: Model,
        features: Features | None,
        balance: Balance | None,
        sentinel: bool | None,
    ) -> dict[str, str]:
        """The fields of a training. A backend ignores what it does not know in silence, so that is refused here."""
        options = {"satellite": str(satellite), "model": str(model)}
        if features is Features.BLIND:
            self._require("features", "cannot train without the columns of the verdict. Choose vetted features")
        if balance is Balance.BALANCED:
            self._require("balance", "cannot weigh the classes alike. Choose no balance")
        if features is not None:
            options["features"] = str(features)
        if balance is not None:
            options["balance"] = str(balance)
        if sentinel is not None and self.has("sentinel"):
            options["sentinel"] = "true" if sentinel else "false"
        return options

    def _require(self, extension: str, lack: str) -> None:
        if not self.has(extension):
            raise InputError(f"The backend at {self.base_url} {lack}.")

    def _fresh_merge_token(self, filename: str) -> str | None:
        """A token for a merged file, asked anew because tokens live half an hour; None where there is none."""
        if not self.has("merge-token"):
            return None
        return next((file.merge_token for file in self.merged().files if file.filename == filename), None)

    def _prepared(self, csv: Path, should_stop: ShouldStop | None) -> Upload:
        upload = prepare_upload(csv, should_stop)
        health = self._health()
        limit = health.limits.get("upload_bytes") if health else None
        if limit is not None and upload.size > limit:
            raise TooLarge(
                f"{csv.name} has {upload.size / 1e6:,.0f} MB, but the backend at {self.base_url} takes at most "
                f"{limit / 1e6:,.0f} MB. Choose a smaller file."
            )
        return upload

    def _get(self, url: str, what: str) -> Answer:
        return self._connection.exchange("GET", rebase(self.base_url, url), what)

    def _post(self, path: str, what: str, body: Mapping[str, Any]) -> Answer:
        return self._connection.exchange("POST", rebase(self.base_url, path), what, json=body)

    def _send(
        self,
        path: str,
        what: str,
        fields: Mapping[str, str],
        files: Mapping[str, Upload],
        patience: Patience,
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> Answer:
        def form(transfer: Transfer) -> Multipart:
            return Multipart(fields, files, transfer)

        # The sum of time is for the upload too, and a large file over a thin line takes its hours.
        patience = Patience(patience.silence_s, WORK.total_s, patience.reply_bytes)
        return self._connection.exchange(
            "POST",
            rebase(self.base_url, path),
            what,
            patience=patience,
            form=form,
            progress=progress,
            should_stop=should_stop,
        )

    def _json(self, answer: Answer, noun: str) -> dict[str, Any]:
        try:
            # NaN and Infinity stand in some replies; Python's reader takes them.
            value = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise not_the_contract(self.base_url, noun, answer.body, error) from error
        if not isinstance(value, dict):
            raise not_the_contract(self.base_url, noun, answer.body, type(value).__name__)
        if value.get("ok") is False:
            raise self._connection.refusal(answer.status, answer.body, answer.what)
        return value

    def _parse(self, kind: type[P], answer: Answer, noun: str) -> P:
        try:
            return kind.model_validate(self._json(answer, noun))
        except pydantic.ValidationError as error:
            raise not_the_contract(self.base_url, noun, answer.body, error) from error


def _segment(name: str) -> str:
    """A name as one part of a path. Raises InputError for one that would leave its place."""
    if not name or name in (".", ".."):
        raise InputError(f"“{name}” is not the name of anything at a backend. Refresh the list.")
    return quote(name, safe="")


def _plain_name(name: str) -> str:
    """The last part of a server's name, to be used in a folder of our own."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip(". ")[-100:] or "merged.csv"


def _refuse_a_page(part: Path, target: Path, base: str) -> None:
    """Some servers send a page with 200 for whatever they do not have."""
    with part.open("rb") as file:
        start = file.read(200).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html")) and target.suffix.lower() not in (".html", ".htm"):
        raise UnavailableError(f"{base} sent a web page in place of the file. It may have been removed there.")
