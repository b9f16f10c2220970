"""A real HTTP server on a free port of 127.0.0.1, with programmable good and bad answers."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """A complete and correct reply; a `body` other than text or bytes is sent as JSON."""

    body: Any = ""
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        body = self.body if isinstance(self.body, bytes | str) else json.dumps(self.body)
        return body.encode() if isinstance(body, str) else body

    def __call__(self, handler: "Handler") -> None:
        data = self.data
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
    sent = b""  # body of the request

    def do_GET(self) -> None:
        self.server.play(self)

    def do_POST(self) -> None:
        self.server.play(self)

    def do_DELETE(self) -> None:
        self.server.play(self)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Stage(ThreadingHTTPServer):
    """Answers each (method, path) with its list of acts: each once, the last one forever."""

    daemon_threads = False  # so that server_close waits for them

    certificate: Path | None = None  # set for a TLS server

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
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
                self.connections.append(wrapped)  # which has taken over the socket of `request`
                super().finish_request(wrapped, client_address)
            return
        super().finish_request(request, client_address)

    def close(self) -> None:
        """Ends everything, including handlers that wait for the next request on a kept-alive connection."""
        self.closing.set()
        self.shutdown()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def clear(self) -> None:
        """Forgets all acts and requests, and ends acts still in progress."""
        self.closing.set()
        self.closing = threading.Event()
        self.acts, self.requests = {}, []

    @property
    def base(self) -> str:
        return f"http{'s' if self.certificate else ''}://127.0.0.1:{self.server_address[1]}"

    def on(self, method: str, path: str, *acts: Act) -> None:
        self.acts[(method, path)] = list(acts)

    def spoil(self, make: Callable[[bytes, str], list[Act]], other: str) -> None:
        """Makes every call that has an answer misbehave, based on that answer's bytes (`acts.MISBEHAVIOURS`)."""
        for place, acts in self.acts.items():
            good = _bytes_of(acts[-1])
            self.acts[place] = make(good, other)

    def paths(self, method: str = "GET") -> list[str]:
        return [request.path for request in self.requests if request.method == method]

    def play(self, handler: Handler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))) if self.reads_bodies else b""
        handler.sent = body
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


def _bytes_of(act: Act) -> bytes:
    """The body that an act would send; empty if it is not a plain reply."""
    if isinstance(act, Reply):
        return act.data
    exchanges = getattr(act, "exchanges", ())
    return exchanges[-1].reply().data if exchanges else b"{}"


@contextmanager
def starter() -> Iterator[Callable[[], Stage]]:
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


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key; needs openssl (see `can_make_certificates`)."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [*command.split(), "-keyout", "key.pem", "-out", "lab.pem"], cwd=folder, check=True, capture_output=True
    )
    return folder / "lab.pem", folder / "key.pem"


def can_make_certificates() -> bool:
    return shutil.which("openssl") is not None


class Elsewhere:
    """Another host: it counts its requests, and there should be none."""

    def __enter__(self) -> "Elsewhere":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def was_visited(self) -> bool:
        try:
            visitor, _ = self._socket.accept()
        except BlockingIOError:
            return False
        visitor.close()
        return True
