"""What all calls to a backend share: sending, parsing the reply, and finding out what the backend supports."""

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pydantic

from exoplanet_desktop.client.http.http_client import HttpClient, Response
from exoplanet_desktop.client.http.http_errors import not_the_contract
from exoplanet_desktop.client.http.retries import Refusal
from exoplanet_desktop.client.http.timeouts import CallLimits, Timeouts
from exoplanet_desktop.client.http.transfers import Multipart, Progress, ShouldStop, Transfer, Upload, prepare_upload
from exoplanet_desktop.client.http.urls import is_loopback, rebase
from exoplanet_desktop.errors import (
    AppError,
    Cancelled,
    InputError,
    NoAnswer,
    NotAllowed,
    TooLarge,
    TooMany,
    UnavailableError,
)
from exoplanet_desktop.wire.bounds import bounded
from exoplanet_desktop.wire.payloads import Health, MergeList, Payload, UploadList

P = TypeVar("P", bound=Payload)


class Caller:
    """The code that all calls to a backend share."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        verify: bool | str = True,
        timeouts: Timeouts | None = None,
        own: bool = False,
    ) -> None:
        """`own`: this process started the engine.

        Only such a backend receives paths, and only its paths are trusted.
        """
        self.http = HttpClient(base_url, token, verify=verify, timeouts=timeouts)
        self.timeouts = self.http.timeouts
        self.base_url = self.http.base
        self._own = own
        self._lock = threading.Lock()
        self._known_health: Health | None = None
        self._asked = False

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.base_url)

    def health(self, should_stop: ShouldStop | None = None) -> Health | None:
        """Returns the backend's health reply, or None for a plain-contract backend, which has no such call."""
        health: Health | None = None
        try:
            answer = self._get("/api/health", "report its health", should_stop=should_stop)
            health = self._parse(Health, answer, "a health reply")
        except (NotAllowed, TooMany, TooLarge, NoAnswer, Cancelled):
            raise
        except AppError as error:
            if isinstance(error.__cause__, Refusal) and error.__cause__.status >= 500:
                # Do not mistake our own engine in trouble for a backend without extensions.
                raise
            # The server has no such call. Is it a backend or some other web server?
            self._is_a_backend(should_stop)
        with self._lock:
            self._known_health, self._asked = health, True
        return health

    def has(self, extension: str) -> bool:
        """Whether the backend supports an extension of the contract; asked once per backend."""
        health = self._health()
        return health is not None and extension in health.extensions

    def uploads(self, should_stop: ShouldStop | None = None) -> UploadList:
        """The files that were uploaded to the backend."""
        answer = self._get("/api/get-uploads-file", "list its files", should_stop=should_stop)
        return self._parse(UploadList, answer, "a list of files")

    def merged(self, should_stop: ShouldStop | None = None) -> MergeList:
        """The merged files on the backend, newest first."""
        answer = self._get("/api/merge", "list its merged files", should_stop=should_stop)
        return self._parse(MergeList, answer, "a list of merged files")

    def _health(self) -> Health | None:
        with self._lock:
            asked, health = self._asked, self._known_health
        return health if asked else self.health()

    def _is_a_backend(self, should_stop: ShouldStop | None = None) -> None:
        """Raises UnavailableError if the server lists no files, as every backend of the contract does."""
        refused: AppError | None = None
        for call in (self.uploads, self.merged):
            try:
                call(should_stop)
            except (NoAnswer, NotAllowed, TooMany, Cancelled):
                raise
            except AppError as error:
                refused = error
            else:
                return
        if refused is not None and _says_more(refused):
            raise refused
        raise UnavailableError(
            f"A server answers at {self.base_url}, but it is not an exoplanet backend. Check address and port."
        ) from refused

    def require(self, extension: str, lack: str) -> None:
        """Raises InputError, which ends in `lack`, where the backend does not have an extension."""
        if not self.has(extension):
            raise InputError(f"The backend at {self.base_url} {lack}.")

    def _prepared(self, csv: Path, should_stop: ShouldStop | None) -> Upload:
        upload = prepare_upload(csv, should_stop)
        health = self._health()
        limit = health.limits.get("upload_bytes") if health else None
        if limit is not None and upload.size > limit:
            raise TooLarge(
                f"{csv.name} has {upload.size / 1e6:,.0f} MB, but the backend at {self.base_url} accepts at most "
                f"{limit / 1e6:,.0f} MB. Choose a smaller file."
            )
        return upload

    def _get(self, url: str, what: str, *, repeat: bool = True, should_stop: ShouldStop | None = None) -> Response:
        return self.http.exchange("GET", rebase(self.base_url, url), what, repeat=repeat, should_stop=should_stop)

    def _post(
        self,
        path: str,
        what: str,
        body: Mapping[str, Any],
        limits: CallLimits | None = None,
        should_stop: ShouldStop | None = None,
    ) -> Response:
        address = rebase(self.base_url, path)
        return self.http.exchange(
            "POST", address, what, json=body, limits=limits or self.timeouts.quick, should_stop=should_stop
        )

    def _hand_over(
        self,
        path: str,
        what: str,
        fields: Mapping[str, str],
        files: Mapping[str, Path],
        limits: CallLimits,
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> Response:
        """Makes a call with files, by field: sends their paths to our own engine, uploads them to any other backend."""
        paths = {_path_field(name): self._path_for_engine(csv) for name, csv in files.items()}
        if all(paths.values()):
            # The engine reads each file once before it answers.
            return self._post(path, what, {**fields, **paths}, self.timeouts.work, should_stop)
        return self._upload(path, what, fields, files, limits, progress, should_stop)

    def _upload(
        self,
        path: str,
        what: str,
        fields: Mapping[str, str],
        files: Mapping[str, Path],
        limits: CallLimits,
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> Response:
        uploads = {name: self._prepared(csv, should_stop) for name, csv in files.items()}
        return self._send(path, what, fields, uploads, limits, progress, should_stop)

    def _path_for_engine(self, csv: Path) -> str:
        """The path under which our own engine can open the file; "" if it cannot."""
        if not self._own or not self.has("local-path"):
            return ""
        try:
            path = os.path.realpath(csv, strict=True)
            path.encode()  # JSON cannot carry a name in another encoding
        except (OSError, ValueError):
            return ""
        return "" if os.path.splitdrive(path)[0].startswith("\\\\") else path

    def _send(
        self,
        path: str,
        what: str,
        fields: Mapping[str, str],
        files: Mapping[str, Upload],
        limits: CallLimits,
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> Response:
        def form(transfer: Transfer) -> Multipart:
            return Multipart(fields, files, transfer)

        return self.http.exchange(
            "POST",
            rebase(self.base_url, path),
            what,
            # The total time limit also covers the upload, and a large file takes hours over a slow line.
            limits=limits.within(self.timeouts.work.total_s),
            form=form,
            progress=progress,
            should_stop=should_stop,
        )

    def _json(self, answer: Response, noun: str) -> dict[str, Any]:
        try:
            # Some replies contain NaN and Infinity; Python's parser accepts them.
            value = bounded(json.loads(answer.body))
        except (ValueError, RecursionError) as error:
            raise not_the_contract(self.base_url, noun, answer.body, error) from error
        if not isinstance(value, dict):
            raise not_the_contract(self.base_url, noun, answer.body, type(value).__name__)
        if value.get("ok") is False:
            raise self.http.refusal(answer.status, answer.body, answer.what)
        return value

    def _parse(self, kind: type[P], answer: Response, noun: str) -> P:
        try:
            return kind.model_validate(self._json(answer, noun))
        except pydantic.ValidationError as error:
            raise not_the_contract(self.base_url, noun, answer.body, error) from error


def _says_more(error: AppError) -> bool:
    """Whether a refusal reports a redirect or server trouble rather than just a missing call."""
    cause = error.__cause__
    return isinstance(cause, Refusal) and (300 <= cause.status < 400 or cause.status >= 500)


def _path_field(name: str) -> str:
    """The field that carries the path of the file in `file`, `file_a`, …

    >>> _path_field("file"), _path_field("file_b")
    ('local_path', 'local_path_b')
    """
    return "local_path" + name.removeprefix("file")


def segment(name: str) -> str:
    """The name as one path segment. Raises InputError for a name that would leave its folder."""
    if not name or name in (".", ".."):
        raise InputError(f"“{name}” is not the name of anything at a backend. Refresh the list.")
    return quote(name, safe="")


def plain_name(name: str) -> str:
    """The last part of a name from the server, safe to use in a local folder."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip(". ")[-100:] or "merged.csv"
