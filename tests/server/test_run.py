"""Listening: available and unavailable addresses, and shutdown."""

import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.server.run import _logging, address_of, bind, serve
from exoplanet_desktop.server.settings import is_loopback


def refuse(address: str) -> None:
    raise AssertionError(f"it must not serve at {address}")


def test_an_open_address_wants_a_token(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::", "lab.example"):
        with pytest.raises(InputError, match="token"):
            serve(host, 0, tmp_path, None, refuse)
    with pytest.raises(InputError, match="too short"):
        serve("127.0.0.1", 0, tmp_path, "short", refuse)


def test_a_port_in_use(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"port {port} is in use"):
            serve("127.0.0.1", port, tmp_path, None, refuse)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no such name.invalid", 0), ("127.0.0.1", 99999)])
def test_an_address_that_cannot_be_had(host: str, port: int) -> None:
    with pytest.raises((UnavailableError, InputError)):
        bind(host, port)


def test_the_socket_listens_before_anybody_hears_of_it() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
        host, port = listener.getsockname()
        assert address_of(listener) == f"http://{host}:{port}"
        socket.create_connection((host, port), timeout=5).close()


def test_ipv6(tmp_path: Path) -> None:
    try:
        listener = bind("::1", 0)
    except UnavailableError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert address_of(listener).startswith("http://[::1]:")


def test_what_loopback_is() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "[::1]", "127.9.9.9")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "example.org", "", "localhost.evil.example")))


def test_the_address_is_free_again_after_the_end(engine: Any, start_engine: Any) -> None:
    port = int(engine.base.rpartition(":")[2])
    assert engine.get("/api/health").status_code == 200
    assert engine.stop() == 0
    again = start_engine(port=port)
    assert again.get("/api/health").status_code == 200


def test_the_log_keeps_many_lines_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "engine.log"
    log = logging.getLogger("exoplanet_desktop.server")
    with _logging(path):
        for number in range(200):
            log.error("fault %d", number)
        assert path.read_text().count("fault ") == 200
        for _ in range(20):
            log.error("x" * 1_000_000)
    kept = list(tmp_path.glob("engine.log*"))
    assert len(kept) == 3
    assert sum(one.stat().st_size for one in kept) < 10_000_000
