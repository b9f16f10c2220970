"""Replays recorded exchanges in answer to similar requests.

Several exchanges share a method and path: the one whose form fits the request best answers. If several fit equally well
(a job first runs, then has succeeded), each answers once, and the last one forever.
"""

import email
import email.policy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reference_server.stage import Handler, Reply, Stage


@dataclass(frozen=True)
class Exchange:
    """One recorded exchange: request and reply."""

    name: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]

    @property
    def place(self) -> tuple[str, str]:
        return self.request["method"], self.request["path"]

    def reply(self) -> Reply:
        return Reply(self.response["body"], self.response["status"], self.response["content_type"])

    def fit(self, sent: "Sent") -> int:
        """How well it fits a request: number of matching fields and files, minus those that differ."""
        form, files = self.request.get("form") or {}, self.request.get("files") or {}
        if set(files) != set(sent.files):
            return -100
        alike = sum(3 if sent.fields.get(name) == value else -3 for name, value in form.items())
        # A client may rename its uploads: the stem is the same, but a digest may follow it.
        alike += sum(1 for name, file in files.items() if sent.files[name].startswith(Path(file).stem))
        if (asked := self.request.get("json")) is not None:
            alike += 5 if asked == sent.json else -5
        return alike


@dataclass(frozen=True)
class Sent:
    """The content of a request: form fields, file names, JSON."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    json: Any = None

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> "Sent":
        kind = headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            try:
                return cls(json=json.loads(body))
            except ValueError:
                return cls()
        if not kind.startswith("multipart/form-data"):
            return cls()
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        parts = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        fields, files = {}, {}
        for part in parts.iter_parts():
            name = str(part.get_param("name", "", "content-disposition"))
            if (file := part.get_filename()) is not None:
                files[name] = file
            else:
                fields[name] = part.get_payload(decode=True).decode().strip()
        return cls(fields, files)


def read(folder: Path) -> list[Exchange]:
    """All exchanges in a folder, by name; running jobs come before finished ones."""
    found = []
    for path in sorted(folder.glob("*.json")):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        found.append(Exchange(path.stem, exchange["request"], exchange["response"]))
    return found


def mount(stage: Stage, exchanges: list[Exchange]) -> None:
    """Makes the stage answer with all of them."""
    places: dict[tuple[str, str], list[Exchange]] = {}
    for exchange in exchanges:
        places.setdefault(exchange.place, []).append(exchange)
    for (method, path), there in places.items():
        stage.on(method, path, _Best(there))


class _Best:
    def __init__(self, exchanges: list[Exchange]) -> None:
        self.exchanges = exchanges
        self._used: list[str] = []

    def __call__(self, handler: Handler) -> None:
        sent = Sent.of(handler.headers, handler.sent)
        best = max(exchange.fit(sent) for exchange in self.exchanges)
        alike = [exchange for exchange in self.exchanges if exchange.fit(sent) == best]
        unused = [exchange for exchange in alike if exchange.name not in self._used]
        chosen = unused[0] if unused else alike[-1]
        self._used.append(chosen.name)
        chosen.reply()(handler)
