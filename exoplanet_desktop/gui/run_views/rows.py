"""The rows of the list of runs: what the record keeps of each, and the live run that stands behind some."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from exoplanet_desktop.client.record_entry import RunEntry, said_of_request, said_of_result
from exoplanet_desktop.gui.runs import words


class Live(Protocol):
    """A run of this window: a training, or all models one after another."""

    kind: str
    run_id: str
    group_id: str
    phase: str
    words: str
    share: float | None
    failure: str
    backend_title: str

    @property
    def title(self) -> str: ...
    @property
    def is_over(self) -> bool: ...
    def outcome(self) -> Mapping[str, Any] | None: ...
    def asked(self) -> dict[str, Any]: ...
    async def cancel(self) -> None: ...


class Row:
    """One run of the list.

    Attributes:
        entry: what the record keeps of it, or will keep.
        live: the run of this window behind it, where there is one.
    """

    __slots__ = ("_haystack", "entry", "live")

    def __init__(self, entry: RunEntry, live: Live | None = None) -> None:
        self.entry, self.live = entry, live
        self._haystack = ""
        if live is not None:
            self.refresh()

    def refresh(self) -> None:
        """Take over what the live run has become."""
        if self.live is not None:
            self.entry = _followed(self.entry, self.live)
        self._haystack = ""

    @property
    def haystack(self) -> str:
        """What a search looks through, in lower case; put together when it is asked for first."""
        if not self._haystack:
            entry = self.entry
            self._haystack = " ".join(
                (
                    entry.title,
                    entry.dataset,
                    entry.satellite or "",
                    entry.model or "",
                    words.model_words(entry.model),
                    entry.features or "",
                    entry.backend_title,
                    entry.error or "",
                )
            ).lower()
        return self._haystack

    @property
    def is_live(self) -> bool:
        """Whether it is watched now."""
        return self.live is not None and not self.live.is_over

    @property
    def is_group(self) -> bool:
        return self.entry.kind == words.ALL_MODELS

    @property
    def state(self) -> str:
        return words.state_of(self.entry.status)

    @property
    def mark(self) -> str:
        return words.mark(self.entry.status, self.is_live)

    @property
    def said(self) -> str:
        """The state in words, with the progress of what runs."""
        if self.live is not None and self.is_live:
            return self.live.words
        return words.status_words(self.entry.status, self.is_live)


def row_of(live: Live) -> Row:
    """A row for a run that has just begun."""
    now = datetime.now(UTC).isoformat()
    blank = RunEntry(
        "", live.kind, live.title, live.phase, False, live.backend_title, "", None, now, now, None, None, None, False
    )
    return Row(replace(blank, **said_of_request(live.asked())), live)  # type: ignore[arg-type]  # fields by name


def line_of(entry: RunEntry) -> RunEntry:
    """The line alone of what may be a whole run, whose results need not stay in memory."""
    if type(entry) is RunEntry:
        return entry
    return RunEntry(**{field.name: getattr(entry, field.name) for field in fields(RunEntry)})


def _followed(entry: RunEntry, live: Live) -> RunEntry:
    told: dict[str, Any] = {
        "run_id": live.run_id or entry.run_id,
        "group_id": live.group_id or entry.group_id,
        "status": str(live.phase),
        "error": live.failure or None,
    }
    if (outcome := live.outcome()) is not None:
        told.update(said_of_result(outcome))
    return replace(entry, **told)


# Sorting

Key = Callable[[Row], Any]


def number(of: Callable[[RunEntry], float | None]) -> Key:
    """A key that sorts by a number; rows without one are told apart by None."""
    return lambda row: of(row.entry)


def text(of: Callable[[Row], str]) -> Key:
    """A key that sorts by a text, whatever its case."""
    return lambda row: of(row).casefold() or None


def in_order(rows: list[Row], key: Key, descending: bool) -> list[Row]:
    """Rows in the order of a key; those without a value come last, whichever way."""
    values = [key(row) for row in rows]
    known = [place for place, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=descending)
    return [rows[place] for place in known] + [row for row, value in zip(rows, values, strict=True) if value is None]
