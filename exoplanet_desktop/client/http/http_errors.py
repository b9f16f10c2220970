"""Turns HTTP failures into the errors of `errors.py`; this is the only place that does so.

The raw body of every refusal goes to the log `exoplanet_desktop.client`; the user sees one sentence.
"""

import errno
import json
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as low

from exoplanet_desktop.errors import (
    AppError,
    InputError,
    NoAnswer,
    NoModel,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    UnavailableError,
    UnreadableFile,
    WrongType,
)

log = logging.getLogger("exoplanet_desktop.client")

_LONGEST_REASON = 300  # characters
_LONGEST_LOGGED = 4000

_BY_CODE: dict[str, type[AppError]] = {
    kind.code: kind
    for kind in (InputError, UnreadableFile, NoModel, NotFound, NotAllowed, TooLarge, TooMany, WrongType)
}
_BY_STATUS: dict[int, type[AppError]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    413: TooLarge,
    415: WrongType,
    429: TooMany,
}
_REMEDIES: dict[type[AppError], str] = {
    NotFound: "It may have been removed; refresh, or start again.",
    TooLarge: "Choose a smaller file.",
    WrongType: "Choose a .csv file.",
    TooMany: "Wait a minute and try again.",
    NoModel: "Train one first.",
    InputError: "Check the file and the options.",
    UnavailableError: "Try again, and if that does not help, ask whoever runs it.",
}


def readable(body: bytes | str, limit: int = _LONGEST_REASON) -> str:
    """The reason in an error body, whether JSON, HTML or plain text, with any content type; "" if it has none.

    >>> readable(b'{"ok": false, "error": "No such job"}')
    'No such job'
    """
    text = body.decode("utf-8", errors="replace") if isinstance(body, bytes) else body
    try:
        reason = _reason(json.loads(text))
    except (ValueError, RecursionError):
        reason = _from_html(text) if re.search(r"<\s*(!doctype|html|head|body)\b", text, re.IGNORECASE) else text
    return _one_line(reason, limit)


def _reason(value: Any) -> str:
    """The message in a JSON error, under any of the usual keys."""
    if isinstance(value, dict):
        for key in ("error", "detail", "message", "errors", "msg"):
            if value.get(key):
                return _reason(value[key])
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_reason, value[:3])))
    return value if isinstance(value, str) else ""


