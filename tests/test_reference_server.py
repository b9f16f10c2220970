"""The test server itself: it replays each recorded exchange, and misbehaves on request."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.reference_server.acts import MISBEHAVIOURS
from tests.reference_server.recorded import Exchange, mount, read
from tests.reference_server.stage import Elsewhere, Stage, starter

CONTRACT = Path(__file__).resolve().parents[2] / "shared" / "contract"
EXCHANGES = read(CONTRACT)
pytestmark = pytest.mark.skipif(not EXCHANGES, reason="the recorded exchanges are not here (../shared/contract)")


@pytest.fixture
def server(stage: Stage) -> Stage:
    mount(stage, EXCHANGES)
    return stage


def ask(base: str, exchange: Exchange) -> requests.Response:
    """The recorded request, with empty files."""
    request = exchange.request
    files = {name: (file, b"kepid\n1\n") for name, file in (request.get("files") or {}).items()}
    form = {name: (None, value) for name, value in (request.get("form") or {}).items()}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            request["method"],
            base + request["path"],
            files={**form, **files} or None,
            json=request.get("json"),
            timeout=10,
        )


def assert_as_recorded(reply: requests.Response, exchange: Exchange) -> None:
    recorded = exchange.response
    assert (reply.status_code, reply.headers["Content-Type"]) == (recorded["status"], recorded["content_type"])
    assert (reply.text if isinstance(recorded["body"], str) else reply.json()) == recorded["body"]


def test_there_are_35_exchanges() -> None:
    assert len(EXCHANGES) == 35


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.name)
def test_each_recorded_exchange_is_answered_as_it_was(exchange: Exchange, server: Stage) -> None:
    if exchange.name == "status_succeeded":
        assert ask(server.base, exchange).json()["status"] == "RUNNING"  # first it runs
    assert_as_recorded(ask(server.base, exchange), exchange)


@pytest.fixture(scope="module")
def spoilt() -> Iterator[Stage]:
    with starter() as start:
        yield start()


SAYS_NOTHING = {"a reset before the answer", "a reset, then right", "silence", "nothing"}


@pytest.mark.parametrize("name", sorted(MISBEHAVIOURS))
def test_every_misbehaviour_can_be_asked_for(name: str, spoilt: Stage, other: Elsewhere) -> None:
    spoilt.clear()
    mount(spoilt, EXCHANGES)
    spoilt.spoil(MISBEHAVIOURS[name][0], other.base)
    # By a bare socket: other clients would wait forever for some of these.
    with socket.create_connection(spoilt.server_address[:2], timeout=0.5) as line:
        line.sendall(b"GET /api/merge HTTP/1.1\r\nHost: here\r\n\r\n")
        try:
            came = line.recv(1000)
        except OSError:
            came = b""
    assert spoilt.paths() == ["/api/merge"]
    assert bool(came) is (name not in SAYS_NOTHING)
