"""Tests a connection: what answers at an address, or why nothing does, in words."""

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.retries import Refusal
from exoplanet_desktop.client.http.transfers import ShouldStop
from exoplanet_desktop.client.http.urls import is_loopback, normalise_base
from exoplanet_desktop.client.profiles.profiles import Profile, backend_of
from exoplanet_desktop.errors import AppError, Cancelled, InputError, NoAnswer, NotAllowed, TooMany
from exoplanet_desktop.wire.bounds import LONGEST_NAME, listed, shortened
from exoplanet_desktop.wire.payloads import Health

_LOOK_S = 3.0
_USED = ("progress", "cancel", "logs-offset", "features", "balance", "sentinel", "async", "models", "merge-token")
_PRIVATE_NAMES = (".local", ".lan", ".home", ".internal", ".intranet", ".localdomain", ".home.arpa")


class Finding(StrEnum):
    """The outcome of testing an address."""

    ENGINE = "engine"
    REFERENCE = "reference"
    WANTS_TOKEN = "wants token"  # noqa: S105 - no password
    TROUBLE = "trouble"
    OTHER_SERVER = "other server"
    SPEAKS_TLS = "speaks TLS"
    NO_ANSWER = "no answer"
    BAD_ADDRESS = "bad address"


@dataclass(frozen=True)
class Diagnosis:
    """The result of a connection test.

    Attributes:
        ok: whether the backend can be used.
        sentence: the finding, for a user.
        details: further findings, one sentence each.
        answer_s: response time in seconds; None if there was no answer.
        health: our engine's health reply; None for a plain-contract backend.
        proposal: an address that would work; "" if none is known.
    """

    ok: bool
    finding: Finding
    sentence: str
    details: tuple[str, ...] = ()
    answer_s: float | None = None
    health: Health | None = None
    proposal: str = ""


def diagnose(
    profile: Profile,
    token: str | None = None,
    *,
    backend: Backend | None = None,
    should_stop: ShouldStop | None = None,
) -> Diagnosis:
    """Tests a profile's backend. Takes seconds, so never call it in the GUI thread. Raises only Cancelled.

    `backend` is the one to test if it is already running, as the embedded engine is.
    """
    try:
        backend = backend or backend_of(profile, token)
    except InputError as error:
        return Diagnosis(False, Finding.BAD_ADDRESS, str(error))
    warnings = () if profile.is_embedded else _unsafe(backend.base_url, token)
    start = time.monotonic()
    try:
        health = backend.health(should_stop)
    except Cancelled:
        raise
    except AppError as error:
        return _refused(error, backend, warnings)
    took = time.monotonic() - start
    if health is None:
        return _reference(backend, warnings, took)
    return _engine(health, backend, warnings, took)


def _engine(health: Health, backend: Backend, warnings: tuple[str, ...], took: float) -> Diagnosis:
    can = listed(health.extensions) or "none"
    lacks = [name for name in _USED if name not in health.extensions]
    old = (
        (f"It is an older version, without {', '.join(lacks)}; features that need them are unavailable.",)
        if lacks
        else ()
    )
    details = (f"It answered in {took * 1000:.0f} ms.", f"Extensions: {can}.", *old, *warnings)
    name = shortened(f"{health.name} {health.version}".strip(), LONGEST_NAME)
    return Diagnosis(True, Finding.ENGINE, f"{name} answers at {backend.base_url}.", details, took, health)


def _reference(backend: Backend, warnings: tuple[str, ...], took: float) -> Diagnosis:
    return Diagnosis(
        True,
        Finding.REFERENCE,
        f"A backend of the plain contract answers at {backend.base_url}; it has no extensions.",
        (
            f"It answered in {took * 1000:.0f} ms.",
            "It trains, predicts and merges, but reports no progress, cannot stop a job and has no blind features.",
            "Its replies are checked against the request, and you can check its reported accuracy on a sample.",
            *warnings,
        ),
        took,
    )


def _refused(error: AppError, backend: Backend, warnings: tuple[str, ...]) -> Diagnosis:
    base = backend.base_url
    if isinstance(error, NotAllowed):
        return Diagnosis(False, Finding.WANTS_TOKEN, str(error), warnings)
    if _speaks_tls(base):
        address = base.replace("http://", "https://", 1)
        sentence = f"The server there speaks HTTPS. Set the address {address} instead."
        return Diagnosis(False, Finding.SPEAKS_TLS, sentence, (str(error),), proposal=address)
    if isinstance(error, NoAnswer):
        return Diagnosis(False, Finding.NO_ANSWER, str(error), warnings)
    in_trouble = isinstance(error, TooMany) or (isinstance(error.__cause__, Refusal) and error.__cause__.status >= 500)
    return Diagnosis(False, Finding.TROUBLE if in_trouble else Finding.OTHER_SERVER, str(error), warnings)


def _unsafe(base: str, token: str | None) -> tuple[str, ...]:
    if not is_public_plain_http(base):
        return ()
    what = "catalogs, models and the token" if token else "catalogs and models"
    sentence = (
        f"{base} is a public address without encryption: {what} can be read and changed in transit. Use https:// if "
        "the backend offers it."
    )
    return (sentence,)


def is_exposed(address: str) -> bool:
    """Like `is_public_plain_http`, but accepts an address that is still being typed."""
    try:
        return is_public_plain_http(normalise_base(address))
    except InputError:
        return False


def is_public_plain_http(base: str) -> bool:
    """Whether an address leads over the internet unencrypted. Looks the name up, so it may block."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if parts.scheme != "http" or is_loopback(base):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    if "." not in host or host.lower().endswith(_PRIVATE_NAMES):
        return False
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True  # a dotted name that cannot be resolved here, as behind a proxy
    return any(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)


def _speaks_tls(base: str) -> bool:
    """Whether a server that does not speak HTTP completes a TLS handshake; sends no data."""
    parts = urlsplit(base)
    if parts.scheme != "http":
        return False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # trust is checked when the https:// address is tried
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 80), timeout=_LOOK_S) as wire,
            context.wrap_socket(wire, server_hostname=parts.hostname),
        ):
            return True
    except (OSError, ValueError):
        return False
