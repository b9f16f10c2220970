"""The window's texts about a backend: for the chip, its tooltip and the dialog."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from exoplanet_desktop.gui.backends.session import Session, State
from exoplanet_desktop.gui.base.text import clock_time, fixed, tr
from exoplanet_desktop.wire.bounds import LONGEST_NAME, listed, shortened

if TYPE_CHECKING:
    from exoplanet_desktop.client.profiles.route import Route

STATE_MARKS = {State.READY: "●", State.STARTING: "◌", State.DOWN: "✕"}
SLOW_S = 1.0


def state(session: Session) -> str:
    """The backend, and whether it accepts work."""
    words = {State.READY: tr("ready"), State.STARTING: tr("starting"), State.DOWN: tr("does not answer")}
    return tr("{backend}, {state}", backend=session.title, state=words[session.state])


def speed(took_s: float) -> str:
    """A response time in ms, or in s if long."""
    if took_s >= SLOW_S:
        return tr("{seconds} s", seconds=fixed(took_s, 1))
    return tr("{milliseconds} ms", milliseconds=max(1, round(took_s * 1000)))


def heartbeat(session: Session) -> str:
    """Response time and time of the last answer; "" before the first answer."""
    if session.connection is None or session.state is State.STARTING:
        return ""
    known = session.connection.backend.http.heartbeat
    if known.answered_at is None:
        return ""
    last = clock_time(datetime.fromtimestamp(known.answered_at, UTC))
    if session.state is State.DOWN:
        return tr("last answer {time}", time=last)
    return last if known.took_s is None else f"{speed(known.took_s)} · {last}"


def details(session: Session) -> list[str]:
    """The tooltip's lines: address, version, extensions, encryption, proxy."""
    connection = session.connection
    if connection is None:
        return [state(session)]
    health = connection.health
    lines = [state(session), connection.backend.base_url]
    if health is None:
        lines.append(tr("A backend of the plain contract, without extensions"))
    else:
        lines.append(shortened(f"{health.name} {health.version}", LONGEST_NAME))
        lines.append(tr("Extensions: {names}", names=listed(health.extensions) or tr("none")))
    lines += route(connection.route) if connection.route else [tr("On this machine, without a network")]
    known = connection.backend.http.heartbeat
    if known.answered_at is not None:
        last = clock_time(datetime.fromtimestamp(known.answered_at, UTC), seconds=True)
        took = "" if known.took_s is None else tr(", after {speed}", speed=speed(known.took_s))
        lines.append(tr("Last answer {time}{took}", time=last, took=took))
    return lines


def route(way: "Route") -> list[str]:
    """Encryption and proxy, one line each."""
    if way.tls and way.ca_file:
        lines = [tr("Encrypted; verified with {file}", file=way.ca_file)]
    elif way.tls:
        lines = [tr("Encrypted; verified by the system's certificate authorities")]
    elif way.is_exposed:
        lines = [tr("⚠ Not encrypted, over a public network: traffic can be read and changed in transit")]
    else:
        lines = [tr("Not encrypted")]
    if way.is_loopback:
        lines.append(tr("On this machine; no proxy is used"))
    elif way.proxy:
        lines.append(tr("Through the proxy {proxy}", proxy=way.proxy))
    else:
        lines.append(tr("Directly, without a proxy"))
    return lines
