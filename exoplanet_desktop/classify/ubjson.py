"""A strict reader of the UBJSON that XGBoost writes (https://ubjson.org, draft 12).

XGBoost's own reader trusts its input: a forged length crashes the process. So a model file is read here first,
and XGBoost sees it only if it is valid.
"""

import struct
from typing import Any

import numpy as np

MAX_DEPTH = 20
_INTEGERS = {b"i": "b", b"U": "B", b"I": "h", b"l": "i", b"L": "q"}
_FLOATS = {b"d": "f", b"D": "d"}
_NUMBERS = {**_INTEGERS, **_FLOATS}
_CONSTANTS = {b"T": True, b"F": False, b"Z": None}


def decode(data: bytes) -> Any:
    """The decoded value; arrays of one numeric type become numpy arrays. Raises ValueError."""
    reader = _Reader(data)
    value = reader.value(0)
    if reader.place != len(data):
        raise ValueError("there is something behind the end")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self.data) - self.place:
            raise ValueError("a length reaches behind the end")
        part = self.data[self.place : self.place + count]
        self.place += count
        return part

    def peek(self) -> bytes:
        return self.data[self.place : self.place + 1]

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        kind = self.take(1)
        if kind == b"{":
            return self.fields(depth)
        if kind == b"[":
            return self.items(depth)
        if kind == b"S":
            return self.text()
        if kind in _NUMBERS:
            return self.number(kind)
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        raise ValueError(f"unknown kind {kind!r}")

    def number(self, kind: bytes) -> Any:
        form = ">" + _NUMBERS[kind]
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def count(self) -> int:
        kind = self.take(1)
        if kind not in _INTEGERS:
            raise ValueError("a length is no whole number")
        number: int = self.number(kind)
        return number

    def text(self) -> str:
        return self.take(self.count()).decode("utf-8")

    def fields(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.peek() != b"}":
            name = self.text()
            found[name] = self.value(depth + 1)
        self.take(1)
        return found

    def items(self, depth: int) -> Any:
        if self.peek() == b"$":
            return self.numbers()
        if self.peek() == b"#":
            self.take(1)
            # Each item takes at least one byte, so a forged count ends at the end of the data.
            return [self.value(depth + 1) for _ in range(self.count())]
        found = []
        while self.peek() != b"]":
            found.append(self.value(depth + 1))
        self.take(1)
        return found

    def numbers(self) -> Any:
        self.take(1)
        kind = self.take(1)
        if kind not in _NUMBERS or self.take(1) != b"#":
            raise ValueError("an array of something other than numbers")
        form = np.dtype(">" + _NUMBERS[kind])
        count = self.count()
        return np.frombuffer(self.take(count * form.itemsize if count >= 0 else -1), dtype=form)
