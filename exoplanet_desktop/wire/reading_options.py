"""The user's reading options for a file; they travel with the file to whatever reads it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import READING_BYTES

DELIMITERS = (",", ";", "\t", "|", " ")
DECIMALS = (".", ",")
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252")


@dataclass(frozen=True)
class ReadingOptions:
    """The user's reading options for a file; options that are None are detected from the file.

    They travel with the file to whatever reads it: see `to_json`.

    Attributes:
        delimiter: one of DELIMITERS.
        encoding: one of ENCODINGS.
        decimal: `.` or `,`.
        skip: number of lines before the line with the column names.
        texts: columns to read as text although they look like numbers, such as an identifier with leading zeros.
        rename: the program's name for a column, by its name in the file.
        label: the column with the disposition (its name in the file).
        labels: the meaning of its values: one of the three classes, or "" for no disposition.
    """

    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    skip: int | None = None
    texts: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The options that are set, as JSON text."""
        said = {name: value for name, value in asdict(self).items() if value is not None and value not in ((), {})}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises InputError for invalid JSON or options; the text may come from anywhere."""
        from pydantic import TypeAdapter, ValidationError

        try:
            given = TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"])) or "its text"
            raise InputError(f"The reading options cannot be used: {where} is wrong. Choose them again.") from None
        if unknown := sorted(set(json.loads(text)) - set(cls.__dataclass_fields__)):
            known = ", ".join(cls.__dataclass_fields__)
            raise InputError(f"There is no reading option “{unknown[0][:40]}”. Choose among {known}.")
        if given.delimiter not in (None, *DELIMITERS) or given.decimal not in (None, *DECIMALS):
            raise InputError("The reading options name an unknown delimiter or decimal sign. Choose them again.")
        if given.encoding not in (None, *ENCODINGS) or (given.skip or 0) < 0:
            raise InputError("The reading options name an unknown encoding or number of lines. Choose them again.")
        return given


def reading_field(reading: ReadingOptions | None) -> dict[str, str]:
    """The form field with a file's reading options; empty if no option is set. Raises InputError."""
    text = reading.to_json() if reading else "{}"
    return {} if text == "{}" else {"reading": _bounded(text)}


def readings_field(readings: Sequence[ReadingOptions | None]) -> dict[str, str]:
    """The same for the files of a merge, one entry per file."""
    said = [json.loads(reading.to_json()) if reading else None for reading in readings]
    return {"readings": _bounded(json.dumps(said, ensure_ascii=False))} if any(said) else {}


def _bounded(text: str) -> str:
    if len(text.encode()) > READING_BYTES:
        raise InputError(
            f"The reading options take over {READING_BYTES:,} bytes, more than a backend accepts. Rename fewer columns."
        )
    return text
