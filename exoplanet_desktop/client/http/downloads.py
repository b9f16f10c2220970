"""Downloads files from a backend: all or nothing, resumed after a broken connection, and verified where possible.

Resuming follows RFC 9110, 14: Range with If-Range, so that two versions of a file are never mixed.
"""

import base64
import binascii
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from exoplanet_desktop.client.http.http_client import HttpClient, ResponseHead
from exoplanet_desktop.client.http.retries import Refusal, pause_before_next, wait
from exoplanet_desktop.client.http.timeouts import CallLimits
from exoplanet_desktop.client.http.transfers import Progress, ShouldStop, Sink, Transfer
from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.files.digest import sha256_of
from exoplanet_desktop.files.whole import whole_file

MOST_RESUMPTIONS = 50
_SHA256 = re.compile(r"sha-256=:?([A-Za-z0-9+/]{43}=)", re.IGNORECASE)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


def download(
    http: HttpClient,
    address: str,
    target: Path,
    limits: CallLimits,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> None:
    """Saves the file at `address` as `target`. On failure raises an AppError and leaves `target` unchanged."""
    with whole_file(target) as file:
        download = _Download(http, address, file, limits)
        download.run(progress, should_stop)
        file.flush()
        part = Path(file.name)
        _refuse_a_page(part, target, http.base)
        _hold_to_digest(part, download.headers, http.base)


class _Download:
    def __init__(self, http: HttpClient, address: str, file: BinaryIO, limits: CallLimits) -> None:
        self._http, self._address, self._file, self._limits = http, address, file, limits
        self._version: str | None = None
        self.headers: Mapping[str, str] = {}

    def run(self, progress: Progress | None, should_stop: ShouldStop | None) -> None:
        end = time.monotonic() + self._limits.total_s
        failures = resumptions = furthest = 0
        while True:
            had = self._file.tell()
            try:
                self._ask(progress, should_stop)
                return
            except AppError as error:
                # Progress justifies another try, but not endless tries.
                failures = 1 if self._file.tell() > furthest else failures + 1
                furthest = max(furthest, self._file.tell())
                resumptions += 1
                if had and isinstance(error.__cause__, Refusal) and error.__cause__.status == 416:
                    self._begin_anew()
                    continue
                pause = pause_before_next(self._http.timeouts.retries, "GET", failures, error, self._http.base)
                if pause is None or resumptions > MOST_RESUMPTIONS or time.monotonic() + pause >= end:
                    raise
            if self._version is None:
                self._begin_anew()
            wait(pause, should_stop)

    def _ask(self, progress: Progress | None, should_stop: ShouldStop | None) -> None:
        had = self._file.tell()
        headers = {"Range": f"bytes={had}-", "If-Range": self._version} if had and self._version else {}
        self._http.exchange(
            "GET",
            self._address,
            "hand out the file",
            limits=self._limits,
            into=self._sink,
            headers=headers,
            repeat=False,
            progress=progress,
            should_stop=should_stop,
        )

    def _sink(self, transfer: Transfer, head: ResponseHead) -> Sink:
        had = self._file.tell()
        if head.status != 206:
            self._begin_anew()
            self._version = _validator(head.headers)
            self.headers = head.headers
        elif not self._continues(head, had):
            self._begin_anew()
            raise UnavailableError(
                f"The backend at {self._http.base} sent a different part of the file than requested. Try again, "
                "and ask whoever runs it if that does not help."
            )
        return Sink(self._file, self._limits.reply_bytes, transfer, self._file.tell())

    @staticmethod
    def _continues(head: ResponseHead, had: int) -> bool:
        found = _CONTENT_RANGE.fullmatch(head.headers.get("Content-Range", "").strip())
        if not had or not found:
            return False
        first, last, total = int(found[1]), int(found[2]), found[3]
        return first == had and (total == "*" or int(total) == last + 1)

    def _begin_anew(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._version = None


def _validator(headers: Mapping[str, str]) -> str | None:
    """The header that identifies this version of the file; None if the download cannot be resumed."""
    if headers.get("Content-Encoding", "identity") != "identity":
        return None
    if headers.get("Accept-Ranges", "").strip().lower() != "bytes":
        return None
    etag = headers.get("ETag", "").strip()
    # A weak validator promises equivalent content, not identical bytes.
    strong = etag if etag.startswith('"') else ""
    return strong or headers.get("Last-Modified", "").strip() or None


def _hold_to_digest(part: Path, headers: Mapping[str, str], base: str) -> None:
    """Verifies the SHA-256 if the server sends one (RFC 9530 Repr-Digest, RFC 3230 Digest)."""
    found = _SHA256.search(headers.get("Repr-Digest", "") or headers.get("Digest", ""))
    if not found:
        return
    try:
        promised = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        return
    if bytes.fromhex(sha256_of(part)) != promised:
        raise UnavailableError(f"The file from {base} was damaged in transit. Try again.")


def _refuse_a_page(part: Path, target: Path, base: str) -> None:
    """Rejects an HTML page: some servers send one with status 200 for a missing file."""
    with part.open("rb") as file:
        start = file.read(200).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html")) and target.suffix.lower() not in (".html", ".htm"):
        raise UnavailableError(f"{base} sent a web page instead of the file. It may have been removed there.")
