"""The rows of the list of runs: what the record keeps of each, and how the run of this window behind some is doing."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs import words
from exoplanet_desktop.gui.runs.run_state import RunSnapshot, RunState
from exoplanet_desktop.record.entry import RunEntry, said_of_request, said_of_result
from exoplanet_desktop.wire.vocabulary import RunKind


class Row:
    """One run of the list.

    Attributes:
        entry: what the record keeps of it, or will keep.
        live: the run of this window behind it, as it is now, where there is one.
    """

    __slots__ = ("_haystack", "entry", "live")

    def __init__(self, entry: RunEntry, live: RunSnapshot | None = None) -> None:
        self.entry, self.live = entry, live
        self._haystack = ""
        if live is not None:
            self.refresh()

    def refresh(self, live: RunSnapshot | None = None) -> None:
        """Update from the live run."""
        self.live = live or self.live
        if self.live is not None:
            self.entry = _followed(self.entry, self.live)
        self._haystack = ""

    @property
    def haystack(self) -> str:
        """The text to search, in lower case; built on first use."""
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
        """Whether it is being watched now."""
        return self.live is not None and not self.live.is_over

    @property
    def is_group(self) -> bool:
        return self.entry.kind == RunKind.TRAIN_ALL

    @property
    def state(self) -> RunState:
        return RunState.of(self.entry.status, self.is_live)

    @property
    def said(self) -> str:
        """The state in words, with the progress of a running one."""
        if self.live is not None and self.is_live:
            return self.live.words
        return tr("done, but contradicts its score") if self.entry.objection else self.state.word

    @property
    def mark(self) -> str:
        """The mark of the state; a warning for a model that contradicts what was reported of it."""
        return "⚠" if self.entry.objection and not self.is_live else self.state.mark


def row_of(live: RunSnapshot) -> Row:
    """A row for a run that has just started."""
    now = datetime.now(UTC).isoformat()
    blank = RunEntry(
        "", live.kind, live.title, live.status, False, live.backend_title, "", None, now, now, None, None, None, False
    )
    return Row(replace(blank, **said_of_request(live.asked)), live)  # type: ignore[arg-type]  # fields by name


def line_of(entry: RunEntry) -> RunEntry:
    """Only the list entry of a run, so that its results need not stay in memory."""
    if type(entry) is RunEntry:
        return entry
    return RunEntry(**{field.name: getattr(entry, field.name) for field in fields(RunEntry)})


def _followed(entry: RunEntry, live: RunSnapshot) -> RunEntry:
    told: dict[str, Any] = {
        "run_id": live.run_id or entry.run_id,
        "group_id": live.group_id or entry.group_id,
        "status": live.status,
        "error": live.failure or None,
    }
    if live.outcome is not None:
        told.update(said_of_result(live.outcome))
    return replace(entry, **told)


# Sorting

Key = Callable[[Row], Any]


def number(of: Callable[[RunEntry], float | None]) -> Key:
    """A sort key for a number; None for rows without one."""
    return lambda row: of(row.entry)


def text(of: Callable[[Row], str]) -> Key:
    """A case-insensitive sort key for a text."""
    return lambda row: of(row).casefold() or None


def in_order(rows: list[Row], key: Key, descending: bool) -> list[Row]:
    """Rows sorted by a key; those without a value come last in either direction."""
    values = [key(row) for row in rows]
    known = [place for place, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=descending)
    return [rows[place] for place in known] + [row for row, value in zip(rows, values, strict=True) if value is None]
