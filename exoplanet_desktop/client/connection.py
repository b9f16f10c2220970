"""One HTTP exchange at a time with one backend: timeouts, deadlines, cancel, and no way to another host."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from exoplanet_desktop.client.transfers import Multipart, Progress, ShouldStop, Sink, Transfer, memory_sink
from exoplanet_desktop.client.urls import is_loopback, normalise_base
from exoplanet_desktop.client.words import error_for, translated
from exoplanet_desktop.errors import AppError, BugError, Cancelled, InputError, NoAnswer

CONNECT_S = 5.0
_TICK_S = 0.1  # how often progress is told and cancel is asked for
_BLOCK = 1 << 16
_ERROR_BODY = 1 << 20  # bytes of an error body that are read at most


@dataclass(frozen=True)
class Patience:
    """What a call may take: seconds of silence, seconds in all, bytes of the reply."""

    silence_s: float
    total_s: float
    reply_bytes: int


QUICK = Patience(silence_s=15, total_s=45, reply_bytes=20_000_000)
FILE = Patience(silence_s=60, total_s=6 * 3600, reply_bytes=16_000_000_000)
# A reference backend predicts or merges while we wait, 8 ms a row, and sends every row as JSON.
WORK = Patience(silence_s=1800, total_s=6 * 3600, reply_bytes=500_000_000)


@dataclass(frozen=True)
class Answer:
    """A reply of success to what was asked (`what`); `body` is empty where it was written to a file."""

    what: str
    status: int
    body: bytes


class _Bearer(requests.auth.AuthBase):
    """Sets the token, if there is one; its presence also keeps requests from sending a password out of ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Connection:
    """Exchanges with the backend at `base`; may be used from any thread.

    Raises InputError for an address or a token that cannot be used.
    """

    def __init__(self, base: str, token: str | None = None, *, verify: bool | str = True) -> None:
        self.base = normalise_base(base)
        self._token = _checked(token)
        self._verify = verify
        self._mine = threading.local()

    def exchange(
        self,
        method: str,
        url: str,
        what: str,
        *,
        patience: Patience = QUICK,
        json: Mapping[str, Any] | None = None,
        form: Callable[[Transfer], Multipart] | None = None,
        into: Callable[[Transfer], Sink] | None = None,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> Answer:
        """Sends one request and waits for its whole reply.

        Args:
            url: an address below `base`.
            what: what is asked, to follow "could not" in a sentence.
            form: makes the multipart body; `into` makes the sink of a reply that is not kept in memory.
            progress: called in this thread, ten times a second, with the bytes sent or received.
            should_stop: asked as often; when it says so, Cancelled is raised at once.

        Raises an AppError of `words` for every answer but success, and for none.
        """
        if url != self.base and not url.startswith(f"{self.base}/"):
            raise BugError(f"The address {url} is not below {self.base}.")
        transfer = Transfer()
        # What was sent before an answer was lost must not be sent twice: only GET uses connections that may be stale.
        session = self._session() if method == "GET" else self._new_session()
        call = _Call(lambda: self._perform(session, method, url, what, patience, json, form, into, transfer))
        try:
            return call.wait(patience.total_s, self.base, transfer, progress, should_stop)
        except BaseException:
            self._mine.session = None
            raise
        finally:
            if method != "GET" and call.has_ended:
                session.close()

    def refusal(self, status: int, body: bytes, what: str, location: str = "") -> AppError:
        """The error for an answer that says no."""
        return error_for(status, body, self.base, what, had_token=self._token is not None, location=location)

    def _perform(
        self,
        session: requests.Session,
        method: str,
        url: str,
        what: str,
        patience: Patience,
        json: Mapping[str, Any] | None,
        form: Callable[[Transfer], Multipart] | None,
        into: Callable[[Transfer], Sink] | None,
        transfer: Transfer,
    ) -> Answer:
        body = form(transfer) if form else None
        headers = {"Content-Type": body.content_type} if body else {}
        if into:
            headers["Accept-Encoding"] = "identity"  # so that the length told is the length of the file
        try:
            with (
                translated(self.base, what, patience.silence_s),
                session.request(
                    method,
                    url,
                    json=json,
                    data=body,
                    headers=headers,
                    timeout=(CONNECT_S, patience.silence_s),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                # The progress of an upload is not that of the reply to it.
                received = Transfer(stop=transfer.stop) if form else transfer
                return self._take(response, what, patience, into, received)
        finally:
            if body:
                body.close()

    def _take(
        self,
        response: requests.Response,
        what: str,
        patience: Patience,
        into: Callable[[Transfer], Sink] | None,
        transfer: Transfer,
    ) -> Answer:
        refused = not 200 <= response.status_code < 300
        sink, buffer = memory_sink(_ERROR_BODY if refused else patience.reply_bytes, transfer)
        if into and not refused:
            sink = into(transfer)
        if not refused:
            sink.expect(_length(response))
        # read1 gives what has come; read would wait for a whole block from a server that drips.
        while block := response.raw.read1(_BLOCK, decode_content=True):
            sink.write(block[:_ERROR_BODY] if refused else block)
            if refused and buffer.tell() >= _ERROR_BODY // 2:
                break
        if refused:
            location = response.headers.get("Location", "")
            raise self.refusal(response.status_code, buffer.getvalue(), what, location)
        return Answer(what, response.status_code, buffer.getvalue())

    def _session(self) -> requests.Session:
        """This thread's own session: sessions are not made to be shared."""
        session: requests.Session | None = getattr(self._mine, "session", None)
        if session is None:
            session = self._mine.session = self._new_session()
        return session

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.auth = _Bearer(self._token)
        session.verify = self._verify
        # A proxy of the environment would take loopback addresses for its own machine's.
        session.trust_env = not is_loopback(self.base)
        session.headers["User-Agent"] = "exoplanet-desktop"
        retry = Retry(
            total=2,
            connect=1,
            redirect=0,
            other=0,
            backoff_factor=0.3,
            status_forcelist=(502, 503, 504),
            allowed_methods={"GET"},
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        return session


class _Call:
    """A blocking exchange on a thread of its own, so that waiting for it can end before it does.

    A blocked read cannot be interrupted from outside: one that is given up ends when its socket does, as a daemon.
    """

    def __init__(self, perform: Callable[[], Answer]) -> None:
        self._perform = perform
        self._done = threading.Event()
        self._answer: Answer | None = None
        self._error: BaseException | None = None

    @property
    def has_ended(self) -> bool:
        return self._done.is_set()

    def wait(
        self,
        total_s: float,
        base: str,
        transfer: Transfer,
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> Answer:
        threading.Thread(target=self._run, name="exchange", daemon=True).start()
        told, end = -1, time.monotonic() + total_s
        try:
            while not self._done.wait(_TICK_S):
                if should_stop and should_stop():
                    raise Cancelled("Stopped as you asked.")
                if time.monotonic() > end:
                    raise NoAnswer(f"The backend at {base} took over {total_s:.0f} s to answer. Try again later.")
                if progress and transfer.done != told:
                    told = transfer.done
                    progress(told, transfer.total)
        except BaseException:
            transfer.stop.set()
            raise
        if self._error is not None:
            raise self._error
        if progress and transfer.done != told:
            progress(transfer.done, transfer.total)
        if self._answer is None:
            raise BugError("An exchange with the backend ended without an answer.")
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._perform()
        except BaseException as error:  # handed to the thread that waits
            self._error = error
        finally:
            self._done.set()


def _checked(token: str | None) -> str | None:
    token = (token or "").strip() or None
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise InputError("The token holds characters that no token has. Copy it again, without spaces or line ends.")
    return token


def _length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    encoded = response.headers.get("Content-Encoding", "identity") != "identity"
    return int(text) if text.isdecimal() and not encoded else None
