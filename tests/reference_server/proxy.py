"""A failing line: a proxy between a client and a real server that misbehaves at random, from a seed.

`python -m tests.reference_server.proxy TARGET_PORT SEED`; prints its port. The word `calm` on stdin ends the
misbehaviour, the end of stdin ends the proxy, which then prints a JSON summary.
"""

import json
import random
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

BLOCK = 1 << 16
BAD_PAGE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 27\r\nConnection: close\r\n\r\n"
SHARE = 0.12  # share of requests that misbehave
FATES = ("reset", "delay", "silence", "bad gateway", "answer lost", "answer cut short", "slow answer")
SILENCE_S, SLOW_S = 4.0, 2.0


class Proxy:
    """Forwards connections, and disturbs a share of their requests."""

    def __init__(self, target_port: int, seed: int) -> None:
        self._target, self._random = target_port, random.Random(seed)
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.is_calm = False
        self.did: Counter[str] = Counter()

    def serve(self) -> None:
        """Serves until `close`."""
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def fate(self) -> str:
        """A request's misbehaviour: "" for none."""
        with self._lock:
            bad = not self.is_calm and self._random.random() < SHARE
            fate = self._random.choice(FATES) if bad else ""
            self.did[fate or "passed"] += 1
        return fate

    def _pass_on(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
        except OSError:
            self.did["nobody there"] += 1
            client.close()
            return
        server.settimeout(None)
        pair = _Pair(client, server, self.fate)
        threading.Thread(target=pair.answers, daemon=True).start()
        pair.requests()


class _Pair:
    """A client's connection, and the one to the server behind it."""

    def __init__(self, client: socket.socket, server: socket.socket, fate: Callable[[], str]) -> None:
        self._client, self._server, self._draw = client, server, fate
        self._fate, self._answering = "", True

    def requests(self) -> None:
        with suppress(OSError):
            while block := self._client.recv(BLOCK):
                if self._answering:  # the first block of a request
                    self._answering = False
                    self._fate = self._draw()
                    if not self._begin(self._fate):
                        return
                self._server.sendall(block)
        self._close()

    def _begin(self, fate: str) -> bool:
        """Applies misbehaviour before the request is forwarded; returns whether to forward it."""
        if fate == "reset":
            self._reset()
            return False
        if fate == "bad gateway":
            self._client.sendall(BAD_PAGE + b"<html>Bad gateway</html>\r\n\r\n")
            self._close()
            return False
        if fate == "silence":
            time.sleep(SILENCE_S)
            self._close()
            return False
        if fate == "delay":
            time.sleep(1.0)
        return True

    def answers(self) -> None:
        with suppress(OSError):
            while block := self._server.recv(BLOCK):
                self._answering = True
                if self._fate == "answer lost":
                    self._reset()
                    return
                if self._fate == "answer cut short":
                    self._client.sendall(block[: len(block) // 2])
                    self._reset()
                    return
                if self._fate == "slow answer":
                    self._send_slowly(block)
                else:
                    self._client.sendall(block)
        self._close()

    def _send_slowly(self, block: bytes) -> None:
        end = time.monotonic() + SLOW_S
        while block and time.monotonic() < end:
            self._client.sendall(block[:200])
            block = block[200:]
            time.sleep(0.05)
        self._client.sendall(block)

    def _reset(self) -> None:
        with suppress(OSError):
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._close()

    def _close(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def main() -> None:
    proxy = Proxy(int(sys.argv[1]), int(sys.argv[2]))
    threading.Thread(target=proxy.serve, daemon=True).start()
    print(proxy.port, flush=True)
    for line in sys.stdin:
        proxy.is_calm = line.strip() == "calm" or proxy.is_calm
    proxy.close()
    print(json.dumps(proxy.did), flush=True)


if __name__ == "__main__":
    main()
