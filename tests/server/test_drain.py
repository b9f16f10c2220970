from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from exoplanet_desktop.server.drain import Drain
from tests.server.alone import run_alone

BLOCK = bytes(1024 * 1024)
CHUNKED = {b"transfer-encoding": b"chunked"}
WAITS = {b"content-length": b"9", b"expect": b"100-continue"}


def answer(blocks: int | None, headers: dict[bytes, bytes]) -> tuple[list[Message], int]:
    """What a client gets that sends so many blocks (None: without end) to an application that refuses at once.

    Also how many of the blocks were read.
    """
    read = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": BLOCK, "more_body": blocks is None or read < blocks}

    async def send(message: Message) -> None:
        sent.append({**message, "read": read})

    scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": list(headers.items())}
    run_alone(Drain(PlainTextResponse("no", status_code=413))(scope, receive, send))
    return sent, read


@pytest.mark.parametrize("headers", [{b"content-length": b"104857600"}, CHUNKED])
def test_a_refusal_is_sent_at_once_and_ends_after_the_whole_upload(headers: dict[bytes, bytes]) -> None:
    sent, read = answer(100, headers)
    assert read == 100
    told: list[Any] = [(part["type"], part.get("body"), part.get("more_body"), part["read"]) for part in sent]
    assert told == [
        ("http.response.start", None, None, 0),
        ("http.response.body", b"no", True, 0),
        ("http.response.body", b"", False, 100),
    ]


def test_an_endless_upload_is_read_up_to_four_gibibytes() -> None:
    sent, read = answer(None, CHUNKED)
    assert read == 4 * 1024
    assert not sent[-1]["more_body"]


@pytest.mark.parametrize("headers", [{}, {b"content-length": b"0"}, WAITS])
def test_nothing_is_read_of_a_request_that_sends_nothing(headers: dict[bytes, bytes]) -> None:
    sent, read = answer(1, headers)
    assert read == 0
    assert sent[-1]["body"] == b"no"
    assert not sent[-1].get("more_body", False)