def _from_html(text: str) -> str:
    for tag in ("h1", "title"):
        if found := re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}\s*>", text, re.IGNORECASE | re.DOTALL):
            return unescape(re.sub(r"<[^>]*>", " ", found[1]))
    text = re.sub(r"<(script|style)\b.*?</\1\s*>", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", text))


def _one_line(text: str, limit: int) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    # Only the last line of a traceback means anything to a user.
    chosen = lines[-1] if lines[0].startswith("Traceback (most recent call last)") else lines[0]
    # Drop non-text bytes and bidirectional marks, which would garble our own words.
    clean = " ".join("".join(c if c.isprintable() and c != "\ufffd" else " " for c in chosen).split())
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def is_sentence(text: str) -> bool:
    """Whether a reason is a complete sentence, as those of our own engine are."""
    return text.endswith((".", "!", "?")) and len(text.split()) >= 4 and "()" not in text


def as_clause(reason: str) -> str:
    """A reason to follow a colon, with one full stop at its end."""
    return reason if reason.endswith((".", "!", "?", "…")) else f"{reason}."


def error_for(status: int, body: bytes, base: str, what: str, *, had_token: bool, location: str = "") -> AppError:
    """The error for an HTTP answer.

    Args:
        what: what the request does, in words that follow "could not" ("start the training").
        had_token: whether the request carried a token.
        location: the target of a redirect.
    """
    log.warning("%s: HTTP %d while asked to %s: %r", base, status, what, body[:_LONGEST_LOGGED])
    if 300 <= status < 400:
        return _redirected(base, location)
    kind, reason = _kind(status, body), readable(body)
    if kind is NotAllowed:
        return NotAllowed(
            f"The backend at {base} does not accept this token. Check it, or ask whoever runs it for a new one."
            if had_token
            else f"The backend at {base} requires a token. Ask whoever runs it for one."
        )
    if "issing artifact" in reason:
        return NoModel(f"The backend at {base} has no trained model for this satellite and this kind. Train one first.")
    if reason and status < 500 and is_sentence(reason):
        return kind(reason)
    told = as_clause(reason) if reason else f"it answered with HTTP {status} and gave no reason."
    return kind(f"The backend at {base} could not {what}: {told} {_REMEDIES.get(kind, _REMEDIES[InputError])}")


def _kind(status: int, body: bytes) -> type[AppError]:
    try:
        reply = json.loads(body)
        named = _BY_CODE.get(str(reply.get("code"))) if isinstance(reply, dict) else None
    except (ValueError, RecursionError):
        named = None
    fallback = InputError if status < 500 else UnavailableError
    return (named if status < 500 else None) or _BY_STATUS.get(status, fallback)


def _redirected(base: str, location: str) -> UnavailableError:
    parts = urlsplit(location)
    target = f"to {parts.scheme}://{parts.netloc}" if parts.netloc else "elsewhere"
    return UnavailableError(
        f"The backend at {base} redirects {target}; redirects are not followed. If you trust that address, set it as "
        "the backend's."
    )


def not_the_contract(base: str, what: str, body: bytes, problem: object) -> UnavailableError:
    """The error for an answer that does not follow the wire contract."""
    log.warning("%s answered no %s: %s: %r", base, what, problem, body[:_LONGEST_LOGGED])
    return UnavailableError(f"{base} sent something that is not {what}. Check that the address is that of a backend.")


@contextmanager
def translated(base: str, what: str, read_s: float) -> Iterator[None]:
    """Turns every network failure inside the block into a NoAnswer with its own message."""
    try:
        yield
    except (requests.RequestException, low.HTTPError, OSError, UnicodeError) as error:
        log.info("%s: while asked to %s: %r", base, what, error)
        raise _network_error(error, base, read_s) from error


def _network_error(error: BaseException, base: str, read_s: float) -> AppError:
    causes = list(_causes(error))
    host, where = urlsplit(base).hostname, f"The backend at {base}"
    if _any(causes, requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, low.LocationParseError):
        return InputError(f"“{base}” is not a valid address. Check its spelling.")
    if _any(causes, requests.exceptions.ProxyError, low.ProxyError):
        return NoAnswer(f"The proxy on the way to {base} refuses the connection. Check the proxy settings.")
    if tls := _first(causes, ssl.SSLError, requests.exceptions.SSLError):
        return NoAnswer(_tls_words(base, tls))
    if _any(causes, low.NameResolutionError):
        return NoAnswer(f"There is no computer named “{host}”. Check the backend's address and your network.")
    # Check these two before the timeouts: urllib3 counts every failed connection as a timeout.
    if _any(causes, ConnectionRefusedError):
        return NoAnswer(f"Nothing listens at {base}. Start the backend there, or check address and port.")
    if any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in causes):
        return NoAnswer(f"There is no network route to “{host}”. Check your network and the backend's address.")
    if _any(causes, requests.ConnectTimeout, low.ConnectTimeoutError):
        return NoAnswer(f"{where} does not answer. Check the address, and that no firewall is in the way.")
    if _any(causes, requests.ReadTimeout, low.ReadTimeoutError, TimeoutError):
        return NoAnswer(f"{where} sent nothing for {read_s:.0f} s. Try again later; it may be busy.")
    if any("BadStatusLine" in repr(cause) for cause in causes):
        return NoAnswer(f"The server at {base} does not speak HTTP. Check address and port.")
    if _any(causes, low.DecodeError, requests.exceptions.ContentDecodingError):
        return NoAnswer(f"{where} sent something that cannot be decompressed. Ask whoever runs it.")
    return NoAnswer(f"The connection to the backend at {base} was interrupted. Try again.")


def is_refused_connection(error: BaseException) -> bool:
    """Whether the connection was refused, so that the server cannot have received anything."""
    return _any(list(_causes(error)), ConnectionRefusedError)


def may_pass(error: BaseException) -> bool:
    """Whether a retry may get past a network failure: a broken connection may recover, a wrong name will not.

    A backend that stayed silent until the timeout hangs or is busy, so it is not asked again at once.
    """
    causes = list(_causes(error))
    lasting = (
        *(ssl.SSLError, requests.exceptions.SSLError, requests.exceptions.InvalidURL, low.LocationParseError),
        *(requests.exceptions.ProxyError, low.ProxyError, low.NameResolutionError, low.DecodeError, UnicodeError),
        *(requests.Timeout, low.TimeoutError, TimeoutError),
    )
    return not (_any(causes, *lasting) or any("BadStatusLine" in repr(cause) for cause in causes))


_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def _tls_words(base: str, error: BaseException) -> str:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        why = "has expired" if "expired" in text else "is not for this name" if "match" in text else "is not trusted"
        return (
            f"The certificate of {base} {why}. Check the address, or give your lab's CA file in the backend's settings "
            "(on the command line: REQUESTS_CA_BUNDLE)."
        )
    if "WRONG_VERSION_NUMBER" in text.upper().replace(" ", "_"):
        return f"The server at {base} does not speak HTTPS. Try the address with http:// in front."
    return f"No secure connection to {base} could be made. Check the address, or ask whoever runs the backend."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all its causes, wherever requests and urllib3 store them."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None)]
        waiting += [argument for argument in current.args if isinstance(argument, BaseException)]


def _first(causes: list[BaseException], *kinds: type[BaseException]) -> BaseException | None:
    return next((cause for cause in causes if isinstance(cause, kinds)), None)


def _any(causes: list[BaseException], *kinds: type[BaseException]) -> bool:
    return _first(causes, *kinds) is not None
