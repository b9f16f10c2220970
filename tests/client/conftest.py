"""A real HTTP server on a free port that answers as it is told, also badly."""

import json
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """A whole and honest reply; `body` that is no text or bytes goes out as JSON."""

    body: Any = ""
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, handler: "Handler") -> None:
        body = self.body if isinstance(self.body, bytes | str) else json.dumps(self.body)
        data = body.encode() if isinstance(body, str) else body
        handler.send_response(self.status)
        handler.send_header("Content-Type", self.content_type)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)


Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Stage"

    def do_GET(self) -> None:
        self.server.play(self)

    def do_POST(self) -> None:
        self.server.play(self)

    def do_DELETE(self) -> None:
        self.server.play(self)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Stage(ThreadingHTTPServer):
    """Answers each (method, path) with the acts it was given: each once, the last for ever."""

    daemon_threads = False  # so that server_close waits for them

    certificate: Path | None = None  # of a server that speaks TLS

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.acts: dict[tuple[str, str], list[Act]] = {}
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self.reads_bodies = True
        self.connections: list[socket.socket] = []

    def speak_tls(self, certificate: Path, key: Path) -> None:
        self.certificate = certificate
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the connection's own thread: a handshake may take as long as the client likes.
        if self.certificate:
            request.settimeout(20)
            with suppress(OSError), self._tls.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)
            return
        super().finish_request(request, client_address)

    def close(self) -> None:
        """Ends everything, also handlers that wait for the next request of a client that keeps its connection."""
        self.closing.set()
        self.shutdown()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def clear(self) -> None:
        """Forgets all acts and requests, and ends whoever still acts."""
        self.closing.set()
        self.closing = threading.Event()
        self.acts, self.requests = {}, []

    @property
    def base(self) -> str:
        return f"http{'s' if self.certificate else ''}://127.0.0.1:{self.server_address[1]}"

    def on(self, method: str, path: str, *acts: Act) -> None:
        self.acts[(method, path)] = list(acts)

    def paths(self, method: str = "GET") -> list[str]:
        return [request.path for request in self.requests if request.method == method]

    def play(self, handler: Handler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))) if self.reads_bodies else b""
        self.requests.append(Request(handler.command, handler.path, dict(handler.headers), body))
        path = handler.path.partition("?")[0]
        acts = self.acts.get((handler.command, handler.path)) or self.acts.get((handler.command, path))
        if not acts:
            Reply("<!DOCTYPE html><html><h1>Page not found (404)</h1></html>", 404, "text/html")(handler)
            return
        act = acts.pop(0) if len(acts) > 1 else acts[0]
        try:
            act(handler)
        except OSError:
            handler.close_connection = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def _starter() -> Iterator[Callable[[], Stage]]:
    started: list[tuple[Stage, threading.Thread]] = []

    def start() -> Stage:
        stage = Stage()
        thread = threading.Thread(target=stage.serve_forever, args=(0.02,))
        thread.start()
        started.append((stage, thread))
        return stage

    yield start
    for stage, thread in started:
        stage.close()
        thread.join()


@pytest.fixture
def stages() -> Iterator[Callable[[], Stage]]:
    with _starter() as start:
        yield start


@pytest.fixture(scope="module")
def lasting_stage() -> Iterator[Stage]:
    """One for many short tests, each of which begins with `clear`."""
    with _starter() as start:
        yield start()


@pytest.fixture
def stage(stages: Callable[[], Stage]) -> Stage:
    return stages()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody has signed, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [*command.split(), "-keyout", "key.pem", "-out", "lab.pem"], cwd=folder, check=True, capture_output=True
    )
    return folder / "lab.pem", folder / "key.pem"


@pytest.fixture
def tls_stage(stages: Callable[[], Stage], certificate: tuple[Path, Path]) -> Stage:
    """The same server behind TLS, with a certificate that is not trusted."""
    stage = stages()
    stage.speak_tls(*certificate)
    return stage


class Acts:
    """Ways to misbehave."""

    Reply = Reply

    @staticmethod
    def reset(handler: Handler) -> None:
        """Drops the connection as a crashed server does."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        handler.connection.close()

    @staticmethod
    def truncated(handler: Handler) -> None:
        """Promises more than it sends."""
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
        """One byte now and then, so that no single read takes long."""
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not handler.server.closing.wait(0.03):
            handler.wfile.write(b" ")
            handler.wfile.flush()
        handler.close_connection = True

    @staticmethod
    def endless(handler: Handler) -> None:
        """Chunks without end."""
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
    """Lets the stage answer as a recorded exchange has it, and returns that exchange."""

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
