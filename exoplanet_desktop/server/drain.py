"""Lets a client read an answer that was given before the whole upload had arrived."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PATIENCE_S = 20.0
_BYTES = 4 * 1024**3


class Drain:
    """After a refused request, keeps reading and discards what the client still sends.

    Closing the connection at once would reset it, and the client, still sending, would lose the answer. The data is
    discarded, for a limited time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        body = _Body(receive)

        async def send_and_drain(message: Message) -> None:
            is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not is_last or body.ended:
                await send(message)
                return
            await send({**message, "more_body": True})
            await body.discard()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, body.receive, send_and_drain)


def _has_body(headers: Headers) -> bool:
    if "expect" in headers:
        return False  # a client that waits for "100 Continue" sends nothing unless asked
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


class _Body:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self.ended = True
        return message

    async def discard(self) -> None:
        size = 0
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not self.ended and size < _BYTES:
                    size += len((await self.receive()).get("body", b""))
        except TimeoutError:
            return
