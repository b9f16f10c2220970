"""HTTP exchanges with one backend, one at a time: timeouts, deadlines, cancel, and never another host."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import ProtocolError

from exoplanet_desktop.client.http.exchange import Exchange
from exoplanet_desktop.client.http.heartbeat import Heartbeat
from exoplanet_desktop.client.http.http_errors import error_for, translated
from exoplanet_desktop.client.http.retries import Refusal, pause_before_next, wait
from exoplanet_desktop.client.http.sockets import CuttableAdapter
from exoplanet_desktop.client.http.timeouts import FILE, QUICK, WORK, CallLimits, RetryPolicy, Timeouts
from exoplanet_desktop.client.http.transfers import Multipart, Progress, ShouldStop, Sink, Transfer, memory_sink
from exoplanet_desktop.client.http.urls import is_loopback, normalise_base
from exoplanet_desktop.errors import AppError, BugError, InputError, NoAnswer

__all__ = ["FILE", "QUICK", "WORK", "CallLimits", "HttpClient", "Request", "Response", "ResponseHead", "Timeouts"]

_BLOCK = 1 << 16
_ERROR_BODY = 1 << 20  # maximum bytes read of an error body
_NEVER_AGAIN = RetryPolicy(tries=1)


@dataclass(frozen=True)
class Response:
    """A successful reply to a request (`what`); `body` is empty if it was written to a file."""

    what: str
    status: int
    body: bytes


@dataclass(frozen=True)
class ResponseHead:
    """The head of a reply; `length` in bytes, None if it is not given or the body is compressed."""

    status: int
    headers: Mapping[str, str]
    length: int | None


@dataclass(frozen=True)
class Request:
    """What to send, and where to put the reply.

    Attributes:
        what: what the request does, in words that follow "could not".
        form: builds the multipart body.
        into: takes the reply's head and returns the sink for a reply that is not kept in memory.
    """

    method: str
    url: str
    what: str
    limits: CallLimits
    json: Mapping[str, Any] | None = None
    form: Callable[[Transfer], Multipart] | None = None
    into: Callable[[Transfer, ResponseHead], Sink] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class _Bearer(requests.auth.AuthBase):
    """Sets the token, if any; it also keeps requests from sending a password from ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class HttpClient:
    """Talks to the backend at `base`; safe to use from any thread.

    Attributes:
        heartbeat: how well the backend responded in the last exchange.

    Raises InputError for an unusable address or token.
    """

    def __init__(
        self, base: str, token: str | None = None, *, verify: bool | str = True, timeouts: Timeouts | None = None
    ) -> None:
        self.base = normalise_base(base)
        self.timeouts = timeouts or Timeouts()
        self.heartbeat = Heartbeat()
        self._token = _checked(token)
        self._verify = verify
        self._mine = threading.local()

    @property
    def has_token(self) -> bool:
        """Whether requests carry a token; the token itself is never handed out."""
        return self._token is not None

    def exchange(
        self,
        method: str,
        url: str,
        what: str,
        *,
        limits: CallLimits | None = None,
        json: Mapping[str, Any] | None = None,
        form: Callable[[Transfer], Multipart] | None = None,
        into: Callable[[Transfer, ResponseHead], Sink] | None = None,
        headers: Mapping[str, str] | None = None,
        repeat: bool = True,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> Response:
        """Sends one request and waits for the whole reply; `url` must be below `base`. See `Request` for the rest.

        Args:
            repeat: whether to retry a call that is safe to retry.
            progress: called in this thread, ten times a second, with the bytes sent or received.
            should_stop: polled as often; once it returns True, Cancelled is raised.

        Raises an AppError of `http_errors` for every answer but success, and for no answer.
        """
        if url != self.base and not url.startswith(f"{self.base}/"):
            raise BugError(f"The address {url} is not below {self.base}.")
        limits = limits or self.timeouts.quick
        request = Request(method, url, what, limits, json, form, into, headers or {})
        retries = self.timeouts.retries if repeat else _NEVER_AGAIN
        end, tried = time.monotonic() + limits.total_s, 0
        while True:
            tried += 1
            try:
                return self._once(request, end, progress, should_stop)
            except AppError as error:
                if isinstance(error, NoAnswer):
                    self.heartbeat = self.heartbeat.unanswered()
                pause = pause_before_next(retries, method, tried, error, self.base)
                if pause is None or time.monotonic() + pause >= end:
                    raise
            wait(pause, should_stop)

    def refusal(self, status: int, body: bytes, what: str, location: str = "") -> AppError:
        """The error for a refusal."""
        return error_for(status, body, self.base, what, had_token=self._token is not None, location=location)

    def _once(
        self, request: Request, end: float, progress: Progress | None, should_stop: ShouldStop | None
    ) -> Response:
        # If the answer is lost, the request must not be sent twice: only GET reuses connections that may be stale.
        kept = request.method == "GET"
        session = self._session() if kept else self._new_session()
        sent, received = Transfer(), Transfer()
        exchange = Exchange(
            lambda: self._perform(session, request, sent, received), None if kept else session.close, sent, received
        )
        try:
            return exchange.wait(
                request.limits, end, self.base, sent if request.form else received, progress, should_stop
            )
        except BaseException:
            if kept:
                self._mine.session = None
            raise

    def _perform(self, session: requests.Session, request: Request, sent: Transfer, received: Transfer) -> Response:
        body = request.form(sent) if request.form else None
        headers = {"Content-Type": body.content_type} if body else {}
        if request.into:
            headers["Accept-Encoding"] = "identity"  # so that the given length is the file's length
        try:
            with (
                translated(self.base, request.what, request.limits.silence_s),
                session.request(
                    request.method,
                    request.url,
                    json=request.json,
                    data=body,
                    headers={**headers, **request.headers},
                    timeout=(self.timeouts.connect_s, request.limits.silence_s),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                quick = request.method == "GET" and request.into is None
                self.heartbeat = self.heartbeat.answered(response.elapsed.total_seconds() if quick else None)
                return self._take(response, request, received)
        finally:
            if body:
                body.close()

    def _take(self, response: requests.Response, request: Request, transfer: Transfer) -> Response:
        status = response.status_code
        refused = not 200 <= status < 300
        sink, buffer = memory_sink(_ERROR_BODY if refused else request.limits.reply_bytes, transfer)
        if not refused:
            head = ResponseHead(status, response.headers, _length(response))
            if request.into:
                sink = request.into(transfer, head)
            sink.expect(head.length)
        # read1 returns what has arrived; read would wait for a whole block from a slow server.
        while block := response.raw.read1(_BLOCK, decode_content=True):
            sink.write(block[:_ERROR_BODY] if refused else block)
            if refused and buffer.tell() >= _ERROR_BODY // 2:
                break
        if refused:
            cause = Refusal.of(status, response.headers)
            raise self.refusal(status, buffer.getvalue(), request.what, response.headers.get("Location", "")) from cause
        if not transfer.done and _is_cut_short(response):
            raise ProtocolError("the head of the answer was cut short")
        return Response(request.what, status, buffer.getvalue())

    def _session(self) -> requests.Session:
        """This thread's own session; sessions are not thread-safe."""
        session: requests.Session | None = getattr(self._mine, "session", None)
        if session is None:
            session = self._mine.session = self._new_session()
        return session

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.auth = _Bearer(self._token)
        session.verify = self._verify
        # A proxy from the environment would resolve loopback addresses to its own host.
        session.trust_env = not is_loopback(self.base)
        session.headers["User-Agent"] = "exoplanet-desktop"
        for scheme in ("http://", "https://"):
            session.mount(scheme, CuttableAdapter(max_retries=0))
        return session


def _checked(token: str | None) -> str | None:
    token = (token or "").strip() or None
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise InputError(
            "The token contains characters that are not allowed in a token. Copy it again, without spaces or line "
            "breaks."
        )
    return token


def _is_cut_short(response: requests.Response) -> bool:
    """Whether an answer without a body fails to declare that it has none: then the connection broke inside its head,
    which http.client mistakes for the end of the head.
    """
    headers = response.headers
    told = headers.get("Content-Length", "").strip().isdecimal() or "chunked" in headers.get("Transfer-Encoding", "")
    closes = response.raw.version != 11 or headers.get("Connection", "").lower() == "close"
    return response.status_code != 204 and not told and not closes


def _length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    encoded = response.headers.get("Content-Encoding", "identity") != "identity"
    return int(text) if text.isdecimal() and not encoded else None
