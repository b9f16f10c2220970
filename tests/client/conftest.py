"""Misbehaviours for the server of `tests.reference_server`, and its recorded exchanges one by one."""

import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reference_server.stage import Handler, Reply, Stage


class Acts:
    """The misbehaviours."""

    Reply = Reply

    @staticmethod
    def reset(handler: Handler) -> None:
        """Drops the connection, like a crashed server."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        handler.connection.close()

    @staticmethod
    def truncated(handler: Handler) -> None:
        """Promises more bytes than it sends."""
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b'{"ok": true, ')
        handler.wfile.flush()
        handler.close_connection = True

    @staticmethod
    def silent(handler: Handler) -> None:
        handler.server.closing.wait(20)
        handler.close_connection = True

    @staticmethod
    def drip(handler: Handler) -> None:
        """Sends one byte now and then, so that no single read takes long."""
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not handler.server.closing.wait(0.03):
            handler.wfile.write(b" ")
            handler.wfile.flush()
        handler.close_connection = True

    @staticmethod
    def endless(handler: Handler) -> None:
        """Sends chunks without end."""
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        block = b" " * 65536
        while not handler.server.closing.is_set():
            handler.wfile.write(b"10000\r\n" + block + b"\r\n")

    @staticmethod
    def no_http(handler: Handler) -> None:
        handler.connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
        handler.close_connection = True


@pytest.fixture
def acts() -> type[Acts]:
    return Acts


@pytest.fixture
def recorded(shared_contract: Path) -> Callable[[str], dict[str, Any]]:
    """An exchange recorded from a reference backend, by name."""

    def read(name: str) -> dict[str, Any]:
        return json.loads((shared_contract / f"{name}.json").read_text())

    return read


@pytest.fixture
def replay(stage: Stage, recorded: Callable[[str], dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    """Makes the stage replay a recorded exchange, and returns that exchange."""

    def put(name: str) -> dict[str, Any]:
        exchange = recorded(name)
        request, response = exchange["request"], exchange["response"]
        stage.on(
            request["method"],
            request["path"],
            Reply(response["body"], response["status"], response["content_type"]),
        )
        return exchange

    return put


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "my catalog (1).csv"
    path.write_text("kepid,koi_period\n1,2.5\n")
    return path
